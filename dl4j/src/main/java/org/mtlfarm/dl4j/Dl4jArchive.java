package org.mtlfarm.dl4j;

import java.io.IOException;
import java.nio.file.Path;

import org.mtlfarm.worker.network.NetworkArchive;
import org.mtlfarm.worker.network.NetworkShape;

/** DL4J's own files. */
public final class Dl4jArchive implements NetworkArchive {
    @Override
    public void write(NetworkShape shape, float[] parameters, Path file) throws IOException {
        Dl4jEngine.writeZip(shape, parameters, file);
    }
}
