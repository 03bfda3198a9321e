package org.mtlfarm.aggregator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.mtlfarm.schemas.TopicSetup;
import org.mtlfarm.schemas.Topics;

/**
 * A new beginning from the first result. Streams itself would go on where it stopped reading even if the changelog or the
 * averages are gone, and put an average of the next run alone in the place of one of five.
 *
 * <p>All aggregators of an application know of it through a number in Kafka, kept as the offset of a group that nobody is in: odd from
 * the moment when what is there may not be relied on, even again when all of it is gone. Those at work make room, one rebuilds, each
 * forgets stores from before: those of a changelog with another id.
 */
final class Rebuild {
    private static final Logger LOG = LoggerFactory.getLogger(Rebuild.class);
    private static final String RESULTS = Topics.RESULTS.topicName();

    private static final TopicPartition NUMBERED = new TopicPartition(RESULTS, 0);

    /** For all others to see that they must make room, to close, and to be gone from the group. */
    private static final Duration MAKING_ROOM = Duration.ofMinutes(2);

    private static final Duration TURN = Duration.ofMinutes(10);

    private final Admin admin;
    private final AggregatorSettings settings;
    private final Path stateDirectory;
    private final BooleanSupplier closed;

    /**
     * @param closed whether to wait for nobody any more
     */
    Rebuild(Admin admin, AggregatorSettings settings, Path stateDirectory, BooleanSupplier closed) {
        this.admin = admin;
        this.settings = settings;
        this.stateDirectory = stateDirectory;
        this.closed = closed;
    }

    /**
     * Rebuilds if it must be, unless another does so first, and forgets what this process knows from before. It must not be at work.
     *
     * @param anew even if it need not be
     * @throws AggregatorFailedException if another aggregator does not make room, or this one is closed meanwhile
     */
    void make(boolean anew) {
        if (anew || isNeeded()) {
            RebuildTurn turn = RebuildTurn.await(settings, TURN, closed);
            try {
                if (anew || isNeeded()) {
                    LOG.warn(
                            "every average is rebuilt from the results: {}",
                            anew ? "asked for" : isBegun() ? "one was begun" : "state is lost");
                    begin();
                    prepare();
                    end();
                }
            } finally {
                turn.close();
            }
        }
        forgetOlderStores();
    }

    /** Whether one was begun and not ended, or results were taken in of which nothing is left: neither in the changelog nor among the averages. */
    private boolean isNeeded() {
        if (isBegun()) {
            return true;
        }
        Set<String> topics = await(admin.listTopics().names(), "list the topics");
        boolean tookResults = committed().entrySet().stream()
                .anyMatch(read -> read.getKey().topic().equals(RESULTS)
                        && read.getValue() != null
                        && read.getValue().offset() > 0);
        return tookResults && (isEmpty(changelog(), topics) || isEmpty(Topics.AVERAGES.topicName(), topics));
    }

    /**
     * Notes that what is there may not be relied on, so that others make room, and one that dies over the rebuild leaves it to the next.
     *
     * @return false: it was noted already
     */
    boolean begin() {
        long number = number();
        if (number % 2 == 0) {
            number(number + 1);
        }
        return number % 2 == 0;
    }

    /** What was noted is over: all that could not be relied on is gone, or it can be relied on after all. */
    void end() {
        long number = number();
        if (number % 2 != 0) {
            number(number + 1);
        }
    }

    private boolean isBegun() {
        return number() % 2 != 0;
    }

    /**
     * Whether one was begun, or made by another under the stores of this process, which is at work.
     *
     * @throws AggregatorFailedException if Kafka does not say
     */
    boolean concernsThisOne() {
        Optional<Uuid> now = changelogId();
        if (now.isPresent() && changelogOfStores().isEmpty()) {
            // Made by this one or another since it began to work.
            remember(now);
        }
        return isBegun() || now.isPresent() && !now.equals(changelogOfStores());
    }

    private String noted() {
        return settings.applicationId() + "-rebuild";
    }

    private long number() {
        Map<TopicPartition, OffsetAndMetadata> noted = awaitUnless(
                admin.listConsumerGroupOffsets(noted()).partitionsToOffsetAndMetadata(),
                GroupIdNotFoundException.class,
                "tell of rebuilds");
        OffsetAndMetadata number = noted == null ? null : noted.get(NUMBERED);
        return number == null ? 0 : number.offset();
    }

    private void number(long number) {
        await(
                admin.alterConsumerGroupOffsets(noted(), Map.of(NUMBERED, new OffsetAndMetadata(number)))
                        .all(),
                "note a rebuild");
    }

    /** Empty: there is none. */
    private Optional<Uuid> changelogId() {
        Map<String, TopicDescription> found = awaitUnless(
                admin.describeTopics(List.of(changelog())).allTopicNames(),
                UnknownTopicOrPartitionException.class,
                "describe the topic " + changelog());
        return Optional.ofNullable(found).map(topics -> topics.get(changelog()).topicId());
    }

