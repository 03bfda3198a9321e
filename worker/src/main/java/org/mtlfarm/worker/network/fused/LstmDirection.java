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
 * <p>The loops run over panels: some nodes of a level side by side, each quantity in an array of its own. The JIT vectorises
 * a loop only where all its arrays are read and written at one and the same index; so rows are copied to where they are
 * needed first, which costs a tenth of a loop with offsets.
 *
 * <p>Memory, in floats: about {@code batch * (14 * levels + 6) * hidden} for the windows' states and gradients and {@code
 * words * (8 * hidden + wordDimension)} for the distinct words, {@code levels * batch} of these at most. To predict, only
 * two levels are kept, so that {@code levels / 2} times as many windows fit into the same memory.
 */
final class LstmDirection implements AutoCloseable {
    private static final int GATES = 4;
    private static final int A = 0;
    private static final int F = 1;
    private static final int O = 2;
    private static final int I = 3;

    /** Numbers in an array of a panel: so many that the loops' scalar ends matter little, so few that a dozen fit L1. */
    private static final int PANEL = 600;

    /** OpenBLAS multiplies four rows at a time; an incomplete four takes longer than a full one. */
    private static final int ROWS_AT_ONCE = 4;

    /** What some nodes of a level are remembered by, [nodes, hidden] each: the activated gates, c, tanh(c). */
    private static final class Panel {
        final float[][] gates;
        final float[] cell;
        final float[] cellTanh;

        Panel(int size) {
            gates = new float[GATES][size];
            cell = new float[size];
            cellTanh = new float[size];
        }
    }

    private final int hidden;
    private final int gates;
    private final int dimension;
    private final int weightsAt;
    private final int recurrentAt;
    private final int biasAt;
    private final float[] vectors;
    private final WindowTree tree;

    private final int nodesOfPanel;
    private final Panel[] panels;
    private final int batch;
    private final int predicted;
    private int panelsOfLevel;
    private final int[] statesAt;

    private final NativeFloats wordVectors;
    private final NativeFloats projections;
    private final NativeFloats recurrent;
    private final NativeFloats states;
    private final float[][] bias;
    private final float[][] recurrentRows;
    private final float[][] zeros;
    private final float[] before;
    private final float[] state;

    private final NativeFloats projectionGradients;
    private final boolean[] projectionGradientBegun;
    private final NativeFloats recurrentGradients;
    private final boolean[] recurrentGradientBegun;
    private final NativeFloats stateGradients;
    private float[][] cellGradients;
    private float[][] cellGradientsBefore;
    private final boolean[] leafGradientBegun;
    private final float[][] leafGradients;
    private final float[] stateGradient;
    private final float[] cellGradient;
    private final float[] cellGradientBefore;
    private final float[][] gateGradients;
    private final float[][] biasGradients;
    private final float[] row;
    private final float[] sumRow;

    /**
     * @param name {@code lstm.forward} or {@code lstm.backward}
     * @param positions of the tokens in a window, in the order in which they are read
     * @param batch windows at most in training
     * @param predicted windows at most in prediction
     */
    LstmDirection(
            String name,
            NetworkShape shape,
            ParameterLayout layout,
            int[] positions,
            float[] vectors,
            int batch,
            int predicted) {
        hidden = shape.hidden();
        gates = GATES * hidden;
        dimension = shape.wordDimension();
        weightsAt = layout.block(name + ".W").offset();
        recurrentAt = layout.block(name + ".RW").offset();
        biasAt = layout.block(name + ".b").offset();
        this.vectors = vectors;
        this.batch = batch;
        this.predicted = predicted;
        int rows = vectors.length / dimension;
        int levels = positions.length;
        int most = Math.max(batch, predicted);
        int words = Math.min(rows, Math.max(levels * batch, most));
        tree = new WindowTree(positions, rows, words, most);

        nodesOfPanel = Math.max(1, PANEL / hidden);
        int panelSize = nodesOfPanel * hidden;
        panels = new Panel[Math.max(levels * panels(batch), Math.min(levels, 2) * panels(predicted))];
        Arrays.setAll(panels, index -> new Panel(panelSize));
        statesAt = new int[levels];

        wordVectors = new NativeFloats(padded(words) * dimension);
        projections = new NativeFloats(padded(words) * gates);
        recurrent = new NativeFloats(levels > 1 ? padded(most) * gates : 0);
        states = new NativeFloats(padded(Math.max(levels * batch, Math.min(levels, 2) * predicted)) * hidden);
        bias = new float[GATES][panelSize];
        recurrentRows = new float[GATES][panelSize];
        zeros = new float[GATES][panelSize];
        before = new float[panelSize];
        state = new float[panelSize];

        projectionGradients = new NativeFloats(Math.min(words, levels * batch) * gates);
        projectionGradientBegun = new boolean[words];
        recurrentGradients = new NativeFloats(levels > 1 ? padded((levels - 1) * batch) * gates : 0);
        recurrentGradientBegun = new boolean[batch];
        stateGradients = new NativeFloats(levels > 1 ? padded(batch) * hidden : 0);
        cellGradients = new float[panels(batch)][panelSize];
        cellGradientsBefore = new float[panels(batch)][panelSize];
        leafGradientBegun = new boolean[batch];
        leafGradients = new float[panels(batch)][panelSize];
        stateGradient = new float[panelSize];
        cellGradient = new float[panelSize];
        cellGradientBefore = new float[panelSize];
        gateGradients = new float[GATES][panelSize];
        biasGradients = new float[GATES][panelSize];
        row = new float[hidden];
        sumRow = new float[hidden];
    }

