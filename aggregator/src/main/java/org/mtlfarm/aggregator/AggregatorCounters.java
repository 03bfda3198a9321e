package org.mtlfarm.aggregator;

import java.util.concurrent.atomic.LongAdder;

import org.mtlfarm.schemas.Average;

/**
 * What an aggregator has done with results since its start. What is taken in again after a crash counts again. Safe for use by
 * several threads.
 */
public final class AggregatorCounters {
    private final LongAdder counted = new LongAdder();
    private final LongAdder repeatedSame = new LongAdder();
    private final LongAdder repeatedDifferent = new LongAdder();
    private final LongAdder untrained = new LongAdder();

    AggregatorCounters() {}

    /** A result has made one average of another. */
    void add(Average before, Average after) {
        long same = after.getDuplicatesIdentical() - (before == null ? 0 : before.getDuplicatesIdentical());
        long different = after.getDuplicatesDifferent() - (before == null ? 0 : before.getDuplicatesDifferent());
        if (same > 0) {
            repeatedSame.increment();
        } else if (different > 0) {
            repeatedDifferent.increment();
        } else if (after.getRunsDone() > (before == null ? 0 : before.getRunsDone())) {
            counted.increment();
        } else {
            untrained.increment();
        }
    }

    /** Results that filled a place in an average. */
    public long counted() {
        return counted.sum();
    }

    /** Results of runs that had one, the same to the last bit. */
    public long repeatedSame() {
        return repeatedSame.sum();
    }

    /** Results of runs that had another one: something does not repeat. */
    public long repeatedDifferent() {
        return repeatedDifferent.sum();
    }

    /** Results of runs that failed or were cancelled. */
    public long untrained() {
        return untrained.sum();
    }

    /** Averages published: one a result. */
    public long averages() {
        return counted() + repeatedSame() + repeatedDifferent() + untrained();
    }
}
