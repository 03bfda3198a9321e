package org.mtlfarm.worker.queue;

/**
 * Lets few suspects at a time train in this process. A suspect is a run whose workers have ended or stood still twice: it may
 * be what ends them, or it was only beside that one. Kept apart, the one that is innocent is trained, instead of losing try
 * after try with the other. What a worker of hundreds of slots held when it ended twice is trained in groups of a sixteenth of
 * its slots first, since one after the other would take hours; what was in such a group when that ended, alone. Safe for use by
 * several threads.
 */
final class Suspects {
    private static final int DELIVERIES = 3;
    private static final int GROUPS = 16;

    private final int groupSize;
    private int inGroup;
    private boolean alone;

    /**
     * @param slots of this worker
     */
    Suspects(int slots) {
        groupSize = Math.max(1, slots / GROUPS);
    }

    /**
     * @param deliveries how often the broker has handed the run out, this time included
     */
    static boolean isOne(int deliveries) {
        return deliveries >= DELIVERIES;
    }

    /** True: the caller's trains, until it calls {@link #leave} with the same number. */
    synchronized boolean enter(int deliveries) {
        if (alone || inGroup >= (mayBeInGroup(deliveries) ? groupSize : 1)) {
            return false;
        }
        if (mayBeInGroup(deliveries)) {
            inGroup++;
        } else {
            alone = true;
        }
        return true;
    }

    synchronized void leave(int deliveries) {
        if (mayBeInGroup(deliveries)) {
            inGroup--;
        } else {
            alone = false;
        }
    }

    private static boolean mayBeInGroup(int deliveries) {
        return deliveries == DELIVERIES;
    }
}
