package org.mtlfarm.producer.farm;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The broker's clock as its stamps tell it: the latest stamp read and what has passed since. Never ahead of it, and behind by no
 * more than the broker had been silent before the first record was read. So that a machine whose own clock is an hour off
 * can say how long ago a record was written. Used by one thread.
 */
final class BrokersClock implements InstantSource {
    private static final long NANOS_A_MILLI = 1_000_000;

    private final LongSupplier nanoTime;
    /** The broker's time less {@link #nanoTime}, at least; in nanoseconds since 1970. */
    private long ahead;

    private boolean told;

    /**
     * @param nanoTime nanoseconds that pass evenly, from anywhere
     */
    BrokersClock(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** A stamp of the broker's that has just been read, in milliseconds since 1970. */
    void read(long stampMillis) {
        long least = stampMillis * NANOS_A_MILLI - nanoTime.getAsLong();
        ahead = told ? Math.max(ahead, least) : least;
        told = true;
    }

    /** 1970 while no stamp has been read. */
    @Override
    public Instant instant() {
        return told ? Instant.ofEpochSecond(0, ahead + nanoTime.getAsLong()) : Instant.EPOCH;
    }
}
