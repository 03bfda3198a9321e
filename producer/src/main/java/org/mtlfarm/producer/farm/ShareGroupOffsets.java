package org.mtlfarm.producer.farm;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

import org.mtlfarm.schemas.BrokerUnavailableException;
import org.mtlfarm.schemas.Topics;

/**
 * The work queue's first offset, by partition, that its share group is not done with. A partition of which nothing has been
 * acknowledged yet is absent: all of its records are still to do. The admin client stays the caller's.
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
        Map<Integer, Long> offsets = new HashMap<>();
        read().forEach((partition, info) -> {
            if (info != null && partition.topic().equals(Topics.RUNS.topicName())) {
                offsets.put(partition.partition(), info.startOffset());
            }
        });
        return offsets;
    }

    private Map<TopicPartition, SharePartitionOffsetInfo> read() {
        try {
            return admin.listShareGroupOffsets(Map.of(groupId, new ListShareGroupOffsetsSpec()))
                    .partitionsToOffsetInfo(groupId)
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return Map.of(); // no worker has joined yet
            }
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
