package org.mtlfarm.aggregator;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.AvroSerde;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.schemas.WireFormat;

/**
 * {@code farm.results} to {@code farm.averages}: results are brought together by experiment on a topic between, each fills
 * its place in the experiment's average, which RocksDB keeps, and every change of an average is published.
 *
 * <p>Results are keyed by run, so those of an experiment lie on several partitions. The topic between, rather than a
 * partitioner of the workers, brings them together: see docs/decisions.md, aggregator.
 */
public final class AverageTopology {
    /** The store of averages by experiment id; what it holds is what {@code farm.averages} holds. */
    public static final String STORE = "experiments";

    /** Of the topic between; its full name is {@code <application id>-by-experiment-repartition}. */
    static final String BY_EXPERIMENT = "by-experiment";

    private AverageTopology() {}

    /**
     * The topology.
     *
     * @param partitions parts into which the experiments are divided, so the most tasks that can share the work; to change
     *     it later, the averages must be rebuilt
     * @param wire in which averages are published; the topology's own topics and store hold single objects, whatever it is
     * @param setAside told of every result that contradicts itself
     * @param counters told of every result that an average has taken in
     */
    public static Topology of(int partitions, WireFormat wire, SetAside setAside, AggregatorCounters counters) {
        Serde<String> key = Serdes.String();
        Serde<RunResult> result = AvroSerde.of(RunResult.class);
        Serde<Average> average = AvroSerde.of(Average.class);
        StreamsBuilder builder = new StreamsBuilder();
        builder.addStateStore(Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(STORE), key, average)
                .withLoggingEnabled(Map.of()));
        builder.stream(
                        Topics.RESULTS.topicName(),
                        Consumed.with(key, new AvroSerde<>(wire.codec(Topics.RESULTS, RunResult.class)))
                                .withName("results"))
                .process(() -> new KeyByExperiment(setAside), Named.as("key-by-experiment"))
                .repartition(Repartitioned.<String, RunResult>as(BY_EXPERIMENT)
                        .withKeySerde(key)
                        .withValueSerde(result)
                        .withNumberOfPartitions(partitions))
                .process(() -> new FillSlot(counters), Named.as("fill-slot"), STORE)
                .to(
                        Topics.AVERAGES.topicName(),
                        Produced.with(key, new AvroSerde<>(wire.codec(Topics.AVERAGES, Average.class)))
                                .withName("averages"));
        return builder.build();
    }

    /** Passes on the results that an average can use, keyed by their experiment. */
    private static final class KeyByExperiment extends ContextualProcessor<String, RunResult, String, RunResult> {
        private final SetAside setAside;

        KeyByExperiment(SetAside setAside) {
            this.setAside = setAside;
        }

        @Override
        public void process(Record<String, RunResult> record) {
            RunResult result = record.value();
            if (result == null) {
                setAside(record, "expected a RunResult, found a tombstone");
                return;
            }
            try {
                RunScores.of(result);
            } catch (IllegalArgumentException e) {
                setAside(record, e.getMessage());
                return;
            }
            // The epochs' losses are most of a result, and no average needs them.
            RunResult lean =
                    RunResult.newBuilder(result).setEpochLosses(List.of()).build();
            context()
                    .forward(record.withKey(result.getExperiment().getExperimentId())
                            .withValue(lean));
        }

        private void setAside(Record<String, RunResult> record, String reason) {
            RecordMetadata place = context().recordMetadata().orElseThrow();
            setAside.add(place.topic(), place.partition(), place.offset(), "key " + record.key() + ": " + reason);
        }
    }

    /** Puts a result in its place and publishes the average. */
    private static final class FillSlot extends ContextualProcessor<String, RunResult, String, Average> {
        private final AggregatorCounters counters;
        private KeyValueStore<String, Average> store;

        FillSlot(AggregatorCounters counters) {
            this.counters = counters;
        }

        @Override
        public void init(ProcessorContext<String, Average> context) {
            super.init(context);
            store = context.getStateStore(STORE);
        }

        @Override
        public void process(Record<String, RunResult> record) {
            RunResult result = record.value();
            Average before = store.get(record.key());
            ExperimentSlots slots =
                    before == null ? ExperimentSlots.empty(result.getExperiment()) : ExperimentSlots.of(before);
            Average after =
                    slots.with(result, Instant.ofEpochMilli(record.timestamp())).average();
            store.put(record.key(), after);
            counters.add(before, after);
            context().forward(record.withValue(after));
        }
    }
}
