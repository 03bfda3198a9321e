package org.mtlfarm.cuda;

import java.util.SplittableRandom;

import org.mtlfarm.worker.network.Engine;
import org.mtlfarm.worker.network.Model;
import org.mtlfarm.worker.network.NetworkShape;
import org.mtlfarm.worker.network.ParameterLayout;

/** Random parameters, vectors (row 0 zeros), windows with recurring words, and labels that can be learnt from them. */
final class Lesson {
    static final int ROWS = 40;
    static final double RATE = 1e-3;

    final NetworkShape shape;
    final int batch;
    final ParameterLayout layout;
    final float[] vectors;
    final float[] parameters;
    private final SplittableRandom random;

    Lesson(NetworkShape shape, int batch, long seed) {
        this.shape = shape;
        this.batch = batch;
        layout = ParameterLayout.of(shape);
        random = new SplittableRandom(seed);
        vectors = new float[ROWS * shape.wordDimension()];
        for (int i = shape.wordDimension(); i < vectors.length; i++) {
            vectors[i] = uniform(1);
        }
        parameters = new float[layout.size()];
        for (ParameterLayout.Block block : layout.blocks()) {
            double limit = block.name().startsWith("lstm") ? 0.7 : 1.5 / Math.sqrt(block.rows() + 10);
            for (int i = block.offset(); i < block.offset() + block.size(); i++) {
                parameters[i] = uniform(limit);
            }
        }
    }

    Model open(Engine engine) {
        return engine.open(shape, batch, RATE, vectors, parameters);
    }

    int[] windows(int count) {
        int[] windows = new int[count * NetworkShape.WINDOW];
        for (int i = 0; i < windows.length; i++) {
            windows[i] = random.nextInt(3) == 0 ? random.nextInt(4) : random.nextInt(ROWS);
        }
        return windows;
    }

    /** Of every task, mostly the target word's row by the task's number of labels. */
    int[][] labels(int[] windows) {
        int count = windows.length / NetworkShape.WINDOW;
        int[][] labels = new int[shape.tasks()][count];
        for (int task = 0; task < shape.tasks(); task++) {
            for (int i = 0; i < count; i++) {
                int row = windows[i * NetworkShape.WINDOW + NetworkShape.TARGET];
                labels[task][i] = (random.nextInt(8) == 0 ? random.nextInt(ROWS) : row) % shape.labels(task);
            }
        }
        return labels;
    }

    private float uniform(double limit) {
        return (float) (limit * (2 * random.nextDouble() - 1));
    }
}
