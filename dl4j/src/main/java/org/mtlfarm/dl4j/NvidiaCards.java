package org.mtlfarm.dl4j;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The NVIDIA cards of this machine, as the driver's {@code nvidia-smi} tells of them: asked in a process of its own, since ND4J
 * would start its CUDA before it could say that a card is too new for it.
 */
final class NvidiaCards {
    /** A driver without persistence takes seconds to wake its cards. */
    private static final long PATIENCE_SECONDS = 60;

    /**
     * @param capability compute capability times ten: 90 for Hopper's 9.0
     */
    record Card(String name, int capability) {
        /** Of a line such as {@code NVIDIA H100 80GB HBM3, 9.0}. */
        static Optional<Card> of(String line) {
            int comma = line.lastIndexOf(',');
            String[] parts = line.substring(comma + 1).strip().split("\\.", -1);
            if (comma < 1 || parts.length != 2 || !parts[0].matches("\\d{1,3}") || !parts[1].matches("\\d")) {
                return Optional.empty();
            }
            return Optional.of(new Card(
                    line.substring(0, comma).strip(), 10 * Integer.parseInt(parts[0]) + Integer.parseInt(parts[1])));
        }

        String capabilityText() {
            return capability / 10 + "." + capability % 10;
        }
    }

    private final List<String> command;

    /**
     * @param program nvidia-smi
     * @param visible what CUDA_VISIBLE_DEVICES says, null if it is not set
     */
    NvidiaCards(String program, String visible) {
        command = new ArrayList<>(List.of(program, "--query-gpu=name,compute_cap", "--format=csv,noheader"));
        if (visible != null && !visible.isBlank()) {
            command.add("--id=" + visible.strip());
        }
    }

    static NvidiaCards here() {
        return new NvidiaCards("nvidia-smi", System.getenv("CUDA_VISIBLE_DEVICES"));
    }

    /**
     * All cards that this process may use.
     *
     * @throws IOException with one line that says why nobody knows
     */
    List<Card> all() throws IOException {
        List<Card> cards = new ArrayList<>();
        for (String line : answer()) {
            cards.add(Card.of(line)
                    .orElseThrow(() -> new IOException(
                            command.get(0) + ": expected a card's name and compute capability, found '" + line + "'")));
        }
        if (cards.isEmpty()) {
            throw new IOException(command.get(0) + " finds no NVIDIA card");
        }
        return cards;
    }

    private List<String> answer() throws IOException {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new IOException("there is no " + command.get(0) + " here: no NVIDIA driver is installed", e);
        }
        List<String> lines;
        try (var said = process.inputReader(StandardCharsets.UTF_8)) {
            lines = said.lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(command.get(0) + " has not answered within " + PATIENCE_SECONDS + " s");
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + command.get(0) + " was asked for the cards", e);
        } finally {
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            throw new IOException(
                    command.get(0) + ": " + (lines.isEmpty() ? "status " + process.exitValue() : lines.get(0)));
        }
        return lines;
    }
}
