package org.mtlfarm.worker.network.fused;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import org.mtlfarm.benchmarks.engines.Workload;
import org.mtlfarm.schemas.Readout;
import org.mtlfarm.worker.network.NetworkShape;
import org.mtlfarm.worker.network.ParameterLayout;

/**
 * {@code benchmarks/engines profile}: where the milliseconds of a step go.
 *
 * <p>The parts of {@link FusedModel}'s step are called and timed one by one; the products among them are timed again by
 * themselves, at the same sizes. It lives in the engine's package to reach its parts.
 */
@Command(
        name = "profile",
        mixinStandardHelpOptions = true,
        description = "Where the milliseconds of a step of the fused engine go; medians.")
public final class StepProfile implements Callable<Integer> {
    private static final int BATCHES = 40;

    @Option(names = "--vectors", defaultValue = "300", description = "numbers a word; default ${DEFAULT-VALUE}")
    private int dimension;

    @Option(names = "--hidden", defaultValue = "300", description = "units a direction; default ${DEFAULT-VALUE}")
    private int hidden;

    @Option(names = "--tasks", defaultValue = "2", description = "default ${DEFAULT-VALUE}")
    private int tasks;

    @Option(names = "--readout", defaultValue = "LAST", description = "default ${DEFAULT-VALUE}")
    private Readout readout;

    @Option(
            names = "--steps",
            defaultValue = "300",
            description = "the first third is warm-up; default ${DEFAULT-VALUE}")
    private int steps;

    private final Map<String, double[]> milliseconds = new LinkedHashMap<>();
    private int step;
    private long last;

    @Override
    public Integer call() {
        Products.useOneThread();
        Workload workload = Workload.of(dimension, hidden, tasks, readout, BATCHES);
        NetworkShape shape = workload.shape();
        ParameterLayout layout = ParameterLayout.of(shape);
        float[] parameters = workload.parameters();
        int[][] positions = FusedModel.positions(readout);
        int batch = Workload.BATCH;
        try (NativeFloats weights = new NativeFloats(parameters.length);
                NativeFloats gradients = new NativeFloats(parameters.length);
                NativeFloats read = new NativeFloats(batch * 2 * hidden);
                NativeFloats readGradients = new NativeFloats(batch * 2 * hidden);
                LstmDirection forward = new LstmDirection(
                        "lstm.forward", shape, layout, positions[0], workload.vectors(), batch, batch);
                LstmDirection backward = new LstmDirection(
                        "lstm.backward", shape, layout, positions[1], workload.vectors(), batch, batch);
                DenseLayers dense = new DenseLayers(shape, layout, batch)) {
            weights.put(0, parameters, 0, parameters.length);
            Adam adam = new Adam(weights);
            List<Adam.Block> blocks = layout.blocks().stream()
                    .filter(block -> readout != Readout.LAST || !block.name().equals("lstm.backward.RW"))
                    .map(block -> new Adam.Block(block.offset(), block.offset() + block.size(), Workload.LEARNING_RATE))
                    .toList();
            float[] logits = new float[batch * shape.labels()];
            WindowTree[] trees = {tree(workload, positions[0]), tree(workload, positions[1])};
            for (step = 0; step < steps; step++) {
                int[] windows = workload.windows()[step % BATCHES];
                int[] labels = workload.labels()[step % BATCHES];
                int task = step % tasks;
                last = System.nanoTime();
                forward.forward(weights, windows, 0, batch, true, read, 0, 2 * hidden);
                timed("LSTM forward in time, there");
                backward.forward(weights, windows, 0, batch, true, read, hidden, 2 * hidden);
                timed("LSTM backward in time, there");
                dense.collapse(weights, task, 1);
                dense.forward(batch, task, 1, read, logits);
                timed("dense layers, there");
                SoftmaxCrossEntropy.lossAndGradient(logits, batch, shape.labels(), 0, shape.labels(), labels);
                timed("softmax, loss");
                dense.backward(weights, batch, task, 1, read, logits, readGradients, gradients);
                timed("dense layers, back");
                forward.backward(weights, batch, readGradients, 0, 2 * hidden, gradients);
                timed("LSTM forward in time, back");
                backward.backward(weights, batch, readGradients, hidden, 2 * hidden, gradients);
                timed("LSTM backward in time, back");
                adam.begin();
                for (Adam.Block block : blocks) {
                    adam.step(block, gradients);
                }
                timed("Adam");
                for (WindowTree tree : trees) {
                    tree.read(windows, 0, batch);
                }
                timed("(of these: reading the windows)");
                products(layout, trees, read, weights, gradients);
            }
        }
        System.out.println("| part | ms |");
        System.out.println("|---|---|");
        double sum = 0;
        for (Map.Entry<String, double[]> entry : milliseconds.entrySet()) {
            double[] measured = Arrays.copyOfRange(entry.getValue(), steps / 3, steps);
            Arrays.sort(measured);
            double median = measured[measured.length / 2];
            sum += entry.getKey().startsWith("(") ? 0 : median;
            System.out.printf("| %s | %.2f |%n", entry.getKey(), median);
        }
        System.out.printf("| sum | %.2f |%n", sum);
        return 0;
    }

