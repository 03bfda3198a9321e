package org.mtlfarm.worker.queue;

import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunResult;

/** Hears what a worker does, for a display. Called by the threads of its slots, several at once; must not throw. */
public interface WorkerListener {
    WorkerListener NONE = new WorkerListener() {};

    /** A slot begins to train. */
    default void started(Run run) {}

    /** As {@link ProgressListener}. */
    default void progressed(Run run, long step, long steps, double loss, double stepsPerSecond) {}

    /** The result is on its topic; the queue does not know yet. */
    default void finished(Run run, RunResult result) {}

    /** The run was given back to the queue, or lost to another worker. */
    default void givenBack(Run run, String reason) {}

    /** The worker ends, as its settings say, for want of runs. */
    default void endsIdle(String reason) {}
}
