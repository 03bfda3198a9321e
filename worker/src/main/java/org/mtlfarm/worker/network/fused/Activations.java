package org.mtlfarm.worker.network.fused;

/**
 * The hyperbolic tangent and the logistic function, over arrays.
 *
 * <p>tanh(x) = x p(x²) / q(x²) on |x| ≤ 7.9, where tanh is 1 - 2.7e-7, and constant beyond. p and q, of degree 4, are a
 * least-maximum fit of the relative error (iteratively reweighted least squares after Lawson 1961; 5.7e-9 in exact
 * arithmetic, 3.1e-7 with the rounding of {@code float}); the result stays below 1. Only operations that the JIT
 * vectorises, and no fused ones, so that every processor and JDK gives the same bits. sigmoid(x) = tanh(x / 2) / 2 + 1/2.
 */
final class Activations {
    private static final float LIMIT = 7.9f;
    private static final float P0 = 0.9999999943564191f;
    private static final float P1 = 0.13450620824675869f;
    private static final float P2 = 0.003578992292634529f;
    private static final float P3 = 2.202324823484859e-05f;
    private static final float P4 = 1.542797459367822e-08f;
    private static final float Q1 = 0.4678394882695111f;
    private static final float Q2 = 0.026192239044300406f;
    private static final float Q3 = 0.00034236509339012f;
    private static final float Q4 = 8.598781376454231e-07f;

    private Activations() {}

    /** NaN where x is NaN. */
    static float tanh(float x) {
        float y = Math.min(LIMIT, Math.max(-LIMIT, x));
        float s = y * y;
        float p = (((P4 * s + P3) * s + P2) * s + P1) * s + P0;
        float q = (((Q4 * s + Q3) * s + Q2) * s + Q1) * s + 1;
        return y * p / q;
    }

    /** In place, since the JIT vectorises this loop only where it reads and writes the same place. */
    static void tanh(float[] x, int from, int to) {
        for (int i = from; i < to; i++) {
            x[i] = tanh(x[i]);
        }
    }

    /** From tanh(x / 2) to sigmoid(x). */
    static void sigmoidOfHalvedTanh(float[] x, int from, int to) {
        for (int i = from; i < to; i++) {
            x[i] = 0.5f * x[i] + 0.5f;
        }
    }
}
