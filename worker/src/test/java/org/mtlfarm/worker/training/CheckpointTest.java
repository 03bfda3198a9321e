package org.mtlfarm.worker.training;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.Strategy;
import org.mtlfarm.worker.network.Engine;
import org.mtlfarm.worker.network.fused.FusedEngine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CheckpointTest {
    private static final RunKey RUN = new RunKey("e1", 0);
    private static final Duration NEVER_DUE = Duration.ofDays(1);

    private static final EncodedCorpus CORPUS = RunTrainerTest.corpus();

    private final Random random = new Random(3);

    @TempDir
    Path folder;

    static Stream<Arguments> engines() {
        return Stream.of(
                Arguments.of(new FusedEngine(), Strategy.ALTERNATING), Arguments.of(new FusedEngine(), Strategy.JOINT));
    }

    @ParameterizedTest
    @MethodSource("engines")
    void aRunStoppedAtAnyStepsGoesOnElsewhereAndEndsTheSameToTheLastBit(Engine engine, Strategy strategy) {
        stopAndGoOn(engine, strategy, folder);
    }

    /** What every engine with checkpoints keeps, here and in the modules of the others. */
    static void stopAndGoOn(Engine engine, Strategy strategy, Path folder) {
        Random random = new Random(3);
        Experiment experiment = Experiments.unbalanced(
                strategy == Strategy.JOINT ? 2 : 3,
                30,
                30,
                settings -> settings.setStrategy(strategy).setEpochs(4));
        TrainedRun whole = train(engine, experiment, () -> false, Checkpoint.NONE);

        int pieces = 0;
        TrainedRun resumed = null;
        while (resumed == null) {
            // Another trainer with another view of the folder every time: another process.
            CheckpointFolder shared = new CheckpointFolder(folder, NEVER_DUE, System::nanoTime);
            AtomicInteger left = new AtomicInteger(random.nextInt(5));
            pieces++;
            try {
                resumed = train(engine, experiment, () -> left.decrementAndGet() < 0, shared.of(RUN, "this engine"));
            } catch (CancellationException e) {
                assertThat(folder).isNotEmptyDirectory();
            }
        }

        assertThat(pieces).isGreaterThan(3);
        assertThat(resumed.parameters()).isEqualTo(whole.parameters());
        assertThat(resumed.epochLosses()).isEqualTo(whole.epochLosses());
        assertThat(resumed.steps()).isEqualTo(whole.steps());
        assertThat(resumed.test()).isEqualTo(whole.test());
        assertThat(resumed.dev()).isEqualTo(whole.dev());
    }

    @Test
    void aCheckpointThatIsDueIsSavedWhileTheRunGoesOnAndForgottenOnDemand() {
        AtomicLong nanos = new AtomicLong();
        CheckpointFolder shared = new CheckpointFolder(folder, Duration.ofNanos(5), nanos::incrementAndGet);
        train(new FusedEngine(), experiment(), () -> false, shared.of(RUN, "x"));

        assertThat(folder.resolve("e1-0.checkpoint")).isNotEmptyFile();
        assertThat(shared.of(RUN, "x").load())
                .get()
                .extracting(TrainingState::steps)
                .isNotEqualTo(0L);

        shared.forget(RUN);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aCheckpointOfAnotherEngineOrADamagedOneIsLeftOutOfAccount() throws Exception {
        CheckpointFolder shared = new CheckpointFolder(folder, NEVER_DUE, System::nanoTime);
        AtomicInteger left = new AtomicInteger(5);
        assertThatThrownBy(() -> train(
                        new FusedEngine(), experiment(), () -> left.decrementAndGet() < 0, shared.of(RUN, "fused 1")))
                .isInstanceOf(CancellationException.class);
        Path file = folder.resolve("e1-0.checkpoint");
        byte[] whole = Files.readAllBytes(file);

        assertThat(shared.of(RUN, "fused 1").load()).isPresent();
        assertThat(shared.of(RUN, "fused 2").load()).isEmpty();
        for (int trial = 0; trial < 40; trial++) {
            byte[] damaged = whole.clone();
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 + random.nextInt(255));
            Files.write(file, damaged);
            assertThat(shared.of(RUN, "fused 1").load()).isEmpty();
            Files.write(file, java.util.Arrays.copyOf(whole, random.nextInt(whole.length)));
            assertThat(shared.of(RUN, "fused 1").load()).isEmpty();
        }
    }

    @Test
    void aRunIsTrainedToItsEndThoughItsCheckpointsCannotBeWritten() throws Exception {
        CheckpointFolder shared = new CheckpointFolder(folder.resolve("gone"), Duration.ofNanos(1), System::nanoTime);
        Files.delete(folder.resolve("gone"));

        TrainedRun run = train(new FusedEngine(), experiment(), () -> false, shared.of(RUN, "x"));

        assertThat(run.steps()).isEqualTo(18);
    }

    @Test
    void aFolderThatCannotBeWrittenIsAUsersMistake() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));

        assertThatThrownBy(() -> new CheckpointFolder(file, NEVER_DUE, System::nanoTime))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("file cannot be written");
    }

    private static Experiment experiment() {
        return Experiments.of(2, 30, settings -> {});
    }

    private static TrainedRun train(
            Engine engine, Experiment experiment, java.util.function.BooleanSupplier cancelled, Checkpoint checkpoint) {
        RunTrainer trainer = new RunTrainer(engine, System::nanoTime);
        return trainer.train(
                experiment, RunSeeds.of(experiment, 7), CORPUS, TrainingListener.NONE, cancelled, checkpoint);
    }
}
