package org.mtlfarm.regressor.evaluation;

import org.mtlfarm.regressor.expression.Expression;

/**
 * Fits an expression's constants to the target by damped least squares (Levenberg 1944, Marquardt 1963), damping each
 * constant by its own curvature. One thread at a time.
 */
public final class ConstantFit {
    private static final double FIRST_DAMPING = 1e-3;
    private static final double LARGEST_DAMPING = 1e10;
    private final Evaluator evaluator;
    private final double smallestGain;

    /**
     * Where a fit ended.
     *
     * @param constants the best found
     * @param squaredError weighted sum of squares there; infinite where the start has no value at some row
     */
    public record Outcome(double[] constants, double squaredError) {}

    /**
     * Fits on an evaluator's rows.
     *
     * @param smallestGain a step that lowers the error by less than this share is the last
     */
    public ConstantFit(Evaluator evaluator, double smallestGain) {
        this.evaluator = evaluator;
        this.smallestGain = smallestGain;
    }

    /** Improves the expression's own constants in at most so many steps. */
    public Outcome fit(Expression expression, int steps) {
        return fit(expression, expression.constants(), steps);
    }

    /** Improves given constants in at most so many steps. */
    public Outcome fit(Expression expression, double[] start, int steps) {
        int count = start.length;
        double[] constants = start.clone();
        if (count == 0) {
            return new Outcome(constants, orInfinite(evaluator.squaredError(expression, constants)));
        }
        double[][] matrix = new double[count][count];
        double[] vector = new double[count];
        double[] trial = new double[count];
        double error = orInfinite(evaluator.normalEquations(expression, constants, matrix, vector));
        if (Double.isInfinite(error)) {
            return new Outcome(constants, error);
        }
        double damping = FIRST_DAMPING;
        for (int step = 0; step < steps && damping < LARGEST_DAMPING; step++) {
            double[] move = solveDamped(matrix, vector, damping);
            if (move == null) {
                damping *= 10;
                continue;
            }
            boolean finite = true;
            for (int k = 0; k < count; k++) {
                trial[k] = constants[k] - move[k];
                finite &= Double.isFinite(trial[k]);
            }
            double trialError =
                    finite ? orInfinite(evaluator.squaredError(expression, trial)) : Double.POSITIVE_INFINITY;
            if (trialError < error) {
                double gain = (error - trialError) / error;
                System.arraycopy(trial, 0, constants, 0, count);
                error = trialError;
                damping = Math.max(damping / 8, 1e-12);
                if (gain < smallestGain || error == 0) {
                    break;
                }
                if (step + 1 < steps
                        && !Double.isFinite(evaluator.normalEquations(expression, constants, matrix, vector))) {
                    break;
                }
            } else {
                damping *= 6;
            }
        }
        return new Outcome(constants, error);
    }

    private static double orInfinite(double error) {
        return Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
    }

    /** (A + damping diag A) x = b by Cholesky; null where that matrix is not positive definite. */
    static double[] solveDamped(double[][] a, double[] b, double damping) {
        int n = b.length;
        double[] scale = new double[n];
        for (int i = 0; i < n; i++) {
            double diagonal = a[i][i];
            if (!(diagonal >= 0) || Double.isInfinite(diagonal)) {
                return null;
            }
            scale[i] = diagonal > 0 ? 1 / Math.sqrt(diagonal) : 0;
        }
        double[][] factor = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = i == j ? 1 + damping : a[i][j] * scale[i] * scale[j];
                for (int k = 0; k < j; k++) {
                    sum -= factor[i][k] * factor[j][k];
                }
                if (i == j) {
                    if (!(sum > 1e-14)) {
                        return null;
                    }
                    factor[i][i] = Math.sqrt(sum);
                } else {
                    factor[i][j] = sum / factor[j][j];
                }
            }
        }
        double[] x = new double[n];
        for (int i = 0; i < n; i++) {
            double sum = b[i] * scale[i];
            for (int k = 0; k < i; k++) {
                sum -= factor[i][k] * x[k];
            }
            x[i] = sum / factor[i][i];
        }
        for (int i = n - 1; i >= 0; i--) {
            double sum = x[i];
            for (int k = i + 1; k < n; k++) {
                sum -= factor[k][i] * x[k];
            }
            x[i] = sum / factor[i][i];
        }
        for (int i = 0; i < n; i++) {
            x[i] *= scale[i];
            if (!Double.isFinite(x[i])) {
                return null;
            }
        }
        return x;
    }
}
