package org.mtlfarm.worker.training;

import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.BooleanSupplier;

import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.OtherTask;
import org.mtlfarm.schemas.OtherTasks;
import org.mtlfarm.schemas.Provenance;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.Sources;
import org.mtlfarm.worker.network.Engine;

/** Trains a run and states what came of it, and how to repeat it. Safe for use by several threads, a run each. */
public final class RunExecutor {
    private final CorpusLibrary library;
    private final RunTrainer trainer;
    private final RunEnvironment environment;
    private final Clock clock;

    public RunExecutor(CorpusLibrary library, RunTrainer trainer, RunEnvironment environment, Clock clock) {
        this.library = library;
        this.trainer = trainer;
        this.environment = environment;
        this.clock = clock;
    }

    /**
     * Trains and scores a run, going on from its checkpoint where it has one; gives everything that came of it, parameters
     * included, and throws what {@link RunTrainer} throws.
     */
    public TrainedRun trained(
            Run run,
            EncodedCorpus corpus,
            TrainingListener listener,
            BooleanSupplier cancelled,
            Checkpoint checkpoint) {
        RunSeeds seeds = RunSeeds.of(run.getExperiment(), run.getSeed());
        return trainer.train(run.getExperiment(), seeds, corpus, listener, cancelled, checkpoint);
    }

    /** What decides the last bit of a result: engine, libraries and processor type. */
    public String computedBy() {
        Engine engine = trainer.engine();
        return engine.name() + " " + engine.version() + " on " + environment.processor();
    }

    /** The message of a run that was trained. */
    public RunResult result(Run run, TrainedRun trained) {
        return RunResult.newBuilder()
                .setExperiment(run.getExperiment())
                .setRunIndex(run.getRunIndex())
                .setRuns(run.getRuns())
                .setStudy(run.getStudy())
                .setAttempt(run.getAttempt() + 1)
                .setWorker(environment.worker())
                .setProvenance(provenance(run))
                .setFinishedAt(clock.instant().truncatedTo(ChronoUnit.MILLIS))
                .setOutcome(trained.outcome())
                .setReason(trained.reason())
                .setTest(trained.test().toSpanScores())
                .setDev(trained.dev().toSpanScores())
                .setAmi(trained.ami())
                .setAlpha(trained.alpha())
                .setSteps(trained.steps())
                .setTrainSeconds(trained.trainSeconds())
                .setScoreSeconds(trained.scoreSeconds())
                .setFinalLoss(trained.finalLoss())
                .setEpochLosses(trained.epochLosses())
                .build();
    }

    /** Of a run that is done here. */
    public Provenance provenance(Run run) {
        Engine engine = trainer.engine();
        Sources sources = library.resolve(run.getSources());
        return Provenance.newBuilder()
                .setSeed(run.getSeed())
                .setEngine(engine.name())
                .setEngineVersion(engine.version())
                .setFarmVersion(environment.farmVersion())
                .setCorpusHash(run.getExperiment().getCorpusHash())
                .setVectorsHash(run.getExperiment().getVectorsHash())
                .setCorpus(sources.getCorpus())
                .setVectors(sources.getVectors())
                .setJavaRuntime(environment.javaRuntime())
                .setOperatingSystem(environment.operatingSystem())
                .setProcessor(environment.processor())
                .build();
    }

    /** Why a run was not planned for the corpus and vectors at hand; empty if it was. */
    public Optional<String> refusal(Experiment experiment, EncodedCorpus corpus) {
        if (!experiment.getCorpusHash().equals(corpus.corpusHash())) {
            return Optional.of(
                    "the corpus at hand, %s, is not the one that the run was planned for: expected content %s, found %s"
                            .formatted(corpus.corpus().name(), experiment.getCorpusHash(), corpus.corpusHash()));
        }
        if (!experiment.getVectorsHash().equals(corpus.vectorsHash())) {
            return Optional.of(
                    "the vectors at hand, %s, are not those that the run was planned for: expected content %s, found %s"
                            .formatted(corpus.vectorsName(), experiment.getVectorsHash(), corpus.vectorsHash()));
        }
        for (OtherTask task : OtherTasks.of(experiment)) {
            if (OtherTasks.isReal(task) && corpus.other(task.getLabelsHash()).isEmpty()) {
                return Optional.of(
                        ("the labels at hand of a task beside the real one, %s, are not those that the run was"
                                        + " planned for: expected content %s")
                                .formatted(task.getLabels(), task.getLabelsHash()));
            }
        }
        return Optional.empty();
    }
}
