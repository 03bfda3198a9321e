package org.mtlfarm.producer.farm;

/**
 * What submitting a study came to. {@code runsEnqueued + alreadyDone + alreadyQueued + failed} is all of its runs.
 *
 * @param planned experiments whose plan record was written
 * @param alreadyPlanned experiments that the plan had as the study wants them
 * @param runsEnqueued runs put on the queue
 * @param alreadyDone runs that had a result that counts, whichever study asked for it
 * @param alreadyQueued runs on the queue, in training, or waiting until the study is resumed
 * @param failed runs that failed before; {@code farm retry} tries them again
 * @param retired experiments that the study wanted before and now does not, taken off the plan
 */
public record Submission(
        int planned,
        int alreadyPlanned,
        int runsEnqueued,
        int alreadyDone,
        int alreadyQueued,
        int failed,
        int retired) {
    /** Of a study that still wants all it wanted before. */
    public Submission(
            int planned, int alreadyPlanned, int runsEnqueued, int alreadyDone, int alreadyQueued, int failed) {
        this(planned, alreadyPlanned, runsEnqueued, alreadyDone, alreadyQueued, failed, 0);
    }
}
