package org.mtlfarm.benchmarks.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * The peer program, a process a call.
 *
 * @param python the interpreter, one that has what the program needs
 * @param program {@code pytorch_peer.py} or {@code fasttext_peer.py}
 */
record PeerProgram(String python, Path program) {
    /** What the program prints for these arguments; one BLAS thread. */
    JsonNode run(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(python, program.toString()));
        command.addAll(arguments);
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().put("OMP_NUM_THREADS", "1");
            builder.environment().put("OPENBLAS_NUM_THREADS", "1");
            Process process = builder.start();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exit = process.waitFor();
            if (exit != 0) {
                throw new IllegalStateException(String.join(" ", command) + " ended with " + exit);
            }
            return new ObjectMapper().readTree(printed);
        } catch (IOException e) {
            throw new UncheckedIOException(python + " could not be run: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + program + " ran", e);
        }
    }
}
