package org.mtlfarm.worker.network.fused;

/**
 * Adam (Kingma and Ba 2015) with PyTorch's place of epsilon, and one step counter t for all parameters:
 *
 * <pre>
 *   m = 0.9 m + 0.1 g    v = 0.999 v + 0.001 g²
 *   p -= rate / (1 - 0.9^t) * m / (sqrt(v) / sqrt(1 - 0.999^t) + 1e-8)
 * </pre>
 *
 * <p>In pieces that stay in the first-level cache. A piece's numbers lie in arrays of their own, from index 0 on: the JIT
 * vectorises a loop only where all its arrays are read and written at one and the same index.
 */
final class Adam {
    private static final double DECAY = 0.9;
    private static final double SQUARE_DECAY = 0.999;
    private static final float EPSILON = 1e-8f;

    /** Below this a moment moves no parameter of normal size; subnormal numbers would be slow. */
    private static final float NEGLIGIBLE = 1e-30f;

    private static final int PIECE = 1024;

    private final NativeFloats parameters;
    private final float[] parameterPiece = new float[PIECE];
    private final float[] gradientPiece = new float[PIECE];
    private long steps;
    private double meanCorrection;
    private float rootCorrection;

    /** Some parameters that lie in a row, with their step size and moments. */
    static final class Block {
        private final int from;
        private final int size;
        private final double rate;
        private final float[][] means;
        private final float[][] squares;

        /** Those from {@code from} to before {@code to}; the moments are zero. */
        Block(int from, int to, double rate) {
            this.from = from;
            size = to - from;
            this.rate = rate;
            int pieces = (size + PIECE - 1) / PIECE;
            means = new float[pieces][];
            squares = new float[pieces][];
            for (int piece = 0; piece < pieces; piece++) {
                means[piece] = new float[Math.min(PIECE, size - piece * PIECE)];
                squares[piece] = new float[means[piece].length];
            }
        }

        int from() {
            return from;
        }

        int to() {
            return from + size;
        }

        /** Writes the moments to where the parameters lie. */
        void read(float[] intoMeans, float[] intoSquares) {
            for (int piece = 0; piece < means.length; piece++) {
                int at = from + piece * PIECE;
                System.arraycopy(means[piece], 0, intoMeans, at, means[piece].length);
                System.arraycopy(squares[piece], 0, intoSquares, at, means[piece].length);
            }
        }

        /** Takes the moments from where the parameters lie. */
        void write(float[] fromMeans, float[] fromSquares) {
            for (int piece = 0; piece < means.length; piece++) {
                int at = from + piece * PIECE;
                System.arraycopy(fromMeans, at, means[piece], 0, means[piece].length);
                System.arraycopy(fromSquares, at, squares[piece], 0, means[piece].length);
            }
        }
    }

    /** @param parameters those that steps move */
    Adam(NativeFloats parameters) {
        this.parameters = parameters;
    }

    /** Steps begun so far. */
    long steps() {
        return steps;
    }

    /** Goes on after so many steps, whose moments the blocks are given. */
    void resume(long stepsMade) {
        steps = stepsMade;
    }

    /** Begins a step, of which the calls below are parts. */
    void begin() {
        steps++;
        meanCorrection = 1 / (1 - StrictMath.pow(DECAY, steps));
        rootCorrection = (float) (1 / Math.sqrt(1 - StrictMath.pow(SQUARE_DECAY, steps)));
    }

    /** Moves a block along its gradients, which lie as the parameters do. */
    void step(Block block, NativeFloats gradients) {
        float stepSize = (float) (block.rate * meanCorrection);
        for (int piece = 0; piece < block.means.length; piece++) {
            float[] m = block.means[piece];
            int at = block.from + piece * PIECE;
            gradients.get(at, gradientPiece, 0, m.length);
            parameters.get(at, parameterPiece, 0, m.length);
            step(parameterPiece, gradientPiece, m, block.squares[piece], m.length, stepSize, rootCorrection);
            parameters.put(at, parameterPiece, 0, m.length);
        }
    }

    /** Moves a block whose gradients are zero, by its decaying moments. */
    void drift(Block block) {
        float stepSize = (float) (block.rate * meanCorrection);
        for (int piece = 0; piece < block.means.length; piece++) {
            float[] m = block.means[piece];
            int at = block.from + piece * PIECE;
            parameters.get(at, parameterPiece, 0, m.length);
            drift(parameterPiece, m, block.squares[piece], m.length, stepSize, rootCorrection);
            parameters.put(at, parameterPiece, 0, m.length);
        }
    }

    private static void step(float[] p, float[] gradients, float[] m, float[] v, int size, float stepSize, float root) {
        float decay = (float) DECAY;
        float gain = (float) (1 - DECAY);
        float squareDecay = (float) SQUARE_DECAY;
        float squareGain = (float) (1 - SQUARE_DECAY);
        for (int i = 0; i < size; i++) {
            float g = gradients[i];
            float mean = decay * m[i] + gain * g;
            float square = squareDecay * v[i] + squareGain * g * g;
            m[i] = mean;
            v[i] = square;
            p[i] -= stepSize * mean / ((float) Math.sqrt(square) * root + EPSILON);
        }
    }

    private static void drift(float[] p, float[] m, float[] v, int size, float stepSize, float root) {
        float decay = (float) DECAY;
        float squareDecay = (float) SQUARE_DECAY;
        for (int i = 0; i < size; i++) {
            float mean = decay * m[i];
            float square = squareDecay * v[i];
            m[i] = Math.abs(mean) < NEGLIGIBLE ? 0 : mean;
            v[i] = square;
            p[i] -= stepSize * mean / ((float) Math.sqrt(square) * root + EPSILON);
        }
    }
}
