package org.mtlfarm.standalone.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Topics;

/** Reads a topic of one partition from its first message on. */
final class TopicWatch<T extends SpecificRecord> implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final KafkaConsumer<String, byte[]> consumer;
    private final AvroCodec<T> codec;

    TopicWatch(KafkaSettings kafka, Topics topic, Class<T> type) {
        codec = AvroCodec.of(type);
        consumer = new KafkaConsumer<>(kafka.consumer());
        List<TopicPartition> partitions = List.of(new TopicPartition(topic.topicName(), 0));
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** All messages once there are so many, or all there are when patience ends. */
    List<T> await(int count) {
        List<T> messages = new ArrayList<>();
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        while (messages.size() < count && System.nanoTime() - deadlineNanos < 0) {
            consumer.poll(Duration.ofMillis(500)).forEach(record -> messages.add(codec.decode(record.value())));
        }
        return messages;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
