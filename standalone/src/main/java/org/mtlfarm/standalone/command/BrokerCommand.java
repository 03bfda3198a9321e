package org.mtlfarm.standalone.command;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import org.mtlfarm.standalone.broker.BrokerSettings;
import org.mtlfarm.standalone.broker.EmbeddedBroker;

/** {@code farm broker}. */
@Command(name = "broker", description = "A single-node Kafka of the farm's own, for development and tests.")
final class BrokerCommand implements Runnable {
    @Mixin
    private Output output;

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
        Shutdown.onSignal(stopped::countDown, broker::close);
        output.print(
                Output.object().put("bootstrapServers", broker.bootstrapServers()),
                "Kafka at " + broker.bootstrapServers() + ", data in " + directory + "; Ctrl-C stops it");
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
