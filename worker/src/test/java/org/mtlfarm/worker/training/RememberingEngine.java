package org.mtlfarm.worker.training;

import java.util.ArrayList;
import java.util.List;

import org.mtlfarm.worker.network.Engine;
import org.mtlfarm.worker.network.Model;
import org.mtlfarm.worker.network.NetworkShape;
import org.mtlfarm.worker.network.Remembering;

/** Another engine whose models remember for themselves, from some step on with a parameter that is not finite. */
final class RememberingEngine implements Engine {
    final List<String> asked = new ArrayList<>();
    private final RecordingEngine engine;
    private final int notFiniteFromStep;

    RememberingEngine(RecordingEngine engine, int notFiniteFromStep) {
        this.engine = engine;
        this.notFiniteFromStep = notFiniteFromStep;
    }

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
        return new RememberingModel(engine.open(shape, batch, learningRate, vectors, parameters));
    }

    private final class RememberingModel extends ForwardingModel implements Remembering {
        private float[] remembered;

        RememberingModel(Model model) {
            super(model);
        }

        @Override
        public boolean remember() {
            asked.add("remember");
            if (engine.steps.size() >= notFiniteFromStep) {
                return false;
            }
            remembered = super.parameters();
            return true;
        }

        @Override
        public float[] remembered() {
            asked.add("remembered");
            return remembered.clone();
        }

        @Override
        public float[] parameters() {
            asked.add("parameters");
            return super.parameters();
        }
    }
}
