package org.mtlfarm.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/**
 * A few of the many numbers that Kafka's clients and Streams keep, each over all clients, partitions and threads of the
 * process: all of them would be thousands of series, most of which nobody looks at. Safe for use by several threads.
 */
public final class KafkaMeters {
    /** How the numbers of one kind become one. */
    private enum Together {
        SUM,
        MAX,
        MEAN;

        double of(DoubleStream values) {
            DoubleStream finite = values.filter(Double::isFinite);
            return switch (this) {
                case SUM -> finite.sum();
                case MAX -> finite.max().orElse(0);
                case MEAN -> finite.average().orElse(0);
            };
        }
    }

    /**
     * One number of Kafka's.
     *
     * @param meter its name here
     * @param unit empty where it has none
     */
    private record Kind(String meter, String unit, String group, String name, Together together, boolean counter) {}

    private static final List<Kind> PRODUCER = List.of(
            counter("kafka.producer.record.send", "producer-metrics", "record-send-total"),
            counter("kafka.producer.record.error", "producer-metrics", "record-error-total"),
            gauge("kafka.producer.request.latency.avg", "producer-metrics", "request-latency-avg", Together.MEAN));

    private static final List<Kind> STREAMS = List.of(
            gauge(
                    "kafka.consumer.fetch.manager.records.lag.max",
                    "consumer-fetch-manager-metrics",
                    "records-lag-max",
                    Together.MAX),
            gauge(
                    "kafka.consumer.fetch.manager.records.consumed.rate",
                    "consumer-fetch-manager-metrics",
                    "records-consumed-rate",
                    Together.SUM),
            gauge("kafka.stream.thread.process.rate", "stream-thread-metrics", "process-rate", Together.SUM),
            gauge(
                    "kafka.stream.thread.commit.latency.avg",
                    "stream-thread-metrics",
                    "commit-latency-avg",
                    Together.MEAN),
            gauge("kafka.stream.thread.poll.records.avg", "stream-thread-metrics", "poll-records-avg", Together.MEAN),
            gauge("kafka.stream.state.estimate.num.keys", "stream-state-metrics", "estimate-num-keys", Together.SUM),
            bytes("kafka.stream.state.block.cache.usage", "block-cache-usage"),
            bytes("kafka.stream.state.size.all.mem.tables", "size-all-mem-tables"),
            bytes("kafka.stream.state.total.sst.files.size", "total-sst-files-size"));

    private final List<Supplier<Map<MetricName, ? extends Metric>>> clients = new CopyOnWriteArrayList<>();

    private KafkaMeters(MeterRegistry registry, List<Kind> kinds) {
        kinds.forEach(kind -> register(registry, kind));
    }

    /** Of producers. */
    public static KafkaMeters ofProducers(MeterRegistry registry) {
        return new KafkaMeters(registry, PRODUCER);
    }

    /** Of Kafka Streams, its consumers, producers and stores. */
    public static KafkaMeters ofStreams(MeterRegistry registry) {
        List<Kind> kinds = new ArrayList<>(STREAMS);
        kinds.addAll(PRODUCER);
        return new KafkaMeters(registry, kinds);
    }

    /** Takes in a client, by its {@code metrics()}. */
    public void add(Supplier<Map<MetricName, ? extends Metric>> client) {
        clients.add(client);
    }

    private static Kind counter(String meter, String group, String name) {
        return new Kind(meter, "", group, name, Together.SUM, true);
    }

    private static Kind gauge(String meter, String group, String name, Together together) {
        return new Kind(meter, "", group, name, together, false);
    }

    private static Kind bytes(String meter, String name) {
        return new Kind(meter, "bytes", "stream-state-metrics", name, Together.SUM, false);
    }

    private void register(MeterRegistry registry, Kind kind) {
        String description = "Kafka's " + kind.name + " of " + kind.group;
        if (kind.counter) {
            FunctionCounter.builder(kind.meter, this, meters -> meters.value(kind))
                    .description(description)
                    .register(registry);
        } else {
            Gauge.builder(kind.meter, this, meters -> meters.value(kind))
                    .description(description)
                    .baseUnit(kind.unit.isEmpty() ? null : kind.unit)
                    .strongReference(true)
                    .register(registry);
        }
    }

    private double value(Kind kind) {
        return kind.together.of(clients.stream()
                .flatMap(client -> client.get().entrySet().stream())
                .filter(entry -> entry.getKey().group().equals(kind.group)
                        && entry.getKey().name().equals(kind.name))
                .mapToDouble(entry ->
                        entry.getValue().metricValue() instanceof Number number ? number.doubleValue() : Double.NaN));
    }
}
