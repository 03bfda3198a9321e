package org.mtlfarm.standalone.command;

import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.function.Consumer;

import org.mtlfarm.worker.network.Engine;
import org.mtlfarm.worker.network.EngineProvider;

/** The engines on this class path. */
final class Engines {
    private final Map<String, EngineProvider> byName = new TreeMap<>();

    Engines(Iterable<EngineProvider> providers) {
        providers.forEach(provider -> byName.put(provider.name(), provider));
    }

    static Engines here() {
        return new Engines(ServiceLoader.load(EngineProvider.class));
    }

    /** An engine at work, and what it knows of itself. */
    record Opened(EngineProvider provider, Engine engine) implements AutoCloseable {
        /** Models that it trains at once where nobody says how many. */
        int slots() {
            return provider.slots(engine);
        }

        @Override
        public void close() {
            engine.close();
        }
    }

    /**
     * Opens an engine.
     *
     * @param note told in a line what {@link EngineChoice#AUTO} has come to and why
     * @throws IllegalStateException with one line that says why the chosen one cannot compute here
     */
    Opened open(EngineChoice choice, Consumer<String> note) {
        return choice == EngineChoice.AUTO ? openBest(note) : open(choice);
    }

    private Opened open(EngineChoice choice) {
        EngineProvider provider = byName.get(choice.engineName());
        if (provider == null) {
            throw new IllegalStateException("the engine " + choice.engineName()
                    + " is not on this class path, only " + String.join(", ", byName.keySet())
                    + ": start farm with --engine " + choice.engineName());
        }
        Optional<String> why = provider.unavailable();
        if (why.isPresent()) {
            throw new IllegalStateException("--engine " + choice.engineName() + ": " + why.get());
        }
        return new Opened(provider, provider.open());
    }

    private Opened openBest(Consumer<String> note) {
        String why = "no NVIDIA card was found here";
        if (byName.containsKey(EngineChoice.CUDA.engineName())) {
            try {
                Opened cuda = open(EngineChoice.CUDA);
                note.accept("engine cuda: " + cuda.engine().version());
                return cuda;
            } catch (IllegalStateException | LinkageError e) {
                why = OneLineErrors.inOneLine(e);
            }
        }
        note.accept("farm: warning: engine fused, on processors: " + why);
        return open(EngineChoice.FUSED);
    }
}
