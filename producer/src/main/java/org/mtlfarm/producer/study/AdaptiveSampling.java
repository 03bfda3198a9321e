package org.mtlfarm.producer.study;

import org.mtlfarm.schemas.Sampling;
import org.mtlfarm.schemas.SamplingState;

/**
 * How a study asks for the experiments of its grid one batch after the other, each when the one before is done, until its law is
 * known well enough.
 *
 * @param precision half the width of the law's 95 % interval, in F1, that is enough everywhere on the grid
 * @param first experiments before anything is known; 0: by the size of the grid
 * @param batch experiments at a time from then on; 0: by the size of the grid
 */
public record AdaptiveSampling(double precision, int first, int batch) {
    public static final double USUAL_PRECISION = 0.02;

    static final int MOST_EXPERIMENTS = 2000;

    private static final int FEWEST_FIRST = 12;
    private static final int MOST_FIRST = 24;
    private static final int FEWEST_AT_A_TIME = 4;
    private static final int BATCHES = 12;

    public AdaptiveSampling {
        if (!(precision > 0) || first < 0 || batch < 0) {
            throw new IllegalArgumentException("precision must be above 0, first and batch at least 0, were "
                    + precision + ", " + first + " and " + batch);
        }
    }

    /** Of an experiment, one of so many, that has yet to be asked for. */
    Sampling held(int experiments) {
        return Sampling.newBuilder()
                .setState(SamplingState.HELD)
                .setPrecision(precision)
                .setFirst(first > 0 ? first : Math.min(MOST_FIRST, Math.max(FEWEST_FIRST, experiments / 4)))
                .setBatch(batch > 0 ? batch : Math.max(FEWEST_AT_A_TIME, (experiments + BATCHES - 1) / BATCHES))
                .setGrid(experiments)
                .build();
    }
}
