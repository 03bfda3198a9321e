package org.mtlfarm.standalone.findings;

import org.mtlfarm.regressor.prediction.Interval;

/**
 * A difference of mean scores with its confidence interval.
 *
 * @param interval not numbers where the runs are too few to give one
 */
public record Effect(double value, Interval interval) {
    /** What an interval says of the difference's sign. */
    public enum Sign {
        RISES,
        FALLS,
        UNTOLD
    }

    /** Untold where the interval holds 0, or there is none. */
    public Sign sign() {
        return interval.lower() > 0 ? Sign.RISES : interval.upper() < 0 ? Sign.FALLS : Sign.UNTOLD;
    }
}
