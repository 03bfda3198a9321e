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
 *
 * <p>In a corpus, lines that begin with {@code #} and have not as many columns as the others are comments; all of them are
 * where the first column numbers the tokens of a sentence, as CoNLL-U has it. There a token over several words ({@code
 * 3-4}), and a word that is not in the text ({@code 8.1}), are none either.
 */
public final class ConllLines {
    private static final Pattern TAB = Pattern.compile("\t");
    private static final Pattern NUMBER = Pattern.compile("\\d+([-.]\\d+)?");
    private static final Pattern WORD_NUMBER = Pattern.compile("\\d+");

    /** One line that is not blank. */
    private record Line(String text, String[] byBlanks, int number, int sentence) {
        boolean mayBeComment() {
            return text.startsWith("#");
        }
    }

    private final Path file;
    private final String boundary;
    private final List<Line> lines = new ArrayList<>();
    private final List<Line> tokens = new ArrayList<>();
    private final String[][] columns;
    private boolean numbered;
    private boolean betweenSentences = true;
    private int sentences;

    /**
     * Reads the file; throws {@link InvalidInputException} if it is not UTF-8 text, has no tokens, or is ragged.
     *
     * @param boundary first column of lines that stand between sentences or documents: {@code -DOCSTART-}
     */
    public ConllLines(Path file, String boundary) {
        this(file, boundary, false);
    }

    private ConllLines(Path file, String boundary, boolean corpus) {
        this.file = file;
        this.boundary = boundary;
        Utf8Lines.read(file, this::take);
        this.columns = corpus ? splitCorpus() : split(lines);
    }

    /** Reads a corpus's file, in which there may be comments. */
    static ConllLines ofCorpus(Path file, String boundary) {
        return new ConllLines(file, boundary, true);
    }

    /** [tokens][columns], columns at least two. */
    public String[][] columns() {
        return columns;
    }

    /** Line number of each token. */
    public int[] lineNumbers() {
        return tokens.stream().mapToInt(Line::number).toArray();
    }

    /** Positions, in tokens, at which sentences begin. */
    public int[] sentenceStarts() {
        List<Integer> starts = new ArrayList<>();
        for (int i = 0; i < tokens.size(); i++) {
            if (i == 0 || tokens.get(i).sentence() != tokens.get(i - 1).sentence()) {
                starts.add(i);
            }
        }
        return starts.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Whether the first column numbers the tokens of a sentence. */
    boolean numbered() {
        return numbered;
    }

    private void take(int number, String line) {
        String[] fields = fields(line);
        if (fields.length == 0 || fields[0].equals(boundary)) {
            betweenSentences = true;
            return;
        }
        if (betweenSentences) {
            sentences++;
            betweenSentences = false;
        }
        lines.add(new Line(line, fields, number, sentences));
    }

    private String[][] splitCorpus() {
        List<Line> certain = lines.stream().filter(line -> !line.mayBeComment()).toList();
        if (certain.size() == lines.size() && !numbersTokens(certain)) {
            return split(lines);
        }
        numbered = numbersTokens(certain);
        if (numbered) {
            return split(certain.stream()
                    .filter(line -> WORD_NUMBER.matcher(line.byBlanks()[0]).matches())
                    .toList());
        }
        boolean tabs = partedByTabs(certain);
        int width = certain.isEmpty() ? 0 : width(certain.get(0), tabs);
        return split(lines.stream()
                .filter(line -> !line.mayBeComment() || width(line, tabs) == width)
                .toList());
    }

    /** A word, its number before it and a tag behind: every line begins with a number, and every sentence with 1. */
    private static boolean numbersTokens(List<Line> lines) {
        if (lines.isEmpty() || lines.get(0).byBlanks().length < 3) {
            return false;
        }
        int sentence = 0;
        for (Line line : lines) {
            String first = line.byBlanks()[0];
            boolean starts = line.sentence() != sentence;
            if (!NUMBER.matcher(first).matches() || starts && !first.matches("(0\\.1|1)(-\\d+)?")) {
                return false;
            }
            sentence = line.sentence();
        }
        return true;
    }

    private static int width(Line line, boolean tabs) {
        return tabs ? tabFields(line.text()).length : line.byBlanks().length;
    }

    private static boolean partedByTabs(List<Line> lines) {
        return !lines.isEmpty()
                && firstOtherWidth(lines.stream().map(Line::byBlanks).toList()).isPresent()
                && lines.get(0).text().strip().indexOf('\t') >= 0;
    }

    private String[][] split(List<Line> chosen) {
        if (chosen.isEmpty()) {
            throw new InvalidInputException(file + ": expected lines of at least 2 columns, found an empty file");
        }
        tokens.addAll(chosen);
        List<String[]> byBlanks = chosen.stream().map(Line::byBlanks).toList();
        if (firstOtherWidth(byBlanks).isEmpty()) {
            return byBlanks.toArray(String[][]::new);
        }
        List<String[]> split = partedByTabs(chosen)
                ? chosen.stream().map(line -> tabFields(line.text())).toList()
                : byBlanks;
        firstOtherWidth(split).ifPresent(position -> {
            throw ragged(split, position);
        });
        return split.toArray(String[][]::new);
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
        String expected = position == 0
                ? "at least 2 columns"
                : columns.get(0).length + " columns, as in line "
                        + tokens.get(0).number();
        return new InvalidInputException(file + ":" + tokens.get(position).number() + ": expected " + expected
                + ", found " + columns.get(position).length + ": "
                + shortened(tokens.get(position).text().strip()));
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
