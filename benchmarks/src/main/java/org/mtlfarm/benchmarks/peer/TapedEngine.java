package org.mtlfarm.benchmarks.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.databind.ObjectMapper;

import org.mtlfarm.schemas.Strategy;
import org.mtlfarm.worker.network.Engine;
import org.mtlfarm.worker.network.Model;
import org.mtlfarm.worker.network.NetworkShape;

/**
 * An engine that keeps a tape of what its one model was given and answered: first and last parameters, and of each step the
 * task, windows, labels and loss, a file each.
 */
final class TapedEngine implements Engine {
    private final Engine engine;
    private final Path folder;
    private final Strategy strategy;

    TapedEngine(Engine engine, Path folder, Strategy strategy) {
        this.engine = engine;
        this.folder = folder;
        this.strategy = strategy;
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
        NumberFile.write(folder.resolve("vectors"), vectors);
        NumberFile.write(folder.resolve("first"), parameters);
        return new TapedModel(shape, batch, learningRate, engine.open(shape, batch, learningRate, vectors, parameters));
    }

    private final class TapedModel implements Model {
        private final NetworkShape shape;
        private final int batch;
        private final double learningRate;
        private final Model model;
        private final NumberFile tasks = new NumberFile(folder.resolve("tasks"));
        private final NumberFile windowsOfSteps = new NumberFile(folder.resolve("windows"));
        private final NumberFile labelsOfSteps = new NumberFile(folder.resolve("labels"));
        private final NumberFile losses = new NumberFile(folder.resolve("losses"));
        private int steps;

        TapedModel(NetworkShape shape, int batch, double learningRate, Model model) {
            this.shape = shape;
            this.batch = batch;
            this.learningRate = learningRate;
            this.model = model;
        }

        @Override
        public double step(int task, int[] windows, int[] labels) {
            return taped(task, windows, new int[][] {labels}, model.step(task, windows, labels));
        }

        @Override
        public double jointStep(int[] windows, int[][] labels) {
            return taped(-1, windows, labels, model.jointStep(windows, labels));
        }

        private double taped(int task, int[] windows, int[][] labels, double loss) {
            steps++;
            tasks.writeInt(task);
            windowsOfSteps.write(windows);
            for (int[] labelsOfTask : labels) {
                labelsOfSteps.write(labelsOfTask);
            }
            losses.writeDouble(loss);
            return loss;
        }

        @Override
        public void predict(int task, int[] windows, int count, int[] predicted) {
            model.predict(task, windows, count, predicted);
        }

        @Override
        public float[] parameters() {
            return model.parameters();
        }

        @Override
        public void close() {
            NumberFile.write(folder.resolve("last"), model.parameters());
            model.close();
            tasks.close();
            windowsOfSteps.close();
            labelsOfSteps.close();
            losses.close();
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("engine", engine.name());
            facts.put("wordDimension", shape.wordDimension());
            facts.put("hidden", shape.hidden());
            facts.put("sharedLayers", shape.sharedLayers());
            facts.put("tasks", shape.tasks());
            facts.put("labels", shape.labels());
            facts.put("readout", shape.readout());
            facts.put("batch", batch);
            facts.put("learningRate", learningRate);
            facts.put("joint", strategy == Strategy.JOINT);
            facts.put("steps", steps);
            try {
                Files.write(folder.resolve("tape.json"), new ObjectMapper().writeValueAsBytes(facts));
            } catch (IOException e) {
                throw new UncheckedIOException("the tape in " + folder + " could not be written: " + e.getMessage(), e);
            }
        }
    }
}
