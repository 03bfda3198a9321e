package org.mtlfarm.standalone.faults;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A Java process that is started again whenever it ends, until it is closed: what an operator's process supervisor does. What
 * it prints goes to a file. Safe for use by several threads.
 */
final class Supervised implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(300);

    private final List<String> command;
    private final Map<String, String> environment;
    private final Path log;
    private final Thread supervisor;
    private Process process;
    private boolean closed;
    private int starts;

    private Supervised(List<String> command, Map<String, String> environment, Path log) {
        this.command = command;
        this.environment = Map.copyOf(environment);
        this.log = log;
        this.supervisor = new Thread(this::supervise, log.getFileName().toString());
    }

    /** @param environment what differs from this process's */
    static Supervised start(Path log, Map<String, String> environment, Class<?> main, String... arguments)
            throws IOException {
        Supervised started = new Supervised(command(log.getParent(), main, arguments), environment, log);
        started.startProcess();
        started.supervisor.start();
        return started;
    }

    static List<String> command(Path directory, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=" + directory.resolve("crash-%p.log"),
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    private synchronized void startProcess() throws IOException {
        if (!closed) {
            starts++;
            process = process(command, environment, log);
        }
    }

    /** What it prints goes to the end of the file. */
    static Process process(List<String> command, Map<String, String> environment, Path log) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        return builder.start();
    }

    private void supervise() {
        try {
            while (!isClosed()) {
                current().waitFor();
                LockSupport.parkNanos(PAUSE.toNanos());
                startProcess();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new IllegalStateException("cannot start " + command, e);
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    synchronized Process current() {
        return process;
    }

    /** How often the process has been started. */
    synchronized int starts() {
        return starts;
    }

    /** kill -9 */
    void kill() {
        current().destroyForcibly();
    }

    /** Sends a signal by its name, to the process that runs now; nothing if that has just ended. */
    Process signal(String name) throws IOException, InterruptedException {
        Process target = current();
        signal(name, target.pid());
        return target;
    }

    static void signal(String name, long pid) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    /** Writes a line to its standard input. */
    void tell(String line) {
        try {
            Writer in = current().outputWriter(StandardCharsets.UTF_8);
            in.write(line + "\n");
            in.flush();
        } catch (IOException e) {
            // It has ended, and its successor is another one.
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        kill();
        try {
            current().waitFor(30, TimeUnit.SECONDS);
            supervisor.join(TimeUnit.SECONDS.toMillis(30));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