    private WindowTree tree(Workload workload, int[] positions) {
        int most = positions.length * Workload.BATCH;
        return new WindowTree(positions, workload.vectors().length / dimension, most, Workload.BATCH);
    }

    /** The LSTMs' products again, on whatever numbers lie there. */
    private void products(
            ParameterLayout layout,
            WindowTree[] trees,
            NativeFloats read,
            NativeFloats weights,
            NativeFloats gradients) {
        int gates = 4 * hidden;
        int weightsAt = layout.block("lstm.forward.W").offset();
        int recurrentAt = layout.block("lstm.forward.RW").offset();
        int most = trees[0].levels() * Workload.BATCH;
        try (NativeFloats words = new NativeFloats(most * dimension);
                NativeFloats states = new NativeFloats(most * hidden);
                NativeFloats sums = new NativeFloats(most * gates)) {
            last = System.nanoTime();
            for (WindowTree tree : trees) {
                int columns = tree.levels() > 1 ? gates : gates - hidden;
                Products.forward(tree.words(), dimension, columns, words, 0, weights, weightsAt, sums, 0, gates);
            }
            timed("(products: x W)");
            for (WindowTree tree : trees) {
                for (int level = 0; level + 1 < tree.levels(); level++) {
                    Products.forward(tree.nodes(level), hidden, gates, states, 0, weights, recurrentAt, sums, 0, gates);
                }
            }
            timed("(products: h RW)");
            for (WindowTree tree : trees) {
                for (int level = 0; level + 1 < tree.levels(); level++) {
                    Products.backward(tree.nodes(level), hidden, gates, sums, 0, weights, recurrentAt, states, 0);
                }
            }
            timed("(products: dz RW')");
            for (WindowTree tree : trees) {
                int nodes = 0;
                for (int level = 0; level + 1 < tree.levels(); level++) {
                    nodes += tree.nodes(level);
                }
                if (nodes > 0) {
                    Products.gradient(nodes, hidden, gates, states, 0, sums, 0, gates, gradients, recurrentAt);
                }
            }
            timed("(products: dRW)");
            for (WindowTree tree : trees) {
                int columns = tree.levels() > 1 ? gates : gates - hidden;
                Products.gradient(tree.words(), dimension, columns, words, 0, sums, 0, gates, gradients, weightsAt);
            }
            timed("(products: dW)");
        }
    }

    private void timed(String part) {
        long now = System.nanoTime();
        milliseconds.computeIfAbsent(part, each -> new double[steps])[step] = (now - last) / 1e6;
        last = System.nanoTime();
    }
}
