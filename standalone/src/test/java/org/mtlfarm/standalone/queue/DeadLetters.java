package org.mtlfarm.standalone.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.DeadLetter;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Topics;

/** Reads the dead letters from the first on. */
final class DeadLetters implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final KafkaConsumer<String, byte[]> consumer;
    private final AvroCodec<DeadLetter> codec = AvroCodec.of(DeadLetter.class);

    DeadLetters(KafkaSettings kafka) {
        consumer = new KafkaConsumer<>(kafka.consumer());
        List<TopicPartition> partitions = List.of(new TopicPartition(Topics.DEAD_LETTERS.topicName(), 0));
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** All letters once there are so many, or all there are when patience ends. */
    List<DeadLetter> await(int count) {
        List<DeadLetter> letters = new ArrayList<>();
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        while (letters.size() < count && System.nanoTime() - deadlineNanos < 0) {
            consumer.poll(Duration.ofMillis(500)).forEach(record -> letters.add(codec.decode(record.value())));
        }
        return letters;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
