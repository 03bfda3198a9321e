package org.mtlfarm.aggregator;

import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.Slot;
import org.mtlfarm.schemas.SpanScores;

/**
 * What one finished run brings to its experiment's average.
 *
 * @param runIndex at least 0
 * @param f1Test test F1, a ratio in [0, 1]; 0 where the outcome does not count
 * @param f1Dev the same of the dev part; 0 where the result has none
 * @param ami of the artificial tasks
 */
public record RunScores(int runIndex, Outcome outcome, double f1Test, double f1Dev, TaskAmis ami) {
    public RunScores {
        if (runIndex < 0) {
            throw new IllegalArgumentException("runIndex must be at least 0, was " + runIndex);
        }
        if (outcome == Outcome.UNKNOWN) {
            throw new IllegalArgumentException("outcome must be one that this version knows");
        }
        ratio("f1Test", f1Test);
        ratio("f1Dev", f1Dev);
    }

    /** Scores of a result; throws {@link IllegalArgumentException} if it contradicts itself. */
    public static RunScores of(RunResult result) {
        int runIndex = result.getRunIndex();
        if (runIndex >= result.getRuns()) {
            throw new IllegalArgumentException(
                    "runIndex must be below runs, was " + runIndex + " of " + result.getRuns());
        }
        Outcome outcome = result.getOutcome();
        if (!counts(outcome)) {
            return new RunScores(runIndex, outcome, 0, 0, TaskAmis.NOT_COUNTED);
        }
        if (result.getTest() == null && outcome == Outcome.TRAINED) {
            throw new IllegalArgumentException("a trained run must have test scores, had none");
        }
        return new RunScores(runIndex, outcome, f1(result.getTest()), f1(result.getDev()), TaskAmis.of(result));
    }

    static RunScores of(Slot slot) {
        return new RunScores(
                slot.getRunIndex(), slot.getOutcome(), slot.getF1Test(), slot.getF1Dev(), TaskAmis.of(slot));
    }

    Slot slot() {
        return new Slot(runIndex, outcome, f1Test, f1Dev, ami.mean(), ami.least(), ami.most());
    }

    /** Whether it fills a slot: formulas fitted on the runs that went well would be fitted on survivors. */
    public boolean counts() {
        return counts(outcome);
    }

    /** Whether all scores are the same to the last bit. */
    public boolean equalsToTheLastBit(RunScores other) {
        return outcome == other.outcome
                && Double.doubleToLongBits(f1Test) == Double.doubleToLongBits(other.f1Test)
                && Double.doubleToLongBits(f1Dev) == Double.doubleToLongBits(other.f1Dev)
                && Double.doubleToLongBits(ami.mean()) == Double.doubleToLongBits(other.ami.mean());
    }

    private static boolean counts(Outcome outcome) {
        return outcome == Outcome.TRAINED || outcome == Outcome.DIVERGED;
    }

    private static double f1(SpanScores scores) {
        return scores == null ? 0 : scores.getF1();
    }

    private static void ratio(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " must be in [0, 1], was " + value);
        }
    }
}
