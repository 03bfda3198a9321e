package org.mtlfarm.producer.farm;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
 * may be done with as well; but when the group's lag is 0, everything is. A partition of which nothing has been acknowledged yet is absent: all of its records are still to do. The admin client
 * stays the caller's.
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
        // Ends before lags: what is enqueued between the two makes a lag larger, never a done record of an undone one.
        Map<TopicPartition, Long> ends = ends();
        Map<Integer, Long> offsets = new HashMap<>();
        groupOffsets().forEach((partition, info) -> {
            Long end = ends.get(partition);
            if (info != null && end != null) {
                boolean allDone = info.lag().filter(lag -> lag == 0).isPresent();
                offsets.put(partition.partition(), allDone ? end : info.startOffset());
            }
        });
        return offsets;
    }

    private Map<TopicPartition, Long> ends() {
        String topic = Topics.RUNS.topicName();
        TopicDescription description =
                answer(admin.describeTopics(List.of(topic)).topicNameValues().get(topic));
        Map<TopicPartition, OffsetSpec> latest = description.partitions().stream()
                .collect(Collectors.toMap(
                        partition -> new TopicPartition(topic, partition.partition()),
                        partition -> OffsetSpec.latest()));
        Map<TopicPartition, ListOffsetsResultInfo> found =
                answer(admin.listOffsets(latest).all());
        return found.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().offset()));
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
