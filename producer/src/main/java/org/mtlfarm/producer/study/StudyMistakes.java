package org.mtlfarm.producer.study;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import org.mtlfarm.schemas.InvalidInputException;

/** The mistakes of one study, gathered so that its author reads them all at once, in the order of the file. */
final class StudyMistakes {
    private record Mistake(int line, String text) {}

    /** A value's text is shown to this many characters. */
    private static final int SHOWN = 60;

    private final String file;
    private final List<Mistake> mistakes = new ArrayList<>();

    StudyMistakes(String file) {
        this.file = file;
    }

    void add(int line, String path, String expected, String found) {
        add(line, path, "expected " + expected + ", found " + found);
    }

    /** A mistake in words of its own; the path is empty for the whole file. */
    void add(int line, String path, String text) {
        mistakes.add(new Mistake(line, file + ":" + line + ": " + (path.isEmpty() ? "" : path + ": ") + text));
    }

    /** Throws all mistakes as one exception, a line each, if there are any. */
    void throwIfAny() {
        if (!mistakes.isEmpty()) {
            throw new InvalidInputException(mistakes.stream()
                    .sorted(Comparator.comparingInt(Mistake::line))
                    .map(Mistake::text)
                    .distinct()
                    .collect(Collectors.joining("\n")));
        }
    }

    /** A found text on one line and not too long. */
    static String shown(String text) {
        String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
        return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "...";
    }

    /** {@code 40,000}. */
    static String thousands(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
