package org.mtlfarm.worker.network.fused;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.mtlfarm.dl4j.Dl4jEngine;
import org.mtlfarm.schemas.Readout;
import org.mtlfarm.schemas.Strategy;
import org.mtlfarm.worker.network.Initialisation;
import org.mtlfarm.worker.network.Model;
import org.mtlfarm.worker.network.NetworkShape;
import org.mtlfarm.worker.network.ParameterLayout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** The fused engine trains the network that DL4J's {@code ComputationGraph} trains. */
class FusedAgainstDl4jTest {
    private static final int BATCH = 8;
    private static final int ROWS = 30;
    private static final int LABELS = 5;
    private static final double RATE = 1e-3;
    private static final double GRADIENT_TOLERANCE = 1e-4;
    private static final double LOSS_TOLERANCE = 1e-3;
    private static final double PARAMETER_TOLERANCE = 1e-3;

    private final SplittableRandom random = new SplittableRandom(11);

    @ParameterizedTest
    @MethodSource("org.mtlfarm.worker.network.fused.FusedEngineTest#settings")
    void gradientsAreDl4js(FusedEngineTest.Setting setting) {
        NetworkShape shape = setting.shape();
        float[] vectors = vectors(shape);
        float[] parameters = Initialisation.parameters(shape, random);
        int[] windows = windows(BATCH);
        int[][] labels = labels(shape);
        float[] found;
        try (FusedModel model = open(shape, vectors, parameters)) {
            if (setting.strategy() == Strategy.JOINT) {
                model.jointStep(windows, labels);
            } else {
                int task = shape.tasks() - 1;
                model.step(task, windows, labels[task]);
                for (int idle = 0; idle < task; idle++) {
                    labels[idle] = null;
                }
            }
            found = model.gradients();
        }
        float[] expected = Dl4jEngine.gradient(shape, vectors, parameters, windows, labels);
        for (ParameterLayout.Block block : ParameterLayout.of(shape).blocks()) {
            double worst = 0;
            double largest = 0;
            for (int i = block.offset(); i < block.offset() + block.size(); i++) {
                worst = Math.max(worst, Math.abs(found[i] - expected[i]));
                largest = Math.max(largest, Math.abs(expected[i]));
            }
            assertThat(worst)
                    .as("%s, where the largest is %s", block.name(), largest)
                    .isLessThanOrEqualTo(GRADIENT_TOLERANCE * largest);
        }
    }

    @ParameterizedTest
    @CsvSource({"0,LAST,JOINT,2", "1,CENTER,ALTERNATING,5", "2,LAST,ALTERNATING,2", "3,CENTER,JOINT,1"})
    void aHundredStepsLeadWhereDl4jGoes(int sharedLayers, Readout readout, Strategy strategy, int tasks) {
        NetworkShape shape = new NetworkShape(6, 7, sharedLayers, tasks, LABELS, readout);
        float[] vectors = vectors(shape);
        float[] parameters = Initialisation.parameters(shape, random);
        try (Model fused = open(shape, vectors, parameters);
                Model dl4j = new Dl4jEngine().open(shape, BATCH, RATE, vectors, parameters)) {
            for (int step = 0; step < 100; step++) {
                int[] windows = windows(BATCH);
                int[][] labels = labels(shape);
                int task = step % tasks;
                double found;
                double expected;
                if (strategy == Strategy.JOINT) {
                    found = fused.jointStep(windows, labels);
                    expected = dl4j.jointStep(windows, labels);
                } else {
                    found = fused.step(task, windows, labels[task]);
                    expected = dl4j.step(task, windows, labels[task]);
                }
                assertThat(found).as("loss of step %d", step).isCloseTo(expected, within(LOSS_TOLERANCE));
            }
            float[] found = fused.parameters();
            float[] expected = dl4j.parameters();
            double worst = 0;
            for (int i = 0; i < found.length; i++) {
                worst = Math.max(worst, Math.abs(found[i] - expected[i]));
            }
            assertThat(worst).isLessThan(PARAMETER_TOLERANCE);
        }
    }