    /** Whether there is more than one step. With a single one, RW and the forget gate have no influence. */
    boolean recurs() {
        return tree.levels() > 1;
    }

    /** How many of the windows from the first on can be predicted at once: those whose distinct words have room. */
    int fitting(int[] windows, int first, int count) {
        return tree.fitting(windows, first, count);
    }

    /**
     * Reads windows and writes each one's last state.
     *
     * @param training whether {@link #backward} is to follow; if not, more windows may be read
     * @param readout [count, readoutStride]; this direction's part of a row begins at readoutAt
     */
    void forward(
            NativeFloats weights,
            int[] windows,
            int first,
            int count,
            boolean training,
            NativeFloats readout,
            int readoutAt,
            int readoutStride) {
        tree.read(windows, first, count);
        panelsOfLevel = training ? panels(batch) : panels.length / Math.min(2, tree.levels());
        project(weights);
        readBias(weights);
        int at = 0;
        for (int level = 0; level < tree.levels(); level++) {
            if (!training && level > 1) {
                at = statesAt[level - 2];
            }
            statesAt[level] = at;
            if (level > 0) {
                Products.forward(
                        padded(tree.nodes(level - 1)),
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
            step(level, training);
            at += (training ? tree.nodes(level) : predicted) * hidden;
        }
        int last = tree.levels() - 1;
        for (int window = 0; window < count; window++) {
            states.get(statesAt[last] + tree.leaf(window) * hidden, row, 0, hidden);
            readout.put(window * readoutStride + readoutAt, row, 0, hidden);
        }
    }

    private int panels(int nodes) {
        return (nodes + nodesOfPanel - 1) / nodesOfPanel;
    }

    private Panel panel(int level, int index, boolean training) {
        return panels[(training ? level : level % 2) * panelsOfLevel + index];
    }

    private void project(NativeFloats weights) {
        for (int word = 0; word < tree.words(); word++) {
            wordVectors.put(word * dimension, vectors, tree.row(word) * dimension, dimension);
        }
        if (recurs()) {
            projectOn(weights, A, GATES);
        } else {
            projectOn(weights, A, 1);
            projectOn(weights, O, 2);
        }
    }

    private void projectOn(NativeFloats weights, int gate, int count) {
        Products.forward(
                padded(tree.words()),
                dimension,
                count * hidden,
                wordVectors,
                0,
                weights,
                weightsAt + gate * hidden * dimension,
                projections,
                gate * hidden,
                gates);
    }

    private void readBias(NativeFloats weights) {
        for (int gate = 0; gate < GATES; gate++) {
            for (int node = 0; node < nodesOfPanel; node++) {
                weights.get(biasAt + gate * hidden, bias[gate], node * hidden, hidden);
            }
        }
    }

    private void step(int level, boolean training) {
        int nodes = tree.nodes(level);
        for (int first = 0; first < nodes; first += nodesOfPanel) {
            int count = Math.min(nodesOfPanel, nodes - first);
            Panel panel = panel(level, first / nodesOfPanel, training);
            for (int index = 0; index < count; index++) {
                copyProjection(tree.word(level, first + index), panel.gates, index);
                if (level > 0) {
                    copyRecurrent(tree.parent(level, first + index), index);
                }
            }
            copyCellsBefore(level, first, count, training);
            float[][] product = level > 0 ? recurrentRows : zeros;
            int size = count * hidden;
            tanhOfSum(panel.gates[A], product[A], bias[A], size);
            sigmoidOfSum(panel.gates[F], product[F], bias[F], size);
            sigmoidOfSum(panel.gates[O], product[O], bias[O], size);
            sigmoidOfSum(panel.gates[I], product[I], bias[I], size);
            cell(panel.gates[F], before, panel.gates[I], panel.gates[A], panel.cell, size);
            System.arraycopy(panel.cell, 0, panel.cellTanh, 0, size);
            Activations.tanh(panel.cellTanh, 0, size);
            product(panel.gates[O], panel.cellTanh, state, size);
            states.put(statesAt[level] + first * hidden, state, 0, size);
        }
    }

    private void copyProjection(int word, float[][] to, int index) {
        int at = word * gates;
        for (int gate = 0; gate < GATES; gate++) {
            projections.get(at + gate * hidden, to[gate], index * hidden, hidden);
        }
    }

    private void copyRecurrent(int parent, int index) {
        int at = parent * gates;
        for (int gate = 0; gate < GATES; gate++) {
            recurrent.get(at + gate * hidden, recurrentRows[gate], index * hidden, hidden);
        }
    }

    /** The cells of the parents of some nodes, zero where there are none. */
    private void copyCellsBefore(int level, int first, int count, boolean training) {
        if (level == 0) {
            Arrays.fill(before, 0, count * hidden, 0);
            return;
        }
        for (int index = 0; index < count; index++) {
            int parent = tree.parent(level, first + index);
            Panel of = panel(level - 1, parent / nodesOfPanel, training);
            System.arraycopy(of.cell, parent % nodesOfPanel * hidden, before, index * hidden, hidden);
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
        addUpLeaves(count, readoutGradients, readoutAt, stride);
        for (int index = 0; index < panels(tree.nodes(last)); index++) {
            Arrays.fill(cellGradients[index], 0);
        }
        Arrays.fill(projectionGradientBegun, 0, tree.words(), false);
        for (float[] ofGate : biasGradients) {
            Arrays.fill(ofGate, 0);
        }
        for (int level = last; level >= 0; level--) {
            Arrays.fill(recurrentGradientBegun, false);
            for (int first = 0; first < tree.nodes(level); first += nodesOfPanel) {
                stepBack(level, first, Math.min(nodesOfPanel, tree.nodes(level) - first));
            }
            if (level > 0) {
                Products.backward(
                        padded(tree.nodes(level - 1)),
                        hidden,
                        gates,
                        recurrentGradients,
                        statesAt[level - 1] * GATES,
                        weights,
                        recurrentAt,
                        stateGradients,
                        0);
                float[][] swap = cellGradients;
                cellGradients = cellGradientsBefore;
                cellGradientsBefore = swap;
            }
        }
        if (recurs()) {
            int statesBeforeLast = statesAt[last] / hidden;
            Products.gradient(
                    statesBeforeLast, hidden, gates, states, 0, recurrentGradients, 0, gates, gradients, recurrentAt);
            weightGradients(A, GATES, gradients);
        } else {
            weightGradients(A, 1, gradients);
            weightGradients(O, 2, gradients);
        }
        writeBiasGradients(gradients);
    }

    /** The gradients of the windows that end in the same leaf. */
    private void addUpLeaves(int count, NativeFloats readoutGradients, int readoutAt, int stride) {
        Arrays.fill(leafGradientBegun, false);
        for (int window = 0; window < count; window++) {
            int leaf = tree.leaf(window);
            float[] panel = leafGradients[leaf / nodesOfPanel];
            int at = leaf % nodesOfPanel * hidden;
            if (leafGradientBegun[leaf]) {
                readoutGradients.get(window * stride + readoutAt, row, 0, hidden);
                add(row, 0, panel, at, hidden);
            } else {
                readoutGradients.get(window * stride + readoutAt, panel, at, hidden);
                leafGradientBegun[leaf] = true;
            }
        }
    }

    private void stepBack(int level, int first, int count) {
        int size = count * hidden;
        int index = first / nodesOfPanel;
        Panel panel = panel(level, index, true);
        float[] dh = leafGradients[index];
        if (level < tree.levels() - 1) {
            dh = stateGradient;
            stateGradients.get(first * hidden, dh, 0, size);
        }
        copyCellsBefore(level, first, count, true);
        float[][] s = panel.gates;
        float[][] dz = gateGradients;
        cellGradient(cellGradients[index], dh, s[O], panel.cellTanh, cellGradient, size);
        tanhGradient(cellGradient, s[I], s[A], dz[A], size);
        sigmoidGradient(cellGradient, before, s[F], dz[F], size);
        sigmoidGradient(dh, panel.cellTanh, s[O], dz[O], size);
        sigmoidGradient(cellGradient, s[A], s[I], dz[I], size);
        product(cellGradient, s[F], cellGradientBefore, size);
        for (int gate = 0; gate < GATES; gate++) {
            add(dz[gate], biasGradients[gate], size);
        }
        for (int node = 0; node < count; node++) {
            int word = tree.word(level, first + node);
            addGates(node, projectionGradients, word * gates, projectionGradientBegun[word]);
            projectionGradientBegun[word] = true;
            if (level > 0) {
                passOn(node, tree.parent(level, first + node), statesAt[level - 1] * GATES);
            }
        }
    }

    /** Adds dz and dc' to what the children of the node's parent add up to. */
    private void passOn(int node, int parent, int beforeAt) {
        float[] cells = cellGradientsBefore[parent / nodesOfPanel];
        int at = parent % nodesOfPanel * hidden;
        if (recurrentGradientBegun[parent]) {
            add(cellGradientBefore, node * hidden, cells, at, hidden);
        } else {
            System.arraycopy(cellGradientBefore, node * hidden, cells, at, hidden);
        }
        addGates(node, recurrentGradients, beforeAt + parent * gates, recurrentGradientBegun[parent]);
        recurrentGradientBegun[parent] = true;
    }

    /** Adds a node's dz to a sum, or begins it. */
    private void addGates(int node, NativeFloats sums, int at, boolean begun) {
        for (int gate = 0; gate < GATES; gate++) {
            float[] dz = gateGradients[gate];
            int gateAt = at + gate * hidden;
            if (begun) {
                System.arraycopy(dz, node * hidden, row, 0, hidden);
                sums.get(gateAt, sumRow, 0, hidden);
                add(row, sumRow, hidden);
                sums.put(gateAt, sumRow, 0, hidden);
            } else {
                sums.put(gateAt, dz, node * hidden, hidden);
            }
        }
    }

    private void weightGradients(int gate, int count, NativeFloats gradients) {
        Products.gradient(
                tree.words(),
                dimension,
                count * hidden,
                wordVectors,
                0,
                projectionGradients,
                gate * hidden,
                gates,
                gradients,
                weightsAt + gate * hidden * dimension);
    }

    private void writeBiasGradients(NativeFloats gradients) {
        for (int gate = 0; gate < GATES; gate++) {
            float[] sums = biasGradients[gate];
            for (int node = 1; node < nodesOfPanel; node++) {
                add(sums, node * hidden, sums, 0, hidden);
            }
            gradients.put(biasAt + gate * hidden, sums, 0, hidden);
        }
    }

    @Override
    public void close() {
        for (NativeFloats each : List.of(
                wordVectors, projections, recurrent, states, projectionGradients, recurrentGradients, stateGradients)) {
            each.close();
        }
    }

    private static int padded(int rows) {
        return (rows + ROWS_AT_ONCE - 1) / ROWS_AT_ONCE * ROWS_AT_ONCE;
    }

    private static void tanhOfSum(float[] z, float[] product, float[] bias, int size) {
        for (int k = 0; k < size; k++) {
            z[k] = Activations.tanh(z[k] + product[k] + bias[k]);
        }
    }

    private static void sigmoidOfSum(float[] z, float[] product, float[] bias, int size) {
        for (int k = 0; k < size; k++) {
            z[k] = 0.5f * Activations.tanh(0.5f * (z[k] + product[k] + bias[k])) + 0.5f;
        }
    }

    private static void cell(float[] f, float[] before, float[] i, float[] a, float[] c, int size) {
        for (int k = 0; k < size; k++) {
            c[k] = f[k] * before[k] + i[k] * a[k];
        }
    }

    private static void cellGradient(float[] later, float[] dh, float[] o, float[] cellTanh, float[] dc, int size) {
        for (int k = 0; k < size; k++) {
            dc[k] = later[k] + dh[k] * o[k] * (1 - cellTanh[k] * cellTanh[k]);
        }
    }

    private static void tanhGradient(float[] dc, float[] i, float[] a, float[] dz, int size) {
        for (int k = 0; k < size; k++) {
            dz[k] = dc[k] * i[k] * (1 - a[k] * a[k]);
        }
    }

    private static void sigmoidGradient(float[] outer, float[] factor, float[] s, float[] dz, int size) {
        for (int k = 0; k < size; k++) {
            dz[k] = outer[k] * factor[k] * s[k] * (1 - s[k]);
        }
    }

    private static void product(float[] u, float[] v, float[] y, int size) {
        for (int k = 0; k < size; k++) {
            y[k] = u[k] * v[k];
        }
    }

    private static void add(float[] x, float[] y, int size) {
        for (int k = 0; k < size; k++) {
            y[k] += x[k];
        }
    }

    private static void add(float[] x, int xAt, float[] y, int yAt, int count) {
        for (int j = 0; j < count; j++) {
            y[yAt + j] += x[xAt + j];
        }
    }
}
