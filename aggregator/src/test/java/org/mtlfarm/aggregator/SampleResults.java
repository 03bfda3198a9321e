package org.mtlfarm.aggregator;

import java.time.Instant;
import java.util.Collections;
import java.util.List;

import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Provenance;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.SpanScores;
import org.mtlfarm.schemas.TrainingSettings;

/** Results as workers publish them, of a run that one names and scores that one gives. */
public final class SampleResults {
    private SampleResults() {}

    /** Of 5 runs. */
    public static RunResult trained(String experimentId, int runIndex, double f1) {
        return trained(experimentId, runIndex, 5, f1);
    }

    public static RunResult trained(String experimentId, int runIndex, int runs, double f1) {
        return scored(experimentId, runIndex, runs, Outcome.TRAINED, f1).build();
    }

    /** Of 5 runs. */
    public static RunResult diverged(String experimentId, int runIndex, double f1) {
        return scored(experimentId, runIndex, 5, Outcome.DIVERGED, f1)
                .setReason("the loss was NaN in epoch 3")
                .build();
    }

    /** Of 5 runs. */
    public static RunResult failed(String experimentId, int runIndex) {
        return unscored(experimentId, runIndex, 5, Outcome.FAILED)
                .setReason("out of memory")
                .build();
    }

    /** Of 5 runs. */
    public static RunResult cancelled(String experimentId, int runIndex) {
        return unscored(experimentId, runIndex, 5, Outcome.CANCELLED).build();
    }

    public static Experiment experiment(String experimentId, int tasks) {
        return Experiment.newBuilder()
                .setExperimentId(experimentId)
                .setCorpusHash("c0")
                .setVectorsHash("f0")
                .setTasks(tasks)
                .setTokensReal(1000)
                .setTokensSynthetic(1000)
                .setAlpha(tasks == 1 ? 1 : 0.9)
                .setSharedLayers(2)
                .setTraining(TrainingSettings.newBuilder()
                        .setEpochs(30)
                        .setHidden(100)
                        .build())
                .build();
    }

    private static RunResult.Builder scored(String experimentId, int runIndex, int runs, Outcome outcome, double f1) {
        return unscored(experimentId, runIndex, runs, outcome)
                .setTest(new SpanScores(f1, f1, f1, 100L, 100L, Math.round(100 * f1)))
                .setDev(new SpanScores(f1 / 2, f1 / 2, f1 / 2, 50L, 50L, Math.round(25 * f1)))
                .setAmi(List.of(1.0, 0.5 + runIndex / 100.0))
                .setAlpha(List.of(1.0, 0.9))
                .setEpochLosses(Collections.nCopies(30, 0.25));
    }

    private static RunResult.Builder unscored(String experimentId, int runIndex, int runs, Outcome outcome) {
        return RunResult.newBuilder()
                .setExperiment(experiment(experimentId, 2))
                .setRunIndex(runIndex)
                .setRuns(runs)
                .setStudy("quick")
                .setOutcome(outcome)
                .setSteps(600)
                .setTrainSeconds(12.5)
                .setScoreSeconds(0.5)
                .setFinalLoss(0.25)
                .setWorker("host-1")
                .setProvenance(Provenance.newBuilder()
                        .setSeed(7)
                        .setEngine("fused")
                        .setEngineVersion("1")
                        .setFarmVersion("0.1.0")
                        .setCorpusHash("c0")
                        .setVectorsHash("f0")
                        .setCorpus("builtin")
                        .setVectors("builtin")
                        .setJavaRuntime("17")
                        .setOperatingSystem("Linux")
                        .setProcessor("EPYC")
                        .build())
                .setFinishedAt(Instant.ofEpochMilli(1_700_000_000_000L));
    }
}
