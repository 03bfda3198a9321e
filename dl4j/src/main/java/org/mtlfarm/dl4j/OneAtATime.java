package org.mtlfarm.dl4j;

import java.util.function.Supplier;

import org.mtlfarm.worker.network.Model;
import org.mtlfarm.worker.network.OptimiserState;
import org.mtlfarm.worker.network.Resumable;

/**
 * A DL4J model that computes while no other one of this process does. ND4J 1.0.0-M2.1 is not safe for several networks at
 * once: with two threads in training, its {@code pullRows} was seen to read through a null pointer (SIGSEGV in
 * libnd4jcpu), which ends the whole process and every run in it.
 */
final class OneAtATime implements Resumable {
    private static final Object ND4J = new Object();

    private final Dl4jModel model;

    private OneAtATime(Dl4jModel model) {
        this.model = model;
    }

    static Model of(Supplier<Dl4jModel> open) {
        return new OneAtATime(alone(open));
    }

    /** Does something with ND4J while nobody else does. */
    static <T> T alone(Supplier<T> work) {
        synchronized (ND4J) {
            return work.get();
        }
    }

    @Override
    public double step(int task, int[] windows, int[] labels) {
        return alone(() -> model.step(task, windows, labels));
    }

    @Override
    public double jointStep(int[] windows, int[][] labels) {
        return alone(() -> model.jointStep(windows, labels));
    }

    @Override
    public void predict(int task, int[] windows, int count, int[] predicted) {
        alone(() -> {
            model.predict(task, windows, count, predicted);
            return null;
        });
    }

    @Override
    public float[] parameters() {
        return alone(model::parameters);
    }

    @Override
    public OptimiserState optimiser() {
        return alone(model::optimiser);
    }

    @Override
    public void resume(OptimiserState state) {
        alone(() -> {
            model.resume(state);
            return null;
        });
    }

    @Override
    public void close() {
        alone(() -> {
            model.close();
            return null;
        });
    }
}
