package org.mtlfarm.worker.training;

import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.mtlfarm.dl4j.Dl4jEngine;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.OtherTasks;
import org.mtlfarm.schemas.Strategy;
import org.mtlfarm.worker.network.Engine;
import org.mtlfarm.worker.network.fused.FusedEngine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Whole runs on {@code dl4j}. */
class Dl4jTrainingTest {
    private static final double ENGINES_TOLERANCE = 1e-4;

    @Test
    void aRunRepeatsItselfToTheLastBit() {
        Experiment experiment = Experiments.of(2, 20, settings -> settings.setLearningRate(0.003));
        TrainedRun first = train(new Dl4jEngine(), experiment, 3);
        TrainedRun again = train(new Dl4jEngine(), experiment, 3);
        assertThat(again.parameters()).isEqualTo(first.parameters());
        assertThat(again.epochLosses()).isEqualTo(first.epochLosses());
        assertThat(again.test()).isEqualTo(first.test());
        assertThat(first.finalLoss()).isLessThan(first.epochLosses().get(0));
    }

    @Test
    void enginesAgreeOnTasksOfUnequalSizes() {
        Experiment mixed = OtherTasks.with(
                Experiments.of(1, 20, settings -> settings.setEpochs(4).setHidden(6)),
                List.of(OtherTasks.drawn(0.9, 30), OtherTasks.drawn(1.0 / 3, 10)));
        TrainedRun fused = train(new FusedEngine(), mixed, 5);
        TrainedRun dl4j = train(new Dl4jEngine(), mixed, 5);
        assertThat(fused.steps()).isEqualTo(dl4j.steps()).isEqualTo(4 * 6);
        assertThat(fused.ami()).isEqualTo(dl4j.ami());
        for (int epoch = 0; epoch < 4; epoch++) {
            assertThat(fused.epochLosses().get(epoch))
                    .isCloseTo(dl4j.epochLosses().get(epoch), within(ENGINES_TOLERANCE));
        }
    }

    @Test
    void aRunStoppedAtAnyStepsGoesOnElsewhereAndEndsTheSameToTheLastBit(@TempDir Path folder) {
        CheckpointTest.stopAndGoOn(new Dl4jEngine(), Strategy.ALTERNATING, folder);
    }

    private static TrainedRun train(Engine engine, Experiment experiment, long seed) {
        return new RunTrainer(engine, System::nanoTime)
                .train(
                        experiment,
                        RunSeeds.of(experiment, seed),
                        RunTrainerTest.corpus(),
                        TrainingListener.NONE,
                        () -> false);
    }
}
