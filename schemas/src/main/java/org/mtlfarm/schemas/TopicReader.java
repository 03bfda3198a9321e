package org.mtlfarm.schemas;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one of the farm's topics from its beginning, then whatever comes: all partitions, committed records only, no
 * consumer group. Records whose bytes are no message are logged with topic, partition and offset, counted and left out.
 *
 * <p>One thread reads at a time. {@link #close()} may come from any thread: it wakes the one that reads and waits for it.
 */
public final class TopicReader<T extends SpecificRecord> implements AutoCloseable {
    /**
     * A record of the topic.
     *
     * @param value null where the record is a tombstone: the key's earlier values are void
     */
    public record Message<T>(String key, T value, int partition, long offset, Instant timestamp) {}

    /** For how long {@link #readToEnd} bears that nothing comes though there is more to read. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(TopicReader.class);

    private final String topic;
    private final AvroCodec<T> codec;
    private final Consumer<String, byte[]> consumer;
    private final ReentrantLock reading = new ReentrantLock();
    private final AtomicLong unreadable = new AtomicLong();
    private volatile boolean closed;

    TopicReader(String topic, AvroCodec<T> codec, Consumer<String, byte[]> consumer) {
        this.topic = topic;
        this.codec = codec;
        this.consumer = consumer;
        List<PartitionInfo> partitions = consumer.partitionsFor(topic);
        if (partitions == null || partitions.isEmpty()) {
            throw new IllegalStateException("expected a topic " + topic + " on the Kafka broker, found none");
        }
        List<TopicPartition> all = partitions.stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        consumer.assign(all);
        consumer.seekToBeginning(all);
    }

    /**
     * A reader at the topic's beginning.
     *
     * @param type what the topic holds
     * @throws BrokerUnavailableException if no broker answers
     * @throws IllegalStateException if the topic does not exist
     */
    public static <T extends SpecificRecord> TopicReader<T> open(Topics topic, Class<T> type, KafkaSettings kafka) {
        if (!topic.schema().equals(SpecificData.get().getSchema(type))) {
            throw new IllegalArgumentException(topic.topicName() + " holds messages "
                    + topic.schema().getName() + ", not " + type.getSimpleName());
        }
        Properties settings = kafka.consumer();
        settings.putIfAbsent("default.api.timeout.ms", Long.toString(TopicSetup.PATIENCE.toMillis()));
        KafkaConsumer<String, byte[]> consumer = null;
        try {
            consumer = new KafkaConsumer<>(settings);
            return new TopicReader<>(topic.topicName(), AvroCodec.of(type), consumer);
        } catch (KafkaException e) {
            closeQuietly(consumer);
            throw new BrokerUnavailableException(
                    "cannot read " + topic.topicName() + " from Kafka at " + kafka.bootstrapServers() + ": "
                            + innermost(e),
                    e);
        } catch (RuntimeException e) {
            closeQuietly(consumer);
            throw e;
        }
    }

    /**
     * Hands over every message from where this reader stands, at first the topic's beginning, to what is the end when
     * called; afterwards it stands there. Messages of one partition come in order.
     *
     * @throws TimeoutException if there is more to read and nothing comes for half a minute
     * @throws CancellationException if the reader is closed meanwhile
     */
    public void readToEnd(java.util.function.Consumer<? super Message<T>> each) {
        boolean reachedTheEnd = exclusively(() -> {
            Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
            long position = position();
            long lastProgress = System.nanoTime();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                poll(Duration.ofSeconds(1)).forEach(each);
                if (position() != position) {
                    position = position();
                    lastProgress = System.nanoTime();
                } else if (System.nanoTime() - lastProgress > PATIENCE.toNanos()) {
                    throw new TimeoutException("expected more of " + topic + ", which ends at " + ends
                            + ", found nothing for " + PATIENCE.toSeconds() + " s at position " + position);
                }
            }
        });
        if (!reachedTheEnd) {
            throw new CancellationException("the reader of " + topic + " was closed before it came to the end");
        }
    }

    /** As {@link #readToEnd(java.util.function.Consumer)}, as a list. */
    public List<Message<T>> readToEnd() {
        List<Message<T>> messages = new ArrayList<>();
        readToEnd(messages::add);
        return messages;
    }

    /** Reads to the end; the last value of every key read now, sorted by key, without those that a tombstone voids. */
    public Map<String, T> readLatest() {
        Map<String, T> latest = new TreeMap<>();
        readToEnd(message -> {
            if (message.value() == null) {
                latest.remove(message.key());
            } else {
                latest.put(message.key(), message.value());
            }
        });
        return latest;
    }

    /**
     * What comes next: waits until there is something, for that long at most. Empty when nothing came or the reader is
     * closed.
     */
    public List<Message<T>> next(Duration atMost) {
        List<Message<T>> messages = new ArrayList<>();
        exclusively(() -> {
            long deadline = System.nanoTime() + atMost.toNanos();
            long left = atMost.toNanos();
            while (messages.isEmpty() && !closed && left > 0) {
                // A poll may end early with nothing: transaction markers and unreadable records are no messages.
                messages.addAll(poll(Duration.ofNanos(left)));
                left = deadline - System.nanoTime();
            }
        });
        return messages;
    }

    /** Hands over every message from where this reader stands, and those to come, until the reader is closed. */
    public void follow(java.util.function.Consumer<? super Message<T>> each) {
        exclusively(() -> {
            while (!closed) {
                poll(Duration.ofMinutes(1)).forEach(each);
            }
        });
    }

    /** Records so far whose bytes were no message of this topic. */
    public long unreadable() {
        return unreadable.get();
    }

    public boolean isClosed() {
        return closed;
    }

    /** Ends the reading, also that of another thread, and lets go of the broker. */
    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
        reading.lock();
        try {
            // In no group it has nothing to say goodbye to, and the broker may still hold its last fetch.
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        } finally {
            reading.unlock();
        }
    }

    /** Whether the reading came to its own end, rather than to that of this reader. */
    private boolean exclusively(Runnable read) {
        if (!reading.tryLock()) {
            throw new IllegalStateException("the reader of " + topic + " is in use by another thread");
        }
        try {
            if (!closed) {
                read.run();
                return true;
            }
        } catch (WakeupException e) {
            if (!closed) {
                throw e;
            }
        } finally {
            reading.unlock();
        }
        return false;
    }

    private List<Message<T>> poll(Duration atMost) {
        List<Message<T>> messages = new ArrayList<>();
        for (ConsumerRecord<String, byte[]> found : consumer.poll(atMost)) {
            decode(found, messages);
        }
        return messages;
    }

    private void decode(ConsumerRecord<String, byte[]> found, List<Message<T>> messages) {
        T value;
        try {
            value = found.value() == null ? null : codec.decode(found.value());
        } catch (UnreadableMessageException e) {
            unreadable.incrementAndGet();
            LOG.warn(
                    "left out {} partition {} offset {}: {}", topic, found.partition(), found.offset(), e.getMessage());
            return;
        }
        messages.add(new Message<>(
                found.key(), value, found.partition(), found.offset(), Instant.ofEpochMilli(found.timestamp())));
    }

    private long position() {
        return consumer.assignment().stream().mapToLong(consumer::position).sum();
    }

    private static String innermost(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage();
    }

    private static void closeQuietly(Consumer<?, ?> consumer) {
        if (consumer != null) {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
    }
}
