package org.mtlfarm.standalone.run;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;

/** Shows a line that changes: in place on a terminal, now and then as a line of its own elsewhere. */
public final class ProgressDisplay {
    /** Set by the {@code farm} script where standard error is a terminal: the JVM cannot tell it apart on every version. */
    private static final String TERMINAL = "farm.terminal";

    private static final Duration BETWEEN_LINES = Duration.ofSeconds(15);
    private static final String CLEAR_LINE = "\r\u001b[K";

    private final PrintWriter err;
    private final boolean terminal;
    private Instant last = Instant.MIN;
    private String shown = "";

    public ProgressDisplay(PrintWriter err, boolean terminal) {
        this.err = err;
        this.terminal = terminal;
    }

    public static ProgressDisplay on(PrintWriter err) {
        return new ProgressDisplay(err, Boolean.getBoolean(TERMINAL));
    }

    public synchronized void show(String line, Instant now) {
        if (line.equals(shown)) {
            return;
        }
        if (terminal) {
            err.print(CLEAR_LINE + line);
        } else if (last == Instant.MIN || Duration.between(last, now).compareTo(BETWEEN_LINES) >= 0) {
            err.println(line);
            last = now;
        } else {
            return;
        }
        err.flush();
        shown = line;
    }

    /** A line that stays, above the changing one. */
    public synchronized void note(String line) {
        err.println((terminal ? CLEAR_LINE : "") + line);
        if (terminal) {
            err.print(shown);
        }
        err.flush();
    }

    /** Leaves the last line standing. */
    public synchronized void end(String line) {
        err.println((terminal ? CLEAR_LINE : "") + line);
        err.flush();
        shown = "";
    }
}
