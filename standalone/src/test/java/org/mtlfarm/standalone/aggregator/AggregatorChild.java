package org.mtlfarm.standalone.aggregator;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.mtlfarm.aggregator.AggregatorService;
import org.mtlfarm.aggregator.AggregatorSettings;
import org.mtlfarm.schemas.KafkaSettings;

/** An aggregator in a process of its own, for a test to kill. It ends with its parent at the latest. */
final class AggregatorChild implements AutoCloseable {
    private final Process process;

    private AggregatorChild(Process process) {
        this.process = process;
    }

    /** Returns when it runs. */
    static AggregatorChild start(KafkaSettings kafka, Path stateDirectory) throws IOException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        AggregatorChild.class.getName(),
                        kafka.bootstrapServers(),
                        stateDirectory.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
        String line = said.readLine();
        if (!"running".equals(line)) {
            process.destroyForcibly();
            throw new IOException("expected the aggregator to say that it is running, it said " + line);
        }
        return new AggregatorChild(process);
    }

    /** kill -9 */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void close() {
        kill();
    }

    public static void main(String[] arguments) throws IOException {
        AggregatorSettings settings = AggregatorSettings.of(KafkaSettings.of(arguments[0]), Path.of(arguments[1]));
        try (AggregatorService service = AggregatorService.start(settings)) {
            service.awaitRunning(Duration.ofMinutes(2));
            System.out.println("running");
            while (System.in.read() >= 0) {
                // Only the end of the input, which is the end of the parent, says something.
            }
        }
    }
}
