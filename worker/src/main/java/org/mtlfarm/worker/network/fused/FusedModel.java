package org.mtlfarm.worker.network.fused;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.mtlfarm.schemas.Readout;
import org.mtlfarm.worker.network.Model;
import org.mtlfarm.worker.network.NetworkShape;
import org.mtlfarm.worker.network.ParameterLayout;

/** One network in training: BiLSTM, dense layers, loss, Adam. */
final class FusedModel implements Model {
    /** Parameters from {@code from} to before {@code to}, with their step size. */
    private record Range(int from, int to, double rate) {}

    private final NetworkShape shape;
    private final int batch;
    private final float[] parameters;
    private final float[] gradients;
    private final LstmDirection forward;
    private final LstmDirection backward;
    private final DenseLayers dense;
    private final Adam adam;
    private final List<Range> common = new ArrayList<>();
    private final List<List<Range>> own = new ArrayList<>();

    private final float[] readout;
    private final float[] readoutGradients;
    private final float[] logits;
    private int firstActive;
    private int active;

    FusedModel(NetworkShape shape, int batch, double learningRate, float[] vectors, float[] parameters) {
        ParameterLayout layout = ParameterLayout.of(shape);
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
        this.parameters = parameters.clone();
        gradients = new float[parameters.length];
        boolean last = shape.readout() == Readout.LAST;
        forward = new LstmDirection(
                "lstm.forward",
                shape,
                layout,
                last ? new int[] {0, 1, 2, 3, 4, 5, 6} : new int[] {0, 1, 2, 3},
                vectors,
                batch);
        backward = new LstmDirection(
                "lstm.backward", shape, layout, last ? new int[] {6} : new int[] {6, 5, 4, 3}, vectors, batch);
        dense = new DenseLayers(shape, layout);
        adam = new Adam(parameters.length);
        divide(layout, learningRate);
        readout = new float[batch * 2 * shape.hidden()];
        readoutGradients = new float[readout.length];
        logits = new float[batch * shape.tasks() * shape.labels()];
    }

    @Override
    public double step(int task, int[] windows, int[] labels) {
        checkTask(task);
        checkWindows(windows, batch);
        checkLabels(labels);
        forward(windows, 0, batch, task, 1);
        double loss = SoftmaxCrossEntropy.lossAndGradient(logits, batch, shape.labels(), 0, shape.labels(), labels);
        backward(task, 1);
        return loss;
    }

    @Override
    public double jointStep(int[] windows, int[][] labels) {
        checkWindows(windows, batch);
        if (labels.length != shape.tasks()) {
            throw new IllegalArgumentException(
                    "expected labels of " + shape.tasks() + " tasks, found " + labels.length);
        }
        int columns = shape.tasks() * shape.labels();
        for (int[] ofTask : labels) {
            checkLabels(ofTask);
        }
        forward(windows, 0, batch, 0, shape.tasks());
        double loss = 0;
        for (int task = 0; task < shape.tasks(); task++) {
            loss += SoftmaxCrossEntropy.lossAndGradient(
                    logits, batch, columns, task * shape.labels(), shape.labels(), labels[task]);
        }
        backward(0, shape.tasks());
        return loss;
    }

    @Override
    public void predict(int task, int[] windows, int count, int[] predicted) {
        checkTask(task);
        checkWindows(windows, count);
        if (predicted.length < count) {
            throw new IllegalArgumentException("expected room for " + count + " labels, found " + predicted.length);
        }
        dense.collapse(parameters, task, 1);
        for (int first = 0; first < count; first += batch) {
            int rows = Math.min(batch, count - first);
            read(windows, first, rows);
            dense.forward(rows, 1, readout, logits);
            for (int row = 0; row < rows; row++) {
                predicted[first + row] = largest(row * shape.labels());
            }
        }
    }

    @Override
    public float[] parameters() {
        return parameters.clone();
    }

    /** Everything lies on the heap. */
    @Override
    public void close() {}

    /** The gradient of the latest step by every parameter, zero for the heads that were idle. */
    float[] gradients() {
        float[] copy = gradients.clone();
        for (int task = 0; task < shape.tasks(); task++) {
            if (!isActive(task)) {
                own.get(task).forEach(range -> Arrays.fill(copy, range.from, range.to, 0));
            }
        }
        return copy;
    }

    private boolean isActive(int task) {
        return task >= firstActive && task < firstActive + active;
    }

    private void forward(int[] windows, int first, int rows, int firstTask, int tasks) {
        read(windows, first, rows);
        dense.collapse(parameters, firstTask, tasks);
        dense.forward(rows, tasks, readout, logits);
    }

    private void read(int[] windows, int first, int rows) {
        int hidden = shape.hidden();
        forward.forward(parameters, windows, first, rows, readout, 0, 2 * hidden);
        backward.forward(parameters, windows, first, rows, readout, hidden, 2 * hidden);
    }

    private void backward(int firstTask, int tasks) {
        firstActive = firstTask;
        active = tasks;
        int hidden = shape.hidden();
        dense.backward(parameters, batch, firstTask, tasks, readout, logits, readoutGradients, gradients);
        forward.backward(parameters, batch, readoutGradients, 0, 2 * hidden, gradients);
        backward.backward(parameters, batch, readoutGradients, hidden, 2 * hidden, gradients);
        adam.begin();
        for (Range range : common) {
            adam.step(parameters, gradients, range.from, range.to, range.rate);
        }
        for (int task = 0; task < shape.tasks(); task++) {
            for (Range range : own.get(task)) {
                if (isActive(task)) {
                    adam.step(parameters, gradients, range.from, range.to, range.rate);
                } else {
                    adam.drift(parameters, range.from, range.to, range.rate);
                }
            }
        }
    }

    /** Sorts the blocks into those that every step moves and each task's own. */
    private void divide(ParameterLayout layout, double learningRate) {
        for (int task = 0; task < shape.tasks(); task++) {
            own.add(new ArrayList<>());
        }
        for (ParameterLayout.Block block : layout.blocks()) {
            String name = block.name();
            boolean lstmBias = name.startsWith("lstm.") && name.endsWith(".b");
            Range range = new Range(
                    block.offset(), block.offset() + block.size(), lstmBias ? 2 * learningRate : learningRate);
            if (name.startsWith("task")) {
                own.get(Integer.parseInt(name.substring("task".length(), name.indexOf('.'))))
                        .add(range);
            } else if (!isWithoutInfluence(name)) {
                common.add(range);
            }
        }
    }

    /** The recurrent weights of a direction that makes a single step: gradient and moments are zero for ever. */
    private boolean isWithoutInfluence(String name) {
        return name.equals("lstm.forward.RW") && !forward.recurs()
                || name.equals("lstm.backward.RW") && !backward.recurs();
    }

    private int largest(int at) {
        int best = 0;
        for (int label = 1; label < shape.labels(); label++) {
            if (logits[at + label] > logits[at + best]) {
                best = label;
            }
        }
        return best;
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

    private void checkLabels(int[] labels) {
        if (labels.length < batch) {
            throw new IllegalArgumentException("expected " + batch + " labels, found " + labels.length);
        }
        for (int index = 0; index < batch; index++) {
            int label = labels[index];
            if (label < 0 || label >= shape.labels()) {
                throw new IllegalArgumentException(
                        "label " + index + " must be 0 to " + (shape.labels() - 1) + ", was " + label);
            }
        }
    }
}
