package org.mtlfarm.worker.network.fused;

import org.mtlfarm.worker.network.Engine;
import org.mtlfarm.worker.network.Model;
import org.mtlfarm.worker.network.NetworkShape;

/** The default engine on CPU: forward and backward written out, with no work that cannot reach the result. */
public final class FusedEngine implements Engine {
    /** Raised with every change that changes a bit of a result. */
    private static final String KERNELS = "kernels 1";

    @Override
    public String name() {
        return "fused";
    }

    @Override
    public String version() {
        return KERNELS + ", " + Products.version();
    }

    @Override
    public Model open(NetworkShape shape, int batch, double learningRate, float[] vectors, float[] parameters) {
        Products.useOneThread();
        return new FusedModel(shape, batch, learningRate, vectors, parameters);
    }
}
