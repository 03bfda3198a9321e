package org.mtlfarm.worker.network.fused;

/**
 * Adam (Kingma and Ba 2015) with PyTorch's place of epsilon, and one step counter t for all parameters:
 *
 * <pre>
 *   m = 0.9 m + 0.1 g    v = 0.999 v + 0.001 g²
 *   p -= rate / (1 - 0.9^t) * m / (sqrt(v) / sqrt(1 - 0.999^t) + 1e-8)
 * </pre>
 */
final class Adam {
    private static final double DECAY = 0.9;
    private static final double SQUARE_DECAY = 0.999;
    private static final float EPSILON = 1e-8f;

    /** Below this a moment moves no parameter of normal size; subnormal numbers would be slow. */
    private static final float NEGLIGIBLE = 1e-30f;

    private final float[] means;
    private final float[] squares;
    private long steps;
    private double meanCorrection;
    private float rootCorrection;

    Adam(int parameters) {
        means = new float[parameters];
        squares = new float[parameters];
    }

    /** Begins a step, of which the calls below are parts. */
    void begin() {
        steps++;
        meanCorrection = 1 / (1 - StrictMath.pow(DECAY, steps));
        rootCorrection = (float) (1 / Math.sqrt(1 - StrictMath.pow(SQUARE_DECAY, steps)));
    }

    /** Moves the parameters in [from, to) along their gradients. */
    void step(float[] parameters, float[] gradients, int from, int to, double rate) {
        float[] m = means;
        float[] v = squares;
        float decay = (float) DECAY;
        float gain = (float) (1 - DECAY);
        float squareDecay = (float) SQUARE_DECAY;
        float squareGain = (float) (1 - SQUARE_DECAY);
        float stepSize = (float) (rate * meanCorrection);
        float root = rootCorrection;
        for (int i = from; i < to; i++) {
            float g = gradients[i];
            float mean = decay * m[i] + gain * g;
            float square = squareDecay * v[i] + squareGain * g * g;
            m[i] = mean;
            v[i] = square;
            parameters[i] -= stepSize * mean / ((float) Math.sqrt(square) * root + EPSILON);
        }
    }

    /** Moves the parameters in [from, to), whose gradients are zero, by their decaying moments. */
    void drift(float[] parameters, int from, int to, double rate) {
        float[] m = means;
        float[] v = squares;
        float decay = (float) DECAY;
        float squareDecay = (float) SQUARE_DECAY;
        float stepSize = (float) (rate * meanCorrection);
        float root = rootCorrection;
        for (int i = from; i < to; i++) {
            float mean = decay * m[i];
            float square = squareDecay * v[i];
            m[i] = Math.abs(mean) < NEGLIGIBLE ? 0 : mean;
            v[i] = square;
            parameters[i] -= stepSize * mean / ((float) Math.sqrt(square) * root + EPSILON);
        }
    }
}
