package org.mtlfarm.cuda;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.mtlfarm.cuda.emulation.EmulatedDevice;
import org.mtlfarm.schemas.Readout;
import org.mtlfarm.worker.network.Model;
import org.mtlfarm.worker.network.NetworkShape;
import org.mtlfarm.worker.network.Remembering;
import org.mtlfarm.worker.network.Resumable;
import org.mtlfarm.worker.network.fused.FusedEngine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class GangTest {
    private static final NetworkShape SHAPE = new NetworkShape(4, 6, 2, List.of(5, 3), Readout.LAST);
    private static final int BATCH = 6;

    private static final double GANG_TOLERANCE = 1e-3;

    private final ExecutorService slots = Executors.newCachedThreadPool();
    private EmulatedDevice device;
    private CudaEngine engine;

    @BeforeEach
    void emulate() {
        device = Emulation.device();
        engine = Emulation.engine(device);
    }

    @AfterEach
    void endWithNothingLeftOnTheDevice() throws Exception {
        slots.shutdown();
        if (engine != null) {
            assertThat(slots.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
            assertThat(device.allocations()).isZero();
            engine.close();
        }
    }

    /** A training of its own seed, in chunks of its own size, turn by turn. */
    private float[] train(CudaEngine on, int seed, int steps, int chunk, CountDownLatch began) {
        Lesson lesson = new Lesson(SHAPE, BATCH, seed);
        try (Model model = lesson.open(on)) {
            for (int done = 0; done < steps; done += chunk) {
                int[] windows = lesson.windows(chunk * BATCH);
                int[][] labels = lesson.labels(windows);
                int task = done / chunk % 2;
                double[] losses = new double[chunk];
                model.steps(task, chunk, windows, new int[][] {labels[task]}, losses);
                for (double loss : losses) {
                    assertThat(loss).isBetween(0.0, 20.0);
                }
                if (began != null) {
                    began.countDown();
                }
            }
            return model.parameters();
        }
    }

    /**
     * The room for words is the widest member's, so that products may sum in another order; parameters are about 1, and Adam
     * moves one by 1e-3 a step, however small its gradient.
     */
    @Test
    void aRunIsTheSameInAGangAsAloneWhateverTheOthersAreDoing() throws Exception {
        int[] chunks = {5, 10, 3, 10, 1};
        List<Future<float[]>> together = new ArrayList<>();
        CountDownLatch begun = new CountDownLatch(3);
        for (int member = 0; member < chunks.length; member++) {
            int seed = member;
            together.add(slots.submit(() -> {
                if (seed > 2) {
                    // Late ones join while others train.
                    begun.await();
                }
                return train(engine, seed, 30 * (1 + seed % 2), chunks[seed], begun);
            }));
        }
        for (int member = 0; member < chunks.length; member++) {
            float[] found = together.get(member).get();
            try (CudaEngine alone = Emulation.engine()) {
                float[] expected = train(alone, member, 30 * (1 + member % 2), chunks[member], null);
                double distance = 0;
                for (int i = 0; i < found.length; i++) {
                    distance = Math.max(distance, Math.abs((double) found[i] - expected[i]));
                }
                assertThat(distance).as("member " + member).isLessThanOrEqualTo(GANG_TOLERANCE);
            }
        }
    }

    @Test
    void membersWhoWaitTogetherAreTrainedTogether() throws Exception {
        int members = 4;
        CountDownLatch all = new CountDownLatch(members);
        List<Future<Integer>> lanes = new ArrayList<>();
        for (int member = 0; member < members; member++) {
            int seed = member;
            lanes.add(slots.submit(() -> {
                Lesson lesson = new Lesson(SHAPE, BATCH, seed);
                int most = 0;
                try (Model model = lesson.open(engine)) {
                    all.countDown();
                    all.await();
                    for (int turn = 0; turn < 40; turn++) {
                        int[] windows = lesson.windows(2 * BATCH);
                        model.steps(0, 2, windows, new int[][] {lesson.labels(windows)[0]}, new double[2]);
                        most = Math.max(most, engine.gangs().lanes().get(0));
                    }
                }
                return most;
            }));
        }
        int most = 0;
        for (Future<Integer> each : lanes) {
            most = Math.max(most, each.get());
        }
        assertThat(most).isGreaterThan(1);
    }

    @Test
    void aGangThatIsLargerThanARoundTakesTurns() throws Exception {
        CudaEngine narrow = new CudaEngine(device, new CudaEngine.Settings(Precision.STRICT, true, 2), error -> {});
        List<Future<float[]>> together = new ArrayList<>();
        for (int member = 0; member < 5; member++) {
            int seed = 20 + member;
            together.add(slots.submit(() -> train(narrow, seed, 20, 4, null)));
        }
        for (Future<float[]> each : together) {
            assertThat(each.get()).isNotEmpty();
        }
        assertThat(narrow.gangs().members()).isEmpty();
    }

    @Test
    void slotsAreNoMoreThanFitIntoMemory() {
        NetworkShape shape = new NetworkShape(3, 4, 3, 1, 2, Readout.LAST);
        MemoryPlan memory = new MemoryPlan(shape, 2);
        try (CudaEngine narrow = Emulation.engine(new EmulatedDevice(3_000_000 + 2 * memory.bytesOfMember()))) {
            GangTiming timing = new GangTiming(narrow, shape, 2);
            assertThat(timing.slots()).isBetween(1, timing.modelsThatFit());
            assertThat(timing.measure(2, 0.01).steps()).isPositive();
        }
    }

    @Test
    void severalStepsAtOnceAreThoseOneByOneAndSoAreReplayedOnes() {
        Lesson lesson = new Lesson(SHAPE, BATCH, 5);
        int steps = 60;
        int[] windows = lesson.windows(steps * BATCH);
        int[][] labels = lesson.labels(windows);
        double[] atOnce = new double[steps];
        double[] oneByOne = new double[steps];
        try (CudaEngine unrecorded = new CudaEngine(
                        Emulation.device(), new CudaEngine.Settings(Precision.STRICT, false, 64), error -> {});
                Model first = lesson.open(engine);
                Model second = lesson.open(unrecorded)) {
            first.steps(1, steps, windows, new int[][] {labels[1]}, atOnce);
            for (int step = 0; step < steps; step++) {
                int[] some = Arrays.copyOfRange(windows, step * BATCH * 7, (step + 1) * BATCH * 7);
                int[] expected = Arrays.copyOfRange(labels[1], step * BATCH, (step + 1) * BATCH);
                oneByOne[step] = second.step(1, some, expected);
            }
            assertThat(atOnce).isEqualTo(oneByOne);
            assertThat(first.parameters()).isEqualTo(second.parameters());
        }
    }

    @Test
    void stepsThatComeOneByOneAreCapturedAtTheSecondOfThem() {
        AtomicInteger captures = new AtomicInteger();
        Device counting = new Beside(device) {
            @Override
            void beforeCapture() {
                captures.incrementAndGet();
            }
        };
        CudaEngine counted = new CudaEngine(counting, new CudaEngine.Settings(Precision.STRICT, true, 64), error -> {});
        Lesson lesson = new Lesson(SHAPE, BATCH, 5);
        int[] windows = lesson.windows(BATCH);
        int[] labels = lesson.labels(windows)[0];
        try (Model model = lesson.open(counted)) {
            model.step(0, windows, labels);
            assertThat(captures).hasValue(0);
            for (int step = 0; step < 5; step++) {
                model.step(0, windows, labels);
                assertThat(captures).hasValue(1);
            }
        }
    }

    @Test
    void aTrainingGoesOnInAnotherModelToTheLastBit() {
        Lesson lesson = new Lesson(SHAPE, BATCH, 6);
        int[][] windows = new int[20][];
        int[][][] labels = new int[20][][];
        for (int step = 0; step < 20; step++) {
            windows[step] = lesson.windows(BATCH);
            labels[step] = lesson.labels(windows[step]);
        }
        try (Resumable whole = (Resumable) lesson.open(engine);
                Resumable begun = (Resumable) lesson.open(engine)) {
            for (int step = 0; step < 20; step++) {
                whole.step(step % 2, windows[step], labels[step][step % 2]);
            }
            for (int step = 0; step < 11; step++) {
                begun.step(step % 2, windows[step], labels[step][step % 2]);
            }
            try (Resumable resumed =
                    (Resumable) engine.open(SHAPE, BATCH, Lesson.RATE, lesson.vectors, begun.parameters())) {
                resumed.resume(begun.optimiser());
                for (int step = 11; step < 20; step++) {
                    resumed.step(step % 2, windows[step], labels[step][step % 2]);
                }
                assertThat(resumed.parameters()).isEqualTo(whole.parameters());
                assertThat(resumed.optimiser().means())
                        .isEqualTo(whole.optimiser().means());
                assertThat(resumed.optimiser().steps()).isEqualTo(20);
            }
        }
    }

    @Test
    void whatIsRememberedStaysThoughTheTrainingGoesOnAndIsNeverWhatIsNotFinite() {
        Lesson lesson = new Lesson(SHAPE, BATCH, 10);
        int[] windows = lesson.windows(BATCH);
        int[] labels = lesson.labels(windows)[0];
        try (Remembering model = (Remembering) lesson.open(engine)) {
            assertThat(model.remember()).isTrue();
            model.step(0, windows, labels);
            assertThat(model.remembered()).isEqualTo(lesson.parameters);
            assertThat(model.parameters()).isNotEqualTo(lesson.parameters);
            assertThat(model.remember()).isTrue();
            assertThat(model.remembered()).isEqualTo(model.parameters());
        }
        for (float number : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
            Lesson broken = new Lesson(SHAPE, BATCH, 10);
            broken.parameters[broken.parameters.length - 1] = number;
            try (Remembering model = (Remembering) broken.open(engine)) {
                assertThat(model.remember()).isFalse();
                assertThat(model.remembered()).containsOnly(0);
            }
        }
    }

    @Test
    void aMemberThatPredictsChangesNothingForOneThatTrains() throws Exception {
        Future<float[]> training = slots.submit(() -> train(engine, 12, 60, 2, null));
        Lesson lesson = new Lesson(SHAPE, BATCH, 13);
        int[] windows = lesson.windows(50 * BATCH + 5);
        try (Model model = lesson.open(engine);
                Model fused = lesson.open(new FusedEngine())) {
            int[] expected = new int[50 * BATCH + 5];
            fused.predict(1, windows, expected.length, expected);
            do {
                int[] found = new int[expected.length];
                model.predict(1, windows, found.length, found);
                assertThat(found).isEqualTo(expected);
            } while (!training.isDone());
        }
        try (CudaEngine alone = Emulation.engine()) {
            assertThat(training.get()).isEqualTo(train(alone, 12, 60, 2, null));
        }
    }

    @Test
    void modelsOfOtherShapesAndBatchesTrainBesideEachOther() throws Exception {
        NetworkShape other = new NetworkShape(4, 5, 0, 3, 4, Readout.CENTER);
        List<Future<?>> trainings = new ArrayList<>();
        for (NetworkShape shape : List.of(SHAPE, other)) {
            for (int batch : new int[] {4, 6}) {
                trainings.add(slots.submit(() -> {
                    Lesson lesson = new Lesson(shape, batch, 7);
                    try (Model model = lesson.open(engine)) {
                        for (int step = 0; step < 10; step++) {
                            int[] windows = lesson.windows(batch);
                            model.jointStep(windows, lesson.labels(windows));
                        }
                    }
                }));
            }
        }
        for (Future<?> training : trainings) {
            training.get();
        }
        assertThat(engine.gangs().members()).isEmpty();
    }

    @Test
    void aModelForWhichThereIsNoMemoryIsRefusedAndTheOthersGoOn() {
        MemoryPlan memory = new MemoryPlan(SHAPE, BATCH);
        int operands = new StepPlan.Operands(memory).offsets().length;
        EmulatedDevice small = new EmulatedDevice(
                memory.bytesOfGang(operands) + 2 * memory.bytesOfMember() + memory.bytesOfMember() / 2);
        try (CudaEngine narrow = Emulation.engine(small)) {
            Lesson lesson = new Lesson(SHAPE, BATCH, 8);
            int[] windows = lesson.windows(BATCH);
            int[] labels = lesson.labels(windows)[0];
            List<Model> open = new ArrayList<>();
            assertThatThrownBy(() -> {
                        for (int model = 0; model < 9; model++) {
                            open.add(lesson.open(narrow));
                        }
                    })
                    .isInstanceOf(DeviceException.OutOfMemory.class)
                    .hasMessageContaining("not enough memory on the device");
            assertThat(open).hasSize(2);
            assertThat(open.get(0).step(0, windows, labels)).isPositive();
            open.remove(0).close();
            open.add(lesson.open(narrow));
            assertThat(open.get(open.size() - 1).step(0, windows, labels)).isPositive();
            open.forEach(Model::close);
            assertThat(small.allocations()).isZero();
        }
    }

    @Test
    void anErrorInARoundEndsTheRunsInItAndWhoLostTheCardIsTold() throws Exception {
        CompletableFuture<DeviceException> told = new CompletableFuture<>();
        FailingDevice failing = new FailingDevice(device);
        CudaEngine fragile =
                new CudaEngine(failing, new CudaEngine.Settings(Precision.STRICT, true, 64), told::complete);
        Lesson lesson = new Lesson(SHAPE, BATCH, 9);
        int[] windows = lesson.windows(BATCH);
        int[] labels = lesson.labels(windows)[0];
        try (Model model = lesson.open(fragile)) {
            model.step(0, windows, labels);
            failing.failure = new DeviceException("the driver was asked to multiply and answered OVERHEATED", false);
            assertThatThrownBy(() -> model.step(0, windows, labels)).hasMessageContaining("OVERHEATED");
            assertThat(told).isNotDone();
            failing.failure = new DeviceException("the driver was asked to wait and answered ILLEGAL", true);
            assertThatThrownBy(() -> model.step(0, windows, labels)).hasMessageContaining("ILLEGAL");
            assertThat(told.get(10, TimeUnit.SECONDS)).hasMessageContaining("ILLEGAL");
            failing.failure = null;
            assertThat(model.step(0, windows, labels)).isPositive();
        }
    }

    /** A device whose products fail while it is told to. */
    private static final class FailingDevice extends Beside {
        volatile DeviceException failure;

        FailingDevice(Device device) {
            super(device);
        }

        @Override
        void beforeWaiting() {
            if (failure != null) {
                throw failure;
            }
        }
    }
}
