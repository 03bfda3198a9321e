package org.mtlfarm.producer.farm;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.DeadLetter;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.Progress;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.Topics;

/**
 * A farm on Kafka's own mock clients: what its producer sends, its consumer reads, a partition a topic. Time stands still
 * unless it is moved on.
 */
final class RecordedFarm {
    private static final List<Topics> READ =
            List.of(Topics.PLAN, Topics.RUNS, Topics.PROGRESS, Topics.RESULTS, Topics.DEAD_LETTERS);

    final MockProducer<String, byte[]> producer =
            new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
    final MockConsumer<String, byte[]> consumer = new MockConsumer<>("earliest");
    final Map<Integer, Long> queueStart = new HashMap<>();
    final FarmView view = new FarmView(consumer, () -> queueStart, Duration.ofSeconds(30), Duration.ofMillis(200));
    private final Map<String, Long> ends = new HashMap<>();
    private Instant now = Messages.START.plusSeconds(3600);
    private int delivered;
    private Instant stamp;

    final Clock clock = new Clock() {
        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new IllegalStateException("time zones do not matter here");
        }
    };

    RecordedFarm() {
        for (Topics topic : READ) {
            Node node = new Node(1, "localhost", 9092);
            consumer.updatePartitions(
                    topic.topicName(),
                    List.of(new PartitionInfo(topic.topicName(), 0, node, new Node[] {node}, new Node[] {node})));
            consumer.updateBeginningOffsets(Map.of(partition(topic.topicName()), 0L));
            consumer.updateEndOffsets(Map.of(partition(topic.topicName()), 0L));
        }
        view.refresh(); // a mock consumer takes records only of partitions that it is assigned
    }

    /** From now on the broker stamps what it takes in, always with this time. */
    void stampAt(Instant time) {
        stamp = time;
    }

    void passTime(Duration time) {
        now = now.plus(time);
    }

    /** The state after everything that was sent has arrived. */
    FarmState state() {
        deliver();
        return view.refresh();
    }

    /** Makes what the producer has sent readable. */
    void deliver() {
        List<ProducerRecord<String, byte[]>> sent = producer.history();
        for (; delivered < sent.size(); delivered++) {
            ProducerRecord<String, byte[]> message = sent.get(delivered);
            add(message.topic(), message.key(), message.value());
        }
    }

    void publish(RunResult result) {
        add(
                Topics.RESULTS.topicName(),
                RunKey.of(result).toString(),
                AvroCodec.of(RunResult.class).encode(result));
    }

    void publish(Progress progress) {
        add(
                Topics.PROGRESS.topicName(),
                RunKey.of(progress).toString(),
                AvroCodec.of(Progress.class).encode(progress));
    }

    void add(String topic, String key, byte[] value) {
        long offset = ends.merge(topic, 1L, Long::sum) - 1;
        consumer.addRecord(
                stamp == null
                        ? new ConsumerRecord<>(topic, 0, offset, key, value)
                        : new ConsumerRecord<>(
                                topic,
                                0,
                                offset,
                                stamp.toEpochMilli(),
                                TimestampType.LOG_APPEND_TIME,
                                0,
                                0,
                                key,
                                value,
                                new RecordHeaders(),
                                Optional.empty()));
        consumer.updateEndOffsets(Map.of(partition(topic), offset + 1));
    }

    /** The queue is done with everything that is on it, results or not. */
    void dropQueue() {
        deliver();
        queueStart.put(0, ends.getOrDefault(Topics.RUNS.topicName(), 0L));
    }

    List<Plan> plans() {
        return sent(Topics.PLAN, AvroCodec.of(Plan.class));
    }

    List<Run> runs() {
        return sent(Topics.RUNS, AvroCodec.of(Run.class));
    }

    List<RunResult> results() {
        return sent(Topics.RESULTS, AvroCodec.of(RunResult.class));
    }

    List<DeadLetter> deadLetters() {
        return sent(Topics.DEAD_LETTERS, AvroCodec.of(DeadLetter.class));
    }

    private <T extends SpecificRecord> List<T> sent(Topics topic, AvroCodec<T> codec) {
        List<T> messages = new ArrayList<>();
        producer.history().stream()
                .filter(message -> message.topic().equals(topic.topicName()))
                .forEach(message -> messages.add(codec.decode(message.value())));
        return messages;
    }

    private static TopicPartition partition(String topic) {
        return new TopicPartition(topic, 0);
    }
}
