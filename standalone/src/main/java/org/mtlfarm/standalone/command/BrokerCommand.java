package org.mtlfarm.standalone.command;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import org.mtlfarm.http.OperatorHttp;
import org.mtlfarm.metrics.FarmMetrics;
import org.mtlfarm.standalone.broker.BrokerMeters;
import org.mtlfarm.standalone.broker.BrokerSettings;
import org.mtlfarm.standalone.broker.EmbeddedBroker;
import org.mtlfarm.standalone.run.FarmVersion;

/** {@code farm broker}. */
@Command(name = "broker", description = "A single-node Kafka of the farm's own, for development and tests.")
final class BrokerCommand implements Runnable {
    /** Where a lone broker's meters are looked for. */
    private static final int USUAL_PORT = 8474;

    @Mixin
    private Output output;

    @Mixin
    private HttpOptions http;

    @Option(
            names = "--dir",
            defaultValue = "farm-out/kafka",
            paramLabel = "DIR",
            description = "Where it keeps its data (default ${DEFAULT-VALUE}).")
    private Path directory;

    @Option(
            names = "--port",
            defaultValue = "9092",
            paramLabel = "PORT",
            description = "Port on the loopback interface; 0 takes a free one (default ${DEFAULT-VALUE}).")
    private int port;

    @Override
    public void run() {
        CountDownLatch stopped = new CountDownLatch(1);
        EmbeddedBroker broker =
                EmbeddedBroker.start(BrokerSettings.in(directory).onPort(port));
        FarmMetrics metrics = FarmMetrics.of("broker", FarmVersion.current());
        BrokerMeters.bind(metrics.registry());
        metrics.watchRoom(directory);
        CountDownLatch serving = stopped;
        metrics.readyWhen(() -> serving.getCount() > 0);
        Optional<OperatorHttp> server = http.start(USUAL_PORT, settings -> OperatorHttp.start(settings, metrics));
        Shutdown.onSignal(stopped::countDown, () -> {
            server.ifPresent(OperatorHttp::close);
            broker.close();
        });
        output.print(
                Output.object().put("bootstrapServers", broker.bootstrapServers()),
                "Kafka at " + broker.bootstrapServers() + ", data in " + directory
                        + server.map(one -> ", " + one.url()).orElse("") + "; Ctrl-C stops it");
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
