package org.mtlfarm.regressor.service;

import java.util.Arrays;

import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.ExpressionParser;
import org.mtlfarm.regressor.reports.SettingResiduals;
import org.mtlfarm.regressor.search.FitResult;
import org.mtlfarm.regressor.selection.Score;
import org.mtlfarm.regressor.table.Table;
import org.mtlfarm.schemas.Formula;

/**
 * Whether rows that have come in make one doubt the law that was found before them.
 *
 * @param ranking with constants fitted anew, another structure is recommended
 * @param residuals the law as it was is further from the new rows than from those it was fitted to, by more than chance
 */
record LawChange(boolean ranking, boolean residuals) {
    /** An F as large as the residuals' has at most this probability if the law holds. */
    private static final double CHANCE = 0.01;
    /** Below this share of the target's variance an error is rounding. */
    private static final double ROUNDING = 1e-12;

    /**
     * Compares.
     *
     * @param previous the formula as it was published
     * @param refitted its front on all rows of now
     * @param newRows indexes of the rows that it was not fitted to
     */
    static LawChange between(Formula previous, FitResult refitted, Table table, int[] newRows) {
        Expression law =
                ExpressionParser.parse(previous.getBest().getExpression().toString(), table.features());
        boolean ranking =
                !Arrays.equals(law.codes(), refitted.best().expression().codes());
        if (newRows.length == 0) {
            return new LawChange(ranking, false);
        }
        double now = Score.of(law, table.rows(newRows)).mse();
        double before = previous.getBest().getTrainMse();
        double rounding = ROUNDING * variance(table.values());
        double freedom = Math.max(1, previous.getRows() - law.constantCount());
        double f = (now + rounding) / (before * previous.getRows() / freedom + rounding);
        return new LawChange(ranking, !(SettingResiduals.upperTail(f, newRows.length, freedom) >= CHANCE));
    }

    /** There is reason to search again. */
    boolean suspected() {
        return ranking || residuals;
    }

    private static double variance(double[] values) {
        double mean = Arrays.stream(values).average().orElse(0);
        return Arrays.stream(values)
                        .map(value -> (value - mean) * (value - mean))
                        .sum()
                / values.length;
    }
}
