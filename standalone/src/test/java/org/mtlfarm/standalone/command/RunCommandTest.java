package org.mtlfarm.standalone.command;

import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;

import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Provenance;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.TrainingSettings;

import static org.assertj.core.api.Assertions.assertThat;

class RunCommandTest {
    @Test
    void failedRunsAreToldWithTheirNumberAndEachReasonOnce() {
        assertThat(RunCommand.failures(List.of(
                        result(0, Outcome.TRAINED, ""),
                        result(1, Outcome.FAILED, "the corpus is gone"),
                        result(2, Outcome.FAILED, "the corpus is gone"),
                        result(3, Outcome.FAILED, "out of memory"))))
                .hasValueSatisfying(
                        told -> assertThat(told).startsWith("3 of 4 runs failed: the corpus is gone; out of memory"));
    }

    @Test
    void aStudyOfWhichNoRunFailedHasSucceeded() {
        assertThat(RunCommand.failures(List.of(result(0, Outcome.TRAINED, ""), result(1, Outcome.DIVERGED, "loss"))))
                .isEmpty();
    }

    private static RunResult result(int run, Outcome outcome, String reason) {
        return RunResult.newBuilder()
                .setExperiment(Experiment.newBuilder()
                        .setExperimentId("e")
                        .setCorpusHash("c")
                        .setVectorsHash("v")
                        .setTasks(1)
                        .setTokensReal(500)
                        .setTokensSynthetic(500)
                        .setAlpha(1)
                        .setSharedLayers(2)
                        .setTraining(TrainingSettings.newBuilder()
                                .setEpochs(1)
                                .setHidden(8)
                                .build())
                        .build())
                .setRunIndex(run)
                .setStudy("s")
                .setOutcome(outcome)
                .setReason(reason)
                .setSteps(1)
                .setTrainSeconds(1)
                .setScoreSeconds(1)
                .setFinalLoss(1)
                .setWorker("test")
                .setProvenance(
                        new Provenance(1L, "fused", "1", "1", "c", "v", "builtin", "builtin", "17", "Linux", "x86"))
                .setFinishedAt(Instant.EPOCH)
                .build();
    }
}
