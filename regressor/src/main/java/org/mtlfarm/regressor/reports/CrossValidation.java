package org.mtlfarm.regressor.reports;

import java.util.ArrayList;
import java.util.Arrays;
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
 * @param mse mean squared error of the rows when left out, weighted as they are
 * @param r2 1 - mse / variance of the target on all rows; not a number where that is 0
 * @param r2Deviation standard deviation of the folds' own coefficients of determination, of those folds whose target varies;
 *     not a number where there are none
 */
public record CrossValidation(double mse, double r2, double r2Deviation, int folds) {
    private static final int STEPS = 30;
    private static final double GAIN = 1e-8;

    /** Whole groups are left out where the table has them; fewer folds where it has fewer groups or rows. */
    public static CrossValidation of(Expression expression, Table table, int folds, long seed) {
        List<Split> splits = Split.folds(table, folds, seed);
        double squares = 0;
        double weight = 0;
        List<Double> ofFolds = new ArrayList<>();
        for (Split split : splits) {
            Expression fitted = fitted(expression, table.rows(split.training()), STEPS);
            Table heldOut = table.rows(split.heldOut());
            Score score = Score.of(fitted, heldOut);
            squares += score.mse() * weight(heldOut);
            weight += weight(heldOut);
            if (!Double.isNaN(score.r2())) {
                ofFolds.add(score.r2());
            }
        }
        double mse = squares / weight;
        return new CrossValidation(mse, 1 - mse / variance(table), deviation(ofFolds), splits.size());
    }

    private static double weight(Table rows) {
        return rows.weights() == null
                ? rows.rows()
                : Arrays.stream(rows.weights()).sum();
    }

    /** Of the target, by weight; not a number where it is 0. */
    private static double variance(Table table) {
        double mean = 0;
        double squares = 0;
        double sum = weight(table);
        for (int r = 0; r < table.rows(); r++) {
            mean += (table.weights() == null ? 1 : table.weights()[r]) / sum * table.values()[r];
        }
        for (int r = 0; r < table.rows(); r++) {
            double apart = table.values()[r] - mean;
            squares += (table.weights() == null ? 1 : table.weights()[r]) / sum * apart * apart;
        }
        return squares > 0 ? squares : Double.NaN;
    }

    private static double deviation(List<Double> numbers) {
        double mean =
                numbers.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
        double square = numbers.stream()
                .mapToDouble(number -> (number - mean) * (number - mean))
                .average()
                .orElse(Double.NaN);
        return Math.sqrt(square);
    }

    /** The expression with its constants fitted on some rows, from where they are; as it is where that fails. */
    static Expression fitted(Expression expression, Table rows, int steps) {
        Evaluator evaluator = new Evaluator(new Blocks(rows.columns(), rows.values(), rows.weights()));
        ConstantFit.Outcome outcome = new ConstantFit(evaluator, GAIN).fit(expression, steps);
        return Double.isFinite(outcome.squaredError()) ? expression.withConstants(outcome.constants()) : expression;
    }
}
