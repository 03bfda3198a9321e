package org.mtlfarm.worker.queue;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Lets few suspects at a time train in this process. A suspect is a run whose workers have ended or stood still twice: it may
 * be what ends them, or it was only beside that one. Kept apart, the one that is innocent is trained, instead of losing try
 * after try with the other. What a worker of hundreds of slots held when it ended twice is trained in groups of a sixteenth of
 * its slots first, since one after the other would take hours; what was in such a group when that ended, alone. Safe for use by
 * several threads.
 */
final class Suspects {
    /** Handed out so often, this time included, a run is a suspect. */
    static final int DELIVERIES = 3;

    private static final int GROUPS = 16;

    private final int groupSize;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private int inGroup;
    private boolean alone;

    /**
     * @param slots of this worker
     */
    Suspects(int slots) {
        groupSize = Math.max(1, slots / GROUPS);
    }

    /**
     * @param deliveries how often the run was handed out, this time included
     */
    static boolean isOne(int deliveries) {
        return deliveries >= DELIVERIES;
    }

    /** @param listener called whenever a suspect has left, on its thread */
    void onLeave(Runnable listener) {
        listeners.add(listener);
    }

    /** Whether {@link #enter} would let one of so many deliveries in now. */
    synchronized boolean hasRoom(int deliveries) {
        return !alone && inGroup < (mayBeInGroup(deliveries) ? groupSize : 1);
    }

    /** True: the caller's trains, until it calls {@link #leave} with the same number. */
    synchronized boolean enter(int deliveries) {
        if (!hasRoom(deliveries)) {
            return false;
        }
        if (mayBeInGroup(deliveries)) {
            inGroup++;
        } else {
            alone = true;
        }
        return true;
    }

    void leave(int deliveries) {
        synchronized (this) {
            if (mayBeInGroup(deliveries)) {
                inGroup--;
            } else {
                alone = false;
            }
        }
        listeners.forEach(Runnable::run);
    }

    private static boolean mayBeInGroup(int deliveries) {
        return deliveries == DELIVERIES;
    }
}
