package org.mtlfarm.worker.simulator;

import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How many tokens have each pair of labels: the cells that are not zero, and the sums of rows and columns. Cells that are
 * zero cost nothing, so thousands of labels on either side are no trouble.
 *
 * @param cellRows row of each cell
 * @param cellColumns column of each cell
 * @param cellCounts tokens in each cell, above 0
 * @param rowSums tokens of each label of the first labelling
 * @param columnSums tokens of each label of the second labelling
 * @param n tokens
 */
record ContingencyTable(
        int[] cellRows, int[] cellColumns, long[] cellCounts, long[] rowSums, long[] columnSums, long n) {
    /** Largest table that is counted cell by cell; beyond it, pairs are sorted. */
    private static final int DENSE_CELLS = 1 << 20;

    /**
     * Terms of an expectation end where the probability has fallen to this share of its largest: what follows falls
     * faster still, and adds nothing to 16 digits.
     */
    private static final double NEGLIGIBLE = 1e-30;

    static ContingencyTable of(int[] u, int[] v) {
        if (u.length != v.length) {
            throw new IllegalArgumentException(
                    "expected two labellings of the same tokens, found " + u.length + " and " + v.length + " labels");
        }
        Numbering numbersU = Numbering.of(u);
        Numbering numbersV = Numbering.of(v);
        int columns = numbersV.size();
        long[] pairs = new long[u.length];
        for (int i = 0; i < u.length; i++) {
            pairs[i] = (long) numbersU.of(u[i]) * columns + numbersV.of(v[i]);
        }
        return (long) numbersU.size() * columns <= DENSE_CELLS
                ? counted(pairs, numbersU.size(), columns)
                : sorted(pairs, numbersU.size(), columns);
    }

    static ContingencyTable of(long[][] table) {
        int columns = table.length == 0 ? 0 : table[0].length;
        long[] dense = new long[Math.multiplyExact(table.length, columns)];
        for (int row = 0; row < table.length; row++) {
            if (table[row].length != columns) {
                throw new IllegalArgumentException(
                        "expected " + columns + " columns in row " + row + ", found " + table[row].length);
            }
            for (int column = 0; column < columns; column++) {
                if (table[row][column] < 0) {
                    throw new IllegalArgumentException("expected counts of at least 0, found " + table[row][column]
                            + " in row " + row + ", column " + column);
                }
                dense[row * columns + column] = table[row][column];
            }
        }
        return ofDense(dense, table.length, Math.max(1, columns));
    }

    /** Sum over cells of p(u, v) log(p(u, v) / (p(u) p(v))). */
    double mutualInformation() {
        double sum = 0;
        for (int cell = 0; cell < cellCounts.length; cell++) {
            sum += term(cellCounts[cell], rowSums[cellRows[cell]], columnSums[cellColumns[cell]]);
        }
        return Math.max(0, sum);
    }

    double entropyU() {
        return entropy(rowSums);
    }

    double entropyV() {
        return entropy(columnSums);
    }

    /**
     * Mean of the mutual information over all tables of these row and column sums, each as probable as a shuffle of one
     * labelling makes it. A cell then follows the hypergeometric distribution, whatever the others are; equal sums give
     * equal terms, so these are worked out once for each pair of different sums.
     */
    double expectedMutualInformation() {
        SortedMap<Long, Integer> rows = multiplicities(rowSums);
        SortedMap<Long, Integer> columns = multiplicities(columnSums);
        double sum = 0;
        for (var row : rows.entrySet()) {
            for (var column : columns.entrySet()) {
                sum += (double) row.getValue() * column.getValue() * expectedTerm(row.getKey(), column.getKey());
            }
        }
        return sum;
    }

    /**
     * Mean of a cell's term over the hypergeometric distribution. Probabilities are taken relative to the one next to the
     * mode, by the ratio of neighbours, and divided by their sum in the end: no factorial, whose logarithm would cost
     * digits, is ever needed.
     */
    private double expectedTerm(long row, long column) {
        long least = Math.max(0, row + column - n);
        long most = Math.min(row, column);
        long mode = (long) ((row + 1.0) * (column + 1.0) / (n + 2.0));
        mode = Math.max(least, Math.min(most, mode));
        double weights = 1;
        double sum = term(mode, row, column);
        double weight = 1;
        for (long k = mode; k < most && weight > NEGLIGIBLE; k++) {
            weight *= (double) (row - k) * (column - k) / ((double) (k + 1) * (n - row - column + k + 1));
            weights += weight;
            sum += weight * term(k + 1, row, column);
        }
        weight = 1;
        for (long k = mode; k > least && weight > NEGLIGIBLE; k--) {
            weight *= (double) k * (n - row - column + k) / ((double) (row - k + 1) * (column - k + 1));
            weights += weight;
            sum += weight * term(k - 1, row, column);
        }
        return sum / weights;
    }

    private double term(long count, long row, long column) {
        if (count == 0) {
            return 0;
        }
        return (double) count / n * Math.log((double) count * n / ((double) row * column));
    }

    private double entropy(long[] sums) {
        double sum = 0;
        for (long count : sums) {
            if (count > 0) {
                double share = (double) count / n;
                sum -= share * Math.log(share);
            }
        }
        return Math.max(0, sum);
    }

    private static SortedMap<Long, Integer> multiplicities(long[] sums) {
        SortedMap<Long, Integer> multiplicities = new TreeMap<>();
        for (long sum : sums) {
            if (sum > 0) {
                multiplicities.merge(sum, 1, Integer::sum);
            }
        }
        return multiplicities;
    }

    private static ContingencyTable counted(long[] pairs, int rows, int columns) {
        long[] dense = new long[rows * columns];
        for (long pair : pairs) {
            dense[(int) pair]++;
        }
        return ofDense(dense, rows, columns);
    }

    private static ContingencyTable ofDense(long[] dense, int rows, int columns) {
        int cells = (int) Arrays.stream(dense).filter(count -> count > 0).count();
        Builder builder = new Builder(rows, columns, cells);
        for (int i = 0; i < dense.length; i++) {
            if (dense[i] > 0) {
                builder.add(i / columns, i % columns, dense[i]);
            }
        }
        return builder.table();
    }

    private static ContingencyTable sorted(long[] pairs, int rows, int columns) {
        Arrays.sort(pairs);
        int cells = 0;
        for (int i = 0; i < pairs.length; i++) {
            cells += i == 0 || pairs[i] != pairs[i - 1] ? 1 : 0;
        }
        Builder builder = new Builder(rows, columns, cells);
        int start = 0;
        for (int i = 1; i <= pairs.length; i++) {
            if (i == pairs.length || pairs[i] != pairs[start]) {
                builder.add((int) (pairs[start] / columns), (int) (pairs[start] % columns), i - start);
                start = i;
            }
        }
        return builder.table();
    }

    /**
     * Labels as small numbers: their distance from the least of them where that is short, else their place among the
     * distinct ones.
     */
    private record Numbering(int least, int[] distinct, int size) {
        private static final int SHORT = 1 << 10;

        private static Numbering of(int[] labels) {
            int least = Integer.MAX_VALUE;
            int most = Integer.MIN_VALUE;
            for (int label : labels) {
                least = Math.min(least, label);
                most = Math.max(most, label);
            }
            if (labels.length == 0 || (long) most - least < SHORT) {
                return new Numbering(least, new int[0], labels.length == 0 ? 1 : most - least + 1);
            }
            int[] distinct = labels.clone();
            Arrays.sort(distinct);
            int size = 1;
            for (int i = 1; i < distinct.length; i++) {
                if (distinct[i] != distinct[i - 1]) {
                    distinct[size++] = distinct[i];
                }
            }
            return new Numbering(least, Arrays.copyOf(distinct, size), size);
        }

        private int of(int label) {
            return distinct.length == 0 ? label - least : Arrays.binarySearch(distinct, label);
        }
    }

    private static final class Builder {
        private final int[] cellRows;
        private final int[] cellColumns;
        private final long[] cellCounts;
        private final long[] rowSums;
        private final long[] columnSums;
        private int cells;
        private long n;

        private Builder(int rows, int columns, int cells) {
            cellRows = new int[cells];
            cellColumns = new int[cells];
            cellCounts = new long[cells];
            rowSums = new long[rows];
            columnSums = new long[columns];
        }

        private void add(int row, int column, long count) {
            cellRows[cells] = row;
            cellColumns[cells] = column;
            cellCounts[cells] = count;
            rowSums[row] += count;
            columnSums[column] += count;
            n = Math.addExact(n, count);
            cells++;
        }

        private ContingencyTable table() {
            return new ContingencyTable(cellRows, cellColumns, cellCounts, rowSums, columnSums, n);
        }
    }
}
