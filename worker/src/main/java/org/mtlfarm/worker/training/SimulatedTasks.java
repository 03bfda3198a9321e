package org.mtlfarm.worker.training;

import java.util.List;
import java.util.function.Function;

import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.OtherTask;
import org.mtlfarm.schemas.OtherTasks;
import org.mtlfarm.worker.simulator.AdjustedMutualInformation;
import org.mtlfarm.worker.simulator.LabelMatrix;
import org.mtlfarm.worker.simulator.TaskSimulator;

/**
 * The labels that a run's tasks are trained on, the real task first.
 *
 * @param labels [tasks][tokens of the training part, or of the task's own text]
 * @param alpha [tasks], probability of keeping the real label; 1 for the real task, NaN where labels are real ones
 * @param ami [tasks], relatedness to the real task over the whole training part; 1 for the real task, NaN for a task on a
 *     text of its own
 */
public record SimulatedTasks(int[][] labels, double[] alpha, double[] ami) {
    /**
     * Draws an experiment's artificial tasks.
     *
     * @param realLabels [tokens], the whole training part
     * @param labelCount labels of the corpus, O included
     * @param real what a task is trained on that has real labels
     * @throws org.mtlfarm.schemas.InvalidInputException if alpha is not in [0, 1]
     */
    public static SimulatedTasks draw(
            Experiment experiment, int[] realLabels, int labelCount, long seed, Function<OtherTask, OtherLabels> real) {
        List<OtherTask> others = OtherTasks.of(experiment);
        int tasks = others.size() + 1;
        int[][] labels = new int[tasks][];
        double[] alpha = new double[tasks];
        double[] ami = new double[tasks];
        labels[0] = realLabels;
        alpha[0] = 1;
        ami[0] = 1;
        for (int task = 1; task < tasks; task++) {
            OtherTask other = others.get(task - 1);
            boolean ownText = OtherTasks.hasOwnText(other.getLabels());
            if (OtherTasks.isReal(other)) {
                alpha[task] = Double.NaN;
                labels[task] = real.apply(other).text().labels();
            } else {
                alpha[task] = other.getAlpha();
                labels[task] = new TaskSimulator(new LabelMatrix(labelCount, alpha[task])).draw(realLabels, task, seed);
            }
            ami[task] = ownText
                    ? Double.NaN
                    : AdjustedMutualInformation.of(realLabels, labels[task])
                            .under(experiment.getTraining().getAmiNormalisation());
        }
        return new SimulatedTasks(labels, alpha, ami);
    }
}
