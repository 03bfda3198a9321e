package org.mtlfarm.worker.network;

import java.util.random.RandomGenerator;

/**
 * First parameters, as PyTorch's default initialisation has them: an LSTM's weights uniform in ±1/sqrt(hidden), a dense
 * layer's weights and biases uniform in ±1/sqrt(inputs). An LSTM's bias is the sum of two such numbers, because it stands
 * for PyTorch's two bias vectors; its forget gate gets nothing extra.
 */
public final class Initialisation {
    private Initialisation() {}

    /**
     * Parameters as {@link ParameterLayout} lays them out: block after block, one number of the generator each, two for
     * each of an LSTM's biases.
     *
     * @param random whose {@code nextDouble} is uniform in [0, 1)
     */
    public static float[] parameters(NetworkShape shape, RandomGenerator random) {
        ParameterLayout layout = ParameterLayout.of(shape);
        float[] parameters = new float[layout.size()];
        int inputs = 0;
        for (ParameterLayout.Block block : layout.blocks()) {
            boolean lstm = block.name().startsWith("lstm.");
            boolean bias = block.name().endsWith(".b");
            if (!bias) {
                inputs = block.rows();
            }
            double bound = 1 / Math.sqrt(lstm ? shape.hidden() : inputs);
            for (int i = block.offset(); i < block.offset() + block.size(); i++) {
                double number = uniform(bound, random);
                parameters[i] = (float) (lstm && bias ? number + uniform(bound, random) : number);
            }
        }
        return parameters;
    }

    private static double uniform(double bound, RandomGenerator random) {
        return bound * (2 * random.nextDouble() - 1);
    }
}
