package org.mtlfarm.regressor.selection;

import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.linear.RealMatrix;
import org.hipparchus.linear.SingularValueDecomposition;

import org.mtlfarm.regressor.evaluation.Blocks;
import org.mtlfarm.regressor.evaluation.Evaluator;
import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.table.Table;

/**
 * How well the rows fix a formula's constants: standard errors and correlations from the curvature of the sum of squares
 * where it was fitted, which holds for errors that are independent, of equal size and small.
 *
 * @param standardErrors [constant]; infinite where the rows do not fix it
 * @param correlations [constant][constant]
 */
public record Uncertainty(double[] standardErrors, double[][] correlations) {
    public static Uncertainty of(Expression expression, Table table) {
        int count = expression.constantCount();
        double[][] matrix = new double[count][count];
        Evaluator evaluator = new Evaluator(new Blocks(table.columns(), table.values(), table.weights()));
        double squares = evaluator.normalEquations(expression, expression.constants(), matrix, new double[count]);
        double[] errors = new double[count];
        double[][] correlations = new double[count][count];
        if (count == 0) {
            return new Uncertainty(errors, correlations);
        }
        double[] scale = new double[count];
        for (int k = 0; k < count; k++) {
            scale[k] = matrix[k][k] > 0 ? 1 / Math.sqrt(matrix[k][k]) : 0;
        }
        for (int k = 0; k < count; k++) {
            for (int l = 0; l < count; l++) {
                matrix[k][l] *= scale[k] * scale[l];
            }
        }
        SingularValueDecomposition parts = new SingularValueDecomposition(MatrixUtils.createRealMatrix(matrix));
        boolean fixed = parts.getInverseConditionNumber() > 1e-14 && table.rows() > count;
        RealMatrix inverse = fixed ? parts.getSolver().getInverse() : null;
        double variance = squares / Math.max(1, table.rows() - count);
        for (int k = 0; k < count; k++) {
            errors[k] = fixed ? scale[k] * Math.sqrt(variance * inverse.getEntry(k, k)) : Double.POSITIVE_INFINITY;
            for (int l = 0; l < count; l++) {
                correlations[k][l] = fixed
                        ? inverse.getEntry(k, l) / Math.sqrt(inverse.getEntry(k, k) * inverse.getEntry(l, l))
                        : k == l ? 1 : Double.NaN;
            }
        }
        return new Uncertainty(errors, correlations);
    }
}
