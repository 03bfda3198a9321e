package org.mtlfarm.regressor.selection;

import org.mtlfarm.regressor.evaluation.Blocks;
import org.mtlfarm.regressor.evaluation.Evaluator;
import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.table.Table;

/**
 * How near an expression comes to the target on some rows, weighted as these are.
 *
 * @param mse mean squared error, in the target's units squared; not a number where the expression is none at some row
 * @param mae mean absolute error
 * @param r2 1 - mse / variance of the target on these rows; not a number where that is 0
 */
public record Score(double mse, double mae, double r2, int rows) {
    public static Score of(Expression expression, Table table) {
        if (table.rows() == 0) {
            return new Score(Double.NaN, Double.NaN, Double.NaN, 0);
        }
        double[] values =
                new Evaluator(new Blocks(table.columns(), table.values(), table.weights())).values(expression);
        double sum = 0;
        double mean = 0;
        for (int r = 0; r < values.length; r++) {
            double weight = table.weights() == null ? 1 : table.weights()[r];
            sum += weight;
            mean += weight * table.values()[r];
        }
        mean /= sum;
        double squares = 0;
        double sizes = 0;
        double total = 0;
        for (int r = 0; r < values.length; r++) {
            double weight = (table.weights() == null ? 1 : table.weights()[r]) / sum;
            double error = values[r] - table.values()[r];
            double apart = table.values()[r] - mean;
            squares += weight * error * error;
            sizes += weight * Math.abs(error);
            total += weight * apart * apart;
        }
        boolean varies = total > 0 && table.rows() > 1;
        return new Score(squares, sizes, varies ? 1 - squares / total : Double.NaN, values.length);
    }
}
