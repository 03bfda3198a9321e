package org.mtlfarm.aggregator;

import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.RunResult;

/**
 * The places that an experiment's average has for its runs. The first result of a run that counts fills its place; later
 * ones change nothing but a counter. A failed or cancelled run leaves its place empty, for a later result to fill.
 *
 * <p>The numbers of {@link #average()} are sums over the filled places in the order of their run indexes: they depend, to
 * the last bit, on which places are filled and with what, and not on the order in which results came.
 */
public final class ExperimentSlots {
    private final Experiment experiment;
    private final int runs;
    private final SortedMap<Integer, RunScores> slots;
    private final long duplicatesIdentical;
    private final long duplicatesDifferent;
    private final Instant updatedAt;

    private ExperimentSlots(
            Experiment experiment,
            int runs,
            SortedMap<Integer, RunScores> slots,
            long duplicatesIdentical,
            long duplicatesDifferent,
            Instant updatedAt) {
        this.experiment = experiment;
        this.runs = runs;
        this.slots = slots;
        this.duplicatesIdentical = duplicatesIdentical;
        this.duplicatesDifferent = duplicatesDifferent;
        this.updatedAt = updatedAt;
    }

    /** No place filled. */
    public static ExperimentSlots empty(Experiment experiment) {
        return new ExperimentSlots(experiment, 0, new TreeMap<>(), 0, 0, Instant.EPOCH);
    }

    /** The places behind an average. */
    public static ExperimentSlots of(Average average) {
        SortedMap<Integer, RunScores> slots = new TreeMap<>();
        average.getSlots().forEach(slot -> slots.put(slot.getRunIndex(), RunScores.of(slot)));
        return new ExperimentSlots(
                average.getExperiment(),
                average.getRuns(),
                slots,
                average.getDuplicatesIdentical(),
                average.getDuplicatesDifferent(),
                average.getUpdatedAt());
    }

    /**
     * These places after one more result.
     *
     * @param at when the result was published
     * @throws IllegalArgumentException if the result contradicts itself
     */
    public ExperimentSlots with(RunResult result, Instant at) {
        RunScores scores = RunScores.of(result);
        RunScores held = slots.get(scores.runIndex());
        SortedMap<Integer, RunScores> after = slots;
        long identical = duplicatesIdentical;
        long different = duplicatesDifferent;
        if (held == null || !held.counts()) {
            after = new TreeMap<>(slots);
            after.put(scores.runIndex(), scores);
        } else if (scores.counts()) {
            if (scores.equalsToTheLastBit(held)) {
                identical++;
            } else {
                different++;
            }
        }
        return new ExperimentSlots(
                experiment,
                Math.max(runs, result.getRuns()),
                after,
                identical,
                different,
                at.isAfter(updatedAt) ? at : updatedAt);
    }

    public Average average() {
        List<RunScores> filled =
                slots.values().stream().filter(RunScores::counts).toList();
        double mean = mean(filled, RunScores::f1Test);
        return Average.newBuilder()
                .setExperiment(experiment)
                .setRuns(runs)
                .setRunsDone(filled.size())
                .setDiverged(Math.toIntExact(filled.stream()
                        .filter(scores -> scores.outcome() == Outcome.DIVERGED)
                        .count()))
                .setFailed(slots.size() - filled.size())
                .setComplete(filled.size() == runs)
                .setF1Mean(mean)
                .setF1Std(standardDeviation(filled, mean))
                .setF1Min(filled.stream().mapToDouble(RunScores::f1Test).min().orElse(0))
                .setF1Max(filled.stream().mapToDouble(RunScores::f1Test).max().orElse(0))
                .setF1DevMean(mean(filled, RunScores::f1Dev))
                .setAmiMean(
                        filled.isEmpty()
                                ? 1
                                : mean(filled, scores -> scores.ami().mean()))
                .setDuplicatesIdentical(duplicatesIdentical)
                .setDuplicatesDifferent(duplicatesDifferent)
                .setSlots(slots.values().stream().map(RunScores::slot).toList())
                .setUpdatedAt(updatedAt)
                .build();
    }

    private static double mean(List<RunScores> filled, ToDoubleFunction<RunScores> score) {
        double sum = 0;
        for (RunScores scores : filled) {
            sum += score.applyAsDouble(scores);
        }
        return filled.isEmpty() ? 0 : sum / filled.size();
    }

    /** sqrt(sum((f1 - mean)^2) / (n - 1)), in a second pass over the scores; 0 for fewer than two. */
    private static double standardDeviation(List<RunScores> filled, double mean) {
        double sum = 0;
        for (RunScores scores : filled) {
            double deviation = scores.f1Test() - mean;
            sum += deviation * deviation;
        }
        return filled.size() < 2 ? 0 : Math.sqrt(sum / (filled.size() - 1));
    }
}
