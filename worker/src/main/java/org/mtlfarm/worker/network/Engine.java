package org.mtlfarm.worker.network;

/**
 * A way to train the network: its arithmetic and where that runs. Everything that decides what is trained (first
 * parameters, batches, labels) comes from outside, so that engines can be compared step by step.
 */
public interface Engine extends AutoCloseable {
    /** {@code fused}, {@code dl4j} or {@code cuda}. */
    String name();

    /** The libraries that do the arithmetic, with versions; part of a result's provenance. */
    String version();

    /**
     * A model at the given parameters, with Adam's moments at zero.
     *
     * @param batch windows a step, the same at every step
     * @param learningRate Adam's step size; the LSTM's biases take twice that
     * @param vectors [rows, shape.wordDimension()], row 0 zeros; shared by all models, never written
     * @param parameters as {@link ParameterLayout} lays them out; copied
     */
    Model open(NetworkShape shape, int batch, double learningRate, float[] vectors, float[] parameters);

    /** Gives back what all models share, once they are closed; an engine that holds nothing has nothing to do. */
    @Override
    default void close() {
        // Nothing outlives the models.
    }
}
