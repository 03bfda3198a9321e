package org.mtlfarm.cuda;

import java.nio.IntBuffer;
import java.util.Arrays;

import org.mtlfarm.worker.network.NetworkShape;

/**
 * Writes what a step needs to know into a member's memory for it: the task, Adam's numbers, labels, and for each direction the
 * distinct words, the word of every place (a step of the direction and a window), and every word's places, so that the
 * gradients of a word can be summed in a fixed order. Used by one thread.
 */
final class StepData {
    private final MemoryPlan memory;
    private final int[] step;
    private final int[] wordOfRow;
    private final int[] seenOfRow;
    private final int[] counts;
    private final int[] mostWords;
    private int stamp;

    /** @param rows of the vector table */
    StepData(MemoryPlan memory, int rows) {
        this.memory = memory;
        step = new int[memory.stepInts];
        wordOfRow = new int[rows];
        seenOfRow = new int[rows];
        counts = new int
                [memory.directions.stream()
                                .mapToInt(direction -> direction.capacity(memory.batch))
                                .max()
                                .orElseThrow()
                        + 1];
        mostWords = new int[memory.directions.size()];
    }

    /** Begins a request: {@link #mostWords} counts from zero. */
    void begin() {
        Arrays.fill(mostWords, 0);
    }

    /** The most distinct words that a step since {@link #begin} has, for each direction. */
    int[] mostWords() {
        return mostWords.clone();
    }

    /**
     * Writes one step.
     *
     * @param windows of which those from {@code firstWindow} on are read
     * @param count windows there are; the rest of a batch is filled up with padding
     * @param labels [tasks of the step], each read from {@code firstWindow} on; empty for a prediction
     */
    void write(
            int index,
            int task,
            AdamStep adam,
            int[] windows,
            int firstWindow,
            int count,
            int[][] labels,
            IntBuffer to) {
        step[0] = task;
        step[1] = Float.floatToRawIntBits(adam.stepSize());
        step[2] = Float.floatToRawIntBits(adam.biasStepSize());
        step[3] = Float.floatToRawIntBits(adam.rootCorrection());
        for (int slot = 0; slot < labels.length; slot++) {
            System.arraycopy(labels[slot], firstWindow, step, memory.labelsInStep + slot * memory.batch, count);
        }
        for (int each = 0; each < memory.directions.size(); each++) {
            int words = write(memory.directions.get(each), windows, firstWindow, count);
            mostWords[each] = Math.max(mostWords[each], words);
        }
        to.put(index * memory.stepInts, step);
    }

    /** Adam's numbers at one of its steps. */
    record AdamStep(float stepSize, float biasStepSize, float rootCorrection) {
        static final AdamStep NONE = new AdamStep(0, 0, 0);

        /** At the step of this number, from 1; as {@code fused} computes them. */
        static AdamStep of(long number, double learningRate) {
            double meanCorrection = 1 / (1 - StrictMath.pow(0.9, number));
            return new AdamStep(
                    (float) (learningRate * meanCorrection), (float) (2 * learningRate * meanCorrection), (float)
                            (1 / Math.sqrt(1 - StrictMath.pow(0.999, number))));
        }
    }

    private int write(MemoryPlan.Direction direction, int[] windows, int firstWindow, int count) {
        int batch = memory.batch;
        int capacity = direction.capacity(batch);
        if (stamp == Integer.MAX_VALUE) {
            Arrays.fill(seenOfRow, 0);
            stamp = 0;
        }
        stamp++;
        int words = 0;
        Arrays.fill(step, direction.rows(), direction.rows() + capacity, 0);
        for (int level = 0; level < direction.levels(); level++) {
            int position = direction.positions()[level];
            for (int window = 0; window < batch; window++) {
                int row = window < count ? windows[(firstWindow + window) * NetworkShape.WINDOW + position] : 0;
                if (seenOfRow[row] != stamp) {
                    seenOfRow[row] = stamp;
                    wordOfRow[row] = words;
                    step[direction.rows() + words] = row;
                    counts[words] = 0;
                    words++;
                }
                int word = wordOfRow[row];
                step[direction.wordOfPlace() + level * batch + window] = word;
                counts[word]++;
            }
        }
        int first = 0;
        for (int word = 0; word < words; word++) {
            step[direction.firsts() + word] = first;
            first += counts[word];
            counts[word] = step[direction.firsts() + word];
        }
        Arrays.fill(step, direction.firsts() + words, direction.firsts() + capacity + 1, capacity);
        for (int place = 0; place < capacity; place++) {
            int word = step[direction.wordOfPlace() + place];
            step[direction.places() + counts[word]++] = place;
        }
        return words;
    }
}
