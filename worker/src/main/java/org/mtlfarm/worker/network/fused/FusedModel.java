package org.mtlfarm.worker.network.fused;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.mtlfarm.schemas.Readout;
import org.mtlfarm.worker.network.NetworkShape;
import org.mtlfarm.worker.network.OptimiserState;
import org.mtlfarm.worker.network.ParameterLayout;
import org.mtlfarm.worker.network.Resumable;

/**
 * One network in training: BiLSTM, dense layers, loss, Adam.
 *
 * <p>All memory is taken when it is opened: four numbers a parameter (itself, its gradient, two moments) and the buffers
 * of {@link LstmDirection} and {@link DenseLayers}. The vectors are shared with other models.
 */
final class FusedModel implements Resumable {
    private final NetworkShape shape;
    private final int batch;
    private final ParameterLayout layout;
    private final int predictedAtOnce;
    private final NativeFloats weights;
    private final NativeFloats gradients;
    private final LstmDirection forward;
    private final LstmDirection backward;
    private final DenseLayers dense;
    private final Adam adam;
    private final List<Adam.Block> common = new ArrayList<>();
    private final List<List<Adam.Block>> own = new ArrayList<>();

    private final NativeFloats readout;
    private final NativeFloats readoutGradients;
    private final float[] logits;
    private boolean closed;
    private int firstActive;
    private int active;

