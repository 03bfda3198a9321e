package org.mtlfarm.regressor.search;

/**
 * The settings of gplearn's symbolic regressor that the paper's search used, by gplearn's names.
 *
 * @param parsimony added to the mean squared error for each node, in tournaments only
 * @param targetScale the target is fitted times this; the paper fitted F1 in percent
 */
public record GplearnSettings(
        int population,
        int generations,
        int tournament,
        double crossover,
        double subtreeMutation,
        double hoistMutation,
        double pointMutation,
        double pointReplace,
        int leastDepth,
        int depthLimit,
        double constantRange,
        double parsimony,
        double targetScale) {
    public GplearnSettings {
        if (population < 1 || generations < 1 || tournament < 1) {
            throw new IllegalArgumentException("population, generations and tournament must be at least 1, were "
                    + population + ", " + generations + ", " + tournament);
        }
        double sum = crossover + subtreeMutation + hoistMutation + pointMutation;
        if (!(sum >= 0 && sum <= 1 + 1e-9)) {
            throw new IllegalArgumentException(
                    "the probabilities of the changes must add up to at most 1, were " + sum);
        }
        if (leastDepth < 1 || depthLimit <= leastDepth) {
            throw new IllegalArgumentException(
                    "depths must be 1 <= leastDepth < depthLimit, were " + leastDepth + " and " + depthLimit);
        }
        if (!(targetScale > 0)) {
            throw new IllegalArgumentException("targetScale must be positive, was " + targetScale);
        }
    }

    /** The paper's, for a target as it is: ratios, all within [-1, 1], are fitted in percent. */
    public static GplearnSettings paper(double[] target) {
        double largest = 0;
        for (double value : target) {
            largest = Math.max(largest, Math.abs(value));
        }
        return new GplearnSettings(1000, 20, 20, 0.7, 0.1, 0.1, 0.1, 0.05, 2, 6, 1, 0.2, largest <= 1 ? 100 : 1);
    }
}
