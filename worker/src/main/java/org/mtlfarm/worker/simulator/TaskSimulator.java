package org.mtlfarm.worker.simulator;

import java.util.random.RandomGenerator;

import org.mtlfarm.worker.random.SplitMix64;

/** Draws artificial tasks: for every token a label from the row of its real label in a {@link LabelMatrix}. */
public record TaskSimulator(LabelMatrix matrix) {
    /**
     * The labels of one artificial task.
     *
     * @param realLabels [tokens], indexes of labels
     * @return [tokens]
     */
    public int[] draw(int[] realLabels, RandomGenerator random) {
        int[] drawn = new int[realLabels.length];
        for (int i = 0; i < drawn.length; i++) {
            drawn[i] = matrix.draw(realLabels[i], random);
        }
        return drawn;
    }

    /**
     * The labels of all tasks, the real one first. A task's labels depend on the seed and its number alone, not on how many
     * tasks there are.
     *
     * @param tasks the real task included, at least 1
     * @return [tasks][tokens]; the real task's is the array given
     */
    public int[][] drawAll(int[] realLabels, int tasks, long seed) {
        if (tasks < 1) {
            throw new IllegalArgumentException("tasks must be at least 1, was " + tasks);
        }
        int[][] labels = new int[tasks][];
        labels[0] = realLabels;
        for (int task = 1; task < tasks; task++) {
            labels[task] = draw(realLabels, SplitMix64.ofStream(seed, task));
        }
        return labels;
    }
}
