package org.mtlfarm.worker.simulator;

import org.mtlfarm.schemas.AmiNormalisation;

/**
 * How much two labellings of the same tokens say about each other beyond chance: (MI - E[MI]) / (normaliser - E[MI]), with
 * the expectation over all pairs of labellings of the same label counts (Vinh, Epps, Bailey 2010, JMLR 11, equation 24a).
 * Natural logarithms. Below 0 where the labellings agree less than chance would have them.
 *
 * <p>Where numerator and denominator are both 0, a convention decides: 1 if the two are the same partition (one label
 * for everything in both, as scikit-learn has it, an own label for every token in both, or no tokens at all), else 0, which
 * is what scikit-learn's guard of the denominator gives but for rounding.
 *
 * @param n tokens
 * @param mi mutual information
 * @param expectedMi its expectation under chance
 * @param entropyU entropy of the first labelling
 * @param entropyV entropy of the second labelling
 */
public record AdjustedMutualInformation(long n, double mi, double expectedMi, double entropyU, double entropyV) {
    /** Relative size under which the difference of two sums of logarithms is rounding. */
    private static final double ROUNDING = 1e-13;

    /**
     * Of two labellings.
     *
     * @param u [n], any numbers
     * @param v [n], any numbers
     */
    public static AdjustedMutualInformation of(int[] u, int[] v) {
        return of(ContingencyTable.of(u, v));
    }

    /**
     * Of a table of counts.
     *
     * @param table [labels of u][labels of v], tokens that have both; rows and columns of zeros are allowed
     */
    public static AdjustedMutualInformation ofTable(long[][] table) {
        return of(ContingencyTable.of(table));
    }

    private static AdjustedMutualInformation of(ContingencyTable table) {
        return new AdjustedMutualInformation(
                table.n(),
                table.mutualInformation(),
                table.expectedMutualInformation(),
                table.entropyU(),
                table.entropyV());
    }

    /** Normalised by the mean of the two entropies, scikit-learn's default. */
    public double arithmetic() {
        return adjusted((entropyU + entropyV) / 2);
    }

    public double max() {
        return adjusted(Math.max(entropyU, entropyV));
    }

    public double geometric() {
        return adjusted(Math.sqrt(entropyU * entropyV));
    }

    public double min() {
        return adjusted(Math.min(entropyU, entropyV));
    }

    public double under(AmiNormalisation normalisation) {
        return switch (normalisation) {
            case ARITHMETIC -> arithmetic();
            case MAX -> max();
            case GEOMETRIC -> geometric();
            case MIN -> min();
        };
    }

    private double adjusted(double normaliser) {
        double above = mi - expectedMi;
        double room = normaliser - expectedMi;
        double rounding = ROUNDING * Math.max(1, normaliser);
        if (Math.abs(room) <= rounding) {
            boolean samePartition = Math.abs(mi - entropyU) <= rounding && Math.abs(mi - entropyV) <= rounding;
            return samePartition ? 1 : Math.abs(above) <= rounding ? 0 : above / room;
        }
        return above / room;
    }
}
