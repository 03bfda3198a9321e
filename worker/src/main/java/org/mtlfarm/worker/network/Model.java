package org.mtlfarm.worker.network;

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
