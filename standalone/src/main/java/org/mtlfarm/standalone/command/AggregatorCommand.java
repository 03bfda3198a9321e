package org.mtlfarm.standalone.command;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

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
    private Console console;

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

    @Option(
            names = "--reconcile-every",
            defaultValue = "30s",
            converter = Durations.class,
            paramLabel = "DURATION",
            description =
                    "How often planned runs that are nowhere are enqueued again, by one of all aggregators; 0s never (default ${DEFAULT-VALUE}).")
    private Duration reconcileEvery;

    @Option(
            names = "--start-anew",
            description =
                    "Forget all averages and compute them again from every result: takes in what an older version had to set aside. No other aggregator may be at work.")
    private boolean startAnew;

    private Reconciling reconciling() {
        return reconcileEvery.isZero()
                ? Reconciling.NEVER
                : Reconciling.start(kafka.kafka(), kafka.group(), reconcileEvery);
    }

    @Override
    public void run() {
        AggregatorSettings settings = AggregatorSettings.builder(kafka.kafka(), stateDirectory)
                .threads(threads)
                .commitInterval(commitInterval)
                .build();
        try (AggregatorService aggregator =
                startAnew ? AggregatorService.startAnew(settings) : AggregatorService.start(settings)) {
            try (Shutdown shutdown = Shutdown.ownerCloses(aggregator::close);
                    Reconciling reconciling = reconciling()) {
                aggregator.awaitRunning(PATIENCE);
                console.note("aggregator " + settings.instanceId() + ": running");
                CompletableFuture.anyOf(aggregator.ended(), reconciling.failed())
                        .join();
                shutdown.endedWell();
            } catch (CompletionException e) {
                throw e.getCause() instanceof RuntimeException failure ? failure : e;
            }
        }
    }
}
