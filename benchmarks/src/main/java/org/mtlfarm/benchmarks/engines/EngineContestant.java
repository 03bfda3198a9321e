package org.mtlfarm.benchmarks.engines;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

import org.mtlfarm.worker.network.Engine;
import org.mtlfarm.worker.network.Model;

/** One of the farm's engines, on the calling thread. */
final class EngineContestant implements Contestant {
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final String name;
    private final Workload workload;
    private final Model model;
    private int done;

    EngineContestant(Engine engine, Workload workload) {
        name = engine.name();
        this.workload = workload;
        model = engine.open(
                workload.shape(), Workload.BATCH, Workload.LEARNING_RATE, workload.vectors(), workload.parameters());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Turn train(int steps) {
        long wall = System.nanoTime();
        long cpu = threads.getCurrentThreadCpuTime();
        double loss = 0;
        for (int step = 0; step < steps; step++) {
            int batch = done % workload.windows().length;
            int task = done % workload.shape().tasks();
            loss = model.step(task, workload.windows()[batch], workload.labels()[batch]);
            done++;
        }
        return new Turn((System.nanoTime() - wall) / 1e9, (threads.getCurrentThreadCpuTime() - cpu) / 1e9, loss);
    }

    @Override
    public void close() {
        model.close();
    }
}
