package org.mtlfarm.standalone.command;

import java.util.function.Supplier;

import org.mtlfarm.worker.network.Engine;
import org.mtlfarm.worker.network.dl4j.Dl4jEngine;
import org.mtlfarm.worker.network.fused.FusedEngine;

/** The engines that a user can choose. */
enum EngineChoice {
    FUSED(FusedEngine::new),
    DL4J(Dl4jEngine::new);

    private final Supplier<Engine> engine;

    EngineChoice(Supplier<Engine> engine) {
        this.engine = engine;
    }

    Engine open() {
        return engine.get();
    }
}
