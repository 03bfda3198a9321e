package org.mtlfarm.regressor.prediction;

/** From one number to another; not numbers where nothing can be said. */
public record Interval(double lower, double upper) {
    public boolean holds(double value) {
        return value >= lower && value <= upper;
    }

    public double width() {
        return upper - lower;
    }

    /** What of it lies between two bounds. */
    public Interval within(double least, double greatest) {
        return new Interval(Math.min(greatest, Math.max(least, lower)), Math.max(least, Math.min(greatest, upper)));
    }
}
