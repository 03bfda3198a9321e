package org.mtlfarm.worker.queue;

import java.time.Duration;

/** Since when no slot of a worker has held a run. Safe for use by several threads. */
final class Idleness {
    private int busy;
    private long idleSinceNanos = System.nanoTime();
    private boolean over;

    synchronized void slotTakesARun() {
        busy++;
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
            long left = idle.toNanos() - (System.nanoTime() - idleSinceNanos);
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