    /** Tasks with real labels of their own: each output is as wide as its task has labels. */
    @ParameterizedTest
    @CsvSource({"0,JOINT", "2,ALTERNATING", "3,JOINT", "3,ALTERNATING"})
    void tasksWithOtherNumbersOfLabelsLeadWhereDl4jGoes(int sharedLayers, Strategy strategy) {
        NetworkShape shape = new NetworkShape(6, 7, sharedLayers, List.of(3, 17, 2), Readout.LAST);
        float[] vectors = vectors(shape);
        float[] parameters = Initialisation.parameters(shape, random);
        int[] found = new int[BATCH];
        int[] expected = new int[BATCH];
        try (Model fused = open(shape, vectors, parameters);
                Model dl4j = new Dl4jEngine().open(shape, BATCH, RATE, vectors, parameters)) {
            for (int step = 0; step < 30; step++) {
                int[] windows = windows(BATCH);
                int[][] labels = labels(shape);
                int task = step % 3;
                double loss = strategy == Strategy.JOINT
                        ? fused.jointStep(windows, labels)
                        : fused.step(task, windows, labels[task]);
                double reference = strategy == Strategy.JOINT
                        ? dl4j.jointStep(windows, labels)
                        : dl4j.step(task, windows, labels[task]);
                assertThat(loss).as("loss of step %d", step).isCloseTo(reference, within(LOSS_TOLERANCE));
                fused.predict(task, windows, BATCH, found);
                dl4j.predict(task, windows, BATCH, expected);
                assertThat(found).isEqualTo(expected);
            }
        }
    }

    @Test
    void dl4jPredictsTheSameLabelsFromTheSavedModel(@TempDir Path folder) throws IOException {
        NetworkShape shape = new NetworkShape(6, 7, 2, 2, LABELS, Readout.LAST);
        float[] vectors = vectors(shape);
        int count = 200;
        int[] windows = windows(count);
        int[] found = new int[count];
        Path file = folder.resolve("network.zip");
        try (Model fused = open(shape, vectors, Initialisation.parameters(shape, random))) {
            for (int step = 0; step < 200; step++) {
                int[] batch = windows(BATCH);
                fused.step(step % 2, batch, targets(batch));
            }
            fused.predict(1, windows, count, found);
            Dl4jEngine.writeZip(shape, fused.parameters(), file);
        }
        assertThat(found).as("a trained network tells labels apart").contains(0, 1);
        int[] expected = new int[count];
        try (Model dl4j = new Dl4jEngine().open(shape, BATCH, RATE, vectors, Dl4jEngine.readZip(shape, file))) {
            dl4j.predict(1, windows, count, expected);
        }
        assertThat(found).isEqualTo(expected);
    }

    private static FusedModel open(NetworkShape shape, float[] vectors, float[] parameters) {
        return (FusedModel) new FusedEngine().open(shape, BATCH, RATE, vectors, parameters);
    }

    private float[] vectors(NetworkShape shape) {
        float[] vectors = new float[ROWS * shape.wordDimension()];
        for (int i = shape.wordDimension(); i < vectors.length; i++) {
            vectors[i] = (float) (2 * random.nextDouble() - 1);
        }
        return vectors;
    }

    private int[] windows(int count) {
        int[] windows = new int[count * NetworkShape.WINDOW];
        for (int i = 0; i < windows.length; i++) {
            windows[i] = random.nextInt(ROWS);
        }
        return windows;
    }

    private int[][] labels(NetworkShape shape) {
        int[][] labels = new int[shape.tasks()][BATCH];
        for (int task = 0; task < shape.tasks(); task++) {
            for (int i = 0; i < BATCH; i++) {
                labels[task][i] = random.nextInt(shape.labels(task));
            }
        }
        return labels;
    }

    /** Something to learn: the label tells whether the target word is among the first rows. */
    private static int[] targets(int[] windows) {
        int[] labels = new int[windows.length / NetworkShape.WINDOW];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = windows[i * NetworkShape.WINDOW + NetworkShape.TARGET] < ROWS / 2 ? 0 : 1;
        }
        return labels;
    }
}
