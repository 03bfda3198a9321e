package org.mtlfarm.worker.network.fused;

import java.util.Arrays;
import java.util.List;

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
 * <p>Memory, in floats: about {@code capacity * (11 * levels + 4) * hidden} for the windows' states and gradients and {@code
 * words * (8 * hidden + wordDimension)} for the distinct words, {@code levels * capacity} of these at most.
 */
final class LstmDirection implements AutoCloseable {
    private static final int GATES = 4;

    private final int hidden;
    private final int gates;
    private final int dimension;
    private final int weightsAt;
    private final int recurrentAt;
    private final int biasAt;
    private final float[] vectors;
    private final WindowTree tree;
    private final float[] zeros;
    private final float[] scale;

    private final NativeFloats wordVectors;
    private final NativeFloats projections;
    private final NativeFloats recurrent;
    private final NativeFloats states;
    private final int[] statesAt;
    private final float[][] gatesOfLevel;
    private final float[][] cellsOfLevel;
    private final float[][] cellTanhsOfLevel;
    private final float[] levelStates;
    private final float[] projectionRow;
    private final float[] recurrentRow;

    private final NativeFloats projectionGradients;
    private final boolean[] projectionGradientBegun;
    private final NativeFloats recurrentGradients;
    private final boolean[] recurrentGradientBegun;
    private final NativeFloats stateGradients;
    private final float[] levelStateGradients;
    private float[] cellGradients;
    private float[] cellGradientsBefore;
    private final float[] cellGradient;
    private final float[] biasGradient;
    private final float[] row;
    private final float[] sumRow;

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
        zeros = new float[gates];
        scale = new float[gates];
        Arrays.fill(scale, 0, hidden, 1);
        Arrays.fill(scale, hidden, gates, 0.5f);

        wordVectors = new NativeFloats(words * dimension);
        projections = new NativeFloats(words * gates);
        recurrent = new NativeFloats(levels > 1 ? capacity * gates : 0);
        states = new NativeFloats(levels * capacity * hidden);
        statesAt = new int[levels];
        gatesOfLevel = new float[levels][capacity * gates];
        cellsOfLevel = new float[levels][capacity * hidden];
        cellTanhsOfLevel = new float[levels][capacity * hidden];
        levelStates = new float[capacity * hidden];
        projectionRow = new float[gates];
        recurrentRow = new float[gates];

