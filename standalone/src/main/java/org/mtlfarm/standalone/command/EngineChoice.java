package org.mtlfarm.standalone.command;

import java.util.Arrays;
import java.util.function.Supplier;

import org.mtlfarm.schemas.InvalidInputException;
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

    /** The engine that a result names. */
    static EngineChoice named(String engine) {
        return Arrays.stream(values())
                .filter(choice -> choice.name().equalsIgnoreCase(engine))
                .findFirst()
                .orElseThrow(() -> new InvalidInputException("expected a result of an engine among "
                        + Arrays.toString(values()) + ", found '" + engine + "'; choose with --engine"));
    }

    Engine open() {
        return engine.get();
    }
}
