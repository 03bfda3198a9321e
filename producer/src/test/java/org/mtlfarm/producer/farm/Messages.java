package org.mtlfarm.producer.farm;

import java.time.Instant;
import java.util.List;

import org.mtlfarm.producer.study.StudyPlan;
import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.DeadLetter;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.Progress;
import org.mtlfarm.schemas.Provenance;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.Sources;
import org.mtlfarm.schemas.TrainingSettings;

/** Messages of a small farm: experiments of 2 tasks and 2 runs, each run of 10 epochs x 2 tasks x 5 batches = 100 steps. */
final class Messages {
    static final Instant START = Instant.parse("2024-01-01T00:00:00Z");
    static final int STEPS = 100;
    static final int MAX_ATTEMPTS = 3;

    static {
        AvroCodec.trustMessages();
    }

    private Messages() {}

    static Plan plan(String study, String experimentId) {
        return Plan.newBuilder()
                .setStudy(study)
                .setExperiment(Experiment.newBuilder()
                        .setExperimentId(experimentId)
                        .setCorpusHash("corpus")
                        .setVectorsHash("vectors")
                        .setTasks(2)
                        .setTokensReal(500)
                        .setTokensSynthetic(500)
                        .setAlpha(0.9)
                        .setSharedLayers(2)
                        .setTraining(TrainingSettings.newBuilder()
                                .setEpochs(10)
                                .setHidden(8)
                                .build())
                        .build())
                .setRuns(2)
                .setSources(new Sources("builtin", "builtin"))
                .setMaxAttempts(MAX_ATTEMPTS)
                .setPlannedAt(START)
                .build();
    }

    static Run run(Plan plan, int index) {
        List<Run> runs = StudyPlan.runs(plan, START);
        return runs.get(index);
    }

    static Run again(Run run, int attempt, Instant at) {
        return Run.newBuilder(run).setAttempt(attempt).setEnqueuedAt(at).build();
    }

    static Progress progress(Run run, long step, double stepsPerSecond, Instant at) {
        return Progress.newBuilder()
                .setExperimentId(run.getExperiment().getExperimentId())
                .setRunIndex(run.getRunIndex())
                .setStudy(run.getStudy())
                .setWorker("host-1")
                .setStep(step)
                .setSteps(STEPS)
                .setEpoch(1)
                .setEpochs(10)
                .setLoss(1)
                .setStepsPerSecond(stepsPerSecond)
                .setAt(at)
                .build();
    }

    static RunResult result(Run run, Outcome outcome) {
        return RunResult.newBuilder()
                .setExperiment(run.getExperiment())
                .setRunIndex(run.getRunIndex())
                .setStudy(run.getStudy())
                .setOutcome(outcome)
                .setReason(outcome == Outcome.TRAINED ? "" : "it was " + outcome)
                .setAttempt(run.getAttempt() + 1)
                .setSteps(STEPS)
                .setTrainSeconds(1)
                .setScoreSeconds(0.1)
                .setFinalLoss(0.5)
                .setWorker("host-1")
                .setProvenance(Provenance.newBuilder()
                        .setSeed(run.getSeed())
                        .setEngine("fused")
                        .setEngineVersion("1")
                        .setFarmVersion("1")
                        .setCorpusHash("corpus")
                        .setVectorsHash("vectors")
                        .setCorpus("builtin")
                        .setVectors("builtin")
                        .setJavaRuntime("17")
                        .setOperatingSystem("Linux")
                        .setProcessor("x86")
                        .build())
                .setFinishedAt(START)
                .build();
    }

    /** Of a run that was given up at the try which its record on the queue stood for. */
    static DeadLetter deadLetter(Run run, String reason) {
        return DeadLetter.newBuilder()
                .setRun(again(run, run.getAttempt() + 1, START))
                .setReason(reason)
                .setWorker("host-1")
                .setAt(START)
                .build();
    }
}
