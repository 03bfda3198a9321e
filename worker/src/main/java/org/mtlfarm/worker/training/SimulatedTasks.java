package org.mtlfarm.worker.training;

import java.util.Arrays;

import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.worker.simulator.AdjustedMutualInformation;
import org.mtlfarm.worker.simulator.LabelMatrix;
import org.mtlfarm.worker.simulator.TaskSimulator;

/**
 * The labels that a run's tasks are trained on, the real task first.
 *
 * @param labels [tasks][tokens of the training part]
 * @param alpha [tasks], probability of keeping the real label; 1 for the real task
 * @param ami [tasks], relatedness to the real task over the whole training part; 1 for the real task
 */
public record SimulatedTasks(int[][] labels, double[] alpha, double[] ami) {
    /**
     * Draws an experiment's artificial tasks.
     *
     * @param realLabels [tokens], the whole training part
     * @param labelCount labels of the corpus, O included
     * @throws org.mtlfarm.schemas.InvalidInputException if alpha is not in [0, 1]
     */
    public static SimulatedTasks draw(Experiment experiment, int[] realLabels, int labelCount, long seed) {
        int tasks = experiment.getTasks();
        TaskSimulator simulator = new TaskSimulator(new LabelMatrix(labelCount, experiment.getAlpha()));
        int[][] labels = simulator.drawAll(realLabels, tasks, seed);
        double[] alpha = new double[tasks];
        double[] ami = new double[tasks];
        Arrays.fill(alpha, experiment.getAlpha());
        alpha[0] = 1;
        ami[0] = 1;
        for (int task = 1; task < tasks; task++) {
            ami[task] = AdjustedMutualInformation.of(realLabels, labels[task])
                    .under(experiment.getTraining().getAmiNormalisation());
        }
        return new SimulatedTasks(labels, alpha, ami);
    }
}
