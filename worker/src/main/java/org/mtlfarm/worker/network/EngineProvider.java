package org.mtlfarm.worker.network;

import java.util.Optional;

/** What knows whether an engine can run here, and opens it. Found by {@link java.util.ServiceLoader}. */
public interface EngineProvider {
    /** The engine's name, as {@link Engine#name()}. */
    String name();

    /**
     * Why the engine cannot run here, in one line, without loading more than it takes to know; empty if it can as far as is
     * known.
     */
    Optional<String> unavailable();

    /**
     * The engine.
     *
     * @throws IllegalStateException with one line that says why, if it cannot run here after all
     */
    Engine open();

    /**
     * How many models to train at once.
     *
     * @param engine that this provider opened
     */
    int slots(Engine engine);
}
