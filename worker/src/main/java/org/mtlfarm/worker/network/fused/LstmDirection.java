package org.mtlfarm.worker.network.fused;

import java.util.Arrays;

import org.mtlfarm.worker.network.NetworkShape;
import org.mtlfarm.worker.network.ParameterLayout;

/**
 * One direction of the BiLSTM over the steps that reach its readout.
 *
 * <p>Hochreiter and Schmidhuber 1997 with the forget gate of Gers et al. 2000, without peepholes; the gates lie in a row in
 * DL4J's order a f o i. Step t from the state after step t - 1 (the zero state before the first):
 *
 * <pre>
 *   z = x W + h' RW + b                     h', c': the state before
 *   a = tanh(z_a)   f, o, i = sigmoid(z_f, z_o, z_i)
 *   c = f c' + i a
 *   h = o tanh(c)
 * </pre>
 *
 * <p>Back from dh and dc, the gradients by h and c of this step, with s' = s (1 - s) and tanh' = 1 - tanh²:
 *
 * <pre>
 *   dc += dh o (1 - tanh(c)²)
 *   da = dc i (1 - a²)    df = dc c' f (1 - f)    do = dh tanh(c) o (1 - o)    di = dc a i (1 - i)
 *   dh' = dz RW'    dc' = dc f    dW = sum of x' dz    dRW = sum of h'' dz    db = sum of dz
 * </pre>
 *
 * <p>What is shared is computed once: x W for each distinct word of the batch, the states for each distinct beginning of a
 * window ({@link WindowTree}). Going back, the dz of all nodes with the same word, or with the same parent, are added up
 * before the product, since products are linear. h' RW is left out at the first step, where h' is zero; with a single step
 * RW and the forget gate have no influence at all, and no gradient.
 *
 * <p>Memory, in floats: {@code capacity * (levels * 14 + 8) * hidden} and {@code words * (4 * hidden + wordDimension)},
 * twice the words' part where there is a gradient.
 */
final class LstmDirection {
    private static final int GATES = 4;

    private final int hidden;
    private final int gates;
    private final int dimension;
    private final int weightsAt;
    private final int recurrentAt;
    private final int biasAt;
    private final float[] vectors;
    private final WindowTree tree;

    private final float[] wordVectors;
    private final float[] projections;
    private final float[][] gatesOfLevel;
    private final float[][] cellsOfLevel;
    private final float[][] cellTanhsOfLevel;
    private final float[] states;
    private final int[] statesAt;
    private final float[] recurrent;
    private final float[] zeros;
    private final float[] scale;
    private final float[] row;

    private final float[] projectionGradients;
    private final boolean[] projectionGradientBegun;
    private final boolean[] parentBegun;
    private final float[] recurrentGradients;
    private final float[] stateGradients;
    private float[] cellGradients;
    private float[] cellGradientsBefore;
    private final float[] cellGradient;

    /**
     * @param name {@code lstm.forward} or {@code lstm.backward}
     * @param positions of the tokens in a window, in the order in which they are read
     * @param capacity windows at most
     */
    LstmDirection(
            String name, NetworkShape shape, ParameterLayout layout, int[] positions, float[] vectors, int capacity) {
        hidden = shape.hidden();
        gates = GATES * hidden;
        dimension = shape.wordDimension();
        weightsAt = layout.block(name + ".W").offset();
        recurrentAt = layout.block(name + ".RW").offset();
        biasAt = layout.block(name + ".b").offset();
        this.vectors = vectors;
        int rows = vectors.length / dimension;
        int levels = positions.length;
        int words = Math.min(rows, levels * capacity);
        tree = new WindowTree(positions, rows, capacity);

        wordVectors = new float[words * dimension];
        projections = new float[words * gates];
        gatesOfLevel = new float[levels][capacity * gates];
        cellsOfLevel = new float[levels][capacity * hidden];
        cellTanhsOfLevel = new float[levels][capacity * hidden];
        states = new float[levels * capacity * hidden];
        statesAt = new int[levels];
        recurrent = new float[levels > 1 ? capacity * gates : gates];
        zeros = new float[gates];
        scale = new float[gates];
        Arrays.fill(scale, 0, hidden, 1);
        Arrays.fill(scale, hidden, gates, 0.5f);
        row = new float[gates];

        projectionGradients = new float[words * gates];
        projectionGradientBegun = new boolean[words];
        parentBegun = new boolean[capacity];
        recurrentGradients = new float[(levels - 1) * capacity * gates];
        stateGradients = new float[capacity * hidden];
        cellGradients = new float[capacity * hidden];
        cellGradientsBefore = new float[capacity * hidden];
        cellGradient = new float[hidden];
    }

    /** The gates' columns that have an influence; those of the forget gate have none where there is a single step. */
    boolean recurs() {
        return tree.levels() > 1;
    }

