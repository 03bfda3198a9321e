package org.mtlfarm.standalone.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.schemas.WorkGroup;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Watches the results' topic from its beginning and says at the end whether every run that was planned has a result, and how
 * many. Faults may repeat a run; they must never lose one or bring one that nobody planned.
 */
final class EveryRunFinishedOnce implements AutoCloseable {
    /** Only so that a farm that has stopped fails the test rather than hangs it. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final Duration LAG_PATIENCE = Duration.ofSeconds(15);

    private final WorkGroup group;
    private final Set<RunKey> planned;
    private final KafkaConsumer<String, byte[]> consumer;
    private final Admin admin;
    private final AvroCodec<RunResult> codec = AvroCodec.of(RunResult.class);
    private final Map<RunKey, List<RunResult>> results = new HashMap<>();

    EveryRunFinishedOnce(KafkaSettings kafka, WorkGroup group, Collection<Run> planned) {
        this.group = group;
        this.planned = planned.stream().map(RunKey::of).collect(Collectors.toSet());
        this.consumer = new KafkaConsumer<>(kafka.consumer());
        this.admin = Admin.create(kafka.admin());
        List<TopicPartition> partitions = IntStream.range(0, Topics.RESULTS.partitions())
                .mapToObj(partition -> new TopicPartition(Topics.RESULTS.topicName(), partition))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /**
     * Until each planned run has a result and the queue has been told of all of them. The group's lag may stay too large: Kafka 4.3
     * counts outside the lock under which it acknowledges, and of two acknowledgements at once the earlier count may be written last. So
     * the queue is believed to know, too, when its records had the time to come back and brought no other result.
     */
    EveryRunFinishedOnce await() throws InterruptedException {
        return await(PATIENCE);
    }

    EveryRunFinishedOnce await(Duration patience) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + patience.toNanos();
        awaitResults(patience);
        long comeBackNanos = group.recordLock().multipliedBy(2).plusSeconds(5).toNanos();
        long quietSinceNanos = System.nanoTime();
        long lag = queueLag();
        while (lag > 0 && System.nanoTime() - quietSinceNanos < comeBackNanos) {
            boolean heard = read(Duration.ofMillis(20));
            long lagNow = queueLag();
            if (heard || lagNow != lag || lagNow == Long.MAX_VALUE) {
                quietSinceNanos = System.nanoTime();
            }
            lag = lagNow;
            assertThat(deadlineNanos - System.nanoTime())
                    .withFailMessage("every run has a result, but the queue does not know within " + patience)
                    .isPositive();
        }
        read(Duration.ofMillis(20));
        return this;
    }

    /** Until each planned run has a result, whatever else is on the queue. */
    EveryRunFinishedOnce awaitResults(Duration patience) {
        long deadlineNanos = System.nanoTime() + patience.toNanos();
        while (!results.keySet().containsAll(planned)) {
            read(Duration.ofMillis(500));
            assertThat(deadlineNanos - System.nanoTime())
                    .withFailMessage(() -> "no result within %s of %d runs, %s among them"
                            .formatted(patience, missing().size(), missing().get(0)))
                    .isPositive();
        }
        return this;
    }

    /** Until the queue has no more than so many runs, in flight or not; not for long, since what it says may stay too large. */
    void awaitQueued(int runs) throws InterruptedException {
        long begin = System.nanoTime();
        while (queueLag() > runs && System.nanoTime() - begin < LAG_PATIENCE.toNanos()) {
            read(Duration.ofMillis(20));
        }
    }

    /** None lost, none made up; a run may have been repeated by a fault. */
    void assertNoneLost() {
        assertThat(missing()).as("planned runs without a result").isEmpty();
        assertThat(results.keySet()).as("results").isSubsetOf(planned);
    }

    /** None lost, none made up, none twice. */
    void assertHolds() {
        assertNoneLost();
        assertThat(repeated()).as("runs with more than one result").isEmpty();
    }

    /** In the order in which they were published. */
    List<RunResult> results(Run run) {
        return results.getOrDefault(RunKey.of(run), List.of());
    }

    Set<RunKey> repeated() {
        return results.entrySet().stream()
                .filter(entry -> entry.getValue().size() > 1)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private List<RunKey> missing() {
        return planned.stream().filter(run -> !results.containsKey(run)).toList();
    }

    /** True if there was a result. */
    private boolean read(Duration patience) {
        ConsumerRecords<String, byte[]> records = consumer.poll(patience);
        for (ConsumerRecord<String, byte[]> record : records) {
            RunResult result = codec.decode(record.value());
            assertThat(record.key()).isEqualTo(RunKey.of(result).toString());
            results.computeIfAbsent(RunKey.of(result), key -> new ArrayList<>()).add(result);
        }
        return !records.isEmpty();
    }

    /** Runs that the queue still has, in flight or not; many while the broker is too busy to say. */
    private long queueLag() throws InterruptedException {
        try {
            return admin
                    .listShareGroupOffsets(Map.of(group.groupId(), new ListShareGroupOffsetsSpec()))
                    .partitionsToOffsetInfo(group.groupId())
                    .get()
                    .values()
                    .stream()
                    .mapToLong(info -> info == null ? 0 : info.lag().orElse(0L))
                    .sum();
        } catch (ExecutionException e) {
            return Long.MAX_VALUE;
        }
    }

    @Override
    public void close() {
        consumer.close();
        admin.close();
    }
}
