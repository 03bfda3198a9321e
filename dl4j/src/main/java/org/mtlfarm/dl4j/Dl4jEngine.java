package org.mtlfarm.dl4j;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.factory.Nd4j;

import org.mtlfarm.worker.network.Engine;
import org.mtlfarm.worker.network.Model;
import org.mtlfarm.worker.network.NetworkShape;
import org.mtlfarm.worker.network.ParameterLayout;

/**
 * The reference: DL4J's {@code ComputationGraph} computes losses and gradients, ND4J's Adam steps. Several models may be
 * open at once, each used by a thread of its own.
 */
public final class Dl4jEngine implements Engine {
    /** Learning rate that a saved model carries for those who train on with DL4J. */
    private static final double SAVED_LEARNING_RATE = 1e-3;

    /** ND4J's library for NVIDIA's cards, in the place of the one for processors (Maven profile dl4j-cuda). */
    private static final String CUDA = "nd4j-cuda-11.6";

    @Override
    public String name() {
        return "dl4j";
    }

    @Override
    public String version() {
        return Stream.of(
                        "org.deeplearning4j/deeplearning4j-nn",
                        isOnCuda() ? "org.nd4j/" + CUDA : "org.nd4j/nd4j-native",
                        "org.bytedeco/openblas")
                .map(Dl4jEngine::library)
                .collect(Collectors.joining(", "));
    }

    @Override
    public Model open(NetworkShape shape, int batch, double learningRate, float[] vectors, float[] parameters) {
        return OneAtATime.of(() -> new Dl4jModel(shape, batch, learningRate, vectors, parameters));
    }

    /** Whether the ND4J on the class path computes on NVIDIA cards; known without starting it. */
    static boolean isOnCuda() {
        return Dl4jEngine.class.getResource("/META-INF/maven/org.nd4j/" + CUDA + "/pom.properties") != null;
    }

    /**
     * The gradient that other engines are checked against: of the sum of the mean cross-entropies of the tasks in turn, as
     * {@link ParameterLayout} lays it out.
     *
     * @param vectors [rows, shape.wordDimension()], row 0 zeros
     * @param windows [batch, 7]
     * @param labels [tasks][batch], null for a task that is not in turn
     */
    public static float[] gradient(
            NetworkShape shape, float[] vectors, float[] parameters, int[] windows, int[][] labels) {
        int batch = windows.length / NetworkShape.WINDOW;
        return OneAtATime.alone(() -> {
            try (Dl4jModel model = new Dl4jModel(shape, batch, SAVED_LEARNING_RATE, vectors, parameters)) {
                return model.gradient(windows, labels);
            }
        });
    }

    /**
     * Saves a network, of any engine, as the zip that DL4J's {@code ModelSerializer.restoreComputationGraph} reads. Its
     * input is [batch, wordDimension, 7] word vectors, its outputs are [batch, labels] probabilities, one a task.
     *
     * @param parameters as {@link ParameterLayout} lays them out
     */
    public static void writeZip(NetworkShape shape, float[] parameters, Path file) throws IOException {
        ComputationGraph graph = graph(shape, SAVED_LEARNING_RATE, parameters);
        try {
            ModelSerializer.writeModel(graph, file.toFile(), false);
        } finally {
            graph.close();
        }
    }

    /** The parameters in a zip that {@link #writeZip} wrote; throws IllegalArgumentException if they fit another shape. */
    public static float[] readZip(NetworkShape shape, Path file) throws IOException {
        ComputationGraph graph = ModelSerializer.restoreComputationGraph(file.toFile(), false);
        try {
            float[] parameters = graph.params().toFloatVector();
            requireSize(shape, parameters);
            return parameters;
        } finally {
            graph.close();
        }
    }

    static ComputationGraph graph(NetworkShape shape, double learningRate, float[] parameters) {
        requireSize(shape, parameters);
        ComputationGraph graph = new ComputationGraph(GraphConfiguration.of(shape, learningRate));
        graph.init(Nd4j.createFromArray(parameters).reshape(1, parameters.length), false);
        return graph;
    }

    private static void requireSize(NetworkShape shape, float[] parameters) {
        int expected = ParameterLayout.of(shape).size();
        if (parameters.length != expected) {
            throw new IllegalArgumentException(
                    "expected " + expected + " parameters for " + shape + ", found " + parameters.length);
        }
    }

    /** Name and version of a library, from what Maven wrote into its jar. */
    private static String library(String coordinates) {
        String name = coordinates.substring(coordinates.indexOf('/') + 1);
        String resource = "/META-INF/maven/" + coordinates + "/pom.properties";
        try (InputStream in = ComputationGraph.class.getResourceAsStream(resource)) {
            Properties properties = new Properties();
            if (in != null) {
                properties.load(in);
            }
            return name + " " + properties.getProperty("version", "of unknown version");
        } catch (IOException e) {
            throw new UncheckedIOException(resource + " could not be read: " + e.getMessage(), e);
        }
    }
}
