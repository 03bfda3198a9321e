package org.mtlfarm.regressor.selection;

import java.util.List;

import org.mtlfarm.regressor.expression.Expression;

/**
 * Chooses among formulas by minimum description length (Rissanen 1978): what it costs to write a formula down, plus what it
 * costs to write down how far the rows are from it. Each node costs its choice among symbols, each constant half a logarithm
 * of the rows, the errors the logarithm of their size a row.
 */
public final class DescriptionLength {
    /** Symbols that a node is chosen from, roughly. */
    private static final double SYMBOLS = 12;
    /** Below this share of the target's variance differences between errors are rounding. */
    private static final double ROUNDING = 1e-18;

    private DescriptionLength() {}

    /** Length in natural units of information. */
    static double of(Expression expression, double mse, double variance, int rows) {
        double error = Math.max(mse, ROUNDING * variance);
        return 0.5 * rows * Math.log(error / variance)
                + expression.complexity() * Math.log(SYMBOLS)
                + 0.5 * expression.constantCount() * Math.log(rows);
    }

    /**
     * Index of the formula with the shortest description; the first of equals.
     *
     * @param mse of each formula on the training part
     * @param target of the training part
     */
    public static int shortest(List<Expression> formulas, double[] mse, double[] target) {
        double mean = 0;
        for (double value : target) {
            mean += value / target.length;
        }
        double variance = 0;
        for (double value : target) {
            variance += (value - mean) * (value - mean) / target.length;
        }
        if (!(variance > 0)) {
            return 0;
        }
        int best = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < mse.length; i++) {
            double length = of(formulas.get(i), mse[i], variance, target.length);
            if (length < least) {
                least = length;
                best = i;
            }
        }
        return best;
    }
}
