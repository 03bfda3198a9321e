package org.mtlfarm.aggregator;

import java.util.concurrent.atomic.AtomicLong;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts and names the records that no average can use: bytes that are no result, results that contradict themselves. They
 * stay on their topic, which is never deleted, at the place that the log names. Safe for use by several threads.
 */
public final class SetAside {
    private static final Logger LOG = LoggerFactory.getLogger(SetAside.class);

    private final AtomicLong records = new AtomicLong();

    /** Records set aside since this process began. */
    public long records() {
        return records.get();
    }

    void add(String topic, int partition, long offset, String reason) {
        records.incrementAndGet();
        LOG.warn("set aside {} partition {} offset {}: {}", topic, partition, offset, reason);
    }
}
