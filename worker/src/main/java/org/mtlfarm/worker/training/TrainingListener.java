package org.mtlfarm.worker.training;

/** Hears of a run's progress, on the thread that trains: at the end of every epoch and every 50 steps. */
@FunctionalInterface
public interface TrainingListener {
    /** Tells nobody. */
    TrainingListener NONE = progress -> {};

    void progressed(TrainingProgress progress);
}
