package org.mtlfarm.standalone.command;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;

import picocli.CommandLine.Option;

import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.WireFormat;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.schemas.registry.Compatibility;
import org.mtlfarm.schemas.registry.RegistrySettings;
import org.mtlfarm.schemas.registry.SchemaRegistry;

/** How to reach the farm's Kafka, and how messages are written there. */
final class KafkaOptions {
    @Option(
            names = "--bootstrap-servers",
            defaultValue = "localhost:9092",
            paramLabel = "HOST:PORT",
            description = "Kafka brokers, several separated by commas (default ${DEFAULT-VALUE}).")
    private String bootstrapServers;

    @Option(
            names = "--kafka-config",
            paramLabel = "FILE",
            description = "Properties file of further Kafka client settings, for example for TLS and SASL.")
    private Path config;

    @Option(
            names = "--work-group",
            defaultValue = "workers",
            paramLabel = "NAME",
            description = "Share group of the workers (default ${DEFAULT-VALUE}).")
    private String workGroup;

    @Option(
            names = "--record-lock",
            defaultValue = "30s",
            converter = Durations.class,
            paramLabel = "DURATION",
            description = "How long a run stays a worker's own without renewal (default ${DEFAULT-VALUE}).")
    private Duration recordLock;

    @Option(
            names = "--schema-registry",
            paramLabel = "URL",
            description =
                    "Write messages with the ids of this schema registry (Confluent's REST calls; user and password may stand in the URL). Without it: Avro's single-object encoding.")
    private String schemaRegistry;

    @Option(
            names = "--schema-registry-token",
            paramLabel = "TOKEN",
            description = "Bearer token for the schema registry; better given by the environment.")
    private String schemaRegistryToken;

    @Option(
            names = "--schema-compatibility",
            defaultValue = "FULL_TRANSITIVE",
            paramLabel = "LEVEL",
            description =
                    "What the farm's subjects at the schema registry let change: ${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}).")
    private Compatibility schemaCompatibility;

    /** One for the whole command, since it remembers what it has asked. */
    private WireFormat wire;

    KafkaSettings kafka() {
        if (wire == null) {
            wire = wireFormat();
        }
        return new KafkaSettings(bootstrapServers, config == null ? Map.of() : read(config), wire);
    }

    private WireFormat wireFormat() {
        if (schemaRegistry == null) {
            return WireFormat.SINGLE_OBJECT;
        }
        RegistrySettings settings = RegistrySettings.of(schemaRegistry).with(schemaCompatibility);
        return WireFormat.registered(
                new SchemaRegistry(schemaRegistryToken == null ? settings : settings.withToken(schemaRegistryToken)));
    }

    WorkGroup group() {
        return new WorkGroup(workGroup, recordLock, WorkGroup.WORKERS.deliveryLimit());
    }

    private static Map<String, String> read(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new InvalidInputException("--kafka-config: expected a properties file, found " + file + ": " + e, e);
        }
        return properties.stringPropertyNames().stream()
                .collect(Collectors.toMap(name -> name, properties::getProperty));
    }
}
