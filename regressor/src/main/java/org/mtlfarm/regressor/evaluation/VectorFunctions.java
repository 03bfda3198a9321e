package org.mtlfarm.regressor.evaluation;

/**
 * Exponential, logarithm, power, hyperbolic tangent, sine and cosine of whole arrays, to about 5e-15 relative, in loops of plain
 * arithmetic that the JIT vectorises: two to four times as fast as {@code Math} number by number. JDK 17 vectorises neither the conversion between a double and its bits nor a loop that writes two arrays, so each
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

    private static final long ROUNDER_BITS = Double.doubleToRawLongBits(ROUNDER);
    /** Beyond this power of two results leave the normal numbers. */
    private static final double LARGEST_STEPS = 1000;

    private static final long ROOT_OF_HALF = Double.doubleToRawLongBits(Math.sqrt(0.5));
    private static final long LEAST_NORMAL = Double.doubleToRawLongBits(Double.MIN_NORMAL);
    private static final long LARGEST_NORMAL = Double.doubleToRawLongBits(Double.MAX_VALUE);

    /** At twice this the hyperbolic tangent is 1 in double precision. */
    private static final double TANH_IS_ONE = 40;

    /** pi/2 in three parts; products of the first two with a whole number below a million are exact. */
    private static final double HALF_PI_HIGH =
            Double.longBitsToDouble(Double.doubleToRawLongBits(Math.PI / 2) & 0xFFFFFFFFFFF00000L);

    private static final double HALF_PI_MIDDLE = Math.PI / 2 - HALF_PI_HIGH;
    /** pi/2 less its double, to 16 more digits. */
    private static final double HALF_PI_LOW = 6.123233995736766e-17;
    /** Angles up to here are reduced to full precision. */
    private static final double LARGEST_ANGLE = 1e6;

    /** Powers of two, or quarters of a turn. */
    private final double[] steps;
    /** What is left of each number without its power of two. */
    private final double[] rests;

    private final double[] results;
    private final double[] exponents;
    private final double[] series;
    private final double[] squares;
    private final double[] cosines;

    VectorFunctions(int length) {
        this.steps = new double[length];
        this.rests = new double[length];
        this.results = new double[length];
        this.exponents = new double[length];
        this.series = new double[length];
        this.squares = new double[length];
        this.cosines = new double[length];
    }

    /** e^x. */
    void exp(double[] x, double[] out, int n) {
        reduce(x, n);
        for (int i = 0; i < n; i++) {
            out[i] = inRange(steps[i]) ? (1 + results[i]) * twoTo(steps[i]) : Math.exp(x[i]);
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
        if (logarithms(a, n)) {
            pow(a, results, b, out, n);
        } else {
            Kernels.multiply(b, results, exponents, n);
            reduce(exponents, n);
            for (int i = 0; i < n; i++) {
                out[i] = inRange(steps[i]) && normal(a[i]) ? (1 + results[i]) * twoTo(steps[i]) : Math.pow(a[i], b[i]);
            }
        }
    }

    /** a^b of normal a, whose logarithms are known. */
    void pow(double[] a, double[] logarithms, double[] b, double[] out, int n) {
        Kernels.multiply(b, logarithms, exponents, n);
        reduce(exponents, n);
        for (int i = 0; i < n; i++) {
            out[i] = inRange(steps[i]) ? (1 + results[i]) * twoTo(steps[i]) : Math.pow(a[i], b[i]);
        }
    }

    private static boolean inRange(double steps) {
        return Math.abs(steps - ROUNDER) <= LARGEST_STEPS;
    }

    /** Positive, finite, and with all of its digits. */
    private static boolean normal(double x) {
        return x >= Double.MIN_NORMAL && x <= Double.MAX_VALUE;
    }

    /** (e^2x - 1) / (e^2x + 1); the numerator keeps its digits where x is small. */
    void tanh(double[] x, double[] out, int n) {
        double[] twice = exponents;
        for (int i = 0; i < n; i++) {
            twice[i] = Math.max(-TANH_IS_ONE, Math.min(TANH_IS_ONE, 2 * x[i]));
        }
        reduce(twice, n);
        double[] power = rests;
        for (int i = 0; i < n; i++) {
            power[i] = twoTo(steps[i]);
        }
        double[] lessOne = exponents;
        for (int i = 0; i < n; i++) {
            lessOne[i] = power[i] * results[i] + (power[i] - 1);
        }
        for (int i = 0; i < n; i++) {
            out[i] = lessOne[i] / (lessOne[i] + 2);
        }
    }

    /** The sine of angles in radians. */
    void sin(double[] x, double[] out, int n) {
        if (sines(x, 0, n)) {
            System.arraycopy(results, 0, out, 0, n);
        } else {
            for (int i = 0; i < n; i++) {
                out[i] = Math.abs(x[i]) <= LARGEST_ANGLE ? results[i] : Math.sin(x[i]);
            }
        }
    }

    /** The cosine of angles in radians. */
    void cos(double[] x, double[] out, int n) {
        if (sines(x, 1, n)) {
            System.arraycopy(results, 0, out, 0, n);
        } else {
            for (int i = 0; i < n; i++) {
                out[i] = Math.abs(x[i]) <= LARGEST_ANGLE ? results[i] : Math.cos(x[i]);
            }
        }
    }

    /** 2^k of a whole number between -1000 and 1000, to which {@link #ROUNDER} has been added: it stands in the lowest bits. */
    private static double twoTo(double steps) {
        return Double.longBitsToDouble((Double.doubleToRawLongBits(steps) + 1023) << 52);
    }

    /** x = steps ln 2 + rest, |rest| at most ln 2 / 2; leaves e^rest - 1 in the results. */
    private void reduce(double[] x, int n) {
        double[] k = steps;
        for (int i = 0; i < n; i++) {
            k[i] = Math.fma(x[i], ONE_OVER_LN2, ROUNDER);
        }
        double[] r = rests;
        for (int i = 0; i < n; i++) {
            r[i] = Math.fma(ROUNDER - k[i], LN2_LOW, Math.fma(ROUNDER - k[i], LN2_HIGH, x[i]));
        }
        powerSeries(r, results, n);
    }

    /** e^r - 1 to twelfth order. */
    private void powerSeries(double[] r, double[] out, int n) {
        double[] p = series;
        polynomial(r, p, n, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320);
        continued(r, p, n, 1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6);
        for (int i = 0; i < n; i++) {
            out[i] = Math.fma(r[i] * r[i], Math.fma(p[i], r[i], 0.5), r[i]);
        }
    }

    /** Horner's scheme; a loop of more than a dozen operations is not vectorised. */
    private static void polynomial(
            double[] x, double[] out, int n, double c4, double c3, double c2, double c1, double c0) {
        for (int i = 0; i < n; i++) {
            out[i] = Math.fma(Math.fma(Math.fma(Math.fma(c4, x[i], c3), x[i], c2), x[i], c1), x[i], c0);
        }
    }

    /** Five more steps of the scheme. */
    private static void continued(
            double[] x, double[] p, int n, double c4, double c3, double c2, double c1, double c0) {
        for (int i = 0; i < n; i++) {
            p[i] = Math.fma(
                    Math.fma(Math.fma(Math.fma(Math.fma(p[i], x[i], c4), x[i], c3), x[i], c2), x[i], c1), x[i], c0);
        }
    }

    /**
     * x = m 2^k with m between the roots of a half and of two, log m = 2 atanh((m - 1) / (m + 1)); leaves log x in the results.
     *
     * @return whether every x is normal; the results of those that are not mean nothing
     */
    private boolean logarithms(double[] x, int n) {
        double[] k = steps;
        double[] m = rests;
        // The sign tells whether any is negative, below the normal numbers or beyond them: no branch in the loop.
        long outside = 0;
        for (int i = 0; i < n; i++) {
            long bits = Double.doubleToRawLongBits(x[i]);
            outside |= bits | (bits - LEAST_NORMAL) | (LARGEST_NORMAL - bits);
            long power = (bits - ROOT_OF_HALF) >> 52;
            // As a number without a conversion, on whose result JDK 17 lets the next one wait.
            k[i] = Double.longBitsToDouble(ROUNDER_BITS + power);
            m[i] = Double.longBitsToDouble(bits - (power << 52));
        }
        for (int i = 0; i < n; i++) {
            k[i] -= ROUNDER;
        }
        double[] s = exponents;
        for (int i = 0; i < n; i++) {
            s[i] = (m[i] - 1) / (m[i] + 1);
        }
        logarithmSeries(s, steps, results, n);
        return outside >= 0;
    }

    /** k ln 2 + 2 atanh(s), to the 21st order. */
    private void logarithmSeries(double[] s, double[] k, double[] out, int n) {
        double[] y = rests;
        Kernels.multiply(s, s, y, n);
        double[] p = series;
        polynomial(y, p, n, 1.0 / 21, 1.0 / 19, 1.0 / 17, 1.0 / 15, 1.0 / 13);
        continued(y, p, n, 1.0 / 11, 1.0 / 9, 1.0 / 7, 1.0 / 5, 1.0 / 3);
        for (int i = 0; i < n; i++) {
            out[i] = Math.fma(k[i], LN2_HIGH, 2 * s[i] + Math.fma(2 * s[i] * y[i], p[i], k[i] * LN2_LOW));
        }
    }

    /**
     * x = k pi/2 + r, |r| at most pi/4, and by the quarter k the sine of x is that of r, its cosine, or less one of them; leaves
     * the sine of {@code x + quarters pi/2} in the results.
     *
     * @return whether every x is at most {@link #LARGEST_ANGLE}; the results of those that are not mean nothing
     */
    private boolean sines(double[] x, int quarters, int n) {
        boolean small = true;
        for (int i = 0; i < n; i++) {
            small &= Math.abs(x[i]) <= LARGEST_ANGLE;
        }
        double[] k = steps;
        for (int i = 0; i < n; i++) {
            k[i] = Math.fma(x[i], 2 / Math.PI, ROUNDER) - ROUNDER;
        }
        double[] r = rests;
        for (int i = 0; i < n; i++) {
            r[i] = Math.fma(-k[i], HALF_PI_LOW, Math.fma(-k[i], HALF_PI_MIDDLE, Math.fma(-k[i], HALF_PI_HIGH, x[i])));
        }
        // k modulo 4, between -2 and 2.
        double[] quarter = exponents;
        for (int i = 0; i < n; i++) {
            double whole = k[i] + quarters;
            quarter[i] = whole - 4 * ((whole * 0.25 + ROUNDER) - ROUNDER);
        }
        sineSeries(r, results, n);
        cosineSeries(r, cosines, n);
        double[] result = results;
        double[] cosine = cosines;
        for (int i = 0; i < n; i++) {
            // One of the two factors is 0 and the other 1 or -1.
            result[i] = (1 - Math.abs(quarter[i])) * result[i] + quarter[i] * (2 - Math.abs(quarter[i])) * cosine[i];
        }
        return small;
    }

    /** The sine to the 17th order. */
    private void sineSeries(double[] r, double[] out, int n) {
        double[] y = squares;
        Kernels.multiply(r, r, y, n);
        double[] p = series;
        polynomial(
                y,
                p,
                n,
                1.0 / 355687428096000.0,
                -1.0 / 1307674368000.0,
                1.0 / 6227020800.0,
                -1.0 / 39916800,
                1.0 / 362880);
        for (int i = 0; i < n; i++) {
            out[i] = Math.fma(
                    r[i] * y[i],
                    Math.fma(Math.fma(Math.fma(p[i], y[i], -1.0 / 5040), y[i], 1.0 / 120), y[i], -1.0 / 6),
                    r[i]);
        }
    }

    /** The cosine to the 18th order. */
    private void cosineSeries(double[] r, double[] out, int n) {
        double[] y = squares;
        Kernels.multiply(r, r, y, n);
        double[] p = series;
        polynomial(
                y,
                p,
                n,
                -1.0 / 6402373705728000.0,
                1.0 / 20922789888000.0,
                -1.0 / 87178291200.0,
                1.0 / 479001600,
                -1.0 / 3628800);
        for (int i = 0; i < n; i++) {
            p[i] = Math.fma(Math.fma(Math.fma(p[i], y[i], 1.0 / 40320), y[i], -1.0 / 720), y[i], 1.0 / 24);
        }
        for (int i = 0; i < n; i++) {
            out[i] = 1 - (0.5 * y[i] - y[i] * y[i] * p[i]);
        }
    }
}
