package org.mtlfarm.regressor.search;

import java.util.List;

import org.mtlfarm.regressor.expression.Expression;

/**
 * What a search has come to.
 *
 * @param target name of what is explained
 * @param features names of the variables that the expressions speak of
 * @param best the recommended formula
 * @param front the best of each complexity, simplest first; each better on the training part than all before it
 * @param rows training and held-out together
 * @param evaluations expressions judged
 * @param nodeEvaluationsPerSecond nodes times rows really computed, over all threads, by wall time
 * @param stopped why the search ended
 * @param state what another search can go on from
 */
public record FitResult(
        String target,
        List<String> features,
        Law best,
        List<Law> front,
        int rows,
        double seconds,
        long evaluations,
        double nodeEvaluationsPerSecond,
        long seed,
        Stop stopped,
        SearchState state) {
    public FitResult {
        features = List.copyOf(features);
        front = List.copyOf(front);
    }

    /** Why a search ended. */
    public enum Stop {
        /** Its effort was done: the result depends on rows and seed alone. */
        EFFORT,
        /** The training part is hit exactly: as with EFFORT. */
        EXACT,
        /** The time limit cut it short: on a faster machine it may come further. */
        TIME_LIMIT
    }

    /**
     * One formula with its errors, in the target's own units.
     *
     * @param expression over the features, variable v being {@code features.get(v)}
     * @param text the expression in the project's notation
     * @param trainMse weighted mean squared error on the training part
     * @param testMse the same on the held-out part; not a number where nothing is held out
     * @param testR2 coefficient of determination on the held-out part; not a number where its targets are all equal
     */
    public record Law(
            Expression expression,
            String text,
            String latex,
            int complexity,
            double trainMse,
            double testMse,
            double testR2) {}
}
