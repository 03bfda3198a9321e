package org.mtlfarm.aggregator;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeProducersResult;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

import org.mtlfarm.schemas.TopicSetup;
import org.mtlfarm.schemas.Topics;

/**
 * Transactions of the aggregators that are open on a partition while Kafka's coordinator holds them for ended: nobody will ever end
 * them there, nothing behind them is read, and a new thread waits for ever to learn up to where the old one had read. Kafka 4.3.1 makes
 * such when a broker is without leadership of a partition for a moment (restarted, or fenced since it stood still) while the
 * coordinator sends the markers that end a transaction: it takes the partition for deleted and leaves its marker out
 * ({@code TransactionMarkerChannelManager}, {@code KRaftMetadataCache.getPartitionLeaderEndpoint}).
 */
final class HangingTransactions {
    private static final String OFFSETS = "__consumer_offsets";

    private final Admin admin;
    private final String applicationId;

    HangingTransactions(Admin admin, String applicationId) {
        this.admin = admin;
        this.applicationId = applicationId;
    }

    /** One on one partition. */
    record Hanging(TopicPartition partition, long producerId, int producerEpoch, int coordinatorEpoch, long start) {}

    /**
     * Those that may hang: one that ends between two questions looks the same, so only what is found twice, with some time between,
     * hangs.
     *
     * @throws ExecutionException where Kafka does not answer or does not allow it
     */
    Set<Hanging> look() throws ExecutionException, InterruptedException, TimeoutException {
        Map<TopicPartition, List<ProducerState>> open = open(partitions());
        if (open.isEmpty()) {
            return Set.of();
        }
        Map<Long, TransactionDescription> known = known();
        Set<Hanging> hanging = new HashSet<>();
        open.forEach((partition, producers) -> {
            for (ProducerState producer : producers) {
                TransactionDescription transaction = known.get(producer.producerId());
                if (transaction != null && isOver(transaction, producer)) {
                    hanging.add(new Hanging(
                            partition,
                            producer.producerId(),
                            producer.producerEpoch(),
                            producer.coordinatorEpoch().orElse(0),
                            producer.currentTransactionStartOffset().orElseThrow()));
                }
            }
        });
        return hanging;
    }

    /** Ends one, as aborted. What else belonged to the same transaction may have been committed. */
    void abort(Hanging one) throws ExecutionException, InterruptedException, TimeoutException {
        await(admin.abortTransaction(new AbortTransactionSpec(
                        one.partition(), one.producerId(), (short) one.producerEpoch(), one.coordinatorEpoch()))
                .all());
    }

    private Set<TopicPartition> partitions() throws ExecutionException, InterruptedException, TimeoutException {
        List<String> topics = new ArrayList<>();
        for (String topic : await(
                admin.listTopics(new ListTopicsOptions().listInternal(true)).names())) {
            if (topic.startsWith(applicationId + "-")
                    || topic.equals(Topics.AVERAGES.topicName())
                    || topic.equals(OFFSETS)) {
                topics.add(topic);
            }
        }
        Set<TopicPartition> partitions = new HashSet<>();
        for (TopicDescription topic :
                await(admin.describeTopics(topics).allTopicNames()).values()) {
            topic.partitions().stream()
                    .filter(partition ->
                            partition.leader() != null && !partition.leader().isEmpty())
                    .forEach(partition -> partitions.add(new TopicPartition(topic.name(), partition.partition())));
        }
        return partitions;
    }

    private Map<TopicPartition, List<ProducerState>> open(Set<TopicPartition> partitions)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<TopicPartition, List<ProducerState>> open = new HashMap<>();
        Map<TopicPartition, DescribeProducersResult.PartitionProducerState> states =
                await(admin.describeProducers(partitions).all());
        states.forEach((partition, state) -> {
            List<ProducerState> producers = state.activeProducers().stream()
                    .filter(producer -> producer.currentTransactionStartOffset().isPresent())
                    .toList();
            if (!producers.isEmpty()) {
                open.put(partition, producers);
            }
        });
        return open;
    }

    /** What the coordinators say of this application's transactions, by producer id. */
    private Map<Long, TransactionDescription> known()
            throws ExecutionException, InterruptedException, TimeoutException {
        List<String> ids = await(admin.listTransactions().all()).stream()
                .map(TransactionListing::transactionalId)
                .filter(id -> id.startsWith(applicationId + "-"))
                .toList();
        Map<Long, TransactionDescription> known = new HashMap<>();
        for (TransactionDescription transaction :
                await(admin.describeTransactions(ids).all()).values()) {
            known.put(transaction.producerId(), transaction);
        }
        return known;
    }

    /** Whether no marker for what a producer has open is on its way or will be. */
    private static boolean isOver(TransactionDescription transaction, ProducerState open) {
        return switch (transaction.state()) {
            case EMPTY, COMPLETE_COMMIT, COMPLETE_ABORT -> true;
            // A later one of the same producer.
            case ONGOING -> transaction.producerEpoch() > open.producerEpoch();
            default -> false;
        };
    }

    private static <T> T await(KafkaFuture<T> future)
            throws ExecutionException, InterruptedException, TimeoutException {
        return future.get(TopicSetup.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }
}
