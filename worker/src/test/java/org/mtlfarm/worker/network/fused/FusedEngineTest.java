package org.mtlfarm.worker.network.fused;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.mtlfarm.schemas.Readout;
import org.mtlfarm.schemas.Strategy;
import org.mtlfarm.worker.network.Engine;
import org.mtlfarm.worker.network.Model;
import org.mtlfarm.worker.network.NetworkShape;
import org.mtlfarm.worker.network.ParameterLayout;
import org.mtlfarm.worker.network.PlainNetwork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

/** Measured against {@link PlainBackpropagation}, and that against central differences of {@link PlainNetwork}. */
class FusedEngineTest {
    private static final int BATCH = 9;
    private static final int ROWS = 12;
    private static final double RATE = 1e-3;

    /** Relative to the largest gradient of the block: {@code float} against {@code double}. */
    private static final double GRADIENT_TOLERANCE = 1e-5;

    private static final double LOSS_TOLERANCE = 1e-5;
    private static final double DIFFERENCE_TOLERANCE = 1e-8;

    /** Two labels closer than this may change places in {@code float}. */
    private static final double PROBABILITY_TOLERANCE = 1e-6;

    record Setting(NetworkShape shape, Strategy strategy) {}

    static Stream<Setting> settings() {
        List<Setting> settings = new ArrayList<>();
        for (int shared = 0; shared <= 3; shared++) {
            for (Readout readout : Readout.values()) {
                for (Strategy strategy : Strategy.values()) {
                    for (int tasks : new int[] {1, 2, 5}) {
                        settings.add(new Setting(new NetworkShape(3, 5, shared, tasks, 4, readout), strategy));
                    }
                }
            }
        }
        return settings.stream();
    }

