package org.mtlfarm.standalone.broker;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * An {@link EmbeddedBroker} in a child process with this one's class path, so that a fault of Kafka's does not end this
 * one. The child ends when this process does, however that comes about, and not by a Ctrl-C of its own: who works with
 * the broker still needs it then.
 */
public final class BrokerProcess implements AutoCloseable {
    private static final int STOP_SECONDS = 10;

    private final Process process;
    private final String bootstrapServers;

    private BrokerProcess(Process process, String bootstrapServers) {
        this.process = process;
        this.bootstrapServers = bootstrapServers;
    }

    /** As {@link EmbeddedBroker#start}. What the child logs goes to this process's standard error. */
    public static BrokerProcess start(BrokerSettings settings) {
        return start(settings, List.of("-Xmx512m", "-XX:+UseSerialGC"));
    }

    /** @param options of its Java runtime */
    public static BrokerProcess start(BrokerSettings settings, List<String> options) {
        Process process;
        try {
            process = new ProcessBuilder(command(settings, options))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new BrokerFailedException("cannot start a process for the broker: " + e.getMessage(), e);
        }
        String first = firstLine(process);
        if (first.startsWith(BrokerMain.READY)) {
            return new BrokerProcess(process, first.substring(BrokerMain.READY.length()));
        }
        process.destroyForcibly();
        throw new BrokerFailedException(
                first.startsWith(BrokerMain.FAILED)
                        ? first.substring(BrokerMain.FAILED.length())
                        : "the broker on " + settings.directory().toAbsolutePath() + " ended while it started");
    }

    private static String firstLine(Process process) {
        try {
            BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
            String first = said.readLine();
            return first == null ? "" : first;
        } catch (IOException e) {
            return "";
        }
    }

    public String bootstrapServers() {
        return bootstrapServers;
    }

    public long pid() {
        return process.pid();
    }

    /** Completes with the exit status when the broker has ended, asked to or not. */
    public CompletableFuture<Integer> ended() {
        return process.onExit().thenApply(Process::exitValue);
    }

    /** Ends it at once, as a power cut would but for what the operating system still holds: for tests of faults. */
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void close() {
        try {
            process.outputWriter(StandardCharsets.UTF_8).close();
        } catch (IOException e) {
            // It has ended already, or is about to.
        }
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            kill();
        }
    }

    private static List<String> command(BrokerSettings settings, List<String> options) {
        List<String> command = new ArrayList<>();
        Path shell = Path.of("/bin/sh");
        if (Files.isExecutable(shell)) {
            // A signal that is ignored at the start stays so in Java.
            command.addAll(List.of(shell.toString(), "-c", "trap '' INT; exec \"$@\"", "broker"));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(BrokerMain.class.getName());
        command.add(settings.directory().toAbsolutePath().toString());
        command.add(settings.host());
        command.add(Integer.toString(settings.port()));
        settings.kafka().forEach((setting, value) -> command.add(setting + "=" + value));
        return command;
    }
}
