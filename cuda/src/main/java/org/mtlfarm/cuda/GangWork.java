package org.mtlfarm.cuda;

/** What a gang has had its device do: counted by the gang's thread, read by any. */
final class GangWork {
    private long launches;
    private long steps;
    private long busyNanos;
    private long begunNanos;
    private boolean busy;

    /**
     * Since the gang began.
     *
     * @param launches steps that the gang has made
     * @param steps of models in them
     * @param busyNanos time with work on the device
     */
    record Done(long launches, long steps, long busyNanos) {
        static final Done NOTHING = new Done(0, 0, 0);

        Done and(Done other) {
            return new Done(launches + other.launches, steps + other.steps, busyNanos + other.busyNanos);
        }
    }

    synchronized void begin() {
        busy = true;
        begunNanos = System.nanoTime();
    }

    synchronized void end() {
        busy = false;
        busyNanos += System.nanoTime() - begunNanos;
    }

    /** Training steps of so many models together. */
    synchronized void made(int together, int models) {
        launches += together;
        steps += (long) together * models;
    }

    synchronized Done done() {
        return new Done(launches, steps, busyNanos + (busy ? System.nanoTime() - begunNanos : 0));
    }
}
