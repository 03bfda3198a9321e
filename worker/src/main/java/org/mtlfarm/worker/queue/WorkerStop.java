package org.mtlfarm.worker.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** Whether a worker is to stop, and until when its runs may go on. Safe for use by several threads. */
final class WorkerStop {
    private final LongSupplier nanoTime;
    private final List<Runnable> wakers = new ArrayList<>();
    private int requests;
    private long deadlineNanos;

    WorkerStop(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** @param waker called by whoever requests the stop, on its thread */
    synchronized void onRequest(Runnable waker) {
        wakers.add(waker);
    }

    /** Takes no further run; those in flight may take this long. A later request may only shorten that. */
    void request(Duration drain) {
        List<Runnable> toWake;
        synchronized (this) {
            long deadline = nanoTime.getAsLong() + drain.toNanos();
            deadlineNanos = requests > 0 && deadlineNanos - deadline < 0 ? deadlineNanos : deadline;
            requests++;
            toWake = List.copyOf(wakers);
        }
        toWake.forEach(Runnable::run);
    }

    synchronized boolean requested() {
        return requests > 0;
    }

    /** How often so far: a later request may have changed {@link #nanosLeft}. */
    synchronized int requests() {
        return requests;
    }

    /**
     * Until runs in flight are to be cancelled, negative since then; {@link Long#MAX_VALUE} while no stop is requested.
     */
    synchronized long nanosLeft() {
        return requests > 0 ? deadlineNanos - nanoTime.getAsLong() : Long.MAX_VALUE;
    }
}
