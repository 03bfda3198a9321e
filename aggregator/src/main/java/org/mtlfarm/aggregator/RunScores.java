package org.mtlfarm.aggregator;

import java.util.List;

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
 * @param ami mean AMI of the artificial tasks; 1 where there is none
 */
public record RunScores(int runIndex, Outcome outcome, double f1Test, double f1Dev, double ami) {
    public RunScores {
        if (runIndex < 0) {
            throw new IllegalArgumentException("runIndex must be at least 0, was " + runIndex);
        }
        if (outcome == Outcome.UNKNOWN) {
            throw new IllegalArgumentException("outcome must be one that this version knows");
        }
        ratio("f1Test", f1Test);
        ratio("f1Dev", f1Dev);
        if (!Double.isFinite(ami)) {
            throw new IllegalArgumentException("ami must be finite, was " + ami);
        }
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
            return new RunScores(runIndex, outcome, 0, 0, 0);
        }
        if (result.getTest() == null && outcome == Outcome.TRAINED) {
            throw new IllegalArgumentException("a trained run must have test scores, had none");
        }
        return new RunScores(runIndex, outcome, f1(result.getTest()), f1(result.getDev()), meanAmi(result));
    }

    static RunScores of(Slot slot) {
        return new RunScores(slot.getRunIndex(), slot.getOutcome(), slot.getF1Test(), slot.getF1Dev(), slot.getAmi());
    }

    Slot slot() {
        return new Slot(runIndex, outcome, f1Test, f1Dev, ami);
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
                && Double.doubleToLongBits(ami) == Double.doubleToLongBits(other.ami);
    }

    private static boolean counts(Outcome outcome) {
        return outcome == Outcome.TRAINED || outcome == Outcome.DIVERGED;
    }

    private static double f1(SpanScores scores) {
        return scores == null ? 0 : scores.getF1();
    }

    /** The result's AMIs begin with the real task's own, which is no artificial one. */
    private static double meanAmi(RunResult result) {
        List<Double> ami = result.getAmi();
        int tasks = result.getExperiment().getTasks();
        if (tasks == 1) {
            return 1;
        }
        if (ami.size() != tasks) {
            throw new IllegalArgumentException("ami must have one number a task, had " + ami.size() + " of " + tasks);
        }
        double sum = 0;
        for (int task = 1; task < tasks; task++) {
            sum += ami.get(task);
        }
        return sum / (tasks - 1);
    }

    private static void ratio(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " must be in [0, 1], was " + value);
        }
    }
}
