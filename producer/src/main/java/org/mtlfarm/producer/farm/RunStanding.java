package org.mtlfarm.producer.farm;

/** How far a planned run has come. */
public enum RunStanding {
    /** It has a result that counts. */
    DONE,
    /** It failed for good and nobody has asked for it again. */
    FAILED,
    /** It was cancelled and has not been enqueued since. */
    CANCELLED,
    /** A worker has lately reported progress. */
    RUNNING,
    /** It waits, on the queue or off it, and every study that wants it is paused. */
    PAUSED,
    /** It is on the work queue. */
    QUEUED,
    /** It is nowhere: never enqueued, or its queue record is gone without a result. */
    MISSING
}
