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
        return new ForwardingModel(engine.open(shape, batch, learningRate, vectors, parameters)) {
            @Override
            public float[] parameters() {
                float[] poisoned = super.parameters();
                if (engine.steps.size() >= fromStep) {
                    poisoned[poisoned.length - 1] = Float.NEGATIVE_INFINITY;
                }
                return poisoned;
            }
        };
    }
}
