package org.mtlfarm.worker.training;

import java.util.List;

import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.worker.network.NetworkShape;
import org.mtlfarm.worker.scoring.ConllScores;

/**
 * A run that was trained and scored.
 *
 * @param outcome TRAINED or DIVERGED
 * @param reason how it diverged, in one line; empty if it did not
 * @param parameters the trained ones, or those at the end of the last epoch that a diverged run ended sanely; the first
 *     parameters if there is none
 * @param test scores of the real task; of predicting O throughout if a run diverged in its first epoch
 * @param alpha [tasks]
 * @param ami [tasks]
 * @param steps Adam steps made
 * @param trainSeconds wall time of the steps, loading, label drawing and scoring excluded
 * @param finalLoss mean cross-entropy of the last epoch; 0 if none was ended
 * @param epochLosses mean cross-entropy over steps and tasks of every epoch that was ended
 */
public record TrainedRun(
        Outcome outcome,
        String reason,
        NetworkShape shape,
        float[] parameters,
        ConllScores test,
        ConllScores dev,
        List<Double> alpha,
        List<Double> ami,
        long steps,
        double trainSeconds,
        double scoreSeconds,
        double finalLoss,
        List<Double> epochLosses) {
    public TrainedRun {
        if (outcome != Outcome.TRAINED && outcome != Outcome.DIVERGED) {
            throw new IllegalArgumentException("outcome must be TRAINED or DIVERGED, was " + outcome);
        }
        alpha = List.copyOf(alpha);
        ami = List.copyOf(ami);
        epochLosses = List.copyOf(epochLosses);
    }
}
