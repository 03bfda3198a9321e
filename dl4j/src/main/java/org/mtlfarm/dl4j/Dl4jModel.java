package org.mtlfarm.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.bytedeco.javacpp.FloatPointer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.updaters.AdamUpdater;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

import org.mtlfarm.worker.network.NetworkShape;
import org.mtlfarm.worker.network.OptimiserState;
import org.mtlfarm.worker.network.ParameterLayout;
import org.mtlfarm.worker.network.Resumable;

/**
 * One DL4J graph in training.
 *
 * <p>Word vectors are looked up here, outside the graph. All heads take part in every step; those of tasks that are not in
 * turn have their labels masked, so that their gradient is zero and Adam still steps them.
 */
final class Dl4jModel implements Resumable {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-8;
    private static final int PREDICTED_AT_ONCE = 512;
    private static final boolean ON_CUDA = Dl4jEngine.isOnCuda();

    /** A stretch of the flat parameters with one learning rate, and its moments. All [1, length] views. */
    private record Stretch(
            INDArray parameters, INDArray gradient, INDArray first, INDArray second, double learningRate) {}

    private final NetworkShape shape;
    private final int batch;
    private final float[] vectors;
    private final ComputationGraph graph;
    private final INDArray moments;
    private final List<Stretch> stretches = new ArrayList<>();

    private final float[] lookedUp;
    private final float[][] oneHot;
    private final INDArray words;
    private final INDArray[] labels;
    private final INDArray[] masks;
    private int steps;

    Dl4jModel(NetworkShape shape, int batch, double learningRate, float[] vectors, float[] parameters) {
        this.shape = shape;
        this.batch = batch;
        this.vectors = vectors;
        graph = Dl4jEngine.graph(shape, learningRate, parameters);
        graph.initGradientsView();
        moments = Nd4j.zeros(2, parameters.length);
        divideByLearningRate(learningRate);

        lookedUp = new float[batch * shape.wordDimension() * NetworkShape.WINDOW];
        oneHot = new float[shape.tasks()][];
        words = input(batch);
        labels = new INDArray[shape.tasks()];
        masks = new INDArray[shape.tasks()];
        for (int task = 0; task < shape.tasks(); task++) {
            oneHot[task] = new float[batch * shape.labels(task)];
            labels[task] = Nd4j.zeros(batch, shape.labels(task));
            masks[task] = Nd4j.zeros(batch, 1);
        }
    }

    private void divideByLearningRate(double learningRate) {
        ParameterLayout layout = ParameterLayout.of(shape);
        int from = 0;
        for (String bias : List.of("lstm.forward.b", "lstm.backward.b")) {
            ParameterLayout.Block block = layout.block(bias);
            addStretch(from, block.offset(), learningRate);
            addStretch(block.offset(), block.offset() + block.size(), 2 * learningRate);
            from = block.offset() + block.size();
        }
        addStretch(from, layout.size(), learningRate);
    }

    private void addStretch(int from, int to, double learningRate) {
        stretches.add(new Stretch(
                row(graph.params(), 0, from, to),
                row(graph.getFlattenedGradients(), 0, from, to),
                row(moments, 0, from, to),
                row(moments, 1, from, to),
                learningRate));
    }

    private static INDArray row(INDArray matrix, int row, int from, int to) {
        INDArray twoDimensional = matrix.rank() == 1 ? matrix.reshape(1, matrix.length()) : matrix;
        return twoDimensional.get(NDArrayIndex.interval(row, row + 1), NDArrayIndex.interval(from, to));
    }

    @Override
    public double step(int task, int[] windows, int[] taskLabels) {
        int[][] labelsOfTasks = new int[shape.tasks()][];
        labelsOfTasks[task] = taskLabels;
        return jointStep(windows, labelsOfTasks);
    }

    @Override
    public double jointStep(int[] windows, int[][] labelsOfTasks) {
        double loss = differentiate(windows, labelsOfTasks);
        adam();
        return loss;
    }

    /**
     * Leaves the mean gradient over the batch in the graph's flat gradients.
     *
     * @param labelsOfTasks [tasks][batch], null for a task that is not in turn
     * @return the sum of the losses of the tasks in turn
     */
    private double differentiate(int[] windows, int[][] labelsOfTasks) {
        for (int task = 0; task < shape.tasks(); task++) {
            boolean inTurn = labelsOfTasks[task] != null;
            masks[task].assign(inTurn ? 1 : 0);
            if (inTurn) {
                writeLabels(task, labelsOfTasks[task]);
            }
        }
        lookUp(windows, 0, batch, lookedUp, words);
        graph.setInputs(words);
        graph.setLabels(labels);
        graph.setLayerMaskArrays(null, masks);
        graph.computeGradientAndScore();
        double loss = graph.score();
        graph.clear();
        // DL4J sums over the batch and leaves the division to its updater.
        graph.getFlattenedGradients().divi(batch);
        return loss;
    }

