package org.mtlfarm.worker.queue;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One record of the queue, held by one consumer that holds nothing else. Called only by the thread that polls the consumer.
 *
 * <p>A consumer in explicit mode must acknowledge all it holds before it polls, and a poll after a renewal hands out what was
 * renewed and fetches nothing. So a consumer cannot hold one record and wait for another: every slot has its own.
 */
final class RunLease {
    private static final Logger LOG = LoggerFactory.getLogger(RunLease.class);

    /** The broker's own default, where it has not said otherwise. */
    private static final int DEFAULT_LOCK_MILLIS = 30_000;

    /** For the last word on a record; the lock goes on meanwhile, and an unanswered word is only repeated work. */
    private static final Duration LAST_WORD = Duration.ofSeconds(10);

    private final ShareConsumer<byte[], byte[]> consumer;
    private final WorkerCounters counters;
    private final LongSupplier nanoTime;
    private final long lockNanos;
    private final boolean fresh;

    private ConsumerRecord<byte[], byte[]> record;
    private long heldSinceNanos;
    private boolean held = true;
    private boolean doubtful;

    /**
     * Of a record that the last poll has returned.
     *
     * @param fetchedSinceNanos before which it was not fetched; with a good part of its lock gone since, the record may have
     *     lain in the consumer's buffer and is not {@link #isFresh}
     */
    RunLease(
            ShareConsumer<byte[], byte[]> consumer,
            ConsumerRecord<byte[], byte[]> record,
            WorkerCounters counters,
            LongSupplier nanoTime,
            long fetchedSinceNanos) {
        this.consumer = consumer;
        this.record = record;
        this.counters = counters;
        this.nanoTime = nanoTime;
        this.lockNanos = Duration.ofMillis(consumer.acquisitionLockTimeoutMs().orElse(DEFAULT_LOCK_MILLIS))
                .toNanos();
        long now = nanoTime.getAsLong();
        this.fresh = now - fetchedSinceNanos < lockNanos / 3;
        this.heldSinceNanos = fresh ? fetchedSinceNanos : now;
    }

    ConsumerRecord<byte[], byte[]> record() {
        return record;
    }

    /** How often the broker has handed this record out, this time included. */
    int deliveries() {
        return record.deliveryCount().orElse((short) 1);
    }

    boolean held() {
        return held;
    }

    /** Whether its lock is known to have long enough to go; if not, it must be renewed before anything else. */
    boolean isFresh() {
        return fresh;
    }

    /**
     * Whether something that was said of the record was refused or not answered. What the consumer believes to hold is in
     * doubt then: after a renewal without an answer (the network was cut) Kafka's consumer fetches nothing any more, and its
     * poll returns neither a record nor at its time but goes round and round.
     */
    boolean isDoubtful() {
        return doubtful;
    }

    /** Until a third of the lock is over; 0 or less when it is, or when nothing is left to renew. */
    long nanosUntilRenewal() {
        return lockNanos / 3 - (nanoTime.getAsLong() - heldSinceNanos);
    }

    /**
     * Starts the lock's time anew.
     *
     * @return false if the record is not, or may no longer be, this consumer's
     */
    boolean renew() {
        if (!held) {
            return false;
        }
        long now = nanoTime.getAsLong();
        long leftNanos = lockNanos - (now - heldSinceNanos);
        if (leftNanos <= 0) {
            // This process stood still. Another worker may have taken and even finished the run, and in that case the
            // broker
            // would say yes to a renewal.
            lose("it was not renewed for "
                    + Duration.ofNanos(now - heldSinceNanos).toMillis() + " ms");
            settle(AcknowledgeType.RELEASE);
            return false;
        }
        consumer.acknowledge(record, AcknowledgeType.RENEW);
        Optional<String> refusal = commit(Duration.ofNanos(leftNanos));
        if (refusal.isPresent()) {
            held = false;
            lose(refusal.get());
            return false;
        }
        heldSinceNanos = now;
        takeBack();
        return held;
    }

    /** The run is done with; false if the broker did not confirm that. */
    boolean accept() {
        return settle(AcknowledgeType.ACCEPT);
    }

    /** The run is for somebody else, at once. */
    boolean release() {
        return settle(AcknowledgeType.RELEASE);
    }

    /** The record is for nobody. */
    boolean reject() {
        return settle(AcknowledgeType.REJECT);
    }

    @Override
    public String toString() {
        return record.topic() + "-" + record.partition() + " offset " + record.offset();
    }

    /** A renewed record is the consumer's again only after it was polled. */
    private void takeBack() {
        held = false;
        for (ConsumerRecord<byte[], byte[]> polled : consumer.poll(Duration.ZERO)) {
            if (polled.partition() == record.partition() && polled.offset() == record.offset()) {
                record = polled;
                held = true;
            } else {
                counters.unexpected.increment();
                consumer.acknowledge(polled, AcknowledgeType.RELEASE);
            }
        }
        if (!held) {
            lose("the consumer no longer has it");
        }
    }

    private boolean settle(AcknowledgeType word) {
        if (!held) {
            return false;
        }
        held = false;
        consumer.acknowledge(record, word);
        Optional<String> refusal = commit(LAST_WORD);
        refusal.ifPresent(reason -> LOG.info("{} of {} is unconfirmed: {}", word, this, reason));
        return refusal.isEmpty();
    }

    /** Why the broker did not confirm; empty if it did. */
    private Optional<String> commit(Duration patience) {
        Optional<String> refusal = answer(patience);
        doubtful |= refusal.isPresent();
        return refusal;
    }

    private Optional<String> answer(Duration patience) {
        try {
            for (Map.Entry<TopicIdPartition, Optional<KafkaException>> answer :
                    consumer.commitSync(patience).entrySet()) {
                if (answer.getKey().partition() == record.partition()
                        && answer.getKey().topic().equals(record.topic())) {
                    return answer.getValue().map(KafkaException::getMessage);
                }
            }
            return Optional.of("the broker did not speak of it");
        } catch (WakeupException e) {
            throw e;
        } catch (KafkaException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private void lose(String reason) {
        doubtful = true;
        counters.leasesLost.increment();
        LOG.warn("lost the lock of {}: {}", this, reason);
    }
}
