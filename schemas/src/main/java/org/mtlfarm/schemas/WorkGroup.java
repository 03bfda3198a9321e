package org.mtlfarm.schemas;

import java.time.Duration;
import java.util.Map;

/**
 * The share group that takes runs from the queue: settings that live in the broker and hold for all its members.
 *
 * @param groupId the group's name; a colon in it breaks Kafka's own bookkeeping of the group
 * @param recordLock how long a worker owns a run without renewing; the broker's bounds apply (15 s to 60 s unless set)
 * @param deliveryLimit deliveries after which the broker drops a record without a word; the broker allows at most 10 unless set
 */
public record WorkGroup(String groupId, Duration recordLock, int deliveryLimit) {
    public static final WorkGroup WORKERS = new WorkGroup("workers", Duration.ofSeconds(30), 5);

    public WorkGroup {
        if (groupId.isBlank() || groupId.contains(":")) {
            throw new InvalidInputException(
                    "a work group's id must have a character and no colon, found \"" + groupId + "\"");
        }
        if (recordLock.toMillis() < 1000) {
            throw new InvalidInputException(
                    "a record lock must be at least 1 s, found " + recordLock.toMillis() + " ms");
        }
        if (deliveryLimit < 2) {
            throw new InvalidInputException("a delivery limit must be at least 2, found " + deliveryLimit);
        }
    }

    public WorkGroup withRecordLock(Duration lock) {
        return new WorkGroup(groupId, lock, deliveryLimit);
    }

    Map<String, String> settings() {
        return Map.of(
                // Without it the group begins with what is enqueued after its first member has joined.
                "share.auto.offset.reset", "earliest",
                "share.record.lock.duration.ms", Long.toString(recordLock.toMillis()),
                "share.delivery.count.limit", Integer.toString(deliveryLimit));
    }
}