    @ParameterizedTest
    @MethodSource("settings")
    void gradientsAreThoseOfPlainBackpropagation(Setting setting) {
        Fixture fixture = new Fixture(setting.shape, 1);
        try (FusedModel model = fixture.model()) {
            PlainBackpropagation plain = fixture.plain();
            int[] windows = fixture.windows();
            int[][] labels = fixture.labels();
            int task = setting.shape.tasks() - 1;
            if (setting.strategy == Strategy.JOINT) {
                double loss = 0;
                for (int each = 0; each < labels.length; each++) {
                    loss += plain.lossAndGradient(each, windows, labels[each], BATCH);
                }
                assertThat(model.jointStep(windows, labels)).isCloseTo(loss, within(LOSS_TOLERANCE));
            } else {
                double loss = plain.lossAndGradient(task, windows, labels[task], BATCH);
                assertThat(model.step(task, windows, labels[task])).isCloseTo(loss, within(LOSS_TOLERANCE));
            }
            assertSame(fixture.layout, model.gradients(), plain.gradients, GRADIENT_TOLERANCE);
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void twentyStepsLeadWherePlainBackpropagationGoes(Setting setting) {
        assertSamePath(setting, 20);
    }

    @Test
    void aHundredStepsLeadWherePlainBackpropagationGoes() {
        assertSamePath(new Setting(new NetworkShape(3, 5, 2, 3, 4, Readout.LAST), Strategy.ALTERNATING), 100);
    }

    private static void assertSamePath(Setting setting, int steps) {
        Fixture fixture = new Fixture(setting.shape, 2);
        try (FusedModel model = fixture.model()) {
            PlainBackpropagation plain = fixture.plain();
            for (int step = 0; step < steps; step++) {
                int[] windows = fixture.windows();
                int[][] labels = fixture.labels();
                int task = step / 3 % setting.shape.tasks();
                double found;
                double expected = 0;
                if (setting.strategy == Strategy.JOINT) {
                    found = model.jointStep(windows, labels);
                    for (int each = 0; each < labels.length; each++) {
                        expected += plain.lossAndGradient(each, windows, labels[each], BATCH);
                    }
                } else {
                    found = model.step(task, windows, labels[task]);
                    expected = plain.lossAndGradient(task, windows, labels[task], BATCH);
                }
                plain.adam(RATE);
                assertThat(found).as("loss of step " + step).isCloseTo(expected, within(1e-4));
            }
            assertThat(worst(model.parameters(), plain.parameters)).isLessThan(1e-3);
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void plainBackpropagationGivesTheCentralDifferencesOfThePlainNetwork(Setting setting) {
        Fixture fixture = new Fixture(setting.shape, 3);
        PlainBackpropagation plain = fixture.plain();
        PlainNetwork network = new PlainNetwork(setting.shape, fixture.vectors, fixture.parameters);
        int[] windows = fixture.windows();
        int[][] labels = fixture.labels();
        int task = setting.shape.tasks() - 1;
        plain.lossAndGradient(task, windows, labels[task], BATCH);
        for (int idle = 0; idle < task; idle++) {
            labels[idle] = null;
        }
        for (ParameterLayout.Block block : fixture.layout.blocks()) {
            for (int sample = 0; sample < 2; sample++) {
                int i = block.offset() + fixture.random.nextInt(block.size());
                assertThat(plain.gradients[i])
                        .as(block.name())
                        .isCloseTo(network.derivative(i, windows, labels), within(DIFFERENCE_TOLERANCE));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void predictionsAreThePlainNetworksMostProbableLabels(Setting setting) {
        Fixture fixture = new Fixture(setting.shape, 4);
        int count = 5 * BATCH + 2;
        int[] windows = new int[count * NetworkShape.WINDOW];
        for (int i = 0; i < windows.length; i++) {
            windows[i] = fixture.random.nextInt(ROWS);
        }
        int[] predicted = new int[count];
        int task = setting.shape.tasks() - 1;
        try (FusedModel model = fixture.model()) {
            model.predict(task, windows, count, predicted);
        }
        PlainNetwork plain = new PlainNetwork(setting.shape, fixture.vectors, fixture.parameters);
        for (int window = 0; window < count; window++) {
            double[] probabilities = plain.probabilities(task, windows, window);
            assertThat(probabilities[predicted[window]])
                    .isCloseTo(Arrays.stream(probabilities).max().orElseThrow(), within(PROBABILITY_TOLERANCE));
        }
    }

    @Test
    void theSameStartAndBatchesGiveTheSameBits() {
        NetworkShape shape = new NetworkShape(50, 40, 2, 3, 5, Readout.LAST);
        float[] first = afterSteps(shape, 50);
        assertThat(afterSteps(shape, 50)).isEqualTo(first);
    }

    @Test
    void twoModelsAtOnceGiveTheSameBitsAsOne() throws InterruptedException {
        NetworkShape shape = new NetworkShape(50, 40, 2, 3, 5, Readout.LAST);
        float[] alone = afterSteps(shape, 50);
        float[][] together = new float[2][];
        Thread[] threads = new Thread[2];
        for (int index = 0; index < 2; index++) {
            int slot = index;
            threads[slot] = new Thread(() -> together[slot] = afterSteps(shape, 50));
            threads[slot].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(together[0]).isEqualTo(alone);
        assertThat(together[1]).isEqualTo(alone);
    }

    @Test
    void aStepMakesNoGarbage() {
        Fixture fixture = new Fixture(new NetworkShape(6, 8, 2, 3, 4, Readout.LAST), 9);
        int[] windows = fixture.windows();
        int[][] labels = fixture.labels();
        try (Model model = fixture.model()) {
            model.step(0, windows, labels[0]);
            model.jointStep(windows, labels);
            int steps = 50;
            long before = allocatedBytes();
            for (int step = 0; step < steps; step++) {
                model.step(step % 3, windows, labels[0]);
                model.jointStep(windows, labels);
            }
            assertThat((allocatedBytes() - before) / (2 * steps)).isLessThan(1024);
        }
    }

    @Test
    void theAuthorsNetworkTakesThirtyMegabytesOfHeap() {
        NetworkShape shape = new NetworkShape(300, 300, 2, 2, 5, Readout.LAST);
        float[] vectors = new float[10_000 * 300];
        float[] parameters = new float[ParameterLayout.of(shape).size()];
        Engine engine = new FusedEngine();
        engine.open(shape, 1, RATE, vectors, parameters).close();
        long before = allocatedBytes();
        Model model = engine.open(shape, 100, RATE, vectors, parameters);
        assertThat(allocatedBytes() - before).isBetween(20_000_000L, 30_000_000L);
        model.close();
    }

    @Test
    void aClosedModelSaysSo() {
        Fixture fixture = new Fixture(new NetworkShape(3, 5, 2, 2, 4, Readout.LAST), 7);
        Model model = fixture.model();
        model.close();
        model.close();
        int[] windows = fixture.windows();
        assertThatIllegalStateException()
                .isThrownBy(() -> model.step(0, windows, fixture.labels()[0]))
                .withMessage("the model is closed");
        assertThatIllegalStateException().isThrownBy(() -> model.jointStep(windows, fixture.labels()));
        assertThatIllegalStateException().isThrownBy(() -> model.predict(0, windows, 1, new int[1]));
    }

    @Test
    void aParameterThatIsNotANumberShowsInTheLoss() {
        NetworkShape shape = new NetworkShape(3, 5, 2, 2, 4, Readout.LAST);
        for (String name : List.of("lstm.forward.W", "lstm.backward.b", "shared1.W", "task0.output.b")) {
            Fixture fixture = new Fixture(shape, 5);
            fixture.parameters[fixture.layout.block(name).offset()] = Float.NaN;
            try (Model model = fixture.model()) {
                assertThat(model.step(0, fixture.windows(), fixture.labels()[0]))
                        .as(name)
                        .isNaN();
            }
        }
    }

    @Test
    void openingCopiesTheParameters() {
        Fixture fixture = new Fixture(new NetworkShape(3, 5, 2, 2, 4, Readout.LAST), 6);
        float[] before = fixture.parameters.clone();
        try (Model model = fixture.model()) {
            model.step(0, fixture.windows(), fixture.labels()[0]);
            assertThat(model.parameters()).isNotEqualTo(before);
        }
        assertThat(fixture.parameters).isEqualTo(before);
    }

    @Test
    void wrongInputIsNamed() {
        Fixture fixture = new Fixture(new NetworkShape(3, 5, 2, 2, 4, Readout.LAST), 7);
        try (Model model = fixture.model()) {
            int[] windows = fixture.windows();
            int[] labels = fixture.labels()[0];
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> model.step(2, windows, labels))
                    .withMessage("task must be 0 to 1, was 2");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> model.step(0, new int[7], labels))
                    .withMessage("expected 9 windows of 7 tokens, found 7 tokens");
            labels[3] = 4;
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> model.step(0, windows, labels))
                    .withMessage("label 3 must be 0 to 3, was 4");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FusedEngine().open(fixture.shape, BATCH, RATE, fixture.vectors, new float[3]))
                .withMessage("expected " + fixture.layout.size() + " parameters, found 3");
    }

    private static long allocatedBytes() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    private static float[] afterSteps(NetworkShape shape, int steps) {
        Fixture fixture = new Fixture(shape, 8);
        try (Model model = fixture.model()) {
            for (int step = 0; step < steps; step++) {
                int task = step % shape.tasks();
                model.step(task, fixture.windows(), fixture.labels()[task]);
            }
            return model.parameters();
        }
    }

    private static void assertSame(ParameterLayout layout, float[] found, double[] expected, double tolerance) {
        for (ParameterLayout.Block block : layout.blocks()) {
            int from = block.offset();
            int to = from + block.size();
            double[] part = Arrays.copyOfRange(expected, from, to);
            double largest = Math.max(
                    Arrays.stream(part).max().orElseThrow(),
                    -Arrays.stream(part).min().orElseThrow());
            assertThat(worst(Arrays.copyOfRange(found, from, to), part))
                    .as(block.name() + ", where the largest is " + largest)
                    .isLessThanOrEqualTo(tolerance * largest);
        }
    }

    /** The largest distance of two numbers at the same place, infinite where one is not a number. */
    private static double worst(float[] found, double[] expected) {
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            double distance = Math.abs(found[i] - expected[i]);
            worst = Math.max(worst, Double.isNaN(distance) ? Double.POSITIVE_INFINITY : distance);
        }
        return worst;
    }

    /** Random parameters, vectors (row 0 zeros), windows with recurring words, labels. */
    private static final class Fixture {
        final NetworkShape shape;
        final ParameterLayout layout;
        final SplittableRandom random;
        final float[] vectors;
        final float[] parameters;

        Fixture(NetworkShape shape, long seed) {
            this.shape = shape;
            layout = ParameterLayout.of(shape);
            random = new SplittableRandom(seed);
            vectors = new float[ROWS * shape.wordDimension()];
            for (int i = shape.wordDimension(); i < vectors.length; i++) {
                vectors[i] = uniform(1);
            }
            parameters = new float[layout.size()];
            for (ParameterLayout.Block block : layout.blocks()) {
                double limit = block.name().startsWith("lstm") ? 0.9 : 1.5 / Math.sqrt(block.rows() + 10);
                for (int i = block.offset(); i < block.offset() + block.size(); i++) {
                    parameters[i] = uniform(limit);
                }
            }
        }

        FusedModel model() {
            return (FusedModel) new FusedEngine().open(shape, BATCH, RATE, vectors, parameters);
        }

        PlainBackpropagation plain() {
            return new PlainBackpropagation(shape, vectors, parameters);
        }

        int[] windows() {
            int[] windows = new int[BATCH * NetworkShape.WINDOW];
            for (int i = 0; i < windows.length; i++) {
                windows[i] = random.nextInt(4) == 0 ? random.nextInt(ROWS) : random.nextInt(3);
            }
            return windows;
        }

        int[][] labels() {
            int[][] labels = new int[shape.tasks()][BATCH];
            for (int[] ofTask : labels) {
                for (int i = 0; i < BATCH; i++) {
                    ofTask[i] = random.nextInt(shape.labels());
                }
            }
            return labels;
        }

        private float uniform(double limit) {
            return (float) (limit * (2 * random.nextDouble() - 1));
        }
    }
}
