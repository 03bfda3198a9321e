package org.mtlfarm.producer.farm;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.BrokerUnavailableException;
import org.mtlfarm.schemas.DeadLetter;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.Progress;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.TopicSetup;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.schemas.UnreadableMessageException;
import org.mtlfarm.schemas.WireFormat;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.schemas.registry.RegistryUnavailableException;

/**
 * Reads plan, queue, progress, results and dead letters from their beginnings to their ends, and from there on at every
 * {@link #refresh()}. Used by one thread; owns its consumer.
 */
public final class FarmView implements AutoCloseable {
    /** Workers tell progress once a second at most, and busy machines stand still for a while. */
    private static final Duration LEAST_STALE = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(FarmView.class);
    private static final Duration POLL = Duration.ofMillis(500);

    private interface Reader {
        void read(ConsumerRecord<String, byte[]> message);
    }

    /** How long the broker may deliver nothing, while there is something to read, before it counts as gone. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Consumer<String, byte[]> consumer;
    private final Supplier<Map<Integer, Long>> queueStart;
    private final WireFormat wire;
    private final Duration patience;
    private final FarmState state;
    private final Map<String, Reader> readers = new HashMap<>();
    private final BrokersClock brokersClock = new BrokersClock(System::nanoTime);
    private List<TopicPartition> partitions = List.of();
    private java.util.function.Consumer<Progress> eachProgress = progress -> {};
    private long unreadable;
    private Admin admin;

    /** How long after its last progress a run still counts as running: as long as its worker may own it unheard. */
    public static Duration staleAfter(WorkGroup group) {
        return group.recordLock().compareTo(LEAST_STALE) > 0 ? group.recordLock() : LEAST_STALE;
    }

    /** A view of a farm on a broker, with clients of its own. */
    public static FarmView open(KafkaSettings kafka, WorkGroup group) {
        Admin admin = TopicSetup.openAdmin(kafka, TopicSetup.PATIENCE);
        try {
            FarmView view = new FarmView(
                    new KafkaConsumer<>(kafka.consumer()),
                    new ShareGroupOffsets(admin, group.groupId()),
                    kafka.wire(),
                    staleAfter(group),
                    PATIENCE);
            view.admin = admin;
            return view;
        } catch (KafkaException e) {
            admin.close(Duration.ZERO);
            throw new BrokerUnavailableException(
                    "cannot connect to Kafka at " + kafka.bootstrapServers() + ": " + e.getMessage(), e);
        }
    }

    /**
     * @param consumer without a group, of string keys and byte values, that reads committed records
     * @param queueStart the work queue's first offset, by partition, that is not done with ({@link ShareGroupOffsets})
     * @param wire in which those who act on this view write, too
     * @param staleAfter how long after its last progress a run still counts as running
     * @param patience how long the broker may deliver nothing before it counts as gone
     */
    public FarmView(
            Consumer<String, byte[]> consumer,
            Supplier<Map<Integer, Long>> queueStart,
            WireFormat wire,
            Duration staleAfter,
            Duration patience) {
        this.consumer = consumer;
        this.queueStart = queueStart;
        this.wire = wire;
        this.patience = patience;
        this.state = new FarmState(staleAfter);
        AvroCodec<Plan> plans = wire.codec(Topics.PLAN, Plan.class);
        AvroCodec<Run> runs = wire.codec(Topics.RUNS, Run.class);
        AvroCodec<Progress> progress = wire.codec(Topics.PROGRESS, Progress.class);
        AvroCodec<RunResult> results = wire.codec(Topics.RESULTS, RunResult.class);
        AvroCodec<DeadLetter> deadLetters = wire.codec(Topics.DEAD_LETTERS, DeadLetter.class);
        Map<Topics, Reader> byTopic = new EnumMap<>(Map.of(
                Topics.PLAN, message -> state.plan(plans.decode(message.value()), message.offset()),
                Topics.RUNS,
                        message -> state.enqueued(
                                atBrokersTime(runs.decode(message.value()), message),
                                message.partition(),
                                message.offset()),
                Topics.PROGRESS,
                        message -> {
                            Progress told = atBrokersTime(progress.decode(message.value()), message);
                            state.progress(told);
                            eachProgress.accept(told);
                        },
                Topics.RESULTS, message -> state.result(results.decode(message.value())),
                Topics.DEAD_LETTERS, message -> state.deadLetter(deadLetters.decode(message.value()))));
        byTopic.forEach((topic, reader) -> readers.put(topic.topicName(), reader));
    }

