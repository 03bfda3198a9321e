package org.mtlfarm.aggregator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
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
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

import org.mtlfarm.schemas.TopicSetup;
import org.mtlfarm.schemas.Topics;

/**
 * A new beginning from the first result. Streams itself would go on where it stopped reading even if the changelog or the
 * averages are gone, and put an average of the next run alone in the place of one of five.
 */
final class Rebuild {
    private static final String RESULTS = Topics.RESULTS.topicName();

    private final Admin admin;
    private final AggregatorSettings settings;
    private final Path stateDirectory;

    Rebuild(Admin admin, AggregatorSettings settings, Path stateDirectory) {
        this.admin = admin;
        this.settings = settings;
        this.stateDirectory = stateDirectory;
    }

    /** Whether one was begun and not ended, or results were taken in of which nothing is left: neither in the changelog nor among the averages. */
    boolean isNeeded() {
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

    /** Notes that what is there may not be relied on, so that a process that dies over the rebuild leaves it to the next one. */
    void begin() {
        try {
            Files.write(note(), new byte[0]);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + note() + ": " + e.getMessage(), e);
        }
    }

    boolean isBegun() {
        return Files.exists(note());
    }

    private Path note() {
        return stateDirectory.resolve("rebuild-begun");
    }

    /**
     * Forgets all that the aggregators of this application know. Their own topics go before the positions up to which they
     * have read: ended between, this is found to be needed again.
     *
     * @throws AggregatorFailedException if another aggregator is at work
     */
    void prepare() {
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
        try {
            Files.deleteIfExists(note());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + note() + ": " + e.getMessage(), e);
        }
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
        long deadline = System.nanoTime() + settings.sessionTimeout().toNanos() + TopicSetup.PATIENCE.toNanos();
        Collection<MemberDescription> members = members();
        while (!members.isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw new AggregatorFailedException("every average must be rebuilt from the results, and "
                        + members.size() + " other threads of the aggregator " + settings.applicationId()
                        + " are at work: stop all aggregators, then start them again");
            }
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
