package org.mtlfarm.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

import org.mtlfarm.schemas.Readout;
import org.mtlfarm.worker.network.NetworkShape;

/**
 * The network as a DL4J graph of DL4J's own layers, so that a saved model opens wherever DL4J is.
 *
 * <p>Input {@code words}: [batch, wordDimension, 7]. Outputs {@code task0.output}, ...: [batch, labels] probabilities.
 */
final class GraphConfiguration {
    private static final String INPUT = "words";
    private static final String READOUT = "readout";

    /** Below it DL4J counts a probability as this one when it states a loss; its default, 1e-10, would hide that losses explode. */
    private static final double LEAST_PROBABILITY = 1e-37;

    private final NetworkShape shape;
    private final double learningRate;

    /** Every vertex, in the order in which it is to be visited. */
    private final List<String> numbered = new ArrayList<>(List.of(INPUT));

    private GraphConfiguration(NetworkShape shape, double learningRate) {
        this.shape = shape;
        this.learningRate = learningRate;
    }

    /**
     * The graph of a shape.
     *
     * @param learningRate of the Adam that the graph carries for those who train on with DL4J; the LSTM's biases have
     *     twice that
     */
    static ComputationGraphConfiguration of(NetworkShape shape, double learningRate) {
        return new GraphConfiguration(shape, learningRate).build();
    }

    /** Name of a task's output vertex. */
    static String output(int task) {
        return "task" + task + ".output";
    }

    private ComputationGraphConfiguration build() {
        ComputationGraphConfiguration.GraphBuilder graph = new NeuralNetConfiguration.Builder()
                .updater(new Adam(learningRate))
                .graphBuilder()
                .addInputs(INPUT);
        String last = addReadout(graph);
        int width = 2 * shape.hidden();
        int[] shared = shape.sharedWidths();
        for (int layer = 0; layer < shared.length; layer++) {
            last = addDense(graph, "shared" + layer, last, width, shared[layer]);
            width = shared[layer];
        }
        String[] lastOfTask = new String[shape.tasks()];
        Arrays.fill(lastOfTask, last);
        int[] own = shape.ownWidths();
        for (int layer = 0; layer < own.length; layer++) {
            for (int task = 0; task < shape.tasks(); task++) {
                lastOfTask[task] =
                        addDense(graph, "task" + task + ".dense" + layer, lastOfTask[task], width, own[layer]);
            }
            width = own[layer];
        }
        List<String> outputs = new ArrayList<>();
        for (int task = 0; task < shape.tasks(); task++) {
            OutputLayer layer = new OutputLayer.Builder(new LossMCXENT(LEAST_PROBABILITY, null))
                    .nIn(width)
                    .nOut(shape.labels(task))
                    .activation(Activation.SOFTMAX)
                    .build();
            graph.addLayer(named(output(task)), layer, lastOfTask[task]);
            outputs.add(output(task));
        }
        graph.setOutputs(outputs.toArray(String[]::new));
        return ordered(graph.build());
    }

    /** The BiLSTM, and its state at the step that is read: [batch, 2 * hidden], forward first. */
    private String addReadout(ComputationGraphConfiguration.GraphBuilder graph) {
        LSTM direction = new LSTM.Builder()
                .nIn(shape.wordDimension())
                .nOut(shape.hidden())
                .activation(Activation.TANH)
                .gateActivationFunction(Activation.SIGMOID)
                .biasUpdater(new Adam(2 * learningRate))
                .build();
        graph.addLayer(named("lstm"), new Bidirectional(Bidirectional.Mode.CONCAT, direction), INPUT);
        String steps = "lstm";
        if (shape.readout() == Readout.CENTER) {
            Cropping1D crop = new Cropping1D(NetworkShape.TARGET, NetworkShape.WINDOW - 1 - NetworkShape.TARGET);
            steps = named("target");
            graph.addLayer(steps, crop, "lstm");
        }
        graph.addVertex(named(READOUT), new LastTimeStepVertex(INPUT), steps);
        return READOUT;
    }

    private String addDense(
            ComputationGraphConfiguration.GraphBuilder graph, String name, String input, int inputs, int outputs) {
        DenseLayer layer = new DenseLayer.Builder()
                .nIn(inputs)
                .nOut(outputs)
                .activation(Activation.IDENTITY)
                .build();
        graph.addLayer(named(name), layer, input);
        return name;
    }

    private String named(String vertex) {
        numbered.add(vertex);
        return vertex;
    }

    /**
     * States the order in which DL4J visits the vertices and lays out their parameters. Its own order depends on the
     * buckets of a hash table: with many tasks it starts somewhere in the middle.
     */
    private ComputationGraphConfiguration ordered(ComputationGraphConfiguration graph) {
        graph.setTopologicalOrder(IntStream.range(0, numbered.size()).toArray());
        graph.setTopologicalOrderStr(numbered);
        return graph;
    }
}
