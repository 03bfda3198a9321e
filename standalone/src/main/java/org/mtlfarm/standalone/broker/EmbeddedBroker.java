package org.mtlfarm.standalone.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A single-node Kafka, broker and controller in one, in this process. It keeps everything in one directory and goes on
 * where it was when started there again. A fault in its raft layer, a full disk for example, ends the process.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);

    private static final int NODE_ID = 1;

    private final BrokerDirectory directory;
    private final KafkaRaftServer server;
    private final String bootstrapServers;
    private boolean closed;

    private EmbeddedBroker(BrokerDirectory directory, KafkaRaftServer server, String bootstrapServers) {
        this.directory = directory;
        this.server = server;
        this.bootstrapServers = bootstrapServers;
    }

    /**
     * Starts it and returns when clients are served.
     *
     * @throws BrokerFailedException if another broker holds the directory, the port is in use, or the disk is full or
     *     read-only
     */
    public static EmbeddedBroker start(BrokerSettings settings) {
        return start(settings, BrokerDirectory.LEAST_FREE_BYTES);
    }

    static EmbeddedBroker start(BrokerSettings settings, long leastFreeBytes) {
        BrokerDirectory directory = BrokerDirectory.hold(settings.directory(), leastFreeBytes);
        KafkaRaftServer server = null;
        try {
            Ports ports = Ports.choose(settings.host(), settings.port(), directory.lastPorts());
            directory.remember(ports);
            String address = advertisedHost(settings.host()) + ":" + ports.clients();
            sayWhatEndsTheProcess(directory);
            format(directory.log());
            server = new KafkaRaftServer(
                    KafkaConfig.fromProps(kafkaSettings(settings, directory.log(), ports, address), false),
                    Time.SYSTEM);
            server.startup();
            return new EmbeddedBroker(directory, server, address);
        } catch (BrokerFailedException e) {
            directory.close();
            throw e;
        } catch (Exception e) {
            if (server != null) {
                server.shutdown();
            }
            directory.close();
            throw new BrokerFailedException("the broker on " + directory + " cannot start: " + innermost(e), e);
        }
    }

    /**
     * Kafka ends the process where its raft layer or its last disk fails, after a stack trace; this adds the line that a person
     * needs. It holds for the process's latest broker.
     */
    private static void sayWhatEndsTheProcess(BrokerDirectory directory) {
        Exit.setHaltProcedure((status, message) -> {
            LOG.error("the broker on {} cannot go on and ends this process: {}", directory, directory.space());
            Runtime.getRuntime().halt(status);
        });
    }

    /** {@code host:port} for clients. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** Stops it in an orderly way; does nothing the second time. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        server.shutdown();
        server.awaitShutdown();
        directory.close();
    }

    private static void format(Path log) throws Exception {
        if (Files.exists(log.resolve("meta.properties"))) {
            return;
        }
        Files.createDirectories(log);
        new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setClusterId(Uuid.randomUuid().toString())
                .setNodeId(NODE_ID)
                .setDirectories(List.of(log.toString()))
                .setMetadataLogDirectory(log.toString())
                .setControllerListenerName("CONTROLLER")
                // The voter comes from the settings, so that its port may differ at the next start.
                .setHasDynamicQuorum(false)
                .setReleaseVersion(MetadataVersion.latestProduction())
                .run();
    }

    private static Properties kafkaSettings(BrokerSettings settings, Path log, Ports ports, String address) {
        Map<String, String> kafka = new HashMap<>();
        kafka.put("process.roles", "broker,controller");
        kafka.put("node.id", Integer.toString(NODE_ID));
        kafka.put("log.dirs", log.toAbsolutePath().toString());
        kafka.put(
                "listeners",
                "PLAINTEXT://" + settings.host() + ":" + ports.clients() + ",CONTROLLER://127.0.0.1:"
                        + ports.controller());
        kafka.put("advertised.listeners", "PLAINTEXT://" + address);
        kafka.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        kafka.put("inter.broker.listener.name", "PLAINTEXT");
        kafka.put("controller.listener.names", "CONTROLLER");
        kafka.put("controller.quorum.voters", NODE_ID + "@127.0.0.1:" + ports.controller());

        kafka.put("auto.create.topics.enable", "false");
        kafka.put("default.replication.factor", "1");
        kafka.put("offsets.topic.replication.factor", "1");
        kafka.put("offsets.topic.num.partitions", "1");
        // A farm that rests for a month still knows what its aggregator has read.
        kafka.put("offsets.retention.minutes", Integer.toString(365 * 24 * 60));
        kafka.put("transaction.state.log.replication.factor", "1");
        kafka.put("transaction.state.log.min.isr", "1");
        kafka.put("transaction.state.log.num.partitions", "1");
        kafka.put("share.coordinator.state.topic.replication.factor", "1");
        kafka.put("share.coordinator.state.topic.min.isr", "1");
        kafka.put("share.coordinator.state.topic.num.partitions", "1");

        kafka.put("group.initial.rebalance.delay.ms", "0");
        // The most that Kafka allows; 200 unless set.
        kafka.put("group.share.max.size", "1000");
        // The first member of a new group gets its partitions with its second heartbeat, 5 s later by default, and
        // where the group's state could not be set up at once, 30 s later.
        kafka.put("group.share.heartbeat.interval.ms", "1000");
        kafka.put("group.share.min.heartbeat.interval.ms", "100");
        kafka.put("group.share.initialize.retry.interval.ms", "1000");
        // How far ahead of the oldest run in flight others are handed out; 2000 by default.
        kafka.put("group.share.max.partition.max.record.locks", "10000");
        kafka.put("group.share.partition.max.record.locks", "10000");
        // After a kill -9 the broker waits for its own former session to end, 9 s unless set; one that is too short
        // ends
        // on a crowded machine while the broker lives, and then every lease is lost.
        kafka.put("broker.session.timeout.ms", "5000");
        kafka.put("broker.heartbeat.interval.ms", "500");

        // One node with few partitions: 128 MB for the log cleaner's table alone would be the default.
        kafka.put("log.cleaner.dedupe.buffer.size", Integer.toString(8 << 20));
        kafka.put("log.index.size.max.bytes", Integer.toString(1 << 20));
        kafka.put("metric.reporters", "");

        kafka.putAll(settings.kafka());
        Properties properties = new Properties();
        properties.putAll(kafka);
        return properties;
    }

    private static String advertisedHost(String host) throws UnknownHostException {
        return host.equals("0.0.0.0") || host.equals("::")
                ? InetAddress.getLocalHost().getHostName()
                : host;
    }

    private static String innermost(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage() == null
                ? ""
                : cause.getMessage().lines().findFirst().orElse("");
        return cause instanceof IOException || message.isEmpty()
                ? cause.getClass().getSimpleName() + ": " + message
                : message;
    }
}
