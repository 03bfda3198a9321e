package org.mtlfarm.worker.network.fused;

import org.mtlfarm.worker.network.OptimiserState;

/**
 * Adam (Kingma and Ba 2015) with PyTorch's place of epsilon, and one step counter t for all parameters:
 *
 * <pre>
 *   m = 0.9 m + 0.1 g    v = 0.999 v + 0.001 g²
 *   p -= rate / (1 - 0.9^t) * m / (sqrt(v) / sqrt(1 - 0.999^t) + 1e-8)
 * </pre>
 *
 * <p>In pieces that stay in the first-level cache with their gradients and the copy for the products.
 */
final class Adam {
    private static final double DECAY = 0.9;
    private static final double SQUARE_DECAY = 0.999;
    private static final float EPSILON = 1e-8f;

    /** Below this a moment moves no parameter of normal size; subnormal numbers would be slow. */
    private static final float NEGLIGIBLE = 1e-30f;

    private static final int PIECE = 1024;

    private final float[] parameters;
    private final NativeFloats weights;
    private final float[] means;
    private final float[] squares;
    private final float[] piece = new float[PIECE];
    private long steps;
    private double meanCorrection;
    private float rootCorrection;

    /**
     * Adam for some parameters.
     *
     * @param parameters moved
     * @param weights kept equal to them
     */
    Adam(float[] parameters, NativeFloats weights) {
        this.parameters = parameters;
        this.weights = weights;
        means = new float[parameters.length];
        squares = new float[parameters.length];
    }

    OptimiserState state() {
        return new OptimiserState(means.clone(), squares.clone(), steps);
    }

    void resume(OptimiserState state) {
        if (state.means().length != means.length) {
            throw new IllegalArgumentException(
                    "expected moments of " + means.length + " parameters, found " + state.means().length);
        }
        System.arraycopy(state.means(), 0, means, 0, means.length);
        System.arraycopy(state.squares(), 0, squares, 0, squares.length);
        steps = state.steps();
    }

    /** Begins a step, of which the calls below are parts. */
    void begin() {
        steps++;
        meanCorrection = 1 / (1 - StrictMath.pow(DECAY, steps));
        rootCorrection = (float) (1 / Math.sqrt(1 - StrictMath.pow(SQUARE_DECAY, steps)));
    }

    /** Moves the parameters in [from, to) along their gradients. */
    void step(NativeFloats gradients, int from, int to, double rate) {
        float stepSize = (float) (rate * meanCorrection);
        for (int at = from; at < to; at += PIECE) {
            int count = Math.min(PIECE, to - at);
            gradients.get(at, piece, 0, count);
            step(parameters, piece, means, squares, at, count, stepSize, rootCorrection);
            weights.put(at, parameters, at, count);
        }
    }

    /** Moves the parameters in [from, to), whose gradients are zero, by their decaying moments. */
    void drift(int from, int to, double rate) {
        float stepSize = (float) (rate * meanCorrection);
        drift(parameters, means, squares, from, to, stepSize, rootCorrection);
        weights.put(from, parameters, from, to - from);
    }

    private static void step(
            float[] p, float[] gradients, float[] m, float[] v, int at, int count, float stepSize, float root) {
        float decay = (float) DECAY;
        float gain = (float) (1 - DECAY);
        float squareDecay = (float) SQUARE_DECAY;
        float squareGain = (float) (1 - SQUARE_DECAY);
        for (int i = 0; i < count; i++) {
            float g = gradients[i];
            float mean = decay * m[at + i] + gain * g;
            float square = squareDecay * v[at + i] + squareGain * g * g;
            m[at + i] = mean;
            v[at + i] = square;
            p[at + i] -= stepSize * mean / ((float) Math.sqrt(square) * root + EPSILON);
        }
    }

    private static void drift(float[] p, float[] m, float[] v, int from, int to, float stepSize, float root) {
        float decay = (float) DECAY;
        float squareDecay = (float) SQUARE_DECAY;
        for (int i = from; i < to; i++) {
            float mean = decay * m[i];
            float square = squareDecay * v[i];
            m[i] = Math.abs(mean) < NEGLIGIBLE ? 0 : mean;
            v[i] = square;
            p[i] -= stepSize * mean / ((float) Math.sqrt(square) * root + EPSILON);
        }
    }
}
