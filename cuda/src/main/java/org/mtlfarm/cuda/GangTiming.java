package org.mtlfarm.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicReference;

import org.mtlfarm.schemas.Readout;
import org.mtlfarm.worker.network.Initialisation;
import org.mtlfarm.worker.network.Model;
import org.mtlfarm.worker.network.NetworkShape;

/** How fast gangs of different sizes train on an engine, on random words: as many threads as models, as in a worker. */
final class GangTiming {
    /** The authors' network: 300-dimensional vectors, hidden 300, two shared layers. */
    static final NetworkShape AUTHORS = new NetworkShape(300, 300, 2, 2, 5, Readout.LAST);

    static final int AUTHORS_BATCH = 100;

    /** Slots at most: beyond that the share group and the host's threads have more to bear than a card gains. */
    private static final int MOST_SLOTS = 256;

    /** What twice as many models must gain to be worth it. */
    private static final double WORTHWHILE = 1.10;

    /** Part of the free memory that gangs of other shapes, graphs and BLAS workspaces are left. */
    private static final double LEFT_FREE = 0.15;

    private static final int ROWS = 5000;
    private static final int CHUNK = 10;

    private final CudaEngine engine;
    private final NetworkShape shape;
    private final int batch;
    private final float[] vectors;
    private final float[] parameters;

    /**
     * What a gang reached.
     *
     * @param stepsPerSecond of all models together
     * @param memoryBytes that the gang took on the device
     */
    record Measured(int models, double stepsPerSecond, long memoryBytes, long steps, double seconds) {}

    GangTiming(CudaEngine engine) {
        this(engine, AUTHORS, AUTHORS_BATCH);
    }

    GangTiming(CudaEngine engine, NetworkShape shape, int batch) {
        this.engine = engine;
        this.shape = shape;
        this.batch = batch;
        SplittableRandom random = new SplittableRandom(1);
        parameters = Initialisation.parameters(shape, new Random(1));
        vectors = new float[ROWS * shape.wordDimension()];
        for (int i = shape.wordDimension(); i < vectors.length; i++) {
            vectors[i] = (float) (random.nextDouble() - 0.5);
        }
    }

    /** As many as fit into free memory and as still gain by it, measured on the authors' network for some seconds. */
    int slots() {
        int fit = Math.max(1, Math.min(MOST_SLOTS, modelsThatFit()));
        int slots = 1;
        double before = 0;
        for (int models = 1; models <= fit; models *= 2) {
            double found = measure(models, 0.3).stepsPerSecond();
            if (found < WORTHWHILE * before) {
                return slots;
            }
            slots = models;
            before = found;
        }
        return Math.max(slots, Math.min(fit, 2 * slots));
    }

    MemoryPlan memory() {
        return new MemoryPlan(shape, batch);
    }

    /** A step with as many distinct words as running text has: three fifths of a direction's places. */
    StepPlan plan() {
        MemoryPlan memory = memory();
        int[] words = memory.directions.stream()
                .mapToInt(direction -> direction.capacity(batch) * 3 / 5)
                .toArray();
        return new StepPlan(memory, StepKind.ONE_TASK, words, new StepPlan.Operands(memory));
    }

    /** The largest of some sizes that fits, or 1. */
    int largest(List<Integer> sizes) {
        int fit = modelsThatFit();
        return sizes.stream().filter(size -> size <= fit).max(Integer::compare).orElse(1);
    }

    int modelsThatFit() {
        MemoryPlan memory = memory();
        long free = engine.device().freeBytes();
        return memory.membersThatFit(free, (long) (LEFT_FREE * free));
    }

    /**
     * Trains so many models at once until so much time has passed, after some steps to warm up.
     *
     * @throws DeviceException if the device refuses
     */
    Measured measure(int models, double seconds) {
        long freeBefore = engine.device().freeBytes();
        List<Model> opened = new ArrayList<>();
        try {
            for (int index = 0; index < models; index++) {
                opened.add(engine.open(shape, batch, 1e-3, vectors, parameters));
            }
            long memory = freeBefore - engine.device().freeBytes();
            return train(opened, seconds, memory);
        } finally {
            opened.forEach(Model::close);
        }
    }

    private Measured train(List<Model> models, double seconds, long memoryBytes) {
        CyclicBarrier begin = new CyclicBarrier(models.size());
        AtomicReference<RuntimeException> failure = new AtomicReference<>();
        long[] steps = new long[models.size()];
        long[] began = new long[models.size()];
        long[] ended = new long[models.size()];
        List<Thread> threads = new ArrayList<>();
        for (int index = 0; index < models.size(); index++) {
            int each = index;
            Thread thread = new Thread(() -> {
                try {
                    Lesson lesson = new Lesson(each);
                    for (int warm = 0; warm < 3; warm++) {
                        lesson.train(models.get(each));
                    }
                    begin.await();
                    began[each] = System.nanoTime();
                    while (System.nanoTime() - began[each] < seconds * 1e9) {
                        lesson.train(models.get(each));
                        steps[each] += CHUNK;
                    }
                    ended[each] = System.nanoTime();
                } catch (RuntimeException e) {
                    failure.compareAndSet(null, e);
                    begin.reset();
                } catch (InterruptedException | BrokenBarrierException e) {
                    failure.compareAndSet(null, new IllegalStateException("a model of the gang failed", e));
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
        if (failure.get() != null) {
            throw failure.get();
        }
        long all = 0;
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        for (int index = 0; index < models.size(); index++) {
            all += steps[index];
            first = Math.min(first, began[index]);
            last = Math.max(last, ended[index]);
        }
        double wall = (last - first) / 1e9;
        return new Measured(models.size(), all / wall, memoryBytes, all, wall);
    }

    /** Random windows as running text has them: two thirds of a batch's words are distinct. */
    private final class Lesson {
        private final SplittableRandom random;
        private final int[] windows = new int[CHUNK * batch * NetworkShape.WINDOW];
        private final int[][] labels = new int[1][CHUNK * batch];
        private final double[] losses = new double[CHUNK];

        Lesson(long seed) {
            random = new SplittableRandom(seed);
        }

        void train(Model model) {
            for (int i = 0; i < windows.length; i++) {
                // Zipf's law by squaring: frequent words recur.
                double u = random.nextDouble();
                windows[i] = 1 + (int) (u * u * (ROWS - 1));
            }
            for (int i = 0; i < labels[0].length; i++) {
                labels[0][i] = random.nextInt(shape.labels());
            }
            model.steps(0, CHUNK, windows, labels, losses);
        }
    }
}
