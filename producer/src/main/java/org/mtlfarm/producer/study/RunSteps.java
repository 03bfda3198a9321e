package org.mtlfarm.producer.study;

import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.OtherTask;
import org.mtlfarm.schemas.OtherTasks;
import org.mtlfarm.schemas.Strategy;
import org.mtlfarm.schemas.TrainingSettings;

/** Adam steps that a run takes. */
public final class RunSteps {
    private RunSteps() {}

    /**
     * With {@code ALTERNATING} epochs times the sum over the tasks of floor(n_k / batch), with {@code JOINT} epochs times
     * floor(n / batch): a last partial batch is dropped.
     */
    public static long of(Experiment experiment) {
        TrainingSettings training = experiment.getTraining();
        long batches = experiment.getTokensReal() / training.getBatch();
        if (training.getStrategy() == Strategy.ALTERNATING) {
            for (OtherTask task : OtherTasks.of(experiment)) {
                batches += task.getTokens() / training.getBatch();
            }
        }
        return training.getEpochs() * batches;
    }
}
