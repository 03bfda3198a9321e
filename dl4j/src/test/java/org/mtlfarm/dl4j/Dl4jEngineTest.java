package org.mtlfarm.dl4j;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.memory.AllocationsTracker;
import org.nd4j.linalg.api.memory.enums.AllocationKind;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import org.mtlfarm.schemas.Readout;
import org.mtlfarm.worker.network.Initialisation;
import org.mtlfarm.worker.network.Model;
import org.mtlfarm.worker.network.NetworkShape;
import org.mtlfarm.worker.network.ParameterLayout;
import org.mtlfarm.worker.network.PlainNetwork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class Dl4jEngineTest {
    private static final int BATCH = 4;
    private static final int ROWS = 9;
    private static final int LABELS = 3;
    private static final int DIMENSION = 3;
    private static final int CHECKED_OF_A_BLOCK = 40;
    private static final double LEARNING_RATE = 0.01;
    private static final double GRADIENT_TOLERANCE = 5e-7;
    private static final double LOSS_TOLERANCE = 1e-6;
    private static final double PARAMETER_TOLERANCE = 2e-6;

    /** By ND4J's own count, whatever the model's size. */
    private static final long LEFT_BY_A_CLOSED_MODEL = 8192;

    private final Dl4jEngine engine = new Dl4jEngine();
    private final Random random = new Random(5);
    private final float[] vectors = vectors();

    @ParameterizedTest
    @CsvSource({"0,LAST,3", "1,CENTER,2", "2,LAST,1", "2,CENTER,3", "3,LAST,2", "3,CENTER,1"})
    void gradientsAreTheCentralDifferencesOfThePlainNetwork(int sharedLayers, Readout readout, int tasks) {
        NetworkShape shape = new NetworkShape(DIMENSION, 2, sharedLayers, tasks, LABELS, readout);
        float[] parameters = Initialisation.parameters(shape, random);
        int[] windows = windows(BATCH);
        int[][] labels = labels(tasks);
        if (tasks > 1) {
            labels[1] = null;
        }
        float[] found = Dl4jEngine.gradient(shape, vectors, parameters, windows, labels);
        PlainNetwork plain = new PlainNetwork(shape, vectors, parameters);
        for (ParameterLayout.Block block : ParameterLayout.of(shape).blocks()) {
            for (int i = block.offset();
                    i < block.offset() + block.size();
                    i += 1 + block.size() / CHECKED_OF_A_BLOCK) {
                assertThat((double) found[i])
                        .as("%s, number %d", block.name(), i - block.offset())
                        .isCloseTo(plain.derivative(i, windows, labels), within(GRADIENT_TOLERANCE));
            }
        }
    }

    @Test
    void everyStepIsAnAdamStepOnAllParametersWithTwiceTheRateOnLstmBiases() {
        NetworkShape shape = new NetworkShape(DIMENSION, 2, 2, 2, LABELS, Readout.LAST);
        ParameterLayout layout = ParameterLayout.of(shape);
        float[] parameters = Initialisation.parameters(shape, random);
        double[] expected = new PlainNetwork(shape, vectors, parameters).parameters();
        double[] first = new double[expected.length];
        double[] second = new double[expected.length];
        int[] windows = windows(BATCH);
        int[][] labels = labels(2);
        try (Model model = engine.open(shape, BATCH, LEARNING_RATE, vectors, parameters)) {
            for (int step = 1; step <= 6; step++) {
                int task = step % 2;
                int[][] inTurn = {task == 0 ? labels[0] : null, task == 1 ? labels[1] : null};
                float[] before = model.parameters();
                float[] gradient = Dl4jEngine.gradient(shape, vectors, before, windows, inTurn);
                double loss = model.step(task, windows, labels[task]);
                assertThat(loss)
                        .isCloseTo(
                                new PlainNetwork(shape, vectors, before).loss(windows, inTurn), within(LOSS_TOLERANCE));
                for (ParameterLayout.Block block : layout.blocks()) {
                    double rate = block.name().matches("lstm\\..*\\.b") ? 2 * LEARNING_RATE : LEARNING_RATE;
                    for (int i = block.offset(); i < block.offset() + block.size(); i++) {
                        first[i] = 0.9 * first[i] + 0.1 * gradient[i];
                        second[i] = 0.999 * second[i] + 0.001 * gradient[i] * gradient[i];
                        double root = Math.sqrt(second[i] / (1 - Math.pow(0.999, step)));
                        expected[i] -= rate * first[i] / (1 - Math.pow(0.9, step)) / (root + 1e-8);
                    }
                }
                assertClose(model.parameters(), expected, PARAMETER_TOLERANCE);
            }
        }
    }

    @Test
    void anIdleHeadDriftsByItsDecayingMomentsAndOneThatNeverHadATurnStays() {
        NetworkShape shape = new NetworkShape(DIMENSION, 2, 2, 3, LABELS, Readout.LAST);
        ParameterLayout.Block drifting = ParameterLayout.of(shape).block("task1.output.b");
        ParameterLayout.Block resting = ParameterLayout.of(shape).block("task2.output.W");
        int[] windows = windows(BATCH);
        int[][] labels = labels(3);
        float[] start = Initialisation.parameters(shape, random);
        try (Model model = engine.open(shape, BATCH, LEARNING_RATE, vectors, start)) {
            model.step(1, windows, labels[1]);
            double[] expected = toDoubles(model.parameters());
            for (int step = 2; step <= 8; step++) {
                model.step(0, windows, labels[0]);
                float[] found = model.parameters();
                // One gradient g at the first step, none after it: m = 0.1 * 0.9^(t-1) g, v = 0.001 * 0.999^(t-1) g^2.
                double drift = LEARNING_RATE
                        * (0.1 * Math.pow(0.9, step - 1) / (1 - Math.pow(0.9, step)))
                        / Math.sqrt(0.001 * Math.pow(0.999, step - 1) / (1 - Math.pow(0.999, step)));
                for (int i = drifting.offset(); i < drifting.offset() + drifting.size(); i++) {
                    expected[i] += Math.signum(expected[i] - start[i]) * drift;
                    assertThat((double) found[i]).isCloseTo(expected[i], within(PARAMETER_TOLERANCE));
                }
                for (int i = resting.offset(); i < resting.offset() + resting.size(); i++) {
                    assertThat(found[i]).isEqualTo(start[i]);
                }
            }
        }
    }

    @Test
    void aJointStepIsOneStepOnTheSumOfTheLosses() {
        NetworkShape shape = new NetworkShape(DIMENSION, 2, 1, 2, LABELS, Readout.CENTER);
        float[] parameters = Initialisation.parameters(shape, random);
        int[] windows = windows(BATCH);
        int[][] labels = labels(2);
        float[] gradient = Dl4jEngine.gradient(shape, vectors, parameters, windows, labels);
        ParameterLayout.Block output = ParameterLayout.of(shape).block("task1.output.W");
        try (Model model = engine.open(shape, BATCH, LEARNING_RATE, vectors, parameters)) {
            double loss = model.jointStep(windows, labels);
            assertThat(loss)
                    .isCloseTo(
                            new PlainNetwork(shape, vectors, parameters).loss(windows, labels), within(LOSS_TOLERANCE));
            // Adam's first step goes one learning rate down the sign of the gradient.
            float[] found = model.parameters();
            for (int i = output.offset(); i < output.offset() + output.size(); i++) {
                double step = LEARNING_RATE * gradient[i] / (Math.abs(gradient[i]) + 1e-8);
                assertThat((double) found[i]).isCloseTo(parameters[i] - step, within(PARAMETER_TOLERANCE));
            }
        }
    }

    @Test
    void predictionsAreTheMostProbableLabelsForAnyCountOfWindows() {
        NetworkShape shape = new NetworkShape(DIMENSION, 2, 2, 2, LABELS, Readout.CENTER);
        float[] parameters = Initialisation.parameters(shape, random);
        for (int i = 0; i < parameters.length; i++) {
            parameters[i] *= 3;
        }
        PlainNetwork plain = new PlainNetwork(shape, vectors, parameters);
        int[] windows = windows(11);
        try (Model model = engine.open(shape, BATCH, LEARNING_RATE, vectors, parameters)) {
            for (int count : new int[] {0, 1, BATCH, 11}) {
                int[] predicted = new int[count];
                model.predict(1, windows, count, predicted);
                for (int window = 0; window < count; window++) {
                    assertThat(predicted[window]).isEqualTo(argmax(plain.probabilities(1, windows, window)));
                }
            }
        }
    }

    @Test
    void aTieGoesToTheLowerLabel() {
        NetworkShape shape = new NetworkShape(DIMENSION, 2, 3, 1, LABELS, Readout.LAST);
        float[] zeros = new float[ParameterLayout.of(shape).size()];
        int[] predicted = {9, 9};
        try (Model model = engine.open(shape, BATCH, LEARNING_RATE, vectors, zeros)) {
            model.predict(0, windows(2), 2, predicted);
        }
        assertThat(predicted).containsExactly(0, 0);
    }

    @Test
    void stepsAndPredictionsMayAlternate() {
        NetworkShape shape = new NetworkShape(DIMENSION, 2, 2, 2, LABELS, Readout.LAST);
        float[] parameters = Initialisation.parameters(shape, random);
        int[] windows = windows(BATCH);
        int[] labels = labels(1)[0];
        float[] undisturbed;
        try (Model model = engine.open(shape, BATCH, LEARNING_RATE, vectors, parameters)) {
            model.step(0, windows, labels);
            model.step(1, windows, labels);
            undisturbed = model.parameters();
        }
        try (Model model = engine.open(shape, BATCH, LEARNING_RATE, vectors, parameters)) {
            model.step(0, windows, labels);
            model.predict(0, windows, 2, new int[2]);
            model.step(1, windows, labels);
            assertThat(model.parameters()).isEqualTo(undisturbed);
        }
    }

    @Test
    void modelsOnSeveralThreadsTrainAsTheyWouldAlone() throws InterruptedException, ExecutionException {
        float[] alone = trainSome(1);
        List<Callable<float[]>> together = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            long seed = 1 + i % 2;
            together.add(() -> trainSome(seed));
        }
        ExecutorService slots = Executors.newFixedThreadPool(3);
        try {
            List<Future<float[]>> trained = slots.invokeAll(together);
            for (int i = 0; i < trained.size(); i++) {
                float[] found = trained.get(i).get();
                if (i % 2 == 0) {
                    assertThat(found).isEqualTo(alone);
                } else {
                    assertThat(found).isNotEqualTo(alone);
                }
            }
        } finally {
            slots.shutdownNow();
        }
    }

    @Test
    void stepsLeaveNoNativeMemoryBehindAndAClosedModelHardlyAny() {
        NetworkShape shape = new NetworkShape(DIMENSION, 4, 3, 2, LABELS, Readout.LAST);
        int[] windows = windows(BATCH);
        int[][] labels = labels(2);
        long before = workspaceBytes();
        try (Model model =
                engine.open(shape, BATCH, LEARNING_RATE, vectors, Initialisation.parameters(shape, random))) {
            step(model, 10, windows, labels);
            long afterTen = workspaceBytes();
            step(model, 30, windows, labels);
            assertThat(workspaceBytes()).isEqualTo(afterTen).isGreaterThan(before);
        }
        assertThat(workspaceBytes() - before).isLessThanOrEqualTo(LEFT_BY_A_CLOSED_MODEL);
    }

    private static void step(Model model, int steps, int[] windows, int[][] labels) {
        for (int step = 0; step < steps; step++) {
            model.step(step % 2, windows, labels[step % 2]);
        }
    }

    private static long workspaceBytes() {
        return AllocationsTracker.getInstance().bytesOnDevice(AllocationKind.WORKSPACE, 0);
    }

    private float[] trainSome(long seed) {
        NetworkShape shape = new NetworkShape(DIMENSION, 8, 3, 3, LABELS, Readout.LAST);
        Random own = new Random(seed);
        float[] parameters = Initialisation.parameters(shape, own);
        try (Model model = engine.open(shape, BATCH, LEARNING_RATE, vectors, parameters)) {
            for (int step = 0; step < 8; step++) {
                int[] windows = own.ints(BATCH * NetworkShape.WINDOW, 0, ROWS).toArray();
                model.step(step % 3, windows, own.ints(BATCH, 0, LABELS).toArray());
            }
            return model.parameters();
        }
    }

    @Test
    void aSavedModelOpensInDl4jAndPredictsTheSame(@TempDir Path folder) throws IOException {
        NetworkShape shape = new NetworkShape(DIMENSION, 2, 2, 13, LABELS, Readout.CENTER);
        float[] parameters = Initialisation.parameters(shape, random);
        Path file = folder.resolve("model.zip");
        Dl4jEngine.writeZip(shape, parameters, file);
        assertThat(Dl4jEngine.readZip(shape, file)).isEqualTo(parameters);

        PlainNetwork plain = new PlainNetwork(shape, vectors, parameters);
        int[] windows = windows(1);
        ComputationGraph graph = ModelSerializer.restoreComputationGraph(file.toFile());
        INDArray words = Nd4j.zeros(1, DIMENSION, NetworkShape.WINDOW);
        for (int position = 0; position < NetworkShape.WINDOW; position++) {
            for (int i = 0; i < DIMENSION; i++) {
                words.putScalar(0, i, position, vectors[windows[position] * DIMENSION + i]);
            }
        }
        INDArray[] outputs = graph.output(words);
        for (int task = 0; task < 13; task++) {
            double[] expected = plain.probabilities(task, windows, 0);
            for (int label = 0; label < LABELS; label++) {
                assertThat(outputs[task].getDouble(0, label)).isCloseTo(expected[label], within(LOSS_TOLERANCE));
            }
        }
        graph.close();
    }

    @Test
    void parametersOfAnotherShapeAreRefused() {
        NetworkShape shape = new NetworkShape(DIMENSION, 2, 2, 1, LABELS, Readout.LAST);
        int expected = ParameterLayout.of(shape).size();
        assertThatThrownBy(() -> engine.open(shape, BATCH, LEARNING_RATE, vectors, new float[expected + 1]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected " + expected + " parameters")
                .hasMessageContaining("found " + (expected + 1));
    }

    @Test
    void theVersionNamesTheLibraries() {
        assertThat(engine.version()).contains("deeplearning4j-nn 1.0.0-M2.1").contains("openblas 0.3");
    }

    private float[] vectors() {
        float[] numbers = new float[ROWS * DIMENSION];
        for (int i = DIMENSION; i < numbers.length; i++) {
            numbers[i] = 2 * random.nextFloat() - 1;
        }
        return numbers;
    }

    private int[] windows(int count) {
        return random.ints((long) count * NetworkShape.WINDOW, 0, ROWS).toArray();
    }

    private int[][] labels(int tasks) {
        int[][] labels = new int[tasks][];
        for (int task = 0; task < tasks; task++) {
            labels[task] = random.ints(BATCH, 0, LABELS).toArray();
        }
        return labels;
    }

    private static int argmax(double[] numbers) {
        int best = 0;
        for (int i = 1; i < numbers.length; i++) {
            best = numbers[i] > numbers[best] ? i : best;
        }
        return best;
    }

    private static void assertClose(float[] found, double[] expected, double tolerance) {
        for (int i = 0; i < found.length; i++) {
            assertThat((double) found[i]).as("parameter %d", i).isCloseTo(expected[i], within(tolerance));
        }
    }

    private static double[] toDoubles(float[] numbers) {
        double[] doubles = new double[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            doubles[i] = numbers[i];
        }
        return doubles;
    }
}
