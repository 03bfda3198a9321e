package org.mtlfarm.worker.simulator;

import java.util.random.RandomGenerator;

import org.mtlfarm.schemas.InvalidInputException;

/**
 * Probabilities of an artificial label given the real one: {@code alpha} on the diagonal, {@code (1 - alpha) / (labels -
 * 1)} elsewhere. An alpha of 1 copies; an alpha of 1/labels makes labels that say nothing of the real ones.
 *
 * @param labels how many labels there are, at least 2
 * @param alpha in [0, 1]
 */
public record LabelMatrix(int labels, double alpha) {
    public LabelMatrix {
        if (labels < 2) {
            throw new IllegalArgumentException("labels must be at least 2, was " + labels);
        }
        if (!(alpha >= 0 && alpha <= 1)) {
            throw new InvalidInputException("alpha must be in [0, 1], was " + alpha);
        }
    }

    /** Probability of each label other than the real one. */
    public double other() {
        return (1 - alpha) / (labels - 1);
    }

    public double probability(int real, int artificial) {
        return real == artificial ? alpha : other();
    }

    /**
     * An artificial label. Takes one number of the generator, always: where it is below alpha, the label is kept; the rest
     * of the unit interval is shared equally by the others.
     */
    public int draw(int real, RandomGenerator random) {
        double u = random.nextDouble();
        if (u < alpha) {
            return real;
        }
        // Rounding may give 1 here, for the largest u below 1.
        int skipped = Math.min((int) ((u - alpha) / (1 - alpha) * (labels - 1)), labels - 2);
        return skipped < real ? skipped : skipped + 1;
    }
}
