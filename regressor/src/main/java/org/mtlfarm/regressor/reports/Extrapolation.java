package org.mtlfarm.regressor.reports;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.selection.Score;
import org.mtlfarm.regressor.table.Split;
import org.mtlfarm.regressor.table.Table;

/**
 * How a formula's structure does beyond its data: constants fitted without the rows of the largest values of a feature, then
 * judged on those.
 *
 * @param feature whose largest values are left out
 * @param above rows with larger values than this are
 * @param rows left out
 * @param inside root mean squared error on the rows that the constants were fitted to
 * @param outside the same on the rows left out
 * @param r2 coefficient of determination on the rows left out
 */
public record Extrapolation(String feature, double above, int rows, double inside, double outside, double r2) {
    private static final int STEPS = 50;
    /** The share of rows wanted beyond. */
    private static final double SHARE = 0.1;
    /** With more than this share beyond, the rest says too little. */
    private static final double MOST = 0.4;

    /** Of each feature that the expression has and that has values enough. */
    public static List<Extrapolation> of(Expression expression, Table table) {
        List<Extrapolation> all = new ArrayList<>();
        for (int v = 0; v < table.features().size(); v++) {
            Split split = expression.uses(v) ? largestHeldOut(table, v) : null;
            if (split == null) {
                continue;
            }
            Table inside = table.rows(split.training());
            Table outside = table.rows(split.heldOut());
            Expression fitted = CrossValidation.fitted(expression, inside, STEPS);
            Score beyond = Score.of(fitted, outside);
            all.add(new Extrapolation(
                    table.features().get(v),
                    Arrays.stream(inside.columns()[v]).max().orElseThrow(),
                    outside.rows(),
                    Math.sqrt(Score.of(fitted, inside).mse()),
                    Math.sqrt(beyond.mse()),
                    beyond.r2()));
        }
        return all;
    }

    /**
     * The split that holds out the rows with the largest values of a feature: at least a tenth of all, and rows of equal
     * value together.
     *
     * @return null where the feature has too few values for that
     */
    public static Split largestHeldOut(Table table, int variable) {
        double[] column = table.columns()[variable];
        double[] sorted = column.clone();
        Arrays.sort(sorted);
        int rows = sorted.length;
        int first = rows - (int) Math.max(2, Math.round(SHARE * rows));
        if (first < 1) {
            return null;
        }
        double least = sorted[first];
        long beyond = Arrays.stream(column).filter(value -> value >= least).count();
        if (beyond > MOST * rows) {
            return null;
        }
        return new Split(
                IntStream.range(0, rows).filter(r -> column[r] < least).toArray(),
                IntStream.range(0, rows).filter(r -> column[r] >= least).toArray());
    }
}