    /** The gradient of the sum of the losses of the tasks in turn, as {@link ParameterLayout} lays it out. */
    float[] gradient(int[] windows, int[][] labelsOfTasks) {
        differentiate(windows, labelsOfTasks);
        return graph.getFlattenedGradients().toFloatVector();
    }

    private void writeLabels(int task, int[] taskLabels) {
        float[] ofTask = oneHot[task];
        Arrays.fill(ofTask, 0);
        for (int example = 0; example < batch; example++) {
            ofTask[example * shape.labels(task) + taskLabels[example]] = 1;
        }
        write(ofTask, labels[task]);
    }

    /**
     * Adam as Kingma and Ba (2015) give it, epsilon added to the root of the corrected moment as in PyTorch: {@code
     * learningRate * (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)}. ND4J adds its epsilon to the root of the
     * uncorrected moment, so it is given {@code epsilon * sqrt(1 - beta2^t)}, which is the same.
     */
    private void adam() {
        double epsilon = EPSILON * Math.sqrt(1 - Math.pow(BETA2, steps + 1));
        for (Stretch stretch : stretches) {
            INDArray update = stretch.gradient();
            Nd4j.exec(new AdamUpdater(
                    update, stretch.second(), stretch.first(), stretch.learningRate(), BETA1, BETA2, epsilon, steps));
            stretch.parameters().subi(update);
        }
        steps++;
    }

    @Override
    public void predict(int task, int[] windows, int count, int[] predicted) {
        if (count == 0) {
            return;
        }
        List<String> output = List.of(GraphConfiguration.output(task));
        int most = Math.min(count, PREDICTED_AT_ONCE);
        float[] vectorsOfWindows = new float[most * shape.wordDimension() * NetworkShape.WINDOW];
        INDArray input = input(most);
        for (int from = 0; from < count; from += most) {
            int examples = Math.min(most, count - from);
            lookUp(windows, from, examples, vectorsOfWindows, input);
            INDArray probabilities = graph.output(output, false, new INDArray[] {input}, null)[0];
            float[] numbers = probabilities.dup('c').data().asFloat();
            for (int example = 0; example < examples; example++) {
                predicted[from + example] = argmax(numbers, example * shape.labels(task), shape.labels(task));
            }
        }
        input.close();
    }

    private static int argmax(float[] numbers, int from, int count) {
        int best = 0;
        for (int label = 1; label < count; label++) {
            if (numbers[from + label] > numbers[from + best]) {
                best = label;
            }
        }
        return best;
    }

    private INDArray input(int windows) {
        return Nd4j.createUninitialized(new long[] {windows, shape.wordDimension(), NetworkShape.WINDOW}, 'f');
    }

    /**
     * Writes the vectors of some windows into an input, zeros where there are fewer than it holds.
     *
     * @param buffer as many numbers as the input has
     */
    private void lookUp(int[] windows, int from, int examples, float[] buffer, INDArray input) {
        int dimension = shape.wordDimension();
        int held = (int) input.size(0);
        Arrays.fill(buffer, 0);
        for (int position = 0; position < NetworkShape.WINDOW; position++) {
            for (int example = 0; example < examples; example++) {
                int source = windows[(from + example) * NetworkShape.WINDOW + position] * dimension;
                int target = position * dimension * held + example;
                for (int i = 0; i < dimension; i++) {
                    buffer[target + i * held] = vectors[source + i];
                }
            }
        }
        write(buffer, input);
    }

    private static void write(float[] numbers, INDArray array) {
        if (ON_CUDA) {
            // Copies to the card, too; on processors it would put number after number.
            array.data().setData(numbers);
        } else {
            new FloatPointer(array.data().pointer()).put(numbers, 0, numbers.length);
        }
    }

    @Override
    public float[] parameters() {
        return graph.params().toFloatVector();
    }

    @Override
    public OptimiserState optimiser() {
        return new OptimiserState(
                moments.getRow(0).toFloatVector(), moments.getRow(1).toFloatVector(), steps);
    }

    @Override
    public void resume(OptimiserState state) {
        if (state.means().length != moments.columns()) {
            throw new IllegalArgumentException(
                    "expected moments of " + moments.columns() + " parameters, found " + state.means().length);
        }
        moments.getRow(0).assign(Nd4j.createFromArray(state.means()));
        moments.getRow(1).assign(Nd4j.createFromArray(state.squares()));
        steps = Math.toIntExact(state.steps());
    }

    @Override
    public void close() {
        graph.close();
        moments.close();
        words.close();
        for (int task = 0; task < shape.tasks(); task++) {
            labels[task].close();
            masks[task].close();
        }
        Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
    }
}