    /**
     * Reads windows and writes each one's last state.
     *
     * @param readout [count, readoutStride]; this direction's part of a row begins at readoutAt
     */
    void forward(
            float[] parameters,
            int[] windows,
            int first,
            int count,
            float[] readout,
            int readoutAt,
            int readoutStride) {
        tree.read(windows, first, count);
        project(parameters);
        int at = 0;
        for (int level = 0; level < tree.levels(); level++) {
            statesAt[level] = at;
            if (level > 0) {
                Products.forward(
                        tree.nodes(level - 1),
                        hidden,
                        gates,
                        states,
                        statesAt[level - 1],
                        parameters,
                        recurrentAt,
                        recurrent,
                        0,
                        gates);
            }
            step(parameters, level);
            at += tree.nodes(level) * hidden;
        }
        int last = statesAt[tree.levels() - 1];
        for (int window = 0; window < count; window++) {
            System.arraycopy(
                    states, last + tree.leaf(window) * hidden, readout, window * readoutStride + readoutAt, hidden);
        }
    }

    /**
     * From the gradients by the last states of the windows of the latest {@link #forward} to those by the parameters.
     *
     * @param readoutGradients [count, stride]; this direction's part of a row begins at readoutAt
     * @param gradients as the parameters lie; this direction's blocks are written, but RW only where {@link #recurs}
     */
    void backward(
            float[] parameters, int count, float[] readoutGradients, int readoutAt, int stride, float[] gradients) {
        int last = tree.levels() - 1;
        Arrays.fill(stateGradients, 0, tree.nodes(last) * hidden, 0);
        Arrays.fill(cellGradients, 0, tree.nodes(last) * hidden, 0);
        for (int window = 0; window < count; window++) {
            add(readoutGradients, window * stride + readoutAt, stateGradients, tree.leaf(window) * hidden, hidden);
        }
        Arrays.fill(projectionGradientBegun, 0, tree.words(), false);
        Arrays.fill(gradients, biasAt, biasAt + gates, 0);
        for (int level = last; level >= 0; level--) {
            int before = level - 1;
            int beforeAt = 0;
            if (level > 0) {
                beforeAt = statesAt[before] * GATES;
                Arrays.fill(parentBegun, 0, tree.nodes(before), false);
            }
            for (int node = 0; node < tree.nodes(level); node++) {
                stepBack(level, node);
                if (level > 0) {
                    passOn(level, node, beforeAt);
                }
                addToProjection(tree.word(level, node));
                add(row, 0, gradients, biasAt, gates);
            }
            if (level > 0) {
                Products.backward(
                        tree.nodes(before),
                        hidden,
                        gates,
                        recurrentGradients,
                        beforeAt,
                        parameters,
                        recurrentAt,
                        stateGradients,
                        0);
                float[] swap = cellGradients;
                cellGradients = cellGradientsBefore;
                cellGradientsBefore = swap;
            }
        }
        if (recurs()) {
            Products.gradient(
                    statesAt[last] / hidden,
                    hidden,
                    gates,
                    states,
                    0,
                    recurrentGradients,
                    0,
                    gates,
                    gradients,
                    recurrentAt);
            weightGradients(0, gates, gradients);
        } else {
            weightGradients(0, hidden, gradients);
            weightGradients(2 * hidden, 2 * hidden, gradients);
        }
    }

    private void project(float[] parameters) {
        for (int word = 0; word < tree.words(); word++) {
            System.arraycopy(vectors, tree.row(word) * dimension, wordVectors, word * dimension, dimension);
        }
        if (recurs()) {
            projectOn(parameters, 0, gates);
        } else {
            projectOn(parameters, 0, hidden);
            projectOn(parameters, 2 * hidden, 2 * hidden);
        }
    }

    private void projectOn(float[] parameters, int from, int columns) {
        Products.forward(
                tree.words(),
                dimension,
                columns,
                wordVectors,
                0,
                parameters,
                weightsAt + from * dimension,
                projections,
                from,
                gates);
    }

    private void weightGradients(int from, int columns, float[] gradients) {
        Products.gradient(
                tree.words(),
                dimension,
                columns,
                wordVectors,
                0,
                projectionGradients,
                from,
                gates,
                gradients,
                weightsAt + from * dimension);
    }

