package org.mtlfarm.standalone.broker;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import org.mtlfarm.schemas.InvalidInputException;

/**
 * Where a broker keeps its data and listens.
 *
 * @param directory holds all of its state; made if absent
 * @param host address to listen on, and the name that clients are told
 * @param port 1 to 65535, or 0 for the directory's last one if it is free, else any free one
 * @param kafka Kafka broker settings that replace the farm's own
 */
public record BrokerSettings(Path directory, String host, int port, Map<String, String> kafka) {
    public BrokerSettings {
        kafka = Map.copyOf(kafka);
        if (host.isBlank()) {
            throw new InvalidInputException("the broker's host must not be empty");
        }
        if (port < 0 || port > 65535) {
            throw new InvalidInputException("the broker's port must be in [0, 65535], found " + port);
        }
    }

    /** On this machine only, on a port of its own choice. */
    public static BrokerSettings in(Path directory) {
        return new BrokerSettings(directory, "127.0.0.1", 0, Map.of());
    }

    public BrokerSettings onPort(int chosen) {
        return new BrokerSettings(directory, host, chosen, kafka);
    }

    public BrokerSettings onHost(String chosen) {
        return new BrokerSettings(directory, chosen, port, kafka);
    }

    public BrokerSettings with(String setting, String value) {
        Map<String, String> more = new HashMap<>(kafka);
        more.put(setting, value);
        return new BrokerSettings(directory, host, port, more);
    }
}
