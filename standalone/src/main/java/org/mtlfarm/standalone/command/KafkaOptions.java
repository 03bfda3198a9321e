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
import org.mtlfarm.schemas.WorkGroup;

/** How to reach the farm's Kafka. */
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

    KafkaSettings kafka() {
        return new KafkaSettings(bootstrapServers, config == null ? Map.of() : read(config));
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
