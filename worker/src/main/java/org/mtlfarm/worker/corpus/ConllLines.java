package org.mtlfarm.worker.corpus;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringTokenizer;
import java.util.regex.Pattern;

import org.mtlfarm.schemas.InvalidInputException;

/**
 * The columns of a CoNLL file, the same number in every line and at least two. Blank lines, and lines whose first column
 * is the given boundary, end sentences and are no tokens. Columns are parted by runs of spaces and tabs; where that gives
 * lines of different width, by single tabs, so that words may have spaces inside.
 */
public final class ConllLines {
    private static final Pattern TAB = Pattern.compile("\t");

    private final Path file;
    private final String boundary;
    private final List<String> lines = new ArrayList<>();
    private final List<String[]> byBlanks = new ArrayList<>();
    private final List<Integer> numbers = new ArrayList<>();
    private final List<Integer> starts = new ArrayList<>();
    private final String[][] columns;
    private boolean betweenSentences = true;

    /**
     * Reads the file; throws {@link InvalidInputException} if it is not UTF-8 text, has no tokens, or is ragged.
     *
     * @param boundary first column of lines that stand between sentences or documents: {@code -DOCSTART-}
     */
    public ConllLines(Path file, String boundary) {
        this.file = file;
        this.boundary = boundary;
        Utf8Lines.read(file, this::take);
        this.columns = split();
    }

    /** [tokens][columns], columns at least two. */
    public String[][] columns() {
        return columns;
    }

    /** Line number of each token. */
    public int[] lineNumbers() {
        return numbers.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Positions, in tokens, at which sentences begin. */
    public int[] sentenceStarts() {
        return starts.stream().mapToInt(Integer::intValue).toArray();
    }

    private void take(int number, String line) {
        String[] fields = fields(line);
        if (fields.length == 0 || fields[0].equals(boundary)) {
            betweenSentences = true;
            return;
        }
        if (betweenSentences) {
            starts.add(lines.size());
            betweenSentences = false;
        }
        lines.add(line);
        numbers.add(number);
        byBlanks.add(fields);
    }

    private String[][] split() {
        if (lines.isEmpty()) {
            throw new InvalidInputException(file + ": expected lines of at least 2 columns, found an empty file");
        }
        if (firstOtherWidth(byBlanks).isEmpty()) {
            return byBlanks.toArray(String[][]::new);
        }
        boolean tabs = lines.get(0).strip().indexOf('\t') >= 0;
        List<String[]> columns =
                tabs ? lines.stream().map(ConllLines::tabFields).toList() : byBlanks;
        firstOtherWidth(columns).ifPresent(position -> {
            throw ragged(columns, position);
        });
        return columns.toArray(String[][]::new);
    }

    /** The first line whose number of columns is below two or not the first line's. */
    private static Optional<Integer> firstOtherWidth(List<String[]> columns) {
        for (int i = 0; i < columns.size(); i++) {
            int width = columns.get(i).length;
            if (width < 2 || width != columns.get(0).length) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }

    private InvalidInputException ragged(List<String[]> columns, int position) {
        String expected =
                position == 0 ? "at least 2 columns" : columns.get(0).length + " columns, as in line " + numbers.get(0);
        return new InvalidInputException(file + ":" + numbers.get(position) + ": expected " + expected + ", found "
                + columns.get(position).length + ": "
                + shortened(lines.get(position).strip()));
    }

    private static String shortened(String line) {
        return line.length() <= 60 ? line : line.substring(0, 60) + "...";
    }

    private static String[] fields(String line) {
        StringTokenizer tokenizer = new StringTokenizer(line, " \t");
        String[] fields = new String[tokenizer.countTokens()];
        for (int i = 0; i < fields.length; i++) {
            fields[i] = tokenizer.nextToken();
        }
        return fields;
    }

    private static String[] tabFields(String line) {
        String[] fields = TAB.split(line.stripTrailing());
        for (int i = 0; i < fields.length; i++) {
            fields[i] = fields[i].strip();
        }
        return fields;
    }
}
