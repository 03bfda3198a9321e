package org.mtlfarm.standalone.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicIdPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.standalone.broker.TestBroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What the worker's loop takes for granted of Kafka's share consumer; a later Kafka may change it. */
@ExtendWith(TestBroker.class)
class ShareConsumerFactsTest {
    private static final WorkGroup GROUP = WorkGroup.WORKERS.withRecordLock(Duration.ofSeconds(30));

    @Test
    void aConsumerThatHoldsARecordGetsNoOtherOneHoweverItPolls(TestBroker broker) throws Exception {
        KafkaSettings kafka = broker.emptied(GROUP);
        try (ShareConsumer<byte[], byte[]> consumer = consumer(kafka, 2)) {
            QueuedRuns.enqueue(kafka, QueuedRuns.some(1));
            List<ConsumerRecord<byte[], byte[]>> held = list(consumer, Duration.ofSeconds(30));
            assertThat(held).hasSize(1);
            QueuedRuns.enqueue(kafka, QueuedRuns.some(3));

            for (int i = 0; i < 5; i++) {
                consumer.acknowledge(held.get(0), AcknowledgeType.RENEW);
                assertThat(consumer.commitSync().values()).containsExactly(Optional.<KafkaException>empty());
                List<ConsumerRecord<byte[], byte[]>> polled = list(consumer, Duration.ofSeconds(1));
                assertThat(polled).hasSize(1);
                assertThat(polled.get(0).offset()).isEqualTo(held.get(0).offset());
                assertThat(polled.get(0).partition()).isEqualTo(held.get(0).partition());
                held = polled;
            }

            consumer.acknowledge(held.get(0), AcknowledgeType.ACCEPT);
            consumer.commitSync();
            List<ConsumerRecord<byte[], byte[]>> next = list(consumer, Duration.ofSeconds(30));
            assertThat(next).isNotEmpty();
            next.forEach(record -> consumer.acknowledge(record, AcknowledgeType.RELEASE));
        }
    }

    @Test
    void aPollWithARecordThatIsNotAcknowledgedThrows(TestBroker broker) throws Exception {
        KafkaSettings kafka = broker.emptied(GROUP);
        try (ShareConsumer<byte[], byte[]> consumer = consumer(kafka, 2)) {
            QueuedRuns.enqueue(kafka, QueuedRuns.some(1));
            assertThat(list(consumer, Duration.ofSeconds(30))).hasSize(1);

            assertThatThrownBy(() -> consumer.poll(Duration.ZERO)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aReleasedRecordComesBackCountedAndARenewedOneDoesNotCount(TestBroker broker) throws Exception {
        KafkaSettings kafka = broker.emptied(GROUP);
        try (ShareConsumer<byte[], byte[]> consumer = consumer(kafka, 1)) {
            QueuedRuns.enqueue(kafka, QueuedRuns.some(1));
            for (int delivery = 1; delivery <= 3; delivery++) {
                ConsumerRecord<byte[], byte[]> record =
                        list(consumer, Duration.ofSeconds(30)).get(0);
                assertThat(record.deliveryCount()).contains((short) delivery);
                consumer.acknowledge(record, AcknowledgeType.RENEW);
                consumer.commitSync();
                ConsumerRecord<byte[], byte[]> renewed =
                        list(consumer, Duration.ofSeconds(30)).get(0);
                assertThat(renewed.deliveryCount()).contains((short) delivery);
                consumer.acknowledge(renewed, AcknowledgeType.RELEASE);
                Map<TopicIdPartition, Optional<KafkaException>> answer = consumer.commitSync();
                assertThat(answer.values()).containsExactly(Optional.<KafkaException>empty());
            }
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> list(
            ShareConsumer<byte[], byte[]> consumer, Duration patience) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        consumer.poll(patience).forEach(records::add);
        return records;
    }

    private static ShareConsumer<byte[], byte[]> consumer(KafkaSettings kafka, int mostRecords) {
        String bytes = "org.apache.kafka.common.serialization.ByteArrayDeserializer";
        ShareConsumer<byte[], byte[]> consumer = new KafkaShareConsumer<>(kafka.properties(Map.of(
                "group.id",
                GROUP.groupId(),
                "key.deserializer",
                bytes,
                "value.deserializer",
                bytes,
                "share.acknowledgement.mode",
                "explicit",
                "share.acquire.mode",
                "record_limit",
                "max.poll.records",
                Integer.toString(mostRecords))));
        consumer.subscribe(List.of(Topics.RUNS.topicName()));
        return consumer;
    }
}
