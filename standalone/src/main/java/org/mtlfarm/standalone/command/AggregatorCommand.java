package org.mtlfarm.standalone.command;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import org.mtlfarm.aggregator.AggregatorMeters;
import org.mtlfarm.aggregator.AggregatorService;
import org.mtlfarm.aggregator.AggregatorSettings;
import org.mtlfarm.aggregator.http.AggregatorHttp;
import org.mtlfarm.metrics.FarmMetrics;
import org.mtlfarm.standalone.run.FarmVersion;

/** {@code farm aggregator}. */
@Command(name = "aggregator", description = "Keep the average over the runs of every experiment.")
final class AggregatorCommand implements Runnable {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    @Mixin
    private Console console;

    @Mixin
    private KafkaOptions kafka;

    @Mixin
    private HttpOptions http;

    @Option(
            names = "--http-advertise",
            paramLabel = "HOST:PORT",
            description =
                    "Where other aggregators reach this one's HTTP (default what it is bound to; on all addresses, the machine's name).")
    private String advertised;

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
                    "Forget all averages and compute them again from every result: takes in what an older version had to set aside. Other aggregators make room and go on with it.")
    private boolean startAnew;

    @Override
    public void run() {
        try (FarmMetrics metrics = FarmMetrics.of("aggregator", FarmVersion.current())) {
            Optional<AggregatorHttp> server = http.start(
                    AggregatorHttp.USUAL_PORT,
                    settings -> AggregatorHttp.start(settings, Optional.ofNullable(advertised), metrics));
            try {
                aggregate(server, metrics);
            } finally {
                server.ifPresent(AggregatorHttp::close);
            }
        }
    }

    private void aggregate(Optional<AggregatorHttp> server, FarmMetrics metrics) {
        AggregatorSettings.Builder chosen = AggregatorSettings.builder(kafka.kafka(), stateDirectory)
                .threads(threads)
                .commitInterval(commitInterval);
        server.ifPresent(one -> chosen.address(one.address()));
        AggregatorSettings settings = chosen.build();
        try (AggregatorService aggregator =
                startAnew ? AggregatorService.startAnew(settings) : AggregatorService.start(settings)) {
            server.ifPresent(one -> one.serve(aggregator.queries(), settings.kafka()));
            AggregatorMeters.bind(aggregator, metrics.registry());
            metrics.watchRoom(stateDirectory);
            metrics.readyWhen(aggregator::isRunning);
            try (Shutdown shutdown = Shutdown.ownerCloses(aggregator::close);
                    Reconciling reconciling =
                            Reconciling.start(kafka.kafka(), kafka.group(), reconcileEvery, metrics.registry())) {
                aggregator.awaitRunning(PATIENCE);
                console.note("aggregator " + settings.instanceId() + ": running"
                        + server.map(one -> ", " + one.url()).orElse(""));
                CompletableFuture.anyOf(aggregator.ended(), reconciling.failed())
                        .join();
                server.ifPresent(AggregatorHttp::close);
                shutdown.endedWell();
            } catch (CompletionException e) {
                throw e.getCause() instanceof RuntimeException failure ? failure : e;
            }
        }
    }
}
