package org.mtlfarm.standalone.broker;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
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
        Map<String, String> kafka = new HashMap<>(farmSettings());
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

        kafka.put("metric.reporters", "");

        kafka.putAll(settings.kafka());
        Properties properties = new Properties();
        properties.putAll(kafka);
        return properties;
    }

    private static Map<String, String> farmSettings() {
        Properties file = new Properties();
        try (InputStream in = EmbeddedBroker.class.getResourceAsStream("broker.properties")) {
            file.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> settings = new HashMap<>();
        file.stringPropertyNames().forEach(name -> settings.put(name, file.getProperty(name)));
        return settings;
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
