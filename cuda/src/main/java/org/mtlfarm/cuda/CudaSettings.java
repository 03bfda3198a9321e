package org.mtlfarm.cuda;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

import org.mtlfarm.schemas.InvalidInputException;

/**
 * What can be set from outside, each by an environment variable, as an engine's process has no flags of its own.
 *
 * @param card empty: the emulation
 */
public record CudaSettings(OptionalInt card, Precision precision, boolean graphs, int lanes) {
    /** {@code STRICT} (default) or {@code TF32}. */
    public static final String PRECISION = "FARM_CUDA_PRECISION";

    /** Which card, from 0 (default), or {@code emulation}: none at all, for tests. */
    public static final String CARD = "FARM_CUDA_CARD";

    /** {@code on} (default) or {@code off}: every kernel of a step launched by itself. */
    public static final String GRAPHS = "FARM_CUDA_GRAPHS";

    /** Members in one round at most. */
    public static final String LANES = "FARM_CUDA_LANES";

    private static final String EMULATION = "emulation";

    /** As the environment says. */
    public static CudaSettings of(UnaryOperator<String> environment) {
        String card = text(environment, CARD).orElse("0");
        return new CudaSettings(
                card.equalsIgnoreCase(EMULATION) ? OptionalInt.empty() : OptionalInt.of(index(card)),
                text(environment, PRECISION)
                        .map(text -> precision(text.toUpperCase(Locale.ROOT)))
                        .orElse(Precision.STRICT),
                text(environment, GRAPHS).map(CudaSettings::isOn).orElse(true),
                text(environment, LANES).map(CudaSettings::lanes).orElse(CudaEngine.Settings.USUAL_LANES));
    }

    private static Optional<String> text(UnaryOperator<String> environment, String name) {
        return Optional.ofNullable(environment.apply(name)).map(String::strip).filter(text -> !text.isEmpty());
    }

    private static int index(String text) {
        if (!text.matches("\\d{1,4}")) {
            throw new InvalidInputException(
                    CARD + " must be the number of a card, from 0, or " + EMULATION + ", was " + text);
        }
        return Integer.parseInt(text);
    }

    private static int lanes(String text) {
        int lanes = text.matches("\\d{1,4}") ? Integer.parseInt(text) : 0;
        if (lanes < 1 || lanes > MemoryPlan.MOST_LANES) {
            throw new InvalidInputException(LANES + " must be 1 to " + MemoryPlan.MOST_LANES + ", was " + text);
        }
        return lanes;
    }

    /** The engine's part of them. */
    CudaEngine.Settings ofEngine() {
        return new CudaEngine.Settings(precision, graphs, lanes);
    }

    private static Precision precision(String text) {
        return Arrays.stream(Precision.values())
                .filter(precision -> precision.name().equals(text))
                .findFirst()
                .orElseThrow(() -> new InvalidInputException(PRECISION + " must be STRICT or TF32, was " + text));
    }

    private static boolean isOn(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "on" -> true;
            case "off" -> false;
            default -> throw new InvalidInputException(GRAPHS + " must be on or off, was " + text);
        };
    }
}
