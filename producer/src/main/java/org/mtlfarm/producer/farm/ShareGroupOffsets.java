package org.mtlfarm.producer.farm;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

import org.mtlfarm.schemas.BrokerUnavailableException;
import org.mtlfarm.schemas.Topics;

/**
 * The work queue's first offset, by partition, that its share group may not be done with. The group's own start offset lags
 * behind what is acknowledged (after the last acknowledgement it stays where the one before had put it), so what follows it
 * may be done with as well; but when the group's lag is 0, everything is. It also stays where it was when the log's first
 * records expire, until the group next reaches for them, which a group that waits for new ones may not do for long: what
 * the log no longer holds is done with. The admin client stays the caller's.
 */
public final class ShareGroupOffsets implements Supplier<Map<Integer, Long>> {
    private static final long PATIENCE_SECONDS = 30;

    private final Admin admin;
    private final String groupId;

    public ShareGroupOffsets(Admin admin, String groupId) {
        this.admin = admin;
        this.groupId = groupId;
    }

    @Override
    public Map<Integer, Long> get() {
        List<TopicPartition> partitions = partitions();
        Map<Integer, Long> offsets = new HashMap<>(logOffsets(partitions, OffsetSpec.earliest()));
        // Ends before lags: what is enqueued between the two makes a lag larger, never a done record of an undone one.
        Map<Integer, Long> ends = logOffsets(partitions, OffsetSpec.latest());
        groupOffsets().forEach((partition, info) -> {
            Long end = ends.get(partition.partition());
            if (info != null && end != null) {
                boolean allDone = info.lag().filter(lag -> lag == 0).isPresent();
                offsets.merge(partition.partition(), allDone ? end : info.startOffset(), Math::max);
            }
        });
        return offsets;
    }

    private List<TopicPartition> partitions() {
        String topic = Topics.RUNS.topicName();
        TopicDescription description =
                answer(admin.describeTopics(List.of(topic)).topicNameValues().get(topic));
        return description.partitions().stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
    }

    private Map<Integer, Long> logOffsets(List<TopicPartition> partitions, OffsetSpec which) {
        Map<TopicPartition, OffsetSpec> asked =
                partitions.stream().collect(Collectors.toMap(Function.identity(), partition -> which));
        Map<TopicPartition, ListOffsetsResultInfo> found =
                answer(admin.listOffsets(asked).all());
        return found.entrySet().stream()
                .collect(Collectors.toMap(
                        entry -> entry.getKey().partition(),
                        entry -> entry.getValue().offset()));
    }

    private Map<TopicPartition, SharePartitionOffsetInfo> groupOffsets() {
        try {
            return answer(admin.listShareGroupOffsets(Map.of(groupId, new ListShareGroupOffsetsSpec()))
                    .partitionsToOffsetInfo(groupId));
        } catch (BrokerUnavailableException e) {
            if (e.getCause() instanceof ExecutionException failed
                    && failed.getCause() instanceof GroupIdNotFoundException) {
                return Map.of(); // no worker has joined yet
            }
            throw e;
        }
    }

    private <T> T answer(KafkaFuture<T> question) {
        try {
            return question.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new BrokerUnavailableException(
                    "cannot read how far the work group " + groupId + " is: "
                            + e.getCause().getMessage(),
                    e);
        } catch (TimeoutException e) {
            throw new BrokerUnavailableException(
                    "the broker did not say within " + PATIENCE_SECONDS + " s how far the work group " + groupId
                            + " is",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokerUnavailableException("interrupted while reading how far the work group is", e);
        }
    }
}
