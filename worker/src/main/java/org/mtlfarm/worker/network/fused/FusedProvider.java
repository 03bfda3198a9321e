package org.mtlfarm.worker.network.fused;

import java.util.Optional;

import org.mtlfarm.worker.network.Engine;
import org.mtlfarm.worker.network.EngineProvider;

/** Runs everywhere, a model a core. */
public final class FusedProvider implements EngineProvider {
    @Override
    public String name() {
        return "fused";
    }

    @Override
    public Optional<String> unavailable() {
        return Optional.empty();
    }

    @Override
    public Engine open() {
        return new FusedEngine();
    }

    @Override
    public int slots(Engine engine) {
        return Runtime.getRuntime().availableProcessors();
    }
}
