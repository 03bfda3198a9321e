package org.mtlfarm.schemas;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Creates the farm's topics and the work group's settings where they are missing; several processes may do so at once. */
public final class TopicSetup {
    /** Lets the broker choose by its default.replication.factor. */
    public static final short BROKERS_REPLICATION = -1;

    /** For how long a broker may take to answer at all. */
    public static final Duration PATIENCE = Duration.ofSeconds(10);

    /** For how long a broker that answers may take to create and serve the topics: on a busy machine, a while. */
    public static final Duration SERVING = Duration.ofSeconds(60);

    private TopicSetup() {}

    /**
     * Topics with their schemas and the work group, ready for the first worker.
     *
     * @throws BrokerUnavailableException if no broker answers within {@link #PATIENCE}, or it refuses
     */
    public static void ensure(KafkaSettings kafka, WorkGroup group) {
        try (Admin admin = openAdmin(kafka, PATIENCE)) {
            ensure(admin, group, BROKERS_REPLICATION, SERVING);
        }
        kafka.wire().prepare();
    }

    /**
     * An admin client of a broker that has answered.
     *
     * @throws BrokerUnavailableException if none answers in time
     */
    public static Admin openAdmin(KafkaSettings kafka, Duration patience) {
        Admin admin;
        try {
            admin = Admin.create(kafka.admin());
        } catch (KafkaException e) {
            throw new BrokerUnavailableException(
                    "cannot connect to Kafka at " + kafka.bootstrapServers() + ": " + innermost(e), e);
        }
        try {
            admin.describeCluster().nodes().get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return admin;
        } catch (TimeoutException e) {
            admin.close(Duration.ZERO);
            throw new BrokerUnavailableException(noAnswer(kafka, patience), e);
        } catch (ExecutionException e) {
            admin.close(Duration.ZERO);
            throw new BrokerUnavailableException(
                    isRefusal(e.getCause())
                            ? refusal(kafka, e.getCause())
                            : noAnswer(kafka, patience) + ": " + innermost(e),
                    e);
        } catch (InterruptedException e) {
            admin.close(Duration.ZERO);
            Thread.currentThread().interrupt();
            throw new BrokerUnavailableException("interrupted while connecting to " + kafka.bootstrapServers(), e);
        }
    }

    /**
     * Topics that are missing, and the work group's settings.
     *
     * @param replicas copies of each new topic's partitions, or {@link #BROKERS_REPLICATION}
     */
    public static void ensure(Admin admin, WorkGroup group, short replicas, Duration patience) {
        ensureTopics(admin, replicas, patience);
        setUp(admin, group, patience);
    }

    /** Topics that are missing, for a service that has no part in the work group. */
    public static void ensureTopics(Admin admin, short replicas, Duration patience) {
        long deadlineNanos = System.nanoTime() + patience.toNanos();
        while (!createMissing(admin, replicas, patience) || !served(admin, patience)) {
            pause(deadlineNanos, "serve the farm's topics", patience);
        }
    }

    /** Whether none was missing. A broker lists a new topic a little later than the controller has it. */
    private static boolean createMissing(Admin admin, short replicas, Duration patience) {
        Set<String> present = await(admin.listTopics().names(), "list the topics", patience);
        List<NewTopic> missing = Arrays.stream(Topics.values())
                .filter(topic -> !present.contains(topic.topicName()))
                .map(topic -> new NewTopic(topic.topicName(), Optional.of(topic.partitions()), replicas(replicas))
                        .configs(topic.settings()))
                .toList();
        admin.createTopics(missing).values().forEach((name, creation) -> awaitCreation(name, creation, patience));
        return missing.isEmpty();
    }

    /** Whether every partition's leader answers. A topic is listed a little before its leader takes anything. */
    private static boolean served(Admin admin, Duration patience) {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (Topics topic : Topics.values()) {
            for (int partition = 0; partition < topic.partitions(); partition++) {
                ends.put(new TopicPartition(topic.topicName(), partition), OffsetSpec.latest());
            }
        }
        try {
            await(admin.listOffsets(ends).all(), "serve the farm's topics", patience);
            return true;
        } catch (BrokerUnavailableException e) {
            if (isCausedBy(UnknownTopicOrPartitionException.class, e)) {
                return false;
            }
            throw e;
        }
    }

    private static void setUp(Admin admin, WorkGroup group, Duration patience) {
        String deed = "set the share group " + group.groupId() + " to a lock of "
                + group.recordLock().toMillis() + " ms and " + group.deliveryLimit() + " deliveries";
        Collection<AlterConfigOp> settings = group.settings().entrySet().stream()
                .map(setting -> new AlterConfigOp(
                        new ConfigEntry(setting.getKey(), setting.getValue()), AlterConfigOp.OpType.SET))
                .toList();
        ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, group.groupId());
        await(admin.incrementalAlterConfigs(Map.of(resource, settings)).all(), deed, patience);

        // The controller has them now; a member that joins before the broker has would begin with the latest run.
        long deadlineNanos = System.nanoTime() + patience.toNanos();
        while (!inForce(
                group.settings(),
                await(admin.describeConfigs(List.of(resource)).all(), deed, patience)
                        .get(resource))) {
            pause(deadlineNanos, deed, patience);
        }
    }

    private static boolean inForce(Map<String, String> settings, Config config) {
        return settings.entrySet().stream()
                .allMatch(setting -> config.get(setting.getKey()) != null
                        && setting.getValue()
                                .equals(config.get(setting.getKey()).value()));
    }

    private static Optional<Short> replicas(short replicas) {
        return replicas == BROKERS_REPLICATION ? Optional.empty() : Optional.of(replicas);
    }

    private static void awaitCreation(String name, KafkaFuture<Void> creation, Duration patience) {
        try {
            await(creation, "create the topic " + name, patience);
        } catch (BrokerUnavailableException e) {
            // Another process was quicker.
            if (!isCausedBy(TopicExistsException.class, e)) {
                throw e;
            }
        }
    }

    private static <T> T await(KafkaFuture<T> future, String deed, Duration patience) {
        try {
            return future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new BrokerUnavailableException("Kafka did not " + deed + " within " + patience.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw new BrokerUnavailableException("Kafka refused to " + deed + ": " + innermost(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokerUnavailableException("interrupted before Kafka could " + deed, e);
        }
    }

    private static boolean isCausedBy(Class<? extends Exception> type, BrokerUnavailableException e) {
        return e.getCause() instanceof ExecutionException failed && type.isInstance(failed.getCause());
    }

    private static void pause(long deadlineNanos, String deed, Duration patience) {
        if (System.nanoTime() - deadlineNanos > 0) {
            throw new BrokerUnavailableException(
                    "Kafka did not " + deed + " within " + patience.toSeconds() + " s", null);
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }

    /** Whether the broker does not want this client, rather than being away. */
    static boolean isRefusal(Throwable failure) {
        return failure instanceof AuthenticationException || failure instanceof AuthorizationException;
    }

    static String refusal(KafkaSettings kafka, Throwable failure) {
        return "Kafka at " + kafka.bootstrapServers() + " refuses access: " + innermost(failure);
    }

    private static String noAnswer(KafkaSettings kafka, Duration patience) {
        return "no Kafka broker answers at " + kafka.bootstrapServers() + " within " + patience.toSeconds() + " s";
    }

    private static String innermost(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage())
                .lines()
                .findFirst()
                .orElse(cause.getClass().getSimpleName());
    }
}
