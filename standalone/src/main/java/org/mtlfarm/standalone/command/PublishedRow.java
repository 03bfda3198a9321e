package org.mtlfarm.standalone.command;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

import org.mtlfarm.regressor.table.CsvTable;
import org.mtlfarm.schemas.InvalidInputException;

/**
 * One setting of a published table and the F1 that it came to there.
 *
 * @param row from 1, the header not counted
 * @param tasks T, the real task included
 * @param tokens training tokens of the real task
 * @param tokensSynthetic of each other task
 * @param ami NaN where the table has none
 * @param f1 a ratio in [0, 1]
 * @param f1OfSetting the F1 of every row of the same setting, this one among them: how far the table repeats itself
 */
record PublishedRow(
        int row,
        int tasks,
        int tokens,
        int tokensSynthetic,
        double alpha,
        double ami,
        double f1,
        List<Double> f1OfSetting) {
    private static final List<String> TASKS = List.of("n_tasks", "tasks");
    private static final List<String> TOKENS = List.of("n_tokens_per_task", "n_tokens", "n_ner", "tokens");
    private static final List<String> SYNTHETIC = List.of("n_syn", "tokens_synthetic");
    private static final List<String> ALPHA = List.of("alpha");
    private static final List<String> AMI = List.of("mutual_info", "ami");
    private static final List<String> F1 = List.of("fscore", "f1", "f1_mean");

    /**
     * A row of a table in CSV, whose columns are found by their names: the paper's ({@code n_tasks}, {@code
     * n_tokens_per_task}, {@code mutual_info}, {@code alpha}, {@code fscore}) or those of {@code averages.csv}.
     */
    static PublishedRow of(Path file, int row) {
        CsvTable table = CsvTable.read(file);
        if (row < 1 || row > table.rows()) {
            throw new InvalidInputException(
                    "--row: expected 1 to " + table.rows() + ", the rows of " + file + ", found " + row);
        }
        double[] tasks = column(table, file, TASKS);
        double[] tokens = column(table, file, TOKENS);
        double[] synthetic = has(table, SYNTHETIC) ? column(table, file, SYNTHETIC) : tokens;
        double[] alpha = column(table, file, ALPHA);
        double[] f1 = column(table, file, F1);
        int at = row - 1;
        List<Double> ofSetting = IntStream.range(0, table.rows())
                .filter(other -> tasks[other] == tasks[at] && tokens[other] == tokens[at])
                .filter(other -> tasks[at] == 1 || synthetic[other] == synthetic[at] && alpha[other] == alpha[at])
                .mapToObj(other -> f1[other])
                .toList();
        PublishedRow found = new PublishedRow(
                row,
                whole(file, row, TASKS.get(0), tasks[at]),
                whole(file, row, TOKENS.get(0), tokens[at]),
                whole(file, row, SYNTHETIC.get(0), synthetic[at]),
                alpha[at],
                has(table, AMI) ? column(table, file, AMI)[at] : Double.NaN,
                f1[at],
                ofSetting);
        if (!(found.alpha >= 0 && found.alpha <= 1)) {
            throw new InvalidInputException(
                    file + ": row " + row + ": expected an alpha in [0, 1], found " + found.alpha);
        }
        return found;
    }

    private static boolean has(CsvTable table, List<String> names) {
        return names.stream().anyMatch(table.header()::contains);
    }

    private static double[] column(CsvTable table, Path file, List<String> names) {
        return table.numbers(names.stream()
                .filter(table.header()::contains)
                .findFirst()
                .orElseThrow(() -> new InvalidInputException(file + ": expected a column called "
                        + String.join(" or ", names) + ", found " + String.join(", ", table.header()))));
    }

    private static int whole(Path file, int row, String column, double value) {
        if (value < 1 || value > Integer.MAX_VALUE || value != Math.rint(value)) {
            throw new InvalidInputException(
                    file + ": row " + row + ": expected a whole number from 1 as " + column + ", found " + value);
        }
        return (int) value;
    }
}
