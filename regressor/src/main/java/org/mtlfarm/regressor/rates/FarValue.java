package org.mtlfarm.regressor.rates;

/**
 * A number kept as its sign and the logarithm of its size, so that {@code exp(1e9)} has its place, with a bound of its error from
 * rounding (running error analysis; Higham, "Accuracy and Stability of Numerical Algorithms", 2002, chapter 3), so that
 * one can tell where a difference has no digits left.
 *
 * @param sign -1, 0 or 1
 * @param logSize natural logarithm of the size; minus infinite for 0, infinite for what is beyond even this range, not a number
 *     where there is no value
 * @param logError natural logarithm of a bound of the error
 */
record FarValue(int sign, double logSize, double logError) {
    private static final double NOTHING = Double.NEGATIVE_INFINITY;
    private static final double ROUNDING = 0x1p-52;
    /** Beyond this an angle has no digits after the point. */
    private static final double LARGEST_ANGLE = 1e15;
    /** Below this logarithm {@code sin(x)} and {@code tanh(x)} are x to the last bit. */
    private static final double SMALL = -20;

    private static final FarValue UNDEFINED = new FarValue(0, Double.NaN, Double.NaN);
    private static final FarValue BEYOND = new FarValue(1, Double.POSITIVE_INFINITY, NOTHING);

    static FarValue of(double value) {
        return Double.isNaN(value) ? UNDEFINED : rounded((int) Math.signum(value), Math.log(Math.abs(value)), NOTHING);
    }

    /** e to that power, exactly. */
    static FarValue ofLog(double log) {
        return new FarValue(1, log, NOTHING);
    }

    private static FarValue rounded(int sign, double logSize, double logError) {
        double rounding = logSize == NOTHING ? NOTHING : logSize + Math.log(ROUNDING * (2 + Math.abs(logSize)));
        return Double.isNaN(logSize) || Double.isNaN(logError)
                ? UNDEFINED
                : new FarValue(sign, logSize, logSum(logError, rounding));
    }

    /** Whether it is known to that relative error, and neither 0 nor beyond the range. */
    boolean known(double relativeError) {
        return Double.isFinite(logSize) && logError - logSize < Math.log(relativeError);
    }

    boolean defined() {
        return !Double.isNaN(logSize);
    }

    private boolean beyond() {
        return logSize == Double.POSITIVE_INFINITY;
    }

    private double value() {
        return sign * Math.exp(logSize);
    }

    FarValue plus(FarValue other) {
        if (!defined() || !other.defined() || beyond() && other.beyond() && sign != other.sign) {
            return UNDEFINED;
        }
        if (beyond() || other.beyond()) {
            return beyond() ? this : other;
        }
        double error = logSum(logError, other.logError);
        if (sign == 0 || other.sign == 0) {
            FarValue one = sign == 0 ? other : this;
            return new FarValue(one.sign, one.logSize, error);
        }
        FarValue large = logSize >= other.logSize ? this : other;
        double apart = (large == this ? other.logSize : logSize) - large.logSize;
        if (sign == other.sign) {
            return rounded(sign, large.logSize + Math.log1p(Math.exp(apart)), error);
        }
        return apart == 0
                ? new FarValue(0, NOTHING, error)
                : rounded(large.sign, large.logSize + Math.log1p(-Math.exp(apart)), error);
    }

    FarValue negated() {
        return new FarValue(-sign, logSize, logError);
    }

    FarValue size() {
        return new FarValue(Math.abs(sign), logSize, logError);
    }

    FarValue times(FarValue other) {
        if (!defined() || !other.defined()) {
            return UNDEFINED;
        }
        if (beyond() || other.beyond()) {
            FarValue factor = beyond() ? other : this;
            boolean certain = factor.beyond() || factor.sign != 0 && factor.logError < factor.logSize;
            return certain ? new FarValue(sign * other.sign, Double.POSITIVE_INFINITY, NOTHING) : UNDEFINED;
        }
        double error = logSum(
                logProduct(logSize, other.logError),
                logSum(logProduct(other.logSize, logError), logProduct(logError, other.logError)));
        return rounded(sign * other.sign, sign * other.sign == 0 ? NOTHING : logSize + other.logSize, error);
    }

