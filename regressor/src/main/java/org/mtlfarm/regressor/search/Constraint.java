package org.mtlfarm.regressor.search;

import org.mtlfarm.schemas.InvalidInputException;

/**
 * What a formula must do on the box that the data's features span, also between the rows: rise or fall in a feature, or keep
 * its values within a range.
 *
 * @param variable index of the feature that a monotone formula rises or falls in; -1 for a range
 * @param low of the range; for a monotone formula 1 where it may not fall, -1 where it may not rise
 * @param high of the range
 */
public record Constraint(int variable, double low, double high) {
    private static final int RANGE = -1;

    public Constraint {
        if (variable < RANGE) {
            throw new IllegalArgumentException("variable must be at least 0, was " + variable);
        }
        if (!(low <= high)) {
            throw new InvalidInputException("expected a range from low to high, found " + low + " to " + high);
        }
    }

    /** Never falls as the feature rises, the others held. */
    public static Constraint increasing(int variable) {
        return new Constraint(variable, 1, 1);
    }

    /** Never rises as the feature rises, the others held. */
    public static Constraint decreasing(int variable) {
        return new Constraint(variable, -1, -1);
    }

    /** Stays within [low, high]; an end may be infinite. */
    public static Constraint between(double low, double high) {
        return new Constraint(RANGE, low, high);
    }

    boolean monotone() {
        return variable != RANGE;
    }

    /** 1 for a rise, -1 for a fall. */
    double direction() {
        return low;
    }
}
