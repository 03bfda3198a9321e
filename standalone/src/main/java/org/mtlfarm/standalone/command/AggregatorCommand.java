package org.mtlfarm.standalone.command;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import org.mtlfarm.aggregator.AggregatorService;
import org.mtlfarm.aggregator.AggregatorSettings;

/** {@code farm aggregator}. */
@Command(name = "aggregator", description = "Keep the average over the runs of every experiment.")
final class AggregatorCommand implements Runnable {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    @Mixin
    private Output output;

    @Mixin
    private KafkaOptions kafka;

    @Option(
            names = "--state-dir",
            defaultValue = "farm-out/state",
            paramLabel = "DIR",
            description = "Folder of the RocksDB stores, of one process at a time (default ${DEFAULT-VALUE}).")
    private Path stateDirectory;

    @Option(
            names = "--threads",
            defaultValue = "1",
            paramLabel = "N",
            description = "Stream threads (default ${DEFAULT-VALUE}).")
    private int threads;

    @Option(
            names = "--commit-interval",
            defaultValue = "100ms",
            converter = Durations.class,
            paramLabel = "DURATION",
            description = "Time between two commits (default ${DEFAULT-VALUE}).")
    private Duration commitInterval;

    @Override
    public void run() {
        AggregatorSettings settings = AggregatorSettings.builder(kafka.kafka(), stateDirectory)
                .threads(threads)
                .commitInterval(commitInterval)
                .build();
        try (AggregatorService aggregator = AggregatorService.start(settings)) {
            CountDownLatch ended = Shutdown.ownerCloses(aggregator::close);
            try {
                aggregator.awaitRunning(PATIENCE);
                output.note("aggregator " + settings.instanceId() + ": running");
                aggregator.ended().join();
            } catch (CompletionException e) {
                throw e.getCause() instanceof RuntimeException failure ? failure : e;
            } finally {
                ended.countDown();
            }
        }
    }
}
