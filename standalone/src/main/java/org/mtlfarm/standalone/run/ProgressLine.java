package org.mtlfarm.standalone.run;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

import org.mtlfarm.producer.farm.FarmStatus;

/** A farm's status in one line: a bar, runs, steps a second, time left. */
public final class ProgressLine {
    private static final int BAR = 24;

    private final Instant startedAt;
    private final long stepsAtStart;

    /**
     * What was done before says nothing about this session's speed.
     *
     * @param status at the start
     */
    public ProgressLine(FarmStatus status, Instant startedAt) {
        this.startedAt = startedAt;
        this.stepsAtStart = status.stepsDone();
    }

    public String of(FarmStatus status, Instant now) {
        double share = status.stepsDone() == 0 && !status.isFinished()
                ? 0
                : status.stepsLeft() == 0 ? 1 : (double) status.stepsDone() / (status.stepsDone() + status.stepsLeft());
        int filled = (int) (share * BAR);
        StringBuilder line = new StringBuilder();
        line.append('[')
                .append("#".repeat(filled))
                .append(".".repeat(BAR - filled))
                .append("] ");
        line.append(String.format(
                Locale.ROOT, "%d/%d runs, %.0f %%", status.runsDone(), status.runsPlanned(), Math.floor(100 * share)));
        double seconds = Duration.between(startedAt, now).toMillis() / 1000.0;
        double rate = seconds > 0 ? (status.stepsDone() - stepsAtStart) / seconds : 0;
        if (rate > 0) {
            line.append(String.format(Locale.ROOT, ", %.0f steps/s", rate));
            if (status.stepsLeft() > 0) {
                long left = (long) Math.ceil(status.stepsLeft() / rate);
                line.append(", ").append(duration(left)).append(" left");
            }
        }
        if (status.held() > 0) {
            line.append(", ").append(status.held()).append(" experiments may follow");
        }
        if (status.paused() > 0) {
            line.append(", paused");
        }
        if (status.failed() > 0) {
            line.append(", ").append(status.failed()).append(" failed");
        }
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
}
