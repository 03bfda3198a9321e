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
     * The labels of the artificial task of a number. They depend on seed, number and matrix alone: not on what other tasks
     * there are.
     *
     * @param task from 1; the real task is 0
     */
    public int[] draw(int[] realLabels, int task, long seed) {
        return draw(realLabels, SplitMix64.ofStream(seed, task));
    }
}
