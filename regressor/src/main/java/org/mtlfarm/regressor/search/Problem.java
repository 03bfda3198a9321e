package org.mtlfarm.regressor.search;

import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

import org.mtlfarm.regressor.evaluation.Blocks;
import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.Operator;
import org.mtlfarm.regressor.expression.Simplifier;
import org.mtlfarm.regressor.table.Table;

/** The rows that a search works on, and what is allowed: what every stage of a search is given. Immutable; threads share it. */
public final class Problem {
    /** Rows that errors are judged on; more cost time and tell little more about which formula is right. */
    private static final int MOST_ROWS = 4000;
    /** Rows that the library is compared on. */
    private static final int FEW_ROWS = 64;

    final Blocks blocks;
    /** [row] */
    final double[] target;

    final double[] weights;
    final double weightSum;
    final double targetMean;
    /** Weighted sum of squares around the mean. */
    final double totalSquares;
    /** A few of the rows, in one block. */
    final Blocks few;

    final double[] fewTarget;
    final double[] fewWeights;
    final double fewWeightSum;
    final Set<Operator> operators;
    final Simplifier simplifier;
    final int maxComplexity;
    final List<Nesting> forbidden;
    /** Where constraints are checked. */
    final Box box;

    private final List<Constraint> constraints;

    /**
     * Poses a problem.
     *
     * @param training all of whose rows may be learned from; of more than 4,000 a random part is searched on
     * @param settings of which the operators, the sizes, the constraints and the seed count
     */
    public Problem(Table training, FitSettings settings) {
        Table searched = some(training, MOST_ROWS, settings.seed());
        this.target = searched.values();
        this.weights = weights(searched);
        this.blocks = new Blocks(searched.columns(), target, weights);
        double sum = 0;
        double weighted = 0;
        for (int r = 0; r < target.length; r++) {
            sum += weights[r];
            weighted += weights[r] * target[r];
        }
        this.weightSum = sum;
        this.targetMean = weighted / sum;
        double squares = 0;
        for (int r = 0; r < target.length; r++) {
            squares += weights[r] * (target[r] - targetMean) * (target[r] - targetMean);
        }
        this.totalSquares = squares;
        Table fewRows = some(searched, FEW_ROWS, settings.seed() + 1);
        this.fewTarget = fewRows.values();
        this.fewWeights = weights(fewRows);
        this.fewWeightSum = fewWeights.length;
        this.few = new Blocks(fewRows.columns(), fewTarget, fewWeights);
        this.operators = settings.operators();
        this.simplifier = new Simplifier(operators);
        this.maxComplexity = settings.maxComplexity();
        this.forbidden = settings.forbidden();
        this.constraints = settings.constraints();
        this.box = new Box(training, constraints);
    }

    /** Whether the expression has no forbidden nesting. */
    boolean allowed(Expression expression) {
        for (Nesting nesting : forbidden) {
            if (nesting.in(expression)) {
                return false;
            }
        }
        return true;
    }

    /** The nearest constant to the target that keeps the ranges asked for. */
    Member constant() {
        double value = targetMean;
        for (Constraint constraint : constraints) {
            if (!constraint.monotone()) {
                value = Math.max(constraint.low(), Math.min(constraint.high(), value));
            }
        }
        return new Member(
                Expression.constant(value), totalSquares + weightSum * (value - targetMean) * (value - targetMean));
    }

    /** Weights with mean 1. */
    static double[] weights(Table table) {
        double[] weights = new double[table.rows()];
        double mean = 0;
        for (int r = 0; r < weights.length; r++) {
            weights[r] = table.weights() == null ? 1 : table.weights()[r];
            mean += weights[r] / weights.length;
        }
        for (int r = 0; r < weights.length; r++) {
            weights[r] /= mean;
        }
        return weights;
    }

    private static Table some(Table table, int most, long seed) {
        if (table.rows() <= most) {
            return table;
        }
        SplittableRandom random = new SplittableRandom(seed);
        int[] chosen = new int[most];
        int taken = 0;
        for (int r = 0; r < table.rows() && taken < most; r++) {
            if (random.nextInt(table.rows() - r) < most - taken) {
                chosen[taken++] = r;
            }
        }
        return table.rows(chosen);
    }
}
