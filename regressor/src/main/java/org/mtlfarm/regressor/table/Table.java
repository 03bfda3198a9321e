package org.mtlfarm.regressor.table;

import java.util.Arrays;
import java.util.List;

import org.mtlfarm.schemas.InvalidInputException;

/**
 * Rows to fit a formula to: features as columns, the target, and optionally weights and groups. Checked when made, so that a
 * fit meets finite numbers only.
 *
 * @param source what mistakes are reported against: a file, a study
 * @param features names of the columns, none twice
 * @param columns [feature][row]
 * @param target name of what is explained
 * @param values [row], of the target
 * @param weights [row], at least 0, relative; null for equal ones
 * @param groups [row]; rows of one group stay on one side of the split; null for each row by itself
 */
public record Table(
        String source,
        List<String> features,
        double[][] columns,
        String target,
        double[] values,
        double[] weights,
        String[] groups) {
    /** The fewest rows that a formula is fitted to. */
    public static final int FEWEST_ROWS = 5;

    /** Squares of larger numbers, summed over rows, leave the range of a double; those of numbers as small are 0. */
    private static final double LARGEST = 1e150;

    private static final double SMALLEST = 1e-150;

    public Table {
        features = List.copyOf(features);
        if (features.isEmpty()) {
            throw new InvalidInputException(source + ": expected at least one feature, found none");
        }
        for (int v = 0; v < features.size(); v++) {
            if (features.indexOf(features.get(v)) != v) {
                throw new InvalidInputException(
                        source + ": expected each feature once, found \"" + features.get(v) + "\" twice");
            }
        }
        if (columns.length != features.size()) {
            throw new IllegalArgumentException("expected " + features.size() + " columns, found " + columns.length);
        }
        for (int v = 0; v < columns.length; v++) {
            checkColumn(source, features.get(v), columns[v], values.length);
        }
        checkColumn(source, target, values, values.length);
        for (int v = 0; v < columns.length; v++) {
            checkSize(source, features.get(v), columns[v]);
        }
        checkSize(source, target, values);
        if (weights != null) {
            checkColumn(source, "weights", weights, values.length);
            double sum = 0;
            for (double weight : weights) {
                if (weight < 0) {
                    throw new InvalidInputException(source + ": expected weights of at least 0, found " + weight);
                }
                sum += weight;
            }
            if (!(sum > 0 && sum < Double.POSITIVE_INFINITY)) {
                throw new InvalidInputException(
                        source + ": expected weights with a positive, finite sum, found " + sum);
            }
        }
        if (groups != null && groups.length != values.length) {
            throw new IllegalArgumentException("expected " + values.length + " groups, found " + groups.length);
        }
    }

    /** A table of equally weighted rows without groups. */
    public static Table of(List<String> features, double[][] columns, String target, double[] values) {
        return new Table("the table", features, columns, target, values, null, null);
    }

    public int rows() {
        return values.length;
    }

    /** Some of the rows, in the order given. */
    public Table rows(int[] chosen) {
        double[][] cut = new double[columns.length][];
        for (int v = 0; v < cut.length; v++) {
            cut[v] = pick(columns[v], chosen);
        }
        return new Table(
                source,
                features,
                cut,
                target,
                pick(values, chosen),
                weights == null ? null : pick(weights, chosen),
                groups == null
                        ? null
                        : Arrays.stream(chosen).mapToObj(r -> groups[r]).toArray(String[]::new));
    }

    private static double[] pick(double[] column, int[] rows) {
        double[] picked = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
            picked[i] = column[rows[i]];
        }
        return picked;
    }

    private static void checkSize(String source, String name, double[] column) {
        double largest = 0;
        for (double value : column) {
            largest = Math.max(largest, Math.abs(value));
        }
        if (largest > LARGEST || largest > 0 && largest < SMALLEST) {
            throw new InvalidInputException(source + ": expected numbers between 1e-150 and 1e150 in size, found "
                    + largest + " as the largest of \"" + name + "\", whose square is "
                    + (largest > 1 ? "no number; divide" : "0; multiply") + " the column by a power of ten");
        }
    }

    private static void checkColumn(String source, String name, double[] column, int rows) {
        if (column.length != rows) {
            throw new IllegalArgumentException(
                    "expected " + rows + " rows in \"" + name + "\", found " + column.length);
        }
        for (int r = 0; r < rows; r++) {
            if (!Double.isFinite(column[r])) {
                throw new InvalidInputException(source + ": expected finite numbers in \"" + name + "\", found "
                        + column[r] + " in row " + (r + 1));
            }
        }
    }
}
