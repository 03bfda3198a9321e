package org.mtlfarm.worker.queue;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Since when no slot of a worker has had a run that it could train. A run that is refused does not interrupt that: it only
 * shows that something is left. Safe for use by several threads.
 */
final class Idleness {
    private final LongSupplier nanoTime;
    private boolean offered;
    private int busy;
    private long idleSinceNanos;
    private long refusals;
    private String lastRefusal;
    private boolean over;

    Idleness(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.idleSinceNanos = nanoTime.getAsLong();
    }

    synchronized void slotTakesARun() {
        busy++;
        offered = true;
        notifyAll();
    }

    /** Whatever the run came to, it was this worker's. */
    synchronized void slotIsFree() {
        busy--;
        idleSinceNanos = nanoTime.getAsLong();
        refusals = 0;
        lastRefusal = null;
        notifyAll();
    }

    /** The slot is free, too: its run is for somebody else. */
    synchronized void slotHasRefused(String reason) {
        busy--;
        refusals++;
        lastRefusal = reason;
        notifyAll();
    }

    /** Ends {@link #await}: the worker stops for another reason. */
    synchronized void end() {
        over = true;
        notifyAll();
    }

    /** Whether the queue has given this worker anything yet. */
    synchronized boolean wasOfferedARun() {
        return offered;
    }

    synchronized Duration time() {
        return busy > 0 ? Duration.ZERO : Duration.ofNanos(nanoTime.getAsLong() - idleSinceNanos);
    }

    /** How often, and lastly why, runs were refused since one was not; empty if none was. */
    synchronized Optional<String> refused() {
        return refusals == 0
                ? Optional.empty()
                : Optional.of("refused what it was offered, " + refusals + (refusals == 1 ? " time" : " times")
                        + ", lastly: " + lastRefusal);
    }

    /** Waits until {@link #time()} is that long; false if {@link #end} came before. */
    synchronized boolean await(Duration idle) throws InterruptedException {
        while (!over) {
            long left = idle.toNanos() - (nanoTime.getAsLong() - idleSinceNanos);
            if (busy > 0) {
                wait();
            } else if (left <= 0) {
                return true;
            } else {
                wait(left / 1_000_000 + 1);
            }
        }
        return false;
    }
}
