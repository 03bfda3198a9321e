package org.mtlfarm.worker.network;

import java.util.Collections;
import java.util.List;

import org.mtlfarm.schemas.Readout;

/**
 * The multitask network: windows of 7 word vectors, a shared BiLSTM, dense layers without activation of which the first
 * {@code sharedLayers} are shared by all tasks, one softmax output a task.
 *
 * @param wordDimension numbers a word vector
 * @param hidden LSTM units a direction
 * @param sharedLayers dense layers shared by all tasks, 0 to 3
 * @param labelsOfTasks [tasks], classes of each task's output, those of the real one (task 0) first
 */
public record NetworkShape(
        int wordDimension, int hidden, int sharedLayers, List<Integer> labelsOfTasks, Readout readout) {
    /** Tokens a window: the target word and three on each side. */
    public static final int WINDOW = 7;

    /** Position of the target word in its window. */
    public static final int TARGET = 3;

    private static final int[][] SHARED_WIDTHS = {{}, {256}, {256, 128}, {256, 128, 64}};
    private static final int[][] OWN_WIDTHS = {{128}, {128, 64}, {64}, {}};

    public NetworkShape {
        labelsOfTasks = List.copyOf(labelsOfTasks);
        atLeast(1, wordDimension, "wordDimension");
        atLeast(1, hidden, "hidden");
        atLeast(1, labelsOfTasks.size(), "tasks");
        labelsOfTasks.forEach(labels -> atLeast(2, labels, "labels"));
        if (sharedLayers < 0 || sharedLayers > 3) {
            throw new IllegalArgumentException("sharedLayers must be 0 to 3, was " + sharedLayers);
        }
    }

    /**
     * A network whose tasks have the same labels.
     *
     * @param tasks the real one included
     */
    public NetworkShape(int wordDimension, int hidden, int sharedLayers, int tasks, int labels, Readout readout) {
        this(wordDimension, hidden, sharedLayers, Collections.nCopies(Math.max(0, tasks), labels), readout);
    }

    /** Tasks, the real one included. */
    public int tasks() {
        return labelsOfTasks.size();
    }

    /** Classes of the real task's output. */
    public int labels() {
        return labels(0);
    }

    public int labels(int task) {
        return labelsOfTasks.get(task);
    }

    /** Classes of the outputs of some tasks together: logits that stand side by side. */
    public int labels(int firstTask, int tasks) {
        int sum = 0;
        for (int task = firstTask; task < firstTask + tasks; task++) {
            sum += labels(task);
        }
        return sum;
    }

    /** Widths of the shared dense layers, after the BiLSTM's {@code 2 * hidden}. */
    public int[] sharedWidths() {
        return SHARED_WIDTHS[sharedLayers].clone();
    }

    /** Widths of each task's own dense layers, the output layer not among them. */
    public int[] ownWidths() {
        return OWN_WIDTHS[sharedLayers].clone();
    }

    private static void atLeast(int least, int value, String name) {
        if (value < least) {
            throw new IllegalArgumentException(name + " must be at least " + least + ", was " + value);
        }
    }
}
