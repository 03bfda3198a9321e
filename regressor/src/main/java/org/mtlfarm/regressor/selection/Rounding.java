package org.mtlfarm.regressor.selection;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

import org.mtlfarm.regressor.evaluation.Evaluator;
import org.mtlfarm.regressor.expression.Expression;

/**
 * Rounds a formula's fitted constants as far as the noise allows: one after the other to the fewest digits that
 * together raise the sum of squares by no more than a twentieth of the mean square.
 */
public final class Rounding {
    private static final int MOST_DIGITS = 12;
    private static final double ALLOWANCE = 0.05;
    /** Below this share of the target's sum of squares an error is rounding of doubles. */
    private static final double NOTHING = 1e-22;

    private Rounding() {}

    /**
     * The rounded formula.
     *
     * @param expression with constants fitted on the evaluator's rows
     * @param totalSquares of the target around its mean
     */
    public static Expression withinNoise(Expression expression, Evaluator evaluator, double totalSquares) {
        int count = expression.constantCount();
        if (count == 0) {
            return expression;
        }
        int rows = evaluator.blocks().rows();
        double[] constants = expression.constants();
        double error = evaluator.squaredError(expression, constants);
        double limit = error + ALLOWANCE * error / Math.max(1, rows - count) + NOTHING * totalSquares;
        for (int k = 0; k < count; k++) {
            for (int digits = 1; digits <= MOST_DIGITS; digits++) {
                double[] trial = constants.clone();
                trial[k] = round(constants[k], digits);
                double share = error + (limit - error) * (k + 1) / count;
                if (evaluator.squaredError(expression, trial) <= share) {
                    constants = trial;
                    break;
                }
            }
        }
        return expression.withConstants(constants);
    }

    static double round(double value, int digits) {
        return new BigDecimal(value)
                .round(new MathContext(digits, RoundingMode.HALF_EVEN))
                .doubleValue();
    }
}
