package org.mtlfarm.worker.training;

import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Provenance;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.Sources;
import org.mtlfarm.worker.network.Engine;

/** Does a run and states what came of it, whatever that is. Safe for use by several threads, a run each. */
public final class RunExecutor {
    private static final Logger LOG = LoggerFactory.getLogger(RunExecutor.class);

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
     * Trains and scores a run: TRAINED, DIVERGED, or FAILED with the reason. A run whose corpus or vectors are not those
     * at hand fails before it is trained.
     *
     * @param cancelled asked before every step; may be true for a deadline as well
     * @throws CancellationException if it said so: there is no result
     */
    public RunResult execute(Run run, TrainingListener listener, BooleanSupplier cancelled) {
        try {
            EncodedCorpus corpus = library.get(run.getSources());
            Optional<String> refusal = refusal(run.getExperiment(), corpus);
            if (refusal.isPresent()) {
                return failed(run, refusal.get());
            }
            return result(run, trained(run, corpus, listener, cancelled));
        } catch (CancellationException e) {
            throw e;
        } catch (RuntimeException | OutOfMemoryError e) {
            return failed(run, reason(run, e));
        }
    }

    /** Trains and scores a run, and gives everything that came of it, parameters included; throws what {@link RunTrainer} throws. */
    public TrainedRun trained(Run run, EncodedCorpus corpus, TrainingListener listener, BooleanSupplier cancelled) {
        return trained(run, corpus, listener, cancelled, Checkpoint.NONE);
    }

    /** As above, going on from the run's checkpoint where it has one. */
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
        return common(run)
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

    /** The message of a run that could not be trained. */
    public RunResult failed(Run run, String reason) {
        return common(run)
                .setOutcome(Outcome.FAILED)
                .setReason(reason)
                .setAmi(List.of())
                .setAlpha(List.of())
                .setSteps(0)
                .setTrainSeconds(0)
                .setScoreSeconds(0)
                .setFinalLoss(0)
                .setEpochLosses(List.of())
                .build();
    }

    private RunResult.Builder common(Run run) {
        return RunResult.newBuilder()
                .setExperiment(run.getExperiment())
                .setRunIndex(run.getRunIndex())
                .setRuns(run.getRuns())
                .setStudy(run.getStudy())
                .setAttempt(run.getAttempt() + 1)
                .setWorker(environment.worker())
                .setProvenance(provenance(run))
                .setFinishedAt(clock.instant().truncatedTo(ChronoUnit.MILLIS));
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
        return Optional.empty();
    }

    private static String reason(Run run, Throwable failure) {
        if (failure instanceof InvalidInputException) {
            return failure.getMessage();
        }
        LOG.error("run {}/{} failed", run.getExperiment().getExperimentId(), run.getRunIndex(), failure);
        return failure.toString().lines().findFirst().orElseThrow();
    }
}
