package org.mtlfarm.worker.queue;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What a worker has done since its start. May be read by any thread at any time. */
public final class WorkerCounters {
    final LongAdder trained = new LongAdder();
    final LongAdder diverged = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder cancelled = new LongAdder();
    final LongAdder putAside = new LongAdder();
    final LongAdder abandoned = new LongAdder();
    final LongAdder retried = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder givenBack = new LongAdder();
    final LongAdder leasesLost = new LongAdder();
    final LongAdder renewals = new LongAdder();
    final LongAdder unconfirmed = new LongAdder();
    final LongAdder unreadable = new LongAdder();
    final LongAdder redelivered = new LongAdder();
    final LongAdder deadLetters = new LongAdder();
    final LongAdder unexpected = new LongAdder();
    final AtomicInteger busy = new AtomicInteger();

    WorkerCounters() {}

    /** Results published with outcome TRAINED. */
    public long trained() {
        return trained.sum();
    }

    /** Results published with outcome DIVERGED. */
    public long diverged() {
        return diverged.sum();
    }

    /** Results published with outcome FAILED. */
    public long failed() {
        return failed.sum();
    }

    /** Results published with outcome CANCELLED. */
    public long cancelled() {
        return cancelled.sum();
    }

    /** Runs taken off the queue untrained since their study is paused. */
    public long putAside() {
        return putAside.sum();
    }

    /** Trainings that went on after they were told to stop, each in a thread that nobody waits for any more. */
    public long abandoned() {
        return abandoned.sum();
    }

    /** Failed tries put back on the queue for another one. */
    public long retried() {
        return retried.sum();
    }

    /** Runs that this worker could not train and gave back. */
    public long refused() {
        return refused.sum();
    }

    /** Runs given back because the worker was stopped or their lock was lost, or put back for suspects in training to be over. */
    public long givenBack() {
        return givenBack.sum();
    }

    /** Runs whose lock went to somebody else before they were finished. */
    public long leasesLost() {
        return leasesLost.sum();
    }

    /** Locks renewed while a run was training. */
    public long renewals() {
        return renewals.sum();
    }

    /** Acknowledgements of finished runs that the broker did not confirm: such a run may be trained again. */
    public long unconfirmed() {
        return unconfirmed.sum();
    }

    /** Records on the queue that are no run. */
    public long unreadable() {
        return unreadable.sum();
    }

    /** Records that came beside the held one and were given back. */
    public long unexpected() {
        return unexpected.sum();
    }

    /** Runs taken that the broker had handed out before. */
    public long redelivered() {
        return redelivered.sum();
    }

    /** Runs given up, with a dead letter. */
    public long deadLetters() {
        return deadLetters.sum();
    }

    /** Slots that hold a run now. */
    public int busy() {
        return busy.get();
    }
}
