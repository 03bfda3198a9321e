package org.mtlfarm.regressor.table;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

import org.mtlfarm.regressor.expression.ExpressionParser;
import org.mtlfarm.schemas.InvalidInputException;

/**
 * A CSV file with a header: comma-separated (or by semicolon or tab where the header has no comma), quotes doubled within
 * quotes, any line ends, blank lines skipped. Cells are text until a column is asked for as numbers, so that a text column
 * that nobody uses does no harm.
 */
public final class CsvTable {
    private static final Pattern NUMBER = Pattern.compile("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?");

    private final String source;
    private final List<String> header;
    private final List<String[]> rows;
    /** Line in the file on which each row starts, the first being 1. */
    private final List<Integer> lines;

    private CsvTable(String source, List<String> header, List<String[]> rows, List<Integer> lines) {
        this.source = source;
        this.header = List.copyOf(header);
        this.rows = rows;
        this.lines = lines;
    }

    /** Reads a file; throws {@link InvalidInputException} with file and line where it is no such table. */
    public static CsvTable read(Path file) {
        if (!Files.exists(file)) {
            throw new InvalidInputException(file + ": expected a CSV file, found nothing there");
        }
        if (Files.isDirectory(file)) {
            throw new InvalidInputException(file + ": expected a CSV file, found a folder");
        }
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            return new Parser(file.toString(), reader).table();
        } catch (CharacterCodingException e) {
            throw new InvalidInputException(
                    file + ": expected a CSV file in UTF-8, found bytes that are no such text", e);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    public List<String> header() {
        return header;
    }

    public int rows() {
        return rows.size();
    }

    /** A column as text, one cell a row. */
    public String[] text(String column) {
        int index = index(column);
        return rows.stream().map(row -> row[index]).toArray(String[]::new);
    }

    /** A column as finite numbers; any other cell is a mistake, reported with its line. */
    public double[] numbers(String column) {
        int index = index(column);
        double[] numbers = new double[rows.size()];
        for (int r = 0; r < numbers.length; r++) {
            String cell = rows.get(r)[index].strip();
            double value = NUMBER.matcher(cell).matches() ? Double.parseDouble(cell) : Double.NaN;
            if (!Double.isFinite(value)) {
                throw new InvalidInputException(source + " line " + lines.get(r) + ", column \"" + column
                        + "\": expected a number, found " + (cell.isEmpty() ? "nothing" : "\"" + cell + "\""));
            }
            numbers[r] = value;
        }
        return numbers;
    }

    private int index(String column) {
        int index = header.indexOf(column);
        if (index < 0) {
            throw new InvalidInputException(
                    source + ": expected a column \"" + column + "\", found " + String.join(", ", header));
        }
        return index;
    }

    /**
     * The rows for a fit.
     *
     * @param target the column to be explained
     * @param features the columns to explain it with; empty for every other column
     * @param weights a column of weights at least 0, or an expression over columns, or null
     * @param group a column whose equal values are to stay on one side of the split, or several, separated by commas, whose
     *     combinations are; or null
     */
    public Table select(String target, List<String> features, String weights, String group) {
        List<String> chosen = features.isEmpty()
                ? header.stream()
                        .filter(name -> !name.equals(target) && !name.equals(weights) && !name.equals(group))
                        .toList()
                : features;
        if (chosen.contains(target)) {
            throw new InvalidInputException("the target \"" + target + "\" cannot be a feature as well; found features "
                    + String.join(", ", chosen));
        }
        double[] targetValues = numbers(target);
        double[][] columns = new double[chosen.size()][];
        for (int v = 0; v < columns.length; v++) {
            columns[v] = numbers(chosen.get(v));
        }
        return new Table(
                source,
                chosen,
                columns,
                target,
                targetValues,
                weights == null ? null : weights(weights),
                group == null ? null : groups(group));
    }

    /** A column, or an expression over columns, at every row. */
    private double[] weights(String text) {
        if (header.contains(text)) {
            return numbers(text);
        }
        ExpressionParser.Named named;
        try {
            named = ExpressionParser.parse(text);
        } catch (InvalidInputException e) {
            throw new InvalidInputException(
                    "weights: expected a column or an expression over columns: " + e.getMessage(), e);
        }
        double[][] columns = named.variables().stream().map(this::numbers).toArray(double[][]::new);
        double[] weights = new double[rows.size()];
        double[] at = new double[columns.length];
        for (int r = 0; r < weights.length; r++) {
            for (int v = 0; v < at.length; v++) {
                at[v] = columns[v][r];
            }
            weights[r] = named.expression().value(at);
            if (!Double.isFinite(weights[r])) {
                throw new InvalidInputException(source + " line " + lines.get(r) + ": expected a finite weight, found "
                        + weights[r] + " for " + text);
            }
        }
        return weights;
    }

    /** What tells the groups apart, one text a row. */
    private String[] groups(String columns) {
        if (header.contains(columns)) {
            return text(columns);
        }
        String[] groups = new String[rows.size()];
        Arrays.fill(groups, "");
        for (String column : columns.split(",")) {
            String[] cells = text(column.strip());
            for (int r = 0; r < groups.length; r++) {
                groups[r] += cells[r].strip() + "\u001f";
            }
        }
        return groups;
    }

    /** Reads records one by one; a quoted cell may span lines. */
    private static final class Parser {
        private final String source;
        private final BufferedReader reader;
        private int line;
        private char separator = ',';

        Parser(String source, BufferedReader reader) {
            this.source = source;
            this.reader = reader;
        }

        CsvTable table() throws IOException {
            List<String> header = null;
            List<String[]> rows = new ArrayList<>();
            List<Integer> lines = new ArrayList<>();
            while (true) {
                String text = reader.readLine();
                if (text == null) {
                    break;
                }
                line++;
                if (line == 1 && text.startsWith("\uFEFF")) {
                    text = text.substring(1);
                }
                if (text.indexOf('\0') >= 0) {
                    throw new InvalidInputException(
                            source + " line " + line + ": expected a CSV file, found a binary file");
                }
                if (text.isBlank()) {
                    continue;
                }
                int start = line;
                if (header == null) {
                    separator = text.indexOf(',') >= 0
                            ? ','
                            : text.indexOf(';') >= 0 ? ';' : text.indexOf('\t') >= 0 ? '\t' : ',';
                    header = header(cells(text));
                } else {
                    List<String> cells = cells(text);
                    if (cells.size() != header.size()) {
                        throw new InvalidInputException(source + " line " + start + ": expected " + header.size()
                                + " cells as in the header, found " + cells.size());
                    }
                    rows.add(cells.toArray(String[]::new));
                    lines.add(start);
                }
            }
            if (header == null) {
                throw new InvalidInputException(source + ": expected a header line and rows, found an empty file");
            }
            return new CsvTable(source, header, rows, lines);
        }

        private List<String> header(List<String> cells) {
            Set<String> seen = new HashSet<>();
            List<String> names = new ArrayList<>();
            for (String cell : cells) {
                String name = cell.strip();
                if (name.isEmpty() || name.indexOf('`') >= 0) {
                    throw new InvalidInputException(source + " line " + line + ": expected a name for column "
                            + (names.size() + 1) + ", found \"" + name + "\"");
                }
                if (!seen.add(name)) {
                    throw new InvalidInputException(
                            source + " line " + line + ": expected each column once, found \"" + name + "\" twice");
                }
                names.add(name);
            }
            return names;
        }

        private List<String> cells(String first) throws IOException {
            int start = line;
            List<String> cells = new ArrayList<>();
            StringBuilder cell = new StringBuilder();
            boolean quoted = false;
            String text = first;
            int i = 0;
            while (true) {
                if (i >= text.length()) {
                    if (!quoted) {
                        cells.add(cell.toString());
                        return cells;
                    }
                    text = reader.readLine();
                    if (text == null) {
                        throw new InvalidInputException(
                                source + " line " + start + ": expected a closing quote, found the end of the file");
                    }
                    line++;
                    cell.append('\n');
                    i = 0;
                    continue;
                }
                char c = text.charAt(i++);
                if (quoted) {
                    if (c != '"') {
                        cell.append(c);
                    } else if (i < text.length() && text.charAt(i) == '"') {
                        cell.append('"');
                        i++;
                    } else {
                        quoted = false;
                    }
                } else if (c == '"' && cell.toString().isBlank()) {
                    cell.setLength(0);
                    quoted = true;
                } else if (c == separator) {
                    cells.add(cell.toString());
                    cell.setLength(0);
                } else {
                    cell.append(c);
                }
            }
        }
    }
}
