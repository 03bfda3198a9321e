package org.mtlfarm.cuda;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;

import org.mtlfarm.schemas.Readout;
import org.mtlfarm.worker.network.Engine;
import org.mtlfarm.worker.network.Initialisation;
import org.mtlfarm.worker.network.Model;
import org.mtlfarm.worker.network.NetworkShape;
import org.mtlfarm.worker.network.ParameterLayout;
import org.mtlfarm.worker.network.Resumable;
import org.mtlfarm.worker.network.fused.FusedEngine;

/**
 * A training on random words with learnable labels, made by {@code fused}, by {@code cuda} alone and by {@code cuda} in a gang.
 *
 * @param rows of the vector table
 */
record Comparison(NetworkShape shape, int batch, int rows) {
    static final int STEPS = 100;
    static final int GANG = 8;

    private static final double RATE = 1e-3;

    /**
     * How far apart they are.
     *
     * @param gradientDistance of the first step, relative to the largest of a block: the worst block's
     * @param lossDistance of {@code cuda} alone from {@code fused}, the worst step's
     * @param gangDistance of {@code cuda} in a gang from {@code cuda} alone, the worst step's
     */
    record Found(double gradientDistance, double lossDistance, double gangDistance) {}

    static Comparison ofAuthorsNetwork() {
        return new Comparison(GangTiming.AUTHORS, GangTiming.AUTHORS_BATCH, 2000);
    }

    static Comparison tiny() {
        return new Comparison(new NetworkShape(8, 12, 2, 2, 5, Readout.LAST), 10, 50);
    }

    Found with(CudaEngine engine) {
        Lesson lesson = new Lesson();
        double gradients;
        double[] alone;
        double[] expected;
        try (Resumable cuda = (Resumable) lesson.open(engine, 1);
                Resumable fused = (Resumable) lesson.open(new FusedEngine(), 1)) {
            alone = new double[STEPS];
            expected = new double[STEPS];
            lesson.train(cuda, alone, 0, 1);
            lesson.train(fused, expected, 0, 1);
            gradients = distance(cuda.optimiser().means(), fused.optimiser().means());
            lesson.train(cuda, alone, 1, STEPS);
            lesson.train(fused, expected, 1, STEPS);
        }
        return new Found(gradients, worst(alone, expected), worst(inGang(engine, lesson), alone));
    }

    /** The same training while others, at other parameters, train beside it. */
    private double[] inGang(CudaEngine engine, Lesson lesson) {
        double[] found = new double[STEPS];
        CountDownLatch open = new CountDownLatch(GANG);
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int member = 0; member < GANG; member++) {
            int each = member;
            Thread thread = new Thread(() -> {
                try (Model model = lesson.open(engine, 1 + each)) {
                    open.countDown();
                    open.await();
                    lesson.train(model, each == 0 ? found : new double[STEPS], 0, STEPS);
                } catch (RuntimeException | InterruptedException e) {
                    failures.add(e);
                    open.countDown();
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        if (!failures.isEmpty()) {
            throw failures.get(0) instanceof RuntimeException failure
                    ? failure
                    : new IllegalStateException(failures.get(0));
        }
        return found;
    }

    private double distance(float[] found, float[] expected) {
        double worst = 0;
        for (ParameterLayout.Block block : ParameterLayout.of(shape).blocks()) {
            double largest = 0;
            double furthest = 0;
            for (int i = block.offset(); i < block.offset() + block.size(); i++) {
                largest = Math.max(largest, Math.abs(expected[i]));
                furthest = further(furthest, Math.abs((double) found[i] - expected[i]));
            }
            worst = further(worst, furthest == 0 ? 0 : furthest / largest);
        }
        return worst;
    }

    private static double worst(double[] found, double[] expected) {
        double worst = 0;
        for (int step = 0; step < found.length; step++) {
            worst = further(worst, Math.abs(found[step] - expected[step]));
        }
        return worst;
    }

    private static double further(double worst, double distance) {
        return Double.isNaN(distance) ? Double.POSITIVE_INFINITY : Math.max(worst, distance);
    }

    /** Windows and labels of all steps, and vectors. */
    private final class Lesson {
        private final float[] vectors = new float[rows * shape.wordDimension()];
        private final int[] windows = new int[STEPS * batch * NetworkShape.WINDOW];
        private final int[][] labels = new int[shape.tasks()][STEPS * batch];

        Lesson() {
            SplittableRandom random = new SplittableRandom(11);
            for (int i = shape.wordDimension(); i < vectors.length; i++) {
                vectors[i] = (float) (random.nextDouble() - 0.5);
            }
            for (int i = 0; i < windows.length; i++) {
                double u = random.nextDouble();
                windows[i] = (int) (u * u * rows);
            }
            for (int task = 0; task < labels.length; task++) {
                for (int i = 0; i < labels[task].length; i++) {
                    int row = windows[i * NetworkShape.WINDOW + NetworkShape.TARGET];
                    labels[task][i] = (random.nextInt(8) == 0 ? random.nextInt(rows) : row) % shape.labels(task);
                }
            }
        }

        Model open(Engine engine, long seed) {
            return engine.open(shape, batch, RATE, vectors, Initialisation.parameters(shape, new Random(seed)));
        }

        /** Steps from one on to before another, the tasks in turns of five steps. */
        void train(Model model, double[] losses, int from, int to) {
            for (int step = from; step < to; step++) {
                int task = step / 5 % shape.tasks();
                int[] some = Arrays.copyOfRange(
                        windows, step * batch * NetworkShape.WINDOW, (step + 1) * batch * NetworkShape.WINDOW);
                int[] expected = Arrays.copyOfRange(labels[task], step * batch, (step + 1) * batch);
                losses[step] = model.step(task, some, expected);
            }
        }
    }
}
