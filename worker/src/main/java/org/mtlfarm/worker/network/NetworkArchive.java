package org.mtlfarm.worker.network;

import java.io.IOException;
import java.nio.file.Path;

/** Writes trained networks, of any engine, as files that others read. Found by {@link java.util.ServiceLoader}. */
public interface NetworkArchive {
    /**
     * Saves a network as the zip that DL4J's {@code ModelSerializer.restoreComputationGraph} reads.
     *
     * @param parameters as {@link ParameterLayout} lays them out
     */
    void write(NetworkShape shape, float[] parameters, Path file) throws IOException;
}
