package org.mtlfarm.worker.training;

import org.mtlfarm.worker.network.Engine;
import org.mtlfarm.worker.network.Model;
import org.mtlfarm.worker.network.NetworkShape;

/** Another engine whose last parameter is not finite from some step on. */
record PoisonedEngine(RecordingEngine engine, int fromStep) implements Engine {
    @Override
    public String name() {
        return engine.name();
    }

    @Override
    public String version() {
        return engine.version();
    }

    @Override
    public Model open(NetworkShape shape, int batch, double learningRate, float[] vectors, float[] parameters) {
        Model model = engine.open(shape, batch, learningRate, vectors, parameters);
        return new Model() {
            @Override
            public double step(int task, int[] windows, int[] labels) {
                return model.step(task, windows, labels);
            }

            @Override
            public double jointStep(int[] windows, int[][] labels) {
                return model.jointStep(windows, labels);
            }

            @Override
            public void predict(int task, int[] windows, int count, int[] predicted) {
                model.predict(task, windows, count, predicted);
            }

            @Override
            public float[] parameters() {
                float[] poisoned = model.parameters();
                if (engine.steps.size() >= fromStep) {
                    poisoned[poisoned.length - 1] = Float.NEGATIVE_INFINITY;
                }
                return poisoned;
            }

            @Override
            public void close() {
                model.close();
            }
        };
    }
}
