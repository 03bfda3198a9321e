package org.mtlfarm.regressor.evaluation;

import java.util.Arrays;

/**
 * Rows cut into blocks of nearly equal length, each column of a block an array of its own: a block's operands and
 * intermediate results stay in the first-level cache, and loops over them start at index 0, which the JIT vectorises best.
 * Immutable; threads may share it.
 */
public final class Blocks {
    /** Rows a block at most: 2 KiB a column. */
    public static final int LENGTH = 256;

    private final int rows;
    private final int variables;
    /** First row of each block, and the end. */
    private final int[] starts;
    /** [block][variable][row in block] */
    private final double[][][] columns;
    /** Of the columns: [block][variable][row in block], null where not all of a block's numbers have one. */
    private final double[][][] logarithms;
    /** [block][row in block] */
    private final double[][] target;

    private final double[][] weights;
    private final boolean weighted;

    /**
     * Cuts columns.
     *
     * @param columns [variable][row]
     * @param target [row]
     * @param weights [row], or null for 1 everywhere
     */
    public Blocks(double[][] columns, double[] target, double[] weights) {
        this.rows = target.length;
        this.weighted = weights != null && Arrays.stream(weights).anyMatch(weight -> weight != 1);
        this.variables = columns.length;
        int count = Math.max(1, (rows + LENGTH - 1) / LENGTH);
        this.starts = new int[count + 1];
        for (int b = 0; b <= count; b++) {
            starts[b] = (int) ((long) rows * b / count);
        }
        this.columns = new double[count][variables][];
        this.logarithms = new double[count][variables][];
        this.target = new double[count][];
        this.weights = new double[count][];
        for (int b = 0; b < count; b++) {
            for (int v = 0; v < variables; v++) {
                this.columns[b][v] = Arrays.copyOfRange(columns[v], starts[b], starts[b + 1]);
                this.logarithms[b][v] = logarithms(this.columns[b][v]);
            }
            this.target[b] = Arrays.copyOfRange(target, starts[b], starts[b + 1]);
            this.weights[b] = new double[starts[b + 1] - starts[b]];
            if (weights == null) {
                Arrays.fill(this.weights[b], 1);
            } else {
                System.arraycopy(weights, starts[b], this.weights[b], 0, this.weights[b].length);
            }
        }
    }

    private static double[] logarithms(double[] column) {
        double[] logarithms = new double[column.length];
        for (int i = 0; i < column.length; i++) {
            if (!(column[i] >= Double.MIN_NORMAL && column[i] <= Double.MAX_VALUE)) {
                return null;
            }
            logarithms[i] = Math.log(column[i]);
        }
        return logarithms;
    }

    public int rows() {
        return rows;
    }

    public int variables() {
        return variables;
    }

    int count() {
        return starts.length - 1;
    }

    int start(int block) {
        return starts[block];
    }

    int length(int block) {
        return starts[block + 1] - starts[block];
    }

    double[] column(int block, int variable) {
        return columns[block][variable];
    }

    /** A column's natural logarithms; null where the block holds a number that has none, or is not a normal one. */
    double[] logarithms(int block, int variable) {
        return logarithms[block][variable];
    }

    double[] target(int block) {
        return target[block];
    }

    /** Whether any weight differs from 1. */
    boolean weighted() {
        return weighted;
    }

    double[] weights(int block) {
        return weights[block];
    }
}
