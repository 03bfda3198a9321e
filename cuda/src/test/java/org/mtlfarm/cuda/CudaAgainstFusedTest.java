package org.mtlfarm.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.mtlfarm.schemas.Readout;
import org.mtlfarm.schemas.Strategy;
import org.mtlfarm.worker.network.Model;
import org.mtlfarm.worker.network.NetworkShape;
import org.mtlfarm.worker.network.OptimiserState;
import org.mtlfarm.worker.network.ParameterLayout;
import org.mtlfarm.worker.network.Resumable;
import org.mtlfarm.worker.network.fused.FusedEngine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** The whole step but the driver, held against {@code fused}. */
class CudaAgainstFusedTest {
    private static final int BATCH = 9;

    /** Relative to the largest gradient of a block. */
    private static final double GRADIENT_TOLERANCE = 1e-4;

    private static final double LOSS_TOLERANCE = 1e-3;

    private static CudaEngine engine;

    record Setting(NetworkShape shape, Strategy strategy) {}

    @BeforeAll
    static void emulate() {
        engine = Emulation.engine();
    }

    @AfterAll
    static void end() {
        if (engine != null) {
            engine.close();
        }
    }

    static Stream<Setting> settings() {
        List<Setting> settings = new ArrayList<>();
        for (int shared = 0; shared <= 3; shared++) {
            for (Readout readout : Readout.values()) {
                for (Strategy strategy : Strategy.values()) {
                    for (List<Integer> labels : List.of(List.of(5), List.of(5, 3, 2, 6))) {
                        settings.add(new Setting(new NetworkShape(7, 10, shared, labels, readout), strategy));
                    }
                }
            }
        }
        return settings.stream();
    }

    @ParameterizedTest
    @MethodSource("settings")
    void gradientsLossesAndPredictionsAreThoseOfFused(Setting setting) {
        Lesson lesson = new Lesson(setting.shape, BATCH, 1);
        try (Resumable cuda = (Resumable) lesson.open(engine);
                Resumable fused = (Resumable) lesson.open(new FusedEngine())) {
            for (int step = 0; step < 100; step++) {
                int[] windows = lesson.windows(BATCH);
                int[][] labels = lesson.labels(windows);
                int task = (setting.shape.tasks() - 1 + step / 3) % setting.shape.tasks();
                double found = step(cuda, setting.strategy, task, windows, labels);
                double expected = step(fused, setting.strategy, task, windows, labels);
                assertThat(found).as("loss of step " + step).isCloseTo(expected, within(LOSS_TOLERANCE));
                if (step == 0) {
                    assertSameGradients(lesson.layout, cuda.optimiser(), fused.optimiser());
                }
            }
            assertThat(cuda.optimiser().steps()).isEqualTo(100);
            int[] windows = lesson.windows(61);
            for (int task = 0; task < setting.shape.tasks(); task++) {
                assertThat(different(cuda, fused, task, windows)).as("of 61").isLessThanOrEqualTo(1);
            }
        }
    }

    @Test
    void aNetworkAsWideAsTheAuthorsIsOpenedOnTheSamePlan() {
        NetworkShape shape = new NetworkShape(50, 64, 2, 2, 5, Readout.LAST);
        Lesson lesson = new Lesson(shape, 100, 2);
        try (Resumable cuda = (Resumable) lesson.open(engine);
                Resumable fused = (Resumable) lesson.open(new FusedEngine())) {
            for (int step = 0; step < 3; step++) {
                int[] windows = lesson.windows(100);
                int[][] labels = lesson.labels(windows);
                assertThat(cuda.step(1, windows, labels[1])).isCloseTo(fused.step(1, windows, labels[1]), within(1e-5));
                if (step == 0) {
                    assertSameGradients(lesson.layout, cuda.optimiser(), fused.optimiser());
                }
            }
        }
    }

    @Test
    void aLossThatIsNotANumberIsSaid() {
        Lesson lesson = new Lesson(new NetworkShape(3, 4, 1, 2, 3, Readout.LAST), BATCH, 3);
        lesson.parameters[0] = Float.NaN;
        try (Model cuda = lesson.open(engine)) {
            int[] windows = lesson.windows(BATCH);
            assertThat(cuda.step(0, windows, lesson.labels(windows)[0])).isNaN();
        }
    }

    private static double step(Model model, Strategy strategy, int task, int[] windows, int[][] labels) {
        return strategy == Strategy.JOINT ? model.jointStep(windows, labels) : model.step(task, windows, labels[task]);
    }

    private static long different(Model one, Model other, int task, int[] windows) {
        int count = windows.length / NetworkShape.WINDOW;
        int[] found = new int[count];
        int[] expected = new int[count];
        one.predict(task, windows, count, found);
        other.predict(task, windows, count, expected);
        return java.util.stream.IntStream.range(0, count)
                .filter(i -> found[i] != expected[i])
                .count();
    }

    /** After the first step Adam's means are a tenth of the gradients. */
    private static void assertSameGradients(ParameterLayout layout, OptimiserState found, OptimiserState expected) {
        for (ParameterLayout.Block block : layout.blocks()) {
            double largest = 0;
            double worst = 0;
            for (int i = block.offset(); i < block.offset() + block.size(); i++) {
                largest = Math.max(largest, Math.abs(expected.means()[i]));
                double distance = Math.abs(found.means()[i] - expected.means()[i]);
                worst = Math.max(worst, Double.isNaN(distance) ? Double.POSITIVE_INFINITY : distance);
            }
            assertThat(worst)
                    .as(block.name() + ", where the largest is " + largest)
                    .isLessThanOrEqualTo(GRADIENT_TOLERANCE * largest);
        }
    }
}
