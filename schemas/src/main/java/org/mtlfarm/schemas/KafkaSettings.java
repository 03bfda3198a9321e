package org.mtlfarm.schemas;

import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/**
 * How to reach Kafka, and the properties of the clients built on that. What a guarantee of the farm rests on cannot be
 * overridden by {@code client}.
 *
 * @param bootstrapServers {@code host:port}, several separated by commas
 * @param client further Kafka client properties for every client, for example {@code security.protocol}
 */
public record KafkaSettings(String bootstrapServers, Map<String, String> client) {
    private static final String STRING_SERIALIZER = "org.apache.kafka.common.serialization.StringSerializer";
    private static final String STRING_DESERIALIZER = "org.apache.kafka.common.serialization.StringDeserializer";
    private static final String BYTES_SERIALIZER = "org.apache.kafka.common.serialization.ByteArraySerializer";
    private static final String BYTES_DESERIALIZER = "org.apache.kafka.common.serialization.ByteArrayDeserializer";

    public KafkaSettings {
        client = Map.copyOf(client);
        for (String server : bootstrapServers.split(",", -1)) {
            if (!server.strip().matches(".+:\\d{1,5}")) {
                throw new InvalidInputException("Kafka's bootstrap servers must be HOST:PORT, several separated by"
                        + " commas; found \"" + bootstrapServers + "\"");
            }
        }
    }

    public static KafkaSettings of(String bootstrapServers) {
        return new KafkaSettings(bootstrapServers, Map.of());
    }

    /** For clients that need something of their own. */
    public KafkaSettings with(String property, String value) {
        Map<String, String> more = new HashMap<>(client);
        more.put(property, value);
        return new KafkaSettings(bootstrapServers, more);
    }

    /** The connection, the extra properties, and on top of them the given ones. */
    public Properties properties(Map<String, String> own) {
        Map<String, String> all = new HashMap<>(client);
        all.put("bootstrap.servers", bootstrapServers);
        all.putAll(own);
        Properties properties = new Properties();
        properties.putAll(all);
        return properties;
    }

    public Properties admin() {
        return properties(Map.of());
    }

    /** An idempotent producer, keys strings, values bytes, that has a record only when all in-sync replicas have it. */
    public Properties producer() {
        return properties(Map.of(
                "key.serializer",
                STRING_SERIALIZER,
                "value.serializer",
                BYTES_SERIALIZER,
                "acks",
                "all",
                "enable.idempotence",
                "true"));
    }

    /**
     * A consumer that reads committed records only, keys strings, values bytes, and begins with the earliest. It commits
     * nothing by itself; without a group it is for {@code assign}.
     */
    public Properties consumer() {
        return properties(Map.of(
                "key.deserializer", STRING_DESERIALIZER,
                "value.deserializer", BYTES_DESERIALIZER,
                "isolation.level", "read_committed",
                "auto.offset.reset", "earliest",
                "enable.auto.commit", "false",
                "allow.auto.create.topics", "false"));
    }
}
