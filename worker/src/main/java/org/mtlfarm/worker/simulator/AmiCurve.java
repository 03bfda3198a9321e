package org.mtlfarm.worker.simulator;

import java.util.Arrays;

import org.mtlfarm.schemas.AmiNormalisation;
import org.mtlfarm.schemas.InvalidInputException;

/**
 * Which AMI an alpha gives on a corpus, in the limit of many tokens, and which alpha gives an AMI. It depends on the
 * corpus's label shares: the same alpha gives another AMI on another corpus. There the expected mutual information is 0,
 * and with label shares p and {@link LabelMatrix} M the joint distribution of real and artificial labels is diag(p) M.
 */
public final class AmiCurve {
    /** Halvings after which an interval in [0, 1] has shrunk below the distance of neighbouring doubles. */
    private static final int HALVINGS = 60;

    private final double[] shares;
    private final double entropy;
    private final AmiNormalisation normalisation;

    private AmiCurve(double[] shares, AmiNormalisation normalisation) {
        this.shares = shares;
        this.entropy = entropy(shares);
        this.normalisation = normalisation;
    }

    /**
     * The curve of a corpus by its label counts.
     *
     * @param labelCounts tokens of each label; zeros are allowed, but at least two labels must occur
     */
    public static AmiCurve of(long[] labelCounts, AmiNormalisation normalisation) {
        if (Arrays.stream(labelCounts).filter(count -> count > 0).count() < 2) {
            throw new InvalidInputException(
                    "expected tokens of at least two labels, found counts " + Arrays.toString(labelCounts));
        }
        double n = Arrays.stream(labelCounts).sum();
        return new AmiCurve(
                Arrays.stream(labelCounts).mapToDouble(count -> count / n).toArray(), normalisation);
    }

    /**
     * The curve of a corpus by its labels.
     *
     * @param labels [tokens], indexes below labelCount
     * @param labelCount how many labels there are, also those that do not occur
     */
    public static AmiCurve of(int[] labels, int labelCount, AmiNormalisation normalisation) {
        long[] counts = new long[labelCount];
        for (int label : labels) {
            counts[label]++;
        }
        return of(counts, normalisation);
    }

    /** The AMI that an alpha gives: 0 at 1/labels, 1 at 1. */
    public double amiOf(double alpha) {
        LabelMatrix matrix = new LabelMatrix(shares.length, alpha);
        double[] artificial = new double[shares.length];
        for (int i = 0; i < shares.length; i++) {
            artificial[i] = alpha * shares[i] + matrix.other() * (1 - shares[i]);
        }
        double[] row = new double[shares.length];
        Arrays.fill(row, matrix.other());
        row[0] = alpha;
        double artificialEntropy = entropy(artificial);
        // All rows of the matrix have the same entropy.
        double mi = Math.max(0, artificialEntropy - entropy(row));
        return new AdjustedMutualInformation(1, mi, 0, entropy, artificialEntropy).under(normalisation);
    }

    /**
     * The alpha, from 1/labels to 1, that gives an AMI. (Alphas below 1/labels make labels that avoid the real one; they
     * reach AMIs above 0 as well, and are never the answer.)
     *
     * @throws InvalidInputException if no alpha gives it
     */
    public double alphaOf(double ami) {
        if (!(ami >= 0 && ami <= 1)) {
            throw new InvalidInputException("expected an AMI that an alpha can give, in [0, 1], found " + ami);
        }
        double low = 1.0 / shares.length;
        double high = 1;
        if (ami == 0) {
            return low;
        }
        if (ami == 1) {
            return high;
        }
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (amiOf(middle) < ami) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }

    private static double entropy(double[] probabilities) {
        double sum = 0;
        for (double p : probabilities) {
            if (p > 0) {
                sum -= p * Math.log(p);
            }
        }
        return sum;
    }
}
