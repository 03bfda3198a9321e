package org.mtlfarm.benchmarks.engines;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.bytedeco.javacpp.Pointer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import org.mtlfarm.schemas.Readout;
import org.mtlfarm.worker.network.Model;
import org.mtlfarm.worker.network.NetworkShape;
import org.mtlfarm.worker.network.fused.FusedEngine;

/** {@code benchmarks/engines slots}: what a worker needs to know of the fused engine beside the time of a step. */
@Command(
        name = "slots",
        mixinStandardHelpOptions = true,
        description =
                "The fused engine alone: one model against several at once, the garbage and the growth of many steps,"
                        + " the time to predict, and a hash of the parameters to compare between machines and JDKs.")
final class SlotsCommand implements Callable<Integer> {
    private static final int BATCHES = 40;
    private static final int PREDICTED = 50_000;

    @Option(names = "--vectors", defaultValue = "300", description = "numbers a word; default ${DEFAULT-VALUE}")
    private int dimension;

    @Option(names = "--hidden", defaultValue = "300", description = "units a direction; default ${DEFAULT-VALUE}")
    private int hidden;

    @Option(names = "--tasks", defaultValue = "2", description = "default ${DEFAULT-VALUE}")
    private int tasks;

    @Option(names = "--readout", defaultValue = "LAST", description = "default ${DEFAULT-VALUE}")
    private Readout readout;

    @Option(names = "--slots", defaultValue = "2", description = "models at once; default ${DEFAULT-VALUE}")
    private int slots;

    @Option(
            names = "--rounds",
            defaultValue = "7",
            description = "turns of one and of several; default ${DEFAULT-VALUE}")
    private int rounds;

    @Option(names = "--steps", defaultValue = "50", description = "steps a turn; default ${DEFAULT-VALUE}")
    private int steps;

    @Option(
            names = "--soak",
            defaultValue = "0",
            description = "steps whose growth is watched; default ${DEFAULT-VALUE}")
    private int soak;

    @Override
    public Integer call() throws Exception {
        Workload workload = Workload.of(dimension, hidden, tasks, readout, BATCHES);
        List<EngineContestant> models = new ArrayList<>();
        for (int slot = 0; slot < slots; slot++) {
            models.add(new EngineContestant(new FusedEngine(), workload));
        }
        ExecutorService threads = Executors.newFixedThreadPool(slots);
        try {
            together(threads, models, 2 * steps);
            double[] one = new double[rounds];
            double[] several = new double[rounds];
            for (int round = 0; round < rounds; round++) {
                one[round] = together(threads, models.subList(0, 1), steps);
                several[round] = together(threads, models, steps);
            }
            double rateOfOne = median(one);
            double rateOfSeveral = median(several);
            System.out.printf("one model: %.1f steps a second%n", rateOfOne);
            System.out.printf(
                    "%d models at once: %.1f steps a second, %.2f times one%n",
                    slots, rateOfSeveral, rateOfSeveral / rateOfOne);
        } finally {
            threads.shutdown();
            models.forEach(EngineContestant::close);
        }
        alone(workload);
        return 0;
    }

    /** Steps a second of all together, each by its own clock: slots do not wait for each other. */
    private static double together(ExecutorService threads, List<EngineContestant> models, int steps) throws Exception {
        CyclicBarrier start = new CyclicBarrier(models.size() + 1);
        List<Future<Contestant.Turn>> turns = new ArrayList<>();
        for (EngineContestant model : models) {
            turns.add(threads.submit(() -> {
                start.await();
                return model.train(steps);
            }));
        }
        start.await();
        double rate = 0;
        for (Future<Contestant.Turn> turn : turns) {
            rate += steps / turn.get().wallSeconds();
        }
        return rate;
    }

    private void alone(Workload workload) {
        NetworkShape shape = workload.shape();
        try (Model model = new FusedEngine()
                .open(shape, Workload.BATCH, Workload.LEARNING_RATE, workload.vectors(), workload.parameters())) {
            train(model, workload, 200);
            System.out.printf("parameters after 200 steps: hash %08x%n", Arrays.hashCode(model.parameters()));
            long before = allocatedBytes();
            train(model, workload, steps);
            System.out.printf("garbage: %d bytes a step%n", (allocatedBytes() - before) / steps);
            int[] windows = workload.runningWindows(PREDICTED);
            int[] labels = new int[PREDICTED];
            long begin = System.nanoTime();
            model.predict(0, windows, PREDICTED, labels);
            System.out.printf("%d tokens predicted in %.2f s%n", PREDICTED, (System.nanoTime() - begin) / 1e9);
            if (soak > 0) {
                System.gc();
                long resident = Pointer.physicalBytes() / 1024;
                train(model, workload, soak);
                System.gc();
                System.out.printf(
                        "resident memory grew by %d kB in %d steps, from %d kB%n",
                        Pointer.physicalBytes() / 1024 - resident, soak, resident);
            }
        }
    }

    private static void train(Model model, Workload workload, int steps) {
        for (int step = 0; step < steps; step++) {
            int batch = step % BATCHES;
            model.step(step % workload.shape().tasks(), workload.windows()[batch], workload.labels()[batch]);
        }
    }

    private static long allocatedBytes() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    private static double median(double[] numbers) {
        double[] sorted = numbers.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