    FusedModel(NetworkShape shape, int batch, double learningRate, float[] vectors, float[] parameters) {
        layout = ParameterLayout.of(shape);
        if (batch < 1) {
            throw new IllegalArgumentException("batch must be at least 1, was " + batch);
        }
        if (!(learningRate > 0 && learningRate < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("learningRate must be positive and finite, was " + learningRate);
        }
        if (vectors.length < shape.wordDimension() || vectors.length % shape.wordDimension() != 0) {
            throw new IllegalArgumentException(
                    "vectors must be whole rows of " + shape.wordDimension() + ", had " + vectors.length + " numbers");
        }
        if (parameters.length != layout.size()) {
            throw new IllegalArgumentException("expected " + layout.size() + " parameters, found " + parameters.length);
        }
        this.shape = shape;
        this.batch = batch;
        weights = new NativeFloats(parameters.length);
        weights.put(0, parameters, 0, parameters.length);
        gradients = new NativeFloats(parameters.length);
        int[][] positions = positions(shape.readout());
        predictedAtOnce = batch * Math.max(2, Math.max(positions[0].length, positions[1].length)) / 2;
        forward = new LstmDirection("lstm.forward", shape, layout, positions[0], vectors, batch, predictedAtOnce);
        backward = new LstmDirection("lstm.backward", shape, layout, positions[1], vectors, batch, predictedAtOnce);
        dense = new DenseLayers(shape, layout, predictedAtOnce);
        adam = new Adam(weights);
        divide(learningRate);
        readout = new NativeFloats(predictedAtOnce * 2 * shape.hidden());
        readoutGradients = new NativeFloats(batch * 2 * shape.hidden());
        logits = new float[predictedAtOnce * shape.labels(0, shape.tasks())];
    }

    /** Which tokens of a window each direction has to read for a readout, in its order: forward in time, backward. */
    static int[][] positions(Readout readout) {
        return switch (readout) {
            case LAST -> new int[][] {{0, 1, 2, 3, 4, 5, 6}, {6}};
            case CENTER -> new int[][] {{0, 1, 2, 3}, {6, 5, 4, 3}};
        };
    }

    @Override
    public double step(int task, int[] windows, int[] labels) {
        checkOpen();
        checkTask(task);
        checkWindows(windows, batch);
        checkLabels(task, labels);
        forward(windows, task, 1);
        int columns = shape.labels(task);
        double loss = SoftmaxCrossEntropy.lossAndGradient(logits, batch, columns, 0, columns, labels);
        backward(task, 1);
        return loss;
    }

    @Override
    public double jointStep(int[] windows, int[][] labels) {
        checkOpen();
        checkWindows(windows, batch);
        if (labels.length != shape.tasks()) {
            throw new IllegalArgumentException(
                    "expected labels of " + shape.tasks() + " tasks, found " + labels.length);
        }
        int columns = shape.labels(0, shape.tasks());
        for (int task = 0; task < shape.tasks(); task++) {
            checkLabels(task, labels[task]);
        }
        forward(windows, 0, shape.tasks());
        double loss = 0;
        for (int task = 0; task < shape.tasks(); task++) {
            loss += SoftmaxCrossEntropy.lossAndGradient(
                    logits, batch, columns, shape.labels(0, task), shape.labels(task), labels[task]);
        }
        backward(0, shape.tasks());
        return loss;
    }

    @Override
    public void predict(int task, int[] windows, int count, int[] predicted) {
        checkOpen();
        checkTask(task);
        checkWindows(windows, count);
        if (predicted.length < count) {
            throw new IllegalArgumentException("expected room for " + count + " labels, found " + predicted.length);
        }
        dense.collapse(weights, task, 1);
        int first = 0;
        while (first < count) {
            int rows = Math.min(predictedAtOnce, count - first);
            rows = forward.fitting(windows, first, rows);
            rows = backward.fitting(windows, first, rows);
            read(windows, first, rows, false);
            dense.forward(rows, task, 1, readout, logits);
            for (int row = 0; row < rows; row++) {
                predicted[first + row] = largest(row * shape.labels(task), shape.labels(task));
            }
            first += rows;
        }
    }

    @Override
    public float[] parameters() {
        checkOpen();
        float[] copy = new float[layout.size()];
        weights.get(0, copy, 0, copy.length);
        return copy;
    }

    @Override
    public OptimiserState optimiser() {
        float[] means = new float[layout.size()];
        float[] squares = new float[layout.size()];
        moved().forEach(block -> block.read(means, squares));
        return new OptimiserState(means, squares, adam.steps());
    }

    @Override
    public void resume(OptimiserState state) {
        if (state.means().length != layout.size()) {
            throw new IllegalArgumentException(
                    "expected moments of " + layout.size() + " parameters, found " + state.means().length);
        }
        moved().forEach(block -> block.write(state.means(), state.squares()));
        adam.resume(state.steps());
    }

    private Stream<Adam.Block> moved() {
        return Stream.concat(common.stream(), own.stream().flatMap(List::stream));
    }

    /** Frees what lies outside the heap; nothing else may be called afterwards. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            List.of(weights, gradients, readout, readoutGradients).forEach(NativeFloats::close);
            forward.close();
            backward.close();
            dense.close();
        }
    }

    /** The gradient of the latest step by every parameter, zero for the heads that were idle. */
    float[] gradients() {
        float[] copy = new float[layout.size()];
        gradients.get(0, copy, 0, copy.length);
        for (int task = 0; task < shape.tasks(); task++) {
            if (!isActive(task)) {
                own.get(task).forEach(block -> Arrays.fill(copy, block.from(), block.to(), 0));
            }
        }
        return copy;
    }

    private boolean isActive(int task) {
        return task >= firstActive && task < firstActive + active;
    }

    private void forward(int[] windows, int firstTask, int tasks) {
        read(windows, 0, batch, true);
        dense.collapse(weights, firstTask, tasks);
        dense.forward(batch, firstTask, tasks, readout, logits);
    }

    private void read(int[] windows, int first, int rows, boolean training) {
        int hidden = shape.hidden();
        forward.forward(weights, windows, first, rows, training, readout, 0, 2 * hidden);
        backward.forward(weights, windows, first, rows, training, readout, hidden, 2 * hidden);
    }

    private void backward(int firstTask, int tasks) {
        firstActive = firstTask;
        active = tasks;
        int hidden = shape.hidden();
        dense.backward(weights, batch, firstTask, tasks, readout, logits, readoutGradients, gradients);
        forward.backward(weights, batch, readoutGradients, 0, 2 * hidden, gradients);
        backward.backward(weights, batch, readoutGradients, hidden, 2 * hidden, gradients);
        adam.begin();
        // By index, here and elsewhere in a step: an iterator would be garbage.
        for (int index = 0; index < common.size(); index++) {
            adam.step(common.get(index), gradients);
        }
        for (int task = 0; task < shape.tasks(); task++) {
            List<Adam.Block> blocks = own.get(task);
            for (int index = 0; index < blocks.size(); index++) {
                if (isActive(task)) {
                    adam.step(blocks.get(index), gradients);
                } else {
                    adam.drift(blocks.get(index));
                }
            }
        }
    }

    /** Sorts the blocks into those that every step moves and each task's own. */
    private void divide(double learningRate) {
        for (int task = 0; task < shape.tasks(); task++) {
            own.add(new ArrayList<>());
        }
        for (ParameterLayout.Block block : layout.blocks()) {
            String name = block.name();
            boolean lstmBias = name.startsWith("lstm.") && name.endsWith(".b");
            Adam.Block moved = new Adam.Block(
                    block.offset(), block.offset() + block.size(), lstmBias ? 2 * learningRate : learningRate);
            if (name.startsWith("task")) {
                own.get(Integer.parseInt(name.substring("task".length(), name.indexOf('.'))))
                        .add(moved);
            } else if (!isWithoutInfluence(name)) {
                common.add(moved);
            }
        }
    }

    /** The recurrent weights of a direction that makes a single step: gradient and moments are zero for ever. */
    private boolean isWithoutInfluence(String name) {
        return name.equals("lstm.forward.RW") && !forward.recurs()
                || name.equals("lstm.backward.RW") && !backward.recurs();
    }

    private int largest(int at, int labels) {
        int best = 0;
        for (int label = 1; label < labels; label++) {
            if (logits[at + label] > logits[at + best]) {
                best = label;
            }
        }
        return best;
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the model is closed");
        }
    }

    private void checkTask(int task) {
        if (task < 0 || task >= shape.tasks()) {
            throw new IllegalArgumentException("task must be 0 to " + (shape.tasks() - 1) + ", was " + task);
        }
    }

    private static void checkWindows(int[] windows, int count) {
        if (windows.length < (long) count * NetworkShape.WINDOW) {
            throw new IllegalArgumentException("expected " + count + " windows of " + NetworkShape.WINDOW
                    + " tokens, found " + windows.length + " tokens");
        }
    }

    private void checkLabels(int task, int[] labels) {
        if (labels.length < batch) {
            throw new IllegalArgumentException("expected " + batch + " labels, found " + labels.length);
        }
        for (int index = 0; index < batch; index++) {
            int label = labels[index];
            if (label < 0 || label >= shape.labels(task)) {
                throw new IllegalArgumentException(
                        "label " + index + " must be 0 to " + (shape.labels(task) - 1) + ", was " + label);
            }
        }
    }
}
