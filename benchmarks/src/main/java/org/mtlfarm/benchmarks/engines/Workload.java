package org.mtlfarm.benchmarks.engines;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

import org.mtlfarm.schemas.Readout;
import org.mtlfarm.worker.network.Initialisation;
import org.mtlfarm.worker.network.NetworkShape;

/**
 * The batches that all contestants train on, and what they cost.
 *
 * <p>The text is invented: words drawn one by one, word r with probability proportional to 1 / (r + 2), which gives batches
 * as many distinct words (400 of 700) and distinct beginnings as Wikigold's.
 *
 * @param vectors [rows, wordDimension], row 0 zeros
 * @param parameters as every engine lays them out
 * @param windows [batches][batch * 7]
 * @param labels [batches][batch]
 */
public record Workload(NetworkShape shape, float[] vectors, float[] parameters, int[][] windows, int[][] labels) {
    public static final int BATCH = 100;
    public static final double LEARNING_RATE = 1e-3;

    private static final int ROWS = 8000;
    private static final int TOKENS = 20_000;
    private static final int LABELS = 5;
    private static final int SHARED_LAYERS = 2;

    public static Workload of(int wordDimension, int hidden, int tasks, Readout readout, int batches) {
        NetworkShape shape = new NetworkShape(wordDimension, hidden, SHARED_LAYERS, tasks, LABELS, readout);
        SplittableRandom random = new SplittableRandom(20_06_05561);
        float[] vectors = new float[ROWS * wordDimension];
        for (int i = wordDimension; i < vectors.length; i++) {
            vectors[i] = (float) (random.nextDouble() - 0.5);
        }
        int[] text = text(random, TOKENS);
        int[][] windows = new int[batches][BATCH * NetworkShape.WINDOW];
        int[][] labels = new int[batches][BATCH];
        for (int batch = 0; batch < batches; batch++) {
            for (int i = 0; i < BATCH; i++) {
                int first = random.nextInt(TOKENS - NetworkShape.WINDOW + 1);
                System.arraycopy(text, first, windows[batch], i * NetworkShape.WINDOW, NetworkShape.WINDOW);
                labels[batch][i] = text[first + NetworkShape.TARGET] % LABELS;
            }
        }
        return new Workload(shape, vectors, Initialisation.parameters(shape, random), windows, labels);
    }

    private static int[] text(SplittableRandom random, int tokens) {
        double[] cumulated = new double[ROWS];
        double sum = 0;
        for (int row = 0; row < ROWS; row++) {
            sum += 1.0 / (row + 2);
            cumulated[row] = sum;
        }
        int[] text = new int[tokens];
        for (int i = 0; i < tokens; i++) {
            int found = Arrays.binarySearch(cumulated, random.nextDouble() * sum);
            text[i] = Math.min(ROWS - 1, found < 0 ? -found - 1 : found);
        }
        return text;
    }

    /** The windows of a running text, one after the other, as they are scored. */
    int[] runningWindows(int count) {
        int[] text = text(new SplittableRandom(count), count + NetworkShape.WINDOW - 1);
        int[] running = new int[count * NetworkShape.WINDOW];
        for (int window = 0; window < count; window++) {
            System.arraycopy(text, window, running, window * NetworkShape.WINDOW, NetworkShape.WINDOW);
        }
        return running;
    }

    /** Writes what the PyTorch program reads: vectors, parameters, windows, labels, little-endian. */
    void write(Path folder) {
        try {
            Files.write(folder.resolve("vectors"), bytes(vectors));
            Files.write(folder.resolve("parameters"), bytes(parameters));
            Files.write(folder.resolve("windows"), bytes(windows));
            Files.write(folder.resolve("labels"), bytes(labels));
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " could not be written: " + e.getMessage(), e);
        }
    }

    /** Deletes the folder with what {@link #write} wrote. */
    static void delete(Path folder) {
        try {
            for (String name : List.of("vectors", "parameters", "windows", "labels", "")) {
                Files.deleteIfExists(folder.resolve(name));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " could not be deleted: " + e.getMessage(), e);
        }
    }

    /** Floating-point operations of a step that leaves nothing out: two for every weight, word and use, three uses. */
    double plainOperations() {
        double weights = 2.0 * 4 * shape.hidden() * (2.0 * shape.wordDimension() + 3.0 * shape.hidden());
        return 2.0 * BATCH * (NetworkShape.WINDOW * weights + 3 * denseWeights());
    }

    /**
     * Floating-point operations of a step that leaves out what cannot reach the result, on average over the batches: the
     * steps that the readout does not see, words projected again, states computed again, the product with the zero state.
     */
    double neededOperations() {
        int gates = 4 * shape.hidden();
        boolean last = shape.readout() == Readout.LAST;
        int[][] directions = last ? new int[][] {{0, 1, 2, 3, 4, 5, 6}, {6}} : new int[][] {{0, 1, 2, 3}, {6, 5, 4, 3}};
        double products = 0;
        for (int[] batch : windows) {
            for (int[] positions : directions) {
                int used = positions.length > 1 ? gates : gates - shape.hidden();
                products += 2.0 * distinctWords(batch, positions) * shape.wordDimension() * used;
                for (int level = 0; level + 1 < positions.length; level++) {
                    products += 3.0 * distinctBeginnings(batch, positions, level) * shape.hidden() * gates;
                }
            }
        }
        return 2 * products / windows.length;
    }

    private double denseWeights() {
        int width = 2 * shape.hidden();
        double weights = 0;
        for (int[] widths : new int[][] {shape.sharedWidths(), shape.ownWidths(), {shape.labels()}}) {
            for (int next : widths) {
                weights += (double) width * next;
                width = next;
            }
        }
        return weights;
    }

    private static int distinctWords(int[] batch, int[] positions) {
        Set<Integer> words = new HashSet<>();
        for (int window = 0; window < BATCH; window++) {
            for (int position : positions) {
                words.add(batch[window * NetworkShape.WINDOW + position]);
            }
        }
        return words.size();
    }

    private static int distinctBeginnings(int[] batch, int[] positions, int level) {
        Set<List<Integer>> beginnings = new HashSet<>();
        for (int window = 0; window < BATCH; window++) {
            List<Integer> beginning = new ArrayList<>();
            for (int t = 0; t <= level; t++) {
                beginning.add(batch[window * NetworkShape.WINDOW + positions[t]]);
            }
            beginnings.add(beginning);
        }
        return beginnings.size();
    }

    private static byte[] bytes(float[] numbers) {
        ByteBuffer buffer = ByteBuffer.allocate(Float.BYTES * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asFloatBuffer().put(numbers);
        return buffer.array();
    }

    private static byte[] bytes(int[][] rows) {
        ByteBuffer buffer = ByteBuffer.allocate(Integer.BYTES * rows.length * rows[0].length)
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int[] row : rows) {
            for (int number : row) {
                buffer.putInt(number);
            }
        }
        return buffer.array();
    }
}
