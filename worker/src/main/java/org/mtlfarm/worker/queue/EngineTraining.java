package org.mtlfarm.worker.queue;

import java.time.Clock;
import java.util.Optional;
import java.util.function.BooleanSupplier;

import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.Provenance;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.worker.network.Engine;
import org.mtlfarm.worker.training.Checkpoint;
import org.mtlfarm.worker.training.CheckpointFolder;
import org.mtlfarm.worker.training.CorpusLibrary;
import org.mtlfarm.worker.training.EncodedCorpus;
import org.mtlfarm.worker.training.RunEnvironment;
import org.mtlfarm.worker.training.RunExecutor;
import org.mtlfarm.worker.training.RunTrainer;

/** Trains the queue's runs on an engine, with the corpora and vectors that this worker has. */
public final class EngineTraining implements RunTraining {
    private final CorpusLibrary library;
    private final RunExecutor executor;
    private final Optional<CheckpointFolder> checkpoints;

    private EngineTraining(CorpusLibrary library, RunExecutor executor, Optional<CheckpointFolder> checkpoints) {
        this.library = library;
        this.executor = executor;
        this.checkpoints = checkpoints;
    }

    /**
     * @param worker name of this worker, as {@link WorkerSettings#worker()}
     */
    public static EngineTraining of(
            Engine engine, CorpusLibrary library, String worker, String farmVersion, Clock clock) {
        RunTrainer trainer = new RunTrainer(engine, System::nanoTime);
        RunExecutor executor = new RunExecutor(library, trainer, RunEnvironment.current(worker, farmVersion), clock);
        return new EngineTraining(library, executor, Optional.empty());
    }

    /** The same, which keeps its trainings there and goes on with those that it finds. */
    public EngineTraining keeping(CheckpointFolder folder) {
        return new EngineTraining(library, executor, Optional.of(folder));
    }

    @Override
    public RunResult train(Run run, ProgressListener progress, BooleanSupplier cancelled) {
        EncodedCorpus corpus = corpus(run);
        Optional<String> refusal = executor.refusal(run.getExperiment(), corpus);
        if (refusal.isPresent()) {
            throw new RefusedHereException(refusal.get());
        }
        return executor.result(
                run,
                executor.trained(
                        run,
                        corpus,
                        done -> progress.progressed(
                                done.step(),
                                done.steps(),
                                done.epoch(),
                                done.epochs(),
                                done.loss(),
                                done.stepsPerSecond()),
                        cancelled,
                        checkpoints
                                .map(folder -> folder.of(RunKey.of(run), executor.computedBy()))
                                .orElse(Checkpoint.NONE)));
    }

    @Override
    public void settled(Run run) {
        checkpoints.ifPresent(folder -> folder.forget(RunKey.of(run)));
    }

    @Override
    public Provenance provenance(Run run) {
        return executor.provenance(run);
    }

    /** Files that cannot be read here may well be readable elsewhere. */
    private EncodedCorpus corpus(Run run) {
        try {
            return library.get(run.getSources(), run.getExperiment());
        } catch (InvalidInputException e) {
            throw new RefusedHereException(e.getMessage());
        }
    }
}
