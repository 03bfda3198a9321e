package org.mtlfarm.worker.network.dl4j;

import java.util.Optional;

import org.mtlfarm.worker.network.Engine;
import org.mtlfarm.worker.network.EngineProvider;

/** Runs where DL4J is on the class path, computing for one model at a time. */
public final class Dl4jProvider implements EngineProvider {
    @Override
    public String name() {
        return "dl4j";
    }

    @Override
    public Optional<String> unavailable() {
        return Optional.empty();
    }

    @Override
    public Engine open() {
        return new Dl4jEngine();
    }

    @Override
    public int slots(Engine engine) {
        return Runtime.getRuntime().availableProcessors();
    }
}
