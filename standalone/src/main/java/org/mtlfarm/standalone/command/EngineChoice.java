package org.mtlfarm.standalone.command;

import java.util.Arrays;
import java.util.Locale;

import org.mtlfarm.schemas.InvalidInputException;

/** The engines that a user can choose; {@link Engines} finds them. */
enum EngineChoice {
    /** {@link #CUDA} where that can compute, else {@link #FUSED}. */
    AUTO,
    FUSED,
    DL4J,
    CUDA;

    /** The engine that a result names. */
    static EngineChoice named(String engine) {
        return Arrays.stream(values())
                .filter(choice -> choice != AUTO && choice.engineName().equals(engine))
                .findFirst()
                .orElseThrow(() -> new InvalidInputException("expected a result of an engine among "
                        + Arrays.asList(FUSED, DL4J, CUDA) + ", found '" + engine + "'; choose with --engine"));
    }

    /** As engines call themselves. */
    String engineName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