        projectionGradients = new NativeFloats(words * gates);
        projectionGradientBegun = new boolean[words];
        recurrentGradients = new NativeFloats((levels - 1) * capacity * gates);
        recurrentGradientBegun = new boolean[capacity];
        stateGradients = new NativeFloats(levels > 1 ? capacity * hidden : 0);
        levelStateGradients = new float[capacity * hidden];
        cellGradients = new float[capacity * hidden];
        cellGradientsBefore = new float[capacity * hidden];
        cellGradient = new float[hidden];
        biasGradient = new float[gates];
        row = new float[gates];
        sumRow = new float[gates];
    }

    /** Whether there is more than one step. With a single one, RW and the forget gate have no influence. */
    boolean recurs() {
        return tree.levels() > 1;
    }

    /**
     * Reads windows and writes each one's last state.
     *
     * @param parameters the network's, on the heap
     * @param weights the same for the products
     * @param readout [count, readoutStride]; this direction's part of a row begins at readoutAt
     */
    void forward(
            float[] parameters,
            NativeFloats weights,
            int[] windows,
            int first,
            int count,
            NativeFloats readout,
            int readoutAt,
            int readoutStride) {
        tree.read(windows, first, count);
        project(weights);
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
                        weights,
                        recurrentAt,
                        recurrent,
                        0,
                        gates);
            }
            step(parameters, level);
            states.put(at, levelStates, 0, tree.nodes(level) * hidden);
            at += tree.nodes(level) * hidden;
        }
        for (int window = 0; window < count; window++) {
            readout.put(window * readoutStride + readoutAt, levelStates, tree.leaf(window) * hidden, hidden);
        }
    }

    private void project(NativeFloats weights) {
        for (int word = 0; word < tree.words(); word++) {
            wordVectors.put(word * dimension, vectors, tree.row(word) * dimension, dimension);
        }
        if (recurs()) {
            projectOn(weights, 0, gates);
        } else {
            projectOn(weights, 0, hidden);
            projectOn(weights, 2 * hidden, 2 * hidden);
        }
    }

    private void projectOn(NativeFloats weights, int from, int columns) {
        Products.forward(
                tree.words(),
                dimension,
                columns,
                wordVectors,
                0,
                weights,
                weightsAt + from * dimension,
                projections,
                from,
                gates);
    }

    private void step(float[] parameters, int level) {
        float[] activated = gatesOfLevel[level];
        float[] cells = cellsOfLevel[level];
        float[] cellTanhs = cellTanhsOfLevel[level];
        int nodes = tree.nodes(level);
        for (int node = 0; node < nodes; node++) {
            int at = node * gates;
            projections.get(tree.word(level, node) * gates, projectionRow, 0, gates);
            float[] product = zeros;
            float[] before = zeros;
            int beforeAt = 0;
            if (level > 0) {
                int parent = tree.parent(level, node);
                recurrent.get(parent * gates, recurrentRow, 0, gates);
                product = recurrentRow;
                before = cellsOfLevel[level - 1];
                beforeAt = parent * hidden;
            }
            scaledSum(projectionRow, product, parameters, activated, at);
            Activations.tanh(activated, at, at + gates);
            Activations.sigmoidOfHalvedTanh(activated, at + hidden, at + gates);
            cell(activated, at, before, beforeAt, cells, node * hidden);
        }
        System.arraycopy(cells, 0, cellTanhs, 0, nodes * hidden);
        Activations.tanh(cellTanhs, 0, nodes * hidden);
        for (int node = 0; node < nodes; node++) {
            int outputAt = node * gates + 2 * hidden;
            multiply(activated, outputAt, cellTanhs, node * hidden, levelStates, node * hidden, hidden);
        }
    }

    /** z of a, and half of z of the other gates. */
    private void scaledSum(float[] projection, float[] product, float[] parameters, float[] z, int at) {
        float[] s = scale;
        for (int j = 0; j < s.length; j++) {
            z[at + j] = (projection[j] + product[j] + parameters[biasAt + j]) * s[j];
        }
    }

    private void cell(float[] activated, int a, float[] before, int beforeAt, float[] cells, int at) {
        int f = a + hidden;
        int i = a + 3 * hidden;
        for (int j = 0; j < hidden; j++) {
            cells[at + j] = activated[f + j] * before[beforeAt + j] + activated[i + j] * activated[a + j];
        }
    }

    /**
     * From the gradients by the last states of the windows of the latest {@link #forward} to those by the parameters.
     *
     * @param readoutGradients [count, stride]; this direction's part of a row begins at readoutAt
     * @param gradients as the parameters lie; this direction's blocks are written, but those without influence are not
     */
    void backward(
            NativeFloats weights,
            int count,
            NativeFloats readoutGradients,
            int readoutAt,
            int stride,
            NativeFloats gradients) {
        int last = tree.levels() - 1;
        Arrays.fill(levelStateGradients, 0, tree.nodes(last) * hidden, 0);
        Arrays.fill(cellGradients, 0, tree.nodes(last) * hidden, 0);
        for (int window = 0; window < count; window++) {
            readoutGradients.get(window * stride + readoutAt, row, 0, hidden);
            add(row, levelStateGradients, tree.leaf(window) * hidden, hidden);
        }
        Arrays.fill(projectionGradientBegun, 0, tree.words(), false);
        Arrays.fill(biasGradient, 0);
        for (int level = last; level >= 0; level--) {
            int beforeAt = level > 0 ? statesAt[level - 1] * GATES : 0;
            Arrays.fill(recurrentGradientBegun, false);
            for (int node = 0; node < tree.nodes(level); node++) {
                stepBack(level, node);
                if (level > 0) {
                    passOn(level, node, beforeAt);
                }
                addToProjection(tree.word(level, node));
                add(row, biasGradient, 0, gates);
            }
            if (level > 0) {
                int nodesBefore = tree.nodes(level - 1);
                Products.backward(
                        nodesBefore,
                        hidden,
                        gates,
                        recurrentGradients,
                        beforeAt,
                        weights,
                        recurrentAt,
                        stateGradients,
                        0);
                stateGradients.get(0, levelStateGradients, 0, nodesBefore * hidden);
                float[] swap = cellGradients;
                cellGradients = cellGradientsBefore;
                cellGradientsBefore = swap;
            }
        }
        if (recurs()) {
            int statesBeforeLast = statesAt[last] / hidden;
            Products.gradient(
                    statesBeforeLast, hidden, gates, states, 0, recurrentGradients, 0, gates, gradients, recurrentAt);
            weightGradients(0, gates, gradients);
        } else {
            weightGradients(0, hidden, gradients);
            weightGradients(2 * hidden, 2 * hidden, gradients);
        }
        gradients.put(biasAt, biasGradient, 0, gates);
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
        float[] dh = levelStateGradients;
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
        float[] activated = gatesOfLevel[level];
        int forgetAt = node * gates + hidden;
        int cellAt = parent * hidden;
        if (recurrentGradientBegun[parent]) {
            for (int j = 0; j < hidden; j++) {
                cellGradientsBefore[cellAt + j] += cellGradient[j] * activated[forgetAt + j];
            }
        } else {
            multiply(activated, forgetAt, cellGradient, 0, cellGradientsBefore, cellAt, hidden);
        }
        addRow(recurrentGradients, beforeAt + parent * gates, recurrentGradientBegun[parent]);
        recurrentGradientBegun[parent] = true;
    }

    private void addToProjection(int word) {
        addRow(projectionGradients, word * gates, projectionGradientBegun[word]);
        projectionGradientBegun[word] = true;
    }

    /** Adds dz to a sum, or begins it. */
    private void addRow(NativeFloats sums, int at, boolean begun) {
        if (begun) {
            sums.get(at, sumRow, 0, gates);
            add(row, sumRow, 0, gates);
            sums.put(at, sumRow, 0, gates);
        } else {
            sums.put(at, row, 0, gates);
        }
    }

    private void weightGradients(int from, int columns, NativeFloats gradients) {
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

    @Override
    public void close() {
        for (NativeFloats each : List.of(
                wordVectors, projections, recurrent, states, projectionGradients, recurrentGradients, stateGradients)) {
            each.close();
        }
    }

    private static void add(float[] x, float[] y, int yAt, int count) {
        for (int i = 0; i < count; i++) {
            y[yAt + i] += x[i];
        }
    }

    private static void multiply(float[] u, int uAt, float[] v, int vAt, float[] y, int yAt, int count) {
        for (int i = 0; i < count; i++) {
            y[yAt + i] = u[uAt + i] * v[vAt + i];
        }
    }
}
