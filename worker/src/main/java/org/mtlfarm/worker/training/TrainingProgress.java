package org.mtlfarm.worker.training;

/**
 * How far a run has come.
 *
 * @param step Adam steps done
 * @param steps Adam steps in all
 * @param epoch epochs done
 * @param epochs epochs in all
 * @param loss mean cross-entropy of the last epoch done; of the steps so far before the first is
 * @param stepsPerSecond since the start of training
 */
public record TrainingProgress(long step, long steps, int epoch, int epochs, double loss, double stepsPerSecond) {}
