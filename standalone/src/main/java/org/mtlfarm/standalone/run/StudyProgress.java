package org.mtlfarm.standalone.run;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Progress;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.RunResult;

/** How far a study is, told from the results and progress messages of its runs. Safe for use by several threads. */
public final class StudyProgress {
    private static final int BAR = 24;

    private final Map<RunKey, Long> stepsByRun;
    private final Map<RunKey, RunResult> finished = new HashMap<>();
    private final Map<RunKey, Long> inFlight = new HashMap<>();
    private final long stepsPlanned;
    private long stepsFinished;
    private long stepsAtStart;
    private Instant startedAt;
    private Optional<RunResult> latest = Optional.empty();

    /**
     * @param stepsByRun the study's runs with the training steps of each
     */
    public StudyProgress(Map<RunKey, Long> stepsByRun) {
        this.stepsByRun = Map.copyOf(stepsByRun);
        this.stepsPlanned = stepsByRun.values().stream().mapToLong(Long::longValue).sum();
    }

    /** What is finished by now was not trained in this session and says nothing about its speed. */
    public synchronized void start(Instant now) {
        startedAt = now;
        stepsAtStart = stepsFinished;
    }

    /** A result; those of other studies' runs and repeated ones change nothing. A failed run can be finished by a later try. */
    public synchronized void finished(RunResult result) {
        RunKey key = RunKey.of(result);
        Long steps = stepsByRun.get(key);
        if (steps == null || (finished.containsKey(key) && counts(finished.get(key)))) {
            return;
        }
        if (finished.put(key, result) == null) {
            stepsFinished += steps;
        }
        inFlight.remove(key);
        latest = Optional.of(result);
    }

    public synchronized void progressed(Progress progress) {
        RunKey key = RunKey.of(progress);
        if (stepsByRun.containsKey(key) && !finished.containsKey(key)) {
            inFlight.put(key, progress.getStep());
        }
    }

    /** Whether every run has an outcome. */
    public synchronized boolean isOver() {
        return finished.size() == stepsByRun.size();
    }

    public synchronized int runsFinished() {
        return finished.size();
    }

    /** Runs whose outcome is no score. */
    public synchronized long runsWithoutScore() {
        return finished.values().stream().filter(result -> !counts(result)).count();
    }

    /** The results that count, of this study's runs. */
    public synchronized Map<RunKey, RunResult> results() {
        return Map.copyOf(finished);
    }

    /** One line: a bar, runs, steps a second, time left, the latest score. */
    public synchronized String line(Instant now) {
        long steps = stepsFinished + inFlight.values().stream().mapToLong(Long::longValue).sum();
        double share = stepsPlanned == 0 ? 1 : Math.min(1, (double) steps / stepsPlanned);
        int filled = (int) (share * BAR);
        double seconds = startedAt == null ? 0 : Duration.between(startedAt, now).toMillis() / 1000.0;
        double rate = seconds > 0 ? (steps - stepsAtStart) / seconds : 0;
        StringBuilder line = new StringBuilder();
        line.append('[').append("#".repeat(filled)).append(".".repeat(BAR - filled)).append("] ");
        line.append(format("%d/%d runs, %.0f %%", finished.size(), stepsByRun.size(), Math.floor(100 * share)));
        if (rate > 0) {
            line.append(format(", %.0f steps/s", rate));
            if (steps < stepsPlanned) {
                line.append(", ").append(duration((long) Math.ceil((stepsPlanned - steps) / rate))).append(" left");
            }
        }
        latest.filter(StudyProgress::counts).ifPresent(result -> line.append(format(
                ", latest T=%d n=%d F1 %.3f",
                result.getExperiment().getTasks(),
                result.getExperiment().getTokensReal(),
                result.getTest().getF1())));
        return line.toString();
    }

    /** {@code 3 h 20 min}, {@code 4 min 5 s}, {@code 12 s}. */
    public static String duration(long seconds) {
        if (seconds < 60) {
            return seconds + " s";
        }
        return seconds < 3600
                ? seconds / 60 + " min " + seconds % 60 + " s"
                : seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
    }

    private static boolean counts(RunResult result) {
        return result.getOutcome() == Outcome.TRAINED || result.getOutcome() == Outcome.DIVERGED;
    }

    private static String format(String text, Object... values) {
        return String.format(Locale.ROOT, text, values);
    }
}
