package org.mtlfarm.worker.network;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where each weight matrix and bias lies in a network's flat {@code float[]}, in the order in which DL4J's {@code
 * ComputationGraph} flattens the same network, so that any engine's parameters are DL4J's.
 *
 * <p>A matrix is [inputs, outputs], column by column (DL4J's 'f' order). Block names: {@code lstm.forward.W}, {@code .RW},
 * {@code .b}, {@code lstm.backward.W}, {@code .RW}, {@code .b}, {@code shared0.W}, {@code shared0.b}, ..., {@code
 * task0.dense0.W}, ..., {@code task0.output.W}, {@code task0.output.b}: layer by layer, within a layer task by task.
 *
 * <p>An LSTM's columns are four groups of {@code hidden}, in DL4J's order: block input (tanh), forget gate, output gate,
 * input gate (all three sigmoid). DL4J calls the last "input modulation gate" and the order IFOG, with I for the block
 * input; PyTorch's order is input gate, forget gate, block input, output gate. The cell is {@code forget * before + input
 * gate * block input}, the state {@code output * tanh(cell)}. The backward direction reads the window from its end. The
 * dense layers read [forward state, backward state].
 */
public final class ParameterLayout {
    /**
     * One matrix or bias.
     *
     * @param rows inputs; 1 for a bias
     * @param columns outputs
     * @param offset of its first number in the flat array
     */
    public record Block(String name, int rows, int columns, int offset) {
        public int size() {
            return rows * columns;
        }
    }

    private final Map<String, Block> blocks = new LinkedHashMap<>();
    private int size;

    private ParameterLayout() {}

    public static ParameterLayout of(NetworkShape shape) {
        ParameterLayout layout = new ParameterLayout();
        int gates = 4 * shape.hidden();
        for (String direction : List.of("lstm.forward", "lstm.backward")) {
            layout.add(direction + ".W", shape.wordDimension(), gates);
            layout.add(direction + ".RW", shape.hidden(), gates);
            layout.add(direction + ".b", 1, gates);
        }
        int width = 2 * shape.hidden();
        int[] shared = shape.sharedWidths();
        for (int layer = 0; layer < shared.length; layer++) {
            layout.addDense("shared" + layer, width, shared[layer]);
            width = shared[layer];
        }
        int[] own = shape.ownWidths();
        for (int layer = 0; layer < own.length; layer++) {
            for (int task = 0; task < shape.tasks(); task++) {
                layout.addDense("task" + task + ".dense" + layer, width, own[layer]);
            }
            width = own[layer];
        }
        for (int task = 0; task < shape.tasks(); task++) {
            layout.addDense("task" + task + ".output", width, shape.labels(task));
        }
        return layout;
    }

    /** Numbers in the flat array. */
    public int size() {
        return size;
    }

    public List<Block> blocks() {
        return new ArrayList<>(blocks.values());
    }

    public Block block(String name) {
        Block block = blocks.get(name);
        if (block == null) {
            throw new IllegalArgumentException("no parameters are named " + name + "; there are " + blocks.keySet());
        }
        return block;
    }

    private void addDense(String name, int inputs, int outputs) {
        add(name + ".W", inputs, outputs);
        add(name + ".b", 1, outputs);
    }

    private void add(String name, int rows, int columns) {
        blocks.put(name, new Block(name, rows, columns, size));
        size = Math.addExact(size, Math.multiplyExact(rows, columns));
    }
}
