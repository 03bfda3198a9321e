package org.mtlfarm.worker.queue;

import java.time.Duration;

/**
 * Since when no slot of a worker has held a run. Before its first run a worker is given longer: joining the group takes a
 * while. Safe for use by several threads.
 */
final class Idleness {
    /** To be given a place in the group and a first run, on a busy machine. */
    private static final Duration LEAST_BEFORE_FIRST = Duration.ofMinutes(1);

    private boolean hadARun;
    private int busy;
    private long idleSinceNanos = System.nanoTime();
    private boolean over;

    synchronized void slotTakesARun() {
        busy++;
        hadARun = true;
        notifyAll();
    }

    synchronized void slotIsFree() {
        busy--;
        idleSinceNanos = System.nanoTime();
        notifyAll();
    }

    /** Ends {@link #await}: the worker stops for another reason. */
    synchronized void end() {
        over = true;
        notifyAll();
    }

    /** Waits until no slot has held a run for that long; false if {@link #end} came before. */
    synchronized boolean await(Duration idle) throws InterruptedException {
        while (!over) {
            long allowed = hadARun ? idle.toNanos() : Math.max(idle.toNanos(), LEAST_BEFORE_FIRST.toNanos());
            long left = allowed - (System.nanoTime() - idleSinceNanos);
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