    private void step(float[] parameters, int level) {
        float[] activated = gatesOfLevel[level];
        float[] cells = cellsOfLevel[level];
        float[] cellTanhs = cellTanhsOfLevel[level];
        int nodes = tree.nodes(level);
        for (int node = 0; node < nodes; node++) {
            int parent = tree.parent(level, node);
            int at = node * gates;
            float[] product = level > 0 ? recurrent : zeros;
            int productAt = level > 0 ? parent * gates : 0;
            float[] before = level > 0 ? cellsOfLevel[level - 1] : zeros;
            int beforeAt = level > 0 ? parent * hidden : 0;
            scaledSum(projections, tree.word(level, node) * gates, product, productAt, parameters, activated, at);
            Activations.tanh(activated, at, at + gates);
            Activations.sigmoidOfHalvedTanh(activated, at + hidden, at + gates);
            cell(activated, at, before, beforeAt, cells, node * hidden);
        }
        System.arraycopy(cells, 0, cellTanhs, 0, nodes * hidden);
        Activations.tanh(cellTanhs, 0, nodes * hidden);
        for (int node = 0; node < nodes; node++) {
            multiply(
                    activated,
                    node * gates + 2 * hidden,
                    cellTanhs,
                    node * hidden,
                    states,
                    statesAt[level] + node * hidden,
                    hidden);
        }
    }

    /** z of a, and half of z of the other gates. */
    private void scaledSum(
            float[] projection, int pAt, float[] product, int rAt, float[] parameters, float[] z, int at) {
        float[] s = scale;
        for (int j = 0; j < s.length; j++) {
            z[at + j] = (projection[pAt + j] + product[rAt + j] + parameters[biasAt + j]) * s[j];
        }
    }

    private void cell(float[] activated, int a, float[] before, int beforeAt, float[] cells, int at) {
        int f = a + hidden;
        int i = a + 3 * hidden;
        for (int j = 0; j < hidden; j++) {
            cells[at + j] = activated[f + j] * before[beforeAt + j] + activated[i + j] * activated[a + j];
        }
    }

    /** Leaves dz in {@link #row} and dc in {@link #cellGradient}. */
    private void stepBack(int level, int node) {
        float[] activated = gatesOfLevel[level];
        float[] cellTanhs = cellTanhsOfLevel[level];
        int cellAt = node * hidden;
        int a = node * gates;
        int f = a + hidden;
        int o = a + 2 * hidden;
        int i = a + 3 * hidden;
        float[] before = level > 0 ? cellsOfLevel[level - 1] : zeros;
        int beforeAt = level > 0 ? tree.parent(level, node) * hidden : 0;
        float[] dh = stateGradients;
        float[] dcLater = cellGradients;
        float[] dc = cellGradient;
        float[] dz = row;
        for (int j = 0; j < hidden; j++) {
            float tanh = cellTanhs[cellAt + j];
            dc[j] = dcLater[cellAt + j] + dh[cellAt + j] * activated[o + j] * (1 - tanh * tanh);
        }
        for (int j = 0; j < hidden; j++) {
            float tanh = activated[a + j];
            dz[j] = dc[j] * activated[i + j] * (1 - tanh * tanh);
        }
        for (int j = 0; j < hidden; j++) {
            float sigmoid = activated[f + j];
            dz[hidden + j] = dc[j] * before[beforeAt + j] * sigmoid * (1 - sigmoid);
        }
        for (int j = 0; j < hidden; j++) {
            float sigmoid = activated[o + j];
            dz[2 * hidden + j] = dh[cellAt + j] * cellTanhs[cellAt + j] * sigmoid * (1 - sigmoid);
        }
        for (int j = 0; j < hidden; j++) {
            float sigmoid = activated[i + j];
            dz[3 * hidden + j] = dc[j] * activated[a + j] * sigmoid * (1 - sigmoid);
        }
    }

    /** Adds dz and dc' to what the children of the node's parent add up to. */
    private void passOn(int level, int node, int beforeAt) {
        int parent = tree.parent(level, node);
        int forgetAt = node * gates + hidden;
        if (parentBegun[parent]) {
            add(row, 0, recurrentGradients, beforeAt + parent * gates, gates);
            addProduct(cellGradient, gatesOfLevel[level], forgetAt, cellGradientsBefore, parent * hidden, hidden);
        } else {
            System.arraycopy(row, 0, recurrentGradients, beforeAt + parent * gates, gates);
            multiply(cellGradient, 0, gatesOfLevel[level], forgetAt, cellGradientsBefore, parent * hidden, hidden);
            parentBegun[parent] = true;
        }
    }

    private void addToProjection(int word) {
        if (projectionGradientBegun[word]) {
            add(row, 0, projectionGradients, word * gates, gates);
        } else {
            System.arraycopy(row, 0, projectionGradients, word * gates, gates);
            projectionGradientBegun[word] = true;
        }
    }

    private static void add(float[] x, int xAt, float[] y, int yAt, int count) {
        for (int i = 0; i < count; i++) {
            y[yAt + i] += x[xAt + i];
        }
    }

    private static void addProduct(float[] u, float[] v, int vAt, float[] y, int yAt, int count) {
        for (int i = 0; i < count; i++) {
            y[yAt + i] += u[i] * v[vAt + i];
        }
    }

    private static void multiply(float[] u, int uAt, float[] v, int vAt, float[] y, int yAt, int count) {
        for (int i = 0; i < count; i++) {
            y[yAt + i] = u[uAt + i] * v[vAt + i];
        }
    }
}
