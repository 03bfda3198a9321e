package org.mtlfarm.worker.network;

import org.mtlfarm.schemas.Readout;

/**
 * The network written out in double arithmetic straight from its definition, one window at a time: slow, and what engines
 * are checked against.
 *
 * <p>A gate's pre-activation is {@code x W + h RW + b}. Per direction, with the columns of W, RW and b in four groups of
 * {@code hidden}: block input a = tanh, forget gate f, output gate o, input gate i = sigmoid; {@code c = f c' + i a},
 * {@code h = o tanh(c)}, zero before the first step.
 */
public final class PlainNetwork {
    private static final double DIFFERENCE = 1e-5;

    private final NetworkShape shape;
    private final ParameterLayout layout;
    private final float[] vectors;
    private final double[] parameters;

    public PlainNetwork(NetworkShape shape, float[] vectors, float[] parameters) {
        this.shape = shape;
        this.layout = ParameterLayout.of(shape);
        this.vectors = vectors;
        this.parameters = new double[parameters.length];
        for (int i = 0; i < parameters.length; i++) {
            this.parameters[i] = parameters[i];
        }
    }

    public double[] parameters() {
        return parameters;
    }

    /**
     * The sum over the tasks in turn of their mean cross-entropies.
     *
     * @param windows [batch, 7]
     * @param labels [tasks][batch], null for a task that is not in turn
     */
    public double loss(int[] windows, int[][] labels) {
        int batch = windows.length / NetworkShape.WINDOW;
        double sum = 0;
        for (int example = 0; example < batch; example++) {
            double[] read = readout(windows, example);
            for (int task = 0; task < shape.tasks(); task++) {
                if (labels[task] != null) {
                    sum -= Math.log(probabilities(task, read)[labels[task][example]]);
                }
            }
        }
        return sum / batch;
    }

    /** Central difference of {@link #loss} in one parameter. */
    public double derivative(int parameter, int[] windows, int[][] labels) {
        double centre = parameters[parameter];
        parameters[parameter] = centre + DIFFERENCE;
        double above = loss(windows, labels);
        parameters[parameter] = centre - DIFFERENCE;
        double below = loss(windows, labels);
        parameters[parameter] = centre;
        return (above - below) / (2 * DIFFERENCE);
    }

    /** Probabilities [labels] of one window for a task. */
    public double[] probabilities(int task, int[] windows, int example) {
        return probabilities(task, readout(windows, example));
    }

    private double[] readout(int[] windows, int example) {
        int hidden = shape.hidden();
        int last = NetworkShape.WINDOW - 1;
        boolean center = shape.readout() == Readout.CENTER;
        int forwardTo = center ? NetworkShape.TARGET : last;
        int backwardTo = center ? NetworkShape.TARGET : last;
        double[] forward = run("lstm.forward", windows, example, 0, forwardTo);
        double[] backward = run("lstm.backward", windows, example, last, backwardTo);
        double[] read = new double[2 * hidden];
        System.arraycopy(forward, 0, read, 0, hidden);
        System.arraycopy(backward, 0, read, hidden, hidden);
        return read;
    }

    /** State of one direction after the steps from one position to another, both included. */
    private double[] run(String direction, int[] windows, int example, int from, int to) {
        int hidden = shape.hidden();
        double[] state = new double[hidden];
        double[] cell = new double[hidden];
        int stride = from <= to ? 1 : -1;
        for (int position = from; position != to + stride; position += stride) {
            double[] word = new double[shape.wordDimension()];
            int row = windows[example * NetworkShape.WINDOW + position];
            for (int i = 0; i < word.length; i++) {
                word[i] = vectors[row * word.length + i];
            }
            double[] gates = add(
                    add(times(word, direction + ".W"), times(state, direction + ".RW")),
                    times(new double[] {1}, direction + ".b"));
            double[] next = new double[hidden];
            for (int unit = 0; unit < hidden; unit++) {
                double blockInput = Math.tanh(gates[unit]);
                double forget = sigmoid(gates[hidden + unit]);
                double output = sigmoid(gates[2 * hidden + unit]);
                double input = sigmoid(gates[3 * hidden + unit]);
                cell[unit] = forget * cell[unit] + input * blockInput;
                next[unit] = output * Math.tanh(cell[unit]);
            }
            state = next;
        }
        return state;
    }

    private double[] probabilities(int task, double[] read) {
        double[] values = read;
        for (int layer = 0; layer < shape.sharedWidths().length; layer++) {
            values = dense("shared" + layer, values);
        }
        for (int layer = 0; layer < shape.ownWidths().length; layer++) {
            values = dense("task" + task + ".dense" + layer, values);
        }
        double[] logits = dense("task" + task + ".output", values);
        double sum = 0;
        double[] probabilities = new double[logits.length];
        for (int label = 0; label < logits.length; label++) {
            probabilities[label] = Math.exp(logits[label]);
            sum += probabilities[label];
        }
        for (int label = 0; label < logits.length; label++) {
            probabilities[label] /= sum;
        }
        return probabilities;
    }

    private double[] dense(String name, double[] inputs) {
        return add(times(inputs, name + ".W"), times(new double[] {1}, name + ".b"));
    }

    /** {@code inputs} times a block [inputs, outputs], whose columns lie one after the other. */
    private double[] times(double[] inputs, String name) {
        ParameterLayout.Block block = layout.block(name);
        double[] outputs = new double[block.columns()];
        for (int column = 0; column < block.columns(); column++) {
            for (int row = 0; row < block.rows(); row++) {
                outputs[column] += inputs[row] * parameters[block.offset() + column * block.rows() + row];
            }
        }
        return outputs;
    }

    private static double[] add(double[] left, double[] right) {
        double[] sum = new double[left.length];
        for (int i = 0; i < sum.length; i++) {
            sum[i] = left[i] + right[i];
        }
        return sum;
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}