    /**
     * The state of the farm now. What a worker did before its acknowledgement is in it if the acknowledgement is.
     *
     * @throws BrokerUnavailableException if the topics are missing or the broker falls silent
     * @throws RegistryUnavailableException if a registry does not say how to read what is there; nothing is lost by it
     */
    public FarmState refresh() {
        try {
            if (partitions.isEmpty()) {
                partitions = partitions();
                consumer.assign(partitions);
                consumer.seekToBeginning(partitions);
            }
            // Before the ends are looked up: a result is published before its run is acknowledged, so that a run that
            // the
            // queue is done with and that has no result by these ends has been dropped.
            Map<Integer, Long> start = queueStart.get();
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            readTo(ends);
            state.queueStart(start);
            return state;
        } catch (KafkaException e) {
            throw new BrokerUnavailableException("cannot read the farm's topics: " + e.getMessage(), e);
        }
    }

    /** Before the first refresh: who is told of every message of a run in flight, of which the state keeps the last alone. */
    public void onProgress(java.util.function.Consumer<Progress> listener) {
        eachProgress = listener;
    }

    /** In which whoever acts on what is seen here writes. */
    WireFormat wire() {
        return wire;
    }

    /** The broker's time, by the records read: never ahead of it, and behind only where nothing was written for long. */
    public InstantSource brokersClock() {
        return brokersClock;
    }

    /**
     * The later of the broker's time, by the records read, and another clock's. Where nothing was written for long, that other
     * clock tells how long; where it is behind, the broker's stamps do.
     */
    public Instant now(InstantSource own) {
        Instant here = own.instant();
        Instant there = brokersClock.instant();
        return here.isAfter(there) ? here : there;
    }

    /** Records skipped because they were not the messages that belong on their topics. */
    public long unreadable() {
        return unreadable;
    }

    @Override
    public void close() {
        consumer.close();
        if (admin != null) {
            admin.close(Duration.ZERO);
        }
    }

    private List<TopicPartition> partitions() {
        List<TopicPartition> all = new ArrayList<>();
        for (String topic : readers.keySet()) {
            List<PartitionInfo> found = consumer.partitionsFor(topic);
            if (found == null || found.isEmpty()) {
                throw new BrokerUnavailableException(
                        "the broker has no topic " + topic + ": nothing was submitted to it yet", null);
            }
            found.forEach(partition -> all.add(new TopicPartition(topic, partition.partition())));
        }
        return all;
    }

    /** One clock for all: that of a worker or producer may be an hour off. */
    private static Run atBrokersTime(Run run, ConsumerRecord<String, byte[]> message) {
        return brokersTime(message)
                .map(at -> Run.newBuilder(run).setEnqueuedAt(at).build())
                .orElse(run);
    }

    private static Progress atBrokersTime(Progress progress, ConsumerRecord<String, byte[]> message) {
        return brokersTime(message)
                .map(at -> Progress.newBuilder(progress).setAt(at).build())
                .orElse(progress);
    }

    /** Empty where the topic was made without {@code message.timestamp.type=LogAppendTime}. */
    private static Optional<Instant> brokersTime(ConsumerRecord<String, byte[]> message) {
        return message.timestampType() == TimestampType.LOG_APPEND_TIME
                ? Optional.of(Instant.ofEpochMilli(message.timestamp()))
                : Optional.empty();
    }

    private void readTo(Map<TopicPartition, Long> ends) {
        long silentSince = System.nanoTime();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            ConsumerRecords<String, byte[]> messages = consumer.poll(POLL);
            read(messages);
            if (!messages.isEmpty()) {
                silentSince = System.nanoTime();
            } else if (System.nanoTime() - silentSince > patience.toNanos()) {
                throw new BrokerUnavailableException(
                        "the broker has delivered nothing for " + patience.toSeconds() + " s", null);
            }
        }
    }

    private void read(ConsumerRecords<String, byte[]> messages) {
        Map<TopicPartition, Long> unread = new HashMap<>();
        messages.partitions()
                .forEach(partition ->
                        unread.put(partition, messages.records(partition).get(0).offset()));
        try {
            for (ConsumerRecord<String, byte[]> message : messages) {
                read(message);
                unread.put(new TopicPartition(message.topic(), message.partition()), message.offset() + 1);
            }
        } catch (RegistryUnavailableException e) {
            // Whoever asks again must not miss what nobody could read now.
            unread.forEach(consumer::seek);
            throw e;
        }
    }

    private void read(ConsumerRecord<String, byte[]> message) {
        if (message.timestampType() == TimestampType.LOG_APPEND_TIME) {
            brokersClock.read(message.timestamp());
        }
        if (message.value() == null) {
            return; // a tombstone: nothing is folded from it
        }
        try {
            readers.get(message.topic()).read(message);
        } catch (UnreadableMessageException | IllegalArgumentException e) {
            unreadable++;
            LOG.warn("skipped {}-{}@{}: {}", message.topic(), message.partition(), message.offset(), e.getMessage());
        }
    }
}
