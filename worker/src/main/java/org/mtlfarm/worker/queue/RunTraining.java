package org.mtlfarm.worker.queue;

import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

import org.mtlfarm.schemas.Provenance;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunResult;

/** What a worker does with a run. Called by several threads at once, a run each. */
public interface RunTraining {
    /**
     * Trains and scores a run. The queue fills in the result's worker, attempt and time.
     *
     * @param progress hears of the training as often as it likes; may be called from this thread alone
     * @param cancelled asked before every batch; once true, the run is no longer this worker's
     * @throws CancellationException if {@code cancelled} said so
     * @throws RefusedHereException if this worker cannot train it but another one may
     * @throws org.mtlfarm.schemas.InvalidInputException if no worker can ever train it; any other exception is tried again
     */
    RunResult train(Run run, ProgressListener progress, BooleanSupplier cancelled);

    /** Of a run that {@link #train} would train or has failed to. */
    Provenance provenance(Run run);

    /** What became of the run is on its topic: nothing that was kept for going on with it is needed any more. */
    default void settled(Run run) {}
}
