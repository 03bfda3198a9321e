package org.mtlfarm.regressor.evaluation;

/**
 * Exponential, logarithm and power of whole arrays, to about 5e-15 relative, in loops of plain arithmetic that the JIT
 * vectorises. JDK 17 vectorises neither the conversion between a double and its bits nor a loop that writes two arrays, so each
 * step is a loop of its own, and only taking numbers apart and putting them together goes one by one. Outside the range
 * where that holds, {@code Math} answers. Results may go to an operand's array. Owns buffers: one thread at a time.
 */
final class VectorFunctions {
    private static final double ONE_OVER_LN2 = 1 / Math.log(2);
    /** ln 2 in two parts, the first with so few digits that its product with a small whole number is exact. */
    private static final double LN2_HIGH =
            Double.longBitsToDouble(Double.doubleToRawLongBits(Math.log(2)) & 0xFFFFFFFFF0000000L);
    /** ln 2 less its double, to 20 more digits. */
    private static final double LN2_LOW = (Math.log(2) - LN2_HIGH) + 2.3190468138462996e-17;
    /** Adding and subtracting this leaves the nearest whole number. */
    private static final double ROUNDER = 0x1.8p52;
    /** Beyond this power of two results leave the normal numbers. */
    private static final double LARGEST_STEPS = 1000;

    private static final long ROOT_OF_HALF = Double.doubleToRawLongBits(Math.sqrt(0.5));

    /** Powers of two. */
    private final double[] steps;
    /** What is left of each number without its power of two. */
    private final double[] rests;

    private final double[] results;
    private final double[] exponents;

    VectorFunctions(int length) {
        this.steps = new double[length];
        this.rests = new double[length];
        this.results = new double[length];
        this.exponents = new double[length];
    }

    /** e^x. */
    void exp(double[] x, double[] out, int n) {
        reduce(x, n);
        for (int i = 0; i < n; i++) {
            out[i] = Math.abs(steps[i]) <= LARGEST_STEPS ? scaled(results[i], steps[i]) : Math.exp(x[i]);
        }
    }

    /** The natural logarithm. */
    void log(double[] x, double[] out, int n) {
        if (logarithms(x, n)) {
            System.arraycopy(results, 0, out, 0, n);
        } else {
            for (int i = 0; i < n; i++) {
                out[i] = normal(x[i]) ? results[i] : Math.log(x[i]);
            }
        }
    }

    /** a^b, as {@code Math.pow}; the relative error grows with the size of b log a. */
    void pow(double[] a, double[] b, double[] out, int n) {
        logarithms(a, n);
        Kernels.multiply(b, results, exponents, n);
        reduce(exponents, n);
        for (int i = 0; i < n; i++) {
            out[i] = Math.abs(steps[i]) <= LARGEST_STEPS && normal(a[i])
                    ? scaled(results[i], steps[i])
                    : Math.pow(a[i], b[i]);
        }
    }

    /** Positive, finite, and with all of its digits. */
    private static boolean normal(double x) {
        return x >= Double.MIN_NORMAL && x <= Double.MAX_VALUE;
    }

    /** {@code value * 2^steps}, of a value near 1. */
    private static double scaled(double value, double steps) {
        return value * Double.longBitsToDouble((long) (1023 + (int) steps) << 52);
    }

    /** x = steps ln 2 + rest, |rest| at most ln 2 / 2; leaves e^rest in the results. */
    private void reduce(double[] x, int n) {
        double[] k = steps;
        for (int i = 0; i < n; i++) {
            k[i] = (x[i] * ONE_OVER_LN2 + ROUNDER) - ROUNDER;
        }
        double[] r = rests;
        for (int i = 0; i < n; i++) {
            r[i] = (x[i] - k[i] * LN2_HIGH) - k[i] * LN2_LOW;
        }
        powerSeries(r, results, n);
    }

    /** e^r to twelfth order. */
    private static void powerSeries(double[] r, double[] out, int n) {
        for (int i = 0; i < n; i++) {
            double x = r[i];
            double y = x * x;
            out[i] = 1
                    + (x
                            + y
                                    * ((1.0 / 2 + x * (1.0 / 6))
                                            + y
                                                    * ((1.0 / 24 + x * (1.0 / 120))
                                                            + y
                                                                    * ((1.0 / 720 + x * (1.0 / 5040))
                                                                            + y
                                                                                    * ((1.0 / 40320
                                                                                                    + x
                                                                                                            * (1.0
                                                                                                                    / 362880))
                                                                                            + y
                                                                                                    * ((1.0 / 3628800
                                                                                                                    + x
                                                                                                                            * (1.0
                                                                                                                                    / 39916800))
                                                                                                            + y
                                                                                                                    * (1.0
                                                                                                                            / 479001600)))))));
        }
    }

    /**
     * x = m 2^k with m between the roots of a half and of two, log m = 2 atanh((m - 1) / (m + 1)); leaves log x in the results.
     *
     * @return whether every x is normal; the results of those that are not mean nothing
     */
    private boolean logarithms(double[] x, int n) {
        boolean normal = true;
        for (int i = 0; i < n; i++) {
            normal &= normal(x[i]);
            long bits = Double.doubleToRawLongBits(x[i]);
            long power = (bits - ROOT_OF_HALF) >> 52;
            steps[i] = (int) power;
            rests[i] = Double.longBitsToDouble(bits - (power << 52));
        }
        double[] m = rests;
        double[] s = exponents;
        for (int i = 0; i < n; i++) {
            s[i] = (m[i] - 1) / (m[i] + 1);
        }
        logarithmSeries(s, steps, results, n);
        return normal;
    }

    /** k ln 2 + 2 atanh(s), to the 21st order. */
    private static void logarithmSeries(double[] s, double[] k, double[] out, int n) {
        for (int i = 0; i < n; i++) {
            double x = 2 * s[i];
            double y = s[i] * s[i];
            double z = y * y;
            double series = (1.0 / 3 + y * (1.0 / 5))
                    + z
                            * ((1.0 / 7 + y * (1.0 / 9))
                                    + z
                                            * ((1.0 / 11 + y * (1.0 / 13))
                                                    + z
                                                            * ((1.0 / 15 + y * (1.0 / 17))
                                                                    + z * (1.0 / 19 + y * (1.0 / 21)))));
            out[i] = k[i] * LN2_HIGH + (x + (x * y * series + k[i] * LN2_LOW));
        }
    }
}
