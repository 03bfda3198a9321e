package org.mtlfarm.worker.queue;

/**
 * Lets one suspect at a time train in this process. A suspect is a run whose workers have ended or stood still twice: it may
 * be what ends them, or it was only beside that one. Kept apart, the one that is innocent is trained, instead of losing try
 * after try with the other. Safe for use by several threads.
 */
final class Suspects {
    private static final int DELIVERIES = 3;

    private boolean training;

    /**
     * @param deliveries how often the broker has handed the run out, this time included
     */
    static boolean isOne(int deliveries) {
        return deliveries >= DELIVERIES;
    }

    /** True: the caller's is the one, until it calls {@link #leave}. */
    synchronized boolean enter() {
        boolean entered = !training;
        training = true;
        return entered;
    }

    synchronized void leave() {
        training = false;
    }
}
