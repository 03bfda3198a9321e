package org.mtlfarm.benchmarks.engines;

/** Somebody who trains the workload, a few steps at a time, from batch to batch and from the first again after the last. */
interface Contestant extends AutoCloseable {
    /** One turn: seconds of wall time and of processor time, and the loss of the last step. */
    record Turn(double wallSeconds, double cpuSeconds, double loss) {}

    String name();

    Turn train(int steps);

    @Override
    void close();
}
