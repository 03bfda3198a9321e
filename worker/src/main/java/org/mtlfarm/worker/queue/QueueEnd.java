package org.mtlfarm.worker.queue;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Topics;

/** Whether the work group is done with the queue. Used by one thread. */
final class QueueEnd implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(QueueEnd.class);
    private static final long PATIENCE_SECONDS = 10;

    private final Admin admin;
    private final String groupId;

    QueueEnd(KafkaSettings kafka, String groupId) {
        this.admin = Admin.create(kafka.admin());
        this.groupId = groupId;
    }

    /**
     * False while runs wait or are in flight anywhere, and where the broker does not say; perhaps after that, too: what the broker says
     * may stay too large until the next acknowledgement.
     */
    boolean isReached() throws InterruptedException {
        try {
            TopicPartition queue = new TopicPartition(Topics.RUNS.topicName(), 0);
            SharePartitionOffsetInfo info = answer(
                            admin.listShareGroupOffsets(Map.of(groupId, new ListShareGroupOffsetsSpec()))
                                    .partitionsToOffsetInfo(groupId))
                    .get(queue);
            // Nothing is known of a group before its first acknowledgement: then everything is still to do. Its lag
            // goes on
            // counting records that have expired.
            return info != null && info.lag().filter(lag -> lag == 0).isPresent()
                    || offset(queue, OffsetSpec.earliest()) == offset(queue, OffsetSpec.latest());
        } catch (ExecutionException | TimeoutException e) {
            LOG.info("cannot ask how much is left on the queue: {}", e.getMessage());
            return false;
        }
    }

    private long offset(TopicPartition partition, OffsetSpec which)
            throws ExecutionException, InterruptedException, TimeoutException {
        return answer(admin.listOffsets(Map.of(partition, which)).partitionResult(partition))
                .offset();
    }

    private static <T> T answer(KafkaFuture<T> question)
            throws ExecutionException, InterruptedException, TimeoutException {
        return question.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
