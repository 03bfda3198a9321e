package org.mtlfarm.regressor.reports;

import java.util.List;

import org.mtlfarm.regressor.evaluation.Blocks;
import org.mtlfarm.regressor.evaluation.ConstantFit;
import org.mtlfarm.regressor.evaluation.Evaluator;
import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.selection.Score;
import org.mtlfarm.regressor.table.Split;
import org.mtlfarm.regressor.table.Table;

/**
 * How a formula's structure does on rows that its constants were not fitted to: every row is left out once, with its fold.
 * The structure itself was chosen on the training part, which these rows mostly belong to; only the held-out part has not
 * been seen by that choice.
 *
 * @param mse mean over the folds of the squared error on the rows left out
 * @param r2 mean over the folds of the coefficient of determination
 * @param r2Deviation standard deviation of that over the folds
 */
public record CrossValidation(double mse, double r2, double r2Deviation, int folds) {
    private static final int STEPS = 30;
    private static final double GAIN = 1e-8;

    /** Whole groups are left out where the table has them; fewer folds where it has fewer groups or rows. */
    public static CrossValidation of(Expression expression, Table table, int folds, long seed) {
        List<Split> splits = Split.folds(table, folds, seed);
        double mse = 0;
        double r2 = 0;
        double square = 0;
        for (Split split : splits) {
            Expression fitted = fitted(expression, table.rows(split.training()), STEPS);
            Score score = Score.of(fitted, table.rows(split.heldOut()));
            mse += score.mse() / splits.size();
            r2 += score.r2() / splits.size();
            square += score.r2() * score.r2() / splits.size();
        }
        return new CrossValidation(mse, r2, Math.sqrt(Math.max(0, square - r2 * r2)), splits.size());
    }

    /** The expression with its constants fitted on some rows, from where they are; as it is where that fails. */
    static Expression fitted(Expression expression, Table rows, int steps) {
        Evaluator evaluator = new Evaluator(new Blocks(rows.columns(), rows.values(), rows.weights()));
        ConstantFit.Outcome outcome = new ConstantFit(evaluator, GAIN).fit(expression, steps);
        return Double.isFinite(outcome.squaredError()) ? expression.withConstants(outcome.constants()) : expression;
    }
}
