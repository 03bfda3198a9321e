package org.mtlfarm.regressor.selection;

import java.util.List;
import java.util.Set;

import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.Operator;

/**
 * Chooses among formulas by minimum description length (Rissanen 1978): what it costs to write a formula down, plus what it
 * costs to write down how far the rows are from it. A formula costs the logarithm of how many different ones of its size there
 * are, each constant half a logarithm of the rows, the errors the logarithm of their size a row.
 */
public final class DescriptionLength {
    /**
     * Of the trees that one more node gives, the share that are new formulas and not ones that a shorter or equal tree writes as
     * well. Counted: the enumeration of the search (each formula once) grows a node by 4.5 and 6.2 to 6.3 times for 1 variable and
     * 11 and 15 operators, by 5.8 to 8.2 for 3 variables, by 6.9 to 9.3 for 5; trees grow by 10.5 to 20 times.
     */
    private static final double DIFFERENT = 0.45;
    /** Below this share of the target's variance differences between errors are rounding. */
    private static final double ROUNDING = 1e-18;

    private DescriptionLength() {}

    /**
     * What a node costs. There are about {@code (u + 2 sqrt(b l))^n} trees of n nodes over u unary and b binary operators and l
     * leaves, variables and a constant (Flajolet and Sedgewick 2009, Analytic Combinatorics, VII.3).
     */
    static double ofNode(Set<Operator> operators, int variables) {
        long unary = operators.stream().filter(o -> o.arity() == 1).count();
        long binary = operators.size() - unary;
        return Math.log(Math.max(2, DIFFERENT * (unary + 2 * Math.sqrt((double) binary * (variables + 1)))));
    }

    /** Length in natural units of information. */
    private static double of(Expression expression, double nodeCost, double mse, double variance, int rows) {
        double error = Math.max(mse, ROUNDING * variance);
        return 0.5 * rows * Math.log(error / variance)
                + expression.complexity() * nodeCost
                + 0.5 * expression.constantCount() * Math.log(rows);
    }

    /**
     * Index of the formula with the shortest description; the first of equals.
     *
     * @param mse of each formula on the training part
     * @param target of the training part
     * @param operators those that formulas were made of
     * @param variables how many they were made of
     */
    public static int shortest(
            List<Expression> formulas, double[] mse, double[] target, Set<Operator> operators, int variables) {
        double nodeCost = ofNode(operators, variables);
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
            double length = of(formulas.get(i), nodeCost, mse[i], variance, target.length);
            if (length < least) {
                least = length;
                best = i;
            }
        }
        return best;
    }
}
