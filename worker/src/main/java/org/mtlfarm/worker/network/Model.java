package org.mtlfarm.worker.network;

import java.util.Arrays;

/**
 * One network in training. Used by one thread at a time.
 *
 * <p>A window is {@link NetworkShape#WINDOW} rows of the vector table, row 0 where there is no word. Losses are mean
 * cross-entropies over the batch with the natural logarithm, before the step. Every step moves every parameter: those
 * without a gradient by their decaying moments, with one step counter for all.
 */
public interface Model extends AutoCloseable {
    /**
     * One Adam step on one task's loss.
     *
     * @param windows [batch, 7]
     * @param labels [batch]
     * @return that task's loss
     */
    double step(int task, int[] windows, int[] labels);

    /**
     * One Adam step on the sum of all tasks' losses on the same windows.
     *
     * @param windows [batch, 7]
     * @param labels [tasks][batch]
     * @return the sum of the losses
     */
    double jointStep(int[] windows, int[][] labels);

    /** In place of a task: the sum of all tasks' losses, as {@link #jointStep} has it. */
    int ALL_TASKS = -1;

    /**
     * Several steps in a row, each as {@link #step} or {@link #jointStep} makes it.
     *
     * @param task or {@link #ALL_TASKS}
     * @param count of steps
     * @param windows [count, batch, 7]
     * @param labels [1 or tasks][count, batch], of the task or of all
     * @param losses [count] at least, written with what each step gave; those behind one that is not finite may be of no use
     */
    default void steps(int task, int count, int[] windows, int[][] labels, double[] losses) {
        int tokens = windows.length / count;
        int batch = labels[0].length / count;
        for (int step = 0; step < count; step++) {
            int[] windowsOfStep = part(windows, step, tokens);
            int[][] labelsOfStep = new int[labels.length][];
            for (int index = 0; index < labels.length; index++) {
                labelsOfStep[index] = part(labels[index], step, batch);
            }
            losses[step] = task == ALL_TASKS
                    ? jointStep(windowsOfStep, labelsOfStep)
                    : step(task, windowsOfStep, labelsOfStep[0]);
        }
    }

    private static int[] part(int[] whole, int index, int size) {
        return index == 0 && whole.length == size ? whole : Arrays.copyOfRange(whole, index * size, (index + 1) * size);
    }

    /** How many steps in a row to hand to {@link #steps} where so many can be had; fewer are as right. */
    default int preferredSteps() {
        return 1;
    }

    /**
     * The most probable labels of a task, the lower index on a tie.
     *
     * @param windows [count, 7]; any count
     * @param predicted [count], written
     */
    void predict(int task, int[] windows, int count, int[] predicted);

    /** A copy, as {@link ParameterLayout} lays them out. */
    float[] parameters();

    @Override
    void close();
}
