package org.mtlfarm.worker.queue;

import java.time.Clock;
import java.util.Optional;
import java.util.function.BooleanSupplier;

import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.Provenance;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.worker.network.Engine;
import org.mtlfarm.worker.training.CorpusLibrary;
import org.mtlfarm.worker.training.EncodedCorpus;
import org.mtlfarm.worker.training.RunEnvironment;
import org.mtlfarm.worker.training.RunExecutor;
import org.mtlfarm.worker.training.RunTrainer;

/** Trains the queue's runs on an engine, with the corpora and vectors that this worker has. */
public final class EngineTraining implements RunTraining {
    private final CorpusLibrary library;
    private final RunExecutor executor;

    private EngineTraining(CorpusLibrary library, RunExecutor executor) {
        this.library = library;
        this.executor = executor;
    }

    /**
     * @param worker name of this worker, as {@link WorkerSettings#worker()}
     */
    public static EngineTraining of(
            Engine engine, CorpusLibrary library, String worker, String farmVersion, Clock clock) {
        RunTrainer trainer = new RunTrainer(engine, System::nanoTime);
        return new EngineTraining(
                library, new RunExecutor(library, trainer, RunEnvironment.current(worker, farmVersion), clock));
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
                        cancelled));
    }

    @Override
    public Provenance provenance(Run run) {
        return executor.provenance(run);
    }

    /** Files that cannot be read here may well be readable elsewhere. */
    private EncodedCorpus corpus(Run run) {
        try {
            return library.get(run.getSources());
        } catch (InvalidInputException e) {
            throw new RefusedHereException(e.getMessage());
        }
    }
}