    FarValue inverse() {
        if (beyond()) {
            return new FarValue(0, NOTHING, NOTHING);
        }
        return sign == 0 || !(logError < logSize)
                ? UNDEFINED
                : rounded(
                        sign, -logSize, logProduct(logError, -2 * logSize - Math.log1p(-Math.exp(logError - logSize))));
    }

    FarValue root() {
        if (!defined() || sign < 0) {
            return UNDEFINED;
        }
        return beyond()
                ? this
                : rounded(sign, logSize / 2, sign == 0 ? logError / 2 : Math.min(logError / 2, logError - logSize / 2));
    }

    FarValue exponential() {
        if (!defined()) {
            return UNDEFINED;
        }
        double value = value();
        if (value == Double.POSITIVE_INFINITY) {
            return beyond() || logError < logSize - 1 ? BEYOND : UNDEFINED;
        }
        if (value == Double.NEGATIVE_INFINITY) {
            return beyond() || logError < logSize - 1 ? new FarValue(0, NOTHING, NOTHING) : UNDEFINED;
        }
        double error = Math.exp(logError);
        double relative = error > 50 ? error : Math.log(Math.expm1(error));
        return rounded(1, value, relative == NOTHING ? NOTHING : value + relative);
    }

    FarValue logarithm() {
        if (sign <= 0 || beyond() || !(logError < logSize)) {
            return UNDEFINED;
        }
        double error = -Math.log1p(-Math.exp(logError - logSize));
        FarValue exact = of(logSize);
        return new FarValue(exact.sign, exact.logSize, logSum(exact.logError, Math.log(error)));
    }

    FarValue power(FarValue exponent) {
        if (!defined() || !exponent.defined()) {
            return UNDEFINED;
        }
        double power = exponent.value();
        boolean whole = Math.abs(power) < 1e6 && Math.abs(power - Math.rint(power)) < 1e-12 * Math.abs(power);
        if (sign == 0) {
            return power > 0 && logError == NOTHING ? this : UNDEFINED;
        }
        if (beyond()) {
            return power > 0 ? this : power < 0 ? inverse() : UNDEFINED;
        }
        if (sign < 0) {
            FarValue size = whole ? size().power(exponent) : UNDEFINED;
            return Math.rint(power) % 2 != 0 ? size.negated() : size;
        }
        return exponent.times(logarithm()).exponential();
    }

    FarValue sine() {
        return logSize < SMALL ? this : turned(Math.sin(value()));
    }

    FarValue cosine() {
        return turned(Math.cos(value()));
    }

    private FarValue turned(double result) {
        if (!defined()) {
            return UNDEFINED;
        }
        if (!(Math.exp(logSize) < LARGEST_ANGLE)) {
            return new FarValue(0, NOTHING, 0);
        }
        FarValue exact = of(result);
        return new FarValue(exact.sign, exact.logSize, logSum(exact.logError, Math.min(logError, Math.log(2))));
    }

    FarValue hyperbolicTangent() {
        if (!defined() || logSize < SMALL) {
            return this;
        }
        FarValue exact = of(Math.tanh(value()));
        boolean settled = beyond() || Math.exp(logSize) > 40 && logError < logSize - 1;
        double error = settled ? NOTHING : Math.min(logError, Math.log(2));
        return new FarValue(exact.sign, exact.logSize, logSum(exact.logError, error));
    }

    /** 1 where the size is above a bound for certain, -1 where it is at or below, 0 where the error leaves that open. */
    int compareSize(double bound) {
        double logBound = Math.log(bound);
        if (logSize + Math.log1p(-Math.exp(Math.min(0, logError - logSize))) > logBound) {
            return 1;
        }
        return logSum(logSize, logError) <= logBound ? -1 : 0;
    }

    /** This where a comparison came to 1, the other where it came to -1. */
    FarValue chosen(int comparison, double other) {
        return comparison > 0 ? this : comparison < 0 ? of(other) : UNDEFINED;
    }

    private static double logProduct(double a, double b) {
        return a == NOTHING || b == NOTHING ? NOTHING : a + b;
    }

    private static double logSum(double a, double b) {
        double large = Math.max(a, b);
        return large == NOTHING || large == Double.POSITIVE_INFINITY
                ? large
                : large + Math.log1p(Math.exp(Math.min(a, b) - large));
    }
}