    /** Of which changelog the stores of this process are; empty: of none, or nobody knows. */
    private Optional<Uuid> changelogOfStores() {
        try {
            return Files.exists(stores()) ? Optional.of(Uuid.fromString(Files.readString(stores()))) : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Path stores() {
        return stateDirectory.resolve("changelog");
    }

    private void remember(Optional<Uuid> changelog) {
        try {
            if (changelog.isPresent()) {
                Files.writeString(stores(), changelog.get().toString());
            } else {
                Files.deleteIfExists(stores());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + stores() + ": " + e.getMessage(), e);
        }
    }

    /** What stores of another changelog hold beyond this one would stay. They are filled again from it. */
    private void forgetOlderStores() {
        Optional<Uuid> now = changelogId();
        if (now.isPresent() && now.equals(changelogOfStores())) {
            return;
        }
        deleteStores();
        remember(now);
    }

    /**
     * Forgets all that the aggregators of this application know. Their own topics go before the positions up to which they
     * have read.
     */
    private void prepare() {
        awaitNobodyAtWork();
        deleteStores();
        for (String topic : List.of(changelog(), between())) {
            awaitUnless(
                    admin.deleteTopics(List.of(topic)).all(),
                    UnknownTopicOrPartitionException.class,
                    "delete the topic " + topic);
        }
        awaitUnless(
                admin.deleteConsumerGroups(List.of(settings.applicationId())).all(),
                GroupIdNotFoundException.class,
                "delete the group " + settings.applicationId());
        awaitGone(Set.of(changelog(), between()));
    }

    private String changelog() {
        return settings.applicationId() + "-" + AverageTopology.STORE + "-changelog";
    }

    private String between() {
        return settings.applicationId() + "-" + AverageTopology.BY_EXPERIMENT + "-repartition";
    }

    private Map<TopicPartition, OffsetAndMetadata> committed() {
        Map<TopicPartition, OffsetAndMetadata> offsets = awaitUnless(
                admin.listConsumerGroupOffsets(settings.applicationId()).partitionsToOffsetAndMetadata(),
                GroupIdNotFoundException.class,
                "list what the aggregator has read");
        return offsets == null ? Map.of() : offsets;
    }

    private boolean isEmpty(String topic, Set<String> topics) {
        if (!topics.contains(topic)) {
            return true;
        }
        TopicDescription description = await(
                        admin.describeTopics(List.of(topic)).allTopicNames(), "describe " + topic)
                .get(topic);
        Map<TopicPartition, OffsetSpec> first = new HashMap<>();
        Map<TopicPartition, OffsetSpec> end = new HashMap<>();
        description.partitions().forEach(partition -> {
            first.put(new TopicPartition(topic, partition.partition()), OffsetSpec.earliest());
            end.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest());
        });
        return sum(first) == sum(end);
    }

    private long sum(Map<TopicPartition, OffsetSpec> wanted) {
        return await(admin.listOffsets(wanted).all(), "list offsets").values().stream()
                .mapToLong(ListOffsetsResultInfo::offset)
                .sum();
    }

    /** One that was killed is a member until its session has timed out. */
    private void awaitNobodyAtWork() {
        long deadline = System.nanoTime() + settings.sessionTimeout().toNanos() + MAKING_ROOM.toNanos();
        Collection<MemberDescription> members = members();
        while (!members.isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw new AggregatorFailedException(
                        "every average must be rebuilt from the results, and "
                                + members.size() + " other threads of the aggregator " + settings.applicationId()
                                + " are at work and do not make room, as older versions do not: stop all aggregators, then start them again");
            }
            if (closed.getAsBoolean()) {
                throw new AggregatorFailedException("closed before others had made room");
            }
            // Who found that there was no need may have taken the note back.
            begin();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(250));
            members = members();
        }
    }

    private Collection<MemberDescription> members() {
        Map<String, ConsumerGroupDescription> groups = awaitUnless(
                admin.describeConsumerGroups(List.of(settings.applicationId())).all(),
                GroupIdNotFoundException.class,
                "describe the group " + settings.applicationId());
        return groups == null ? List.of() : groups.get(settings.applicationId()).members();
    }

    private void awaitGone(Set<String> topics) {
        long deadline = System.nanoTime() + TopicSetup.PATIENCE.toNanos();
        while (await(admin.listTopics().names(), "list the topics").stream().anyMatch(topics::contains)) {
            if (System.nanoTime() > deadline) {
                throw new AggregatorFailedException("Kafka did not delete the topics " + topics + " within "
                        + TopicSetup.PATIENCE.toSeconds() + " s");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    private void deleteStores() {
        Path stores = stateDirectory.resolve(settings.applicationId());
        if (!Files.exists(stores)) {
            return;
        }
        try (Stream<Path> files = Files.walk(stores)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete the stores in " + stores + ": " + e.getMessage(), e);
        }
    }

    private static <T> T await(KafkaFuture<T> future, String deed) {
        return awaitUnless(future, null, deed);
    }

    /** Null if Kafka answers with that failure: there was nothing to do. */
    private static <T> T awaitUnless(KafkaFuture<T> future, Class<? extends Exception> harmless, String deed) {
        try {
            return future.get(TopicSetup.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (harmless != null && harmless.isInstance(e.getCause())) {
                return null;
            }
            throw new AggregatorFailedException(
                    "Kafka refused to " + deed + ": " + e.getCause().getMessage(), e);
        } catch (TimeoutException e) {
            throw new AggregatorFailedException(
                    "Kafka did not " + deed + " within " + TopicSetup.PATIENCE.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AggregatorFailedException("interrupted before Kafka could " + deed, e);
        }
    }
}
