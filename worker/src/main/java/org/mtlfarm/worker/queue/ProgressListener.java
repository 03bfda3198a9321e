package org.mtlfarm.worker.queue;

/** Hears how far a run has come. */
@FunctionalInterface
public interface ProgressListener {
    /**
     * The training goes on.
     *
     * @param step Adam steps done
     * @param steps Adam steps in all
     * @param epoch epochs done
     * @param epochs epochs in all
     * @param loss mean cross-entropy of the last epoch
     * @param stepsPerSecond since the training's start
     */
    void progressed(long step, long steps, int epoch, int epochs, double loss, double stepsPerSecond);
}
