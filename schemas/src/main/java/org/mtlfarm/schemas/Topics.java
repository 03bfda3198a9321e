package org.mtlfarm.schemas;

import java.util.HashMap;
import java.util.Map;

import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/**
 * The farm's topics: names, what a record's key is, partitions and retention. The broker's clock stamps all of them: Kafka
 * refuses a record that its writer stamps more than an hour ahead of the broker, and ages a queue by its records' stamps.
 */
public enum Topics {
    /** What the studies want; key {@code study/experimentId}. */
    PLAN("farm.plan", Plan.getClassSchema(), 1, Map.of("cleanup.policy", "compact", "retention.ms", "-1")),
    /**
     * The work queue, read by a share group; key {@code experimentId/runIndex}. One partition: a share group deals its
     * partitions out to its members, so that with more than one a worker can be idle while another's partition has work.
     */
    RUNS("farm.runs", Run.getClassSchema(), 1, Map.of("retention.ms", "-1")),
    /** Runs in flight; key {@code experimentId/runIndex}. */
    PROGRESS("farm.progress", Progress.getClassSchema(), 1, Map.of("retention.ms", "3600000")),
    /** Finished runs, deleted by nobody and never compacted: the first result of a run counts. */
    RESULTS("farm.results", RunResult.getClassSchema(), 4, Map.of("retention.ms", "-1")),
    /** Mean and spread over an experiment's runs; key {@code experimentId}. */
    AVERAGES("farm.averages", Average.getClassSchema(), 4, Map.of("cleanup.policy", "compact", "retention.ms", "-1")),
    /** The laws found; key {@code study/specification}. */
    FORMULAS("farm.formulas", Formula.getClassSchema(), 1, Map.of("cleanup.policy", "compact", "retention.ms", "-1")),
    /** Runs given up; key {@code experimentId/runIndex}. */
    DEAD_LETTERS("farm.dead-letters", DeadLetter.getClassSchema(), 1, Map.of("retention.ms", "-1"));

    private final String topicName;
    private final Schema schema;
    private final int partitions;
    private final Map<String, String> settings;

    Topics(String topicName, Schema schema, int partitions, Map<String, String> settings) {
        this.topicName = topicName;
        this.schema = schema;
        this.partitions = partitions;
        Map<String, String> all = new HashMap<>(settings);
        all.put("message.timestamp.type", "LogAppendTime");
        this.settings = Map.copyOf(all);
    }

    public String topicName() {
        return topicName;
    }

    /** The schema of the topic's values. */
    public Schema schema() {
        return schema;
    }

    /** What the schema is registered under: Confluent's TopicNameStrategy. */
    public String subject() {
        return topicName + "-value";
    }

    /**
     * The type itself, if it is the topic's.
     *
     * @throws IllegalArgumentException if the topic holds other messages
     */
    <T extends SpecificRecord> Class<T> checked(Class<T> type) {
        if (!schema.equals(SpecificData.get().getSchema(type))) {
            throw new IllegalArgumentException(
                    topicName + " holds messages " + schema.getName() + ", not " + type.getSimpleName());
        }
        return type;
    }

    /** Partitions that the topic is created with. */
    public int partitions() {
        return partitions;
    }

    /** Kafka topic settings that differ from the broker's defaults. */
    public Map<String, String> settings() {
        return settings;
    }
}
