package org.mtlfarm.dl4j;

import java.io.IOException;
import java.util.Optional;

import org.mtlfarm.worker.network.Engine;
import org.mtlfarm.worker.network.EngineProvider;

/**
 * Runs where DL4J is on the class path, computing for one model at a time. In the build with ND4J's CUDA (Maven profile {@code
 * dl4j-cuda}) the cards must be such as that has code for.
 */
public final class Dl4jProvider implements EngineProvider {
    /** Of ND4J 1.0.0-M2.1's CUDA build: machine code up to 8.6, which 8.9 runs as well, and nothing a driver could translate. */
    private static final int NEWEST_CAPABILITY = 89;

    private final boolean cuda;
    private final NvidiaCards cards;

    public Dl4jProvider() {
        this(Dl4jEngine.isOnCuda(), NvidiaCards.here());
    }

    Dl4jProvider(boolean cuda, NvidiaCards cards) {
        this.cuda = cuda;
        this.cards = cards;
    }

    @Override
    public String name() {
        return "dl4j";
    }

    @Override
    public Optional<String> unavailable() {
        if (!cuda) {
            return Optional.empty();
        }
        try {
            return cards.all().stream()
                    .filter(card -> card.capability() > NEWEST_CAPABILITY)
                    .findFirst()
                    .map(card -> "ND4J's CUDA has no code for " + card.name() + ", of compute capability "
                            + card.capabilityText() + ": cards newer than 8.9 need --engine cuda");
        } catch (IOException e) {
            return Optional.of("this build computes on NVIDIA cards: " + e.getMessage());
        }
    }

    @Override
    public Engine open() {
        return new Dl4jEngine();
    }

    @Override
    public int slots(Engine engine) {
        // Models of one process take turns; what is not arithmetic goes on beside them.
        return Runtime.getRuntime().availableProcessors();
    }
}
