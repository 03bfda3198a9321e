package org.mtlfarm.aggregator;

import java.util.List;

import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.Slot;

/**
 * Relatedness of a run's artificial tasks to its real one.
 *
 * @param mean over those of which it can be measured; 1 where there is no artificial task, NaN where it can be measured of none
 * @param least of the least related one; null where an older version did not keep it
 * @param most of the most related one; null where an older version did not keep it
 */
record TaskAmis(double mean, Double least, Double most) {
    /** In the place of a run that does not count. */
    static final TaskAmis NOT_COUNTED = new TaskAmis(0, null, null);

    private static final TaskAmis ALONE = new TaskAmis(1, 1.0, 1.0);
    private static final TaskAmis NOT_MEASURED = new TaskAmis(Double.NaN, Double.NaN, Double.NaN);

    /** The result's AMIs begin with the real task's own, which is no artificial one. */
    static TaskAmis of(RunResult result) {
        List<Double> ami = result.getAmi();
        int tasks = result.getExperiment().getTasks();
        if (tasks == 1) {
            return ALONE;
        }
        if (ami.size() != tasks) {
            throw new IllegalArgumentException("ami must have one number a task, had " + ami.size() + " of " + tasks);
        }
        double sum = 0;
        int measured = 0;
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (double ofTask : ami.subList(1, tasks)) {
            if (Double.isInfinite(ofTask)) {
                throw new IllegalArgumentException(
                        "ami must be finite, or NaN where it is not measured, was " + ofTask);
            }
            if (!Double.isNaN(ofTask)) {
                sum += ofTask;
                measured++;
                least = Math.min(least, ofTask);
                most = Math.max(most, ofTask);
            }
        }
        return measured == 0 ? NOT_MEASURED : new TaskAmis(sum / measured, least, most);
    }

    static TaskAmis of(Slot slot) {
        return new TaskAmis(slot.getAmi(), slot.getAmiLeast(), slot.getAmiMost());
    }
}
