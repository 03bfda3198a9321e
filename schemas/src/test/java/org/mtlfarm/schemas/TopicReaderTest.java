package org.mtlfarm.schemas;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TopicReaderTest {
    private static final String TOPIC = Topics.PROGRESS.topicName();

    private final AvroCodec<Progress> codec = AvroCodec.of(Progress.class);
    private final MockConsumer<String, byte[]> consumer = new MockConsumer<>("earliest");
    private final List<ConsumerRecord<String, byte[]>> stored = new ArrayList<>();

    @Test
    void everyPartitionIsReadFromItsBeginningToItsEnd() {
        store(0, "a", progress(1));
        store(1, "b", progress(2));
        store(0, "a", progress(3));
        try (TopicReader<Progress> reader = reader(2)) {
            assertThat(reader.readToEnd())
                    .extracting(message -> message.key() + message.value().getStep())
                    .containsExactlyInAnyOrder("a1", "b2", "a3");
        }
    }

    @Test
    void theLastValueOfAKeyStandsAndATombstoneVoidsIt() {
        store(0, "kept", progress(1));
        store(0, "kept", progress(2));
        store(0, "void", progress(3));
        store(0, "void", null);
        try (TopicReader<Progress> reader = reader(1)) {
            assertThat(reader.readLatest()).containsOnlyKeys("kept").containsEntry("kept", progress(2));
        }
    }

    @Test
    void whatIsNoMessageIsLeftOutAndCounted() {
        store(0, "a", progress(1));
        storeBytes(0, "poison", new byte[] {1, 2, 3});
        store(0, "b", progress(2));
        try (TopicReader<Progress> reader = reader(1)) {
            assertThat(reader.readToEnd()).extracting(TopicReader.Message::key).containsExactly("a", "b");
            assertThat(reader.unreadable()).isOne();
        }
    }

    @Test
    void followingGoesOnWhereReadingStoppedUntilItIsClosed() {
        store(0, "a", progress(1));
        TopicReader<Progress> reader = reader(1);
        reader.readToEnd();
        consumer.schedulePollTask(() -> consumer.addRecord(record(0, 1, "b", codec.encode(progress(2)))));
        List<String> keys = new ArrayList<>();
        reader.follow(message -> {
            keys.add(message.key());
            reader.close();
        });
        assertThat(keys).containsExactly("b");
        assertThat(consumer.closed()).isTrue();
        assertThat(reader.next(Duration.ofMinutes(1))).isEmpty();
        assertThatThrownBy(reader::readToEnd).isInstanceOf(CancellationException.class);
    }

    @Test
    void closingWakesTheThreadThatReads() throws Exception {
        TopicReader<Progress> reader = reader(1);
        CountDownLatch polling = new CountDownLatch(1);
        CompletableFuture<Void> closing = new CompletableFuture<>();
        consumer.schedulePollTask(() -> {
            polling.countDown();
            // Kafka's mock does not block in a poll: this stands for it, until close() has woken the consumer.
            while (!reader.isClosed()) {
                Thread.onSpinWait();
            }
        });
        CompletableFuture<List<TopicReader.Message<Progress>>> reading =
                CompletableFuture.supplyAsync(() -> reader.next(Duration.ofDays(1)));
        polling.await();
        CompletableFuture.runAsync(() -> {
            reader.close();
            closing.complete(null);
        });
        assertThat(reading.get(1, TimeUnit.MINUTES)).isEmpty();
        closing.get(1, TimeUnit.MINUTES);
        assertThat(consumer.closed()).isTrue();
    }

    @Test
    void aTopicThatDoesNotExistIsNamed() {
        assertThatThrownBy(() -> new TopicReader<>("farm.absent", codec, consumer))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("expected a topic farm.absent");
    }

    @Test
    void aTopicIsNotReadAsWhatItDoesNotHold() {
        assertThatThrownBy(() -> TopicReader.open(Topics.PLAN, Average.class, KafkaSettings.of("localhost:1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("farm.plan holds messages Plan, not Average");
    }

    @Test
    void aBrokerThatCannotBeReachedIsNamed() {
        KafkaSettings nobody =
                new KafkaSettings("localhost:1", Map.of("default.api.timeout.ms", "200", "request.timeout.ms", "200"));
        assertThatThrownBy(() -> TopicReader.open(Topics.PLAN, Plan.class, nobody))
                .isInstanceOf(BrokerUnavailableException.class)
                .hasMessageContaining("cannot read farm.plan from Kafka at localhost:1: ");
    }

    private TopicReader<Progress> reader(int partitions) {
        List<PartitionInfo> infos = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            int number = partition;
            infos.add(new PartitionInfo(TOPIC, partition, Node.noNode(), new Node[0], new Node[0]));
            TopicPartition topicPartition = new TopicPartition(TOPIC, partition);
            consumer.updateBeginningOffsets(Map.of(topicPartition, 0L));
            consumer.updateEndOffsets(Map.of(
                    topicPartition,
                    stored.stream().filter(r -> r.partition() == number).count()));
        }
        consumer.updatePartitions(TOPIC, infos);
        TopicReader<Progress> reader = new TopicReader<>(TOPIC, codec, consumer);
        stored.forEach(consumer::addRecord);
        return reader;
    }

    private void store(int partition, String key, Progress progress) {
        storeBytes(partition, key, progress == null ? null : codec.encode(progress));
    }

    private void storeBytes(int partition, String key, byte[] bytes) {
        long offset = stored.stream().filter(r -> r.partition() == partition).count();
        stored.add(record(partition, offset, key, bytes));
    }

    private static ConsumerRecord<String, byte[]> record(int partition, long offset, String key, byte[] bytes) {
        return new ConsumerRecord<>(TOPIC, partition, offset, key, bytes);
    }

    private static Progress progress(long step) {
        return Progress.newBuilder()
                .setExperimentId("ab12")
                .setRunIndex(3)
                .setStudy("quick")
                .setWorker("host-1")
                .setStep(step)
                .setSteps(600)
                .setEpoch(5)
                .setEpochs(30)
                .setLoss(0.25)
                .setStepsPerSecond(40)
                .setAt(Instant.ofEpochMilli(1_700_000_000_123L))
                .build();
    }
}
