package org.mtlfarm.worker.training;

import java.util.List;

import org.mtlfarm.worker.network.OptimiserState;

/**
 * A training between two steps. Labels and the order of the windows are not in it: both follow from the run's seed and the
 * position.
 *
 * @param steps Adam steps made
 * @param epoch epochs ended
 * @param turn the share whose batches are in turn
 * @param batch batches of that share done in this epoch; 0: it is not shuffled yet
 * @param lossSum of the steps of this epoch
 * @param trainSeconds wall time spent so far
 * @param epochLosses of the epochs ended
 * @param parameters after the last step
 * @param sane parameters at the end of the last epoch; {@code null} in the first
 */
public record TrainingState(
        long steps,
        int epoch,
        int turn,
        int batch,
        double lossSum,
        double trainSeconds,
        List<Double> epochLosses,
        float[] parameters,
        OptimiserState optimiser,
        float[] sane) {
    public TrainingState {
        epochLosses = List.copyOf(epochLosses);
    }
}
