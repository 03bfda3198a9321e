package org.mtlfarm.regressor.reports;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

import org.mtlfarm.regressor.evaluation.Blocks;
import org.mtlfarm.regressor.evaluation.Evaluator;
import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.search.FitProgress;
import org.mtlfarm.regressor.search.FitResult;
import org.mtlfarm.regressor.search.FitSettings;
import org.mtlfarm.regressor.search.SymbolicRegression;
import org.mtlfarm.regressor.table.Table;

/**
 * Whether other splits of the same rows lead to the same formula: the whole search again under other seeds, which draw other
 * held-out parts and other random numbers.
 *
 * @param found the formula of each split
 * @param same how many of them have the structure asked about
 * @param medianR2 over the splits, on their held-out parts
 * @param disagreement standard deviation over the formulas of what they say of a row, root mean square over all rows, as a
 *     share of the target's standard deviation: small where formulas that look different say the same
 */
public record Stability(
        List<FitResult.Law> found, int same, double medianR2, double leastR2, double largestR2, double disagreement) {
    public Stability {
        found = List.copyOf(found);
    }

    /**
     * Searches so many times.
     *
     * @param formula the structure asked about
     * @param settings the first further search has the next seed
     */
    public static Stability of(
            Expression formula, Table table, FitSettings settings, int splits, Consumer<FitProgress> progress) {
        List<FitResult.Law> found = new ArrayList<>();
        for (int i = 1; i <= splits; i++) {
            found.add(SymbolicRegression.fit(table, settings.withSeed(settings.seed() + i), progress)
                    .best());
        }
        double[] scores =
                found.stream().mapToDouble(FitResult.Law::testR2).sorted().toArray();
        int middle = scores.length / 2;
        return new Stability(
                found,
                (int) found.stream()
                        .filter(law -> Arrays.equals(law.expression().codes(), formula.codes()))
                        .count(),
                scores.length % 2 == 1 ? scores[middle] : (scores[middle - 1] + scores[middle]) / 2,
                scores[0],
                scores[scores.length - 1],
                disagreement(found, table));
    }

    private static double disagreement(List<FitResult.Law> found, Table table) {
        Evaluator evaluator = new Evaluator(new Blocks(table.columns(), table.values(), null));
        double[] sum = new double[table.rows()];
        double[] squares = new double[table.rows()];
        for (FitResult.Law law : found) {
            double[] values = evaluator.values(law.expression());
            for (int r = 0; r < values.length; r++) {
                // The distance to the target, since squares of large values would leave no digits of it.
                double apart = values[r] - table.values()[r];
                sum[r] += apart / found.size();
                squares[r] += apart * apart / found.size();
            }
        }
        double variance = 0;
        double mean = Arrays.stream(table.values()).average().orElse(Double.NaN);
        double target = 0;
        for (int r = 0; r < sum.length; r++) {
            variance += Math.max(0, squares[r] - sum[r] * sum[r]);
            target += (table.values()[r] - mean) * (table.values()[r] - mean);
        }
        return Math.sqrt(variance / target);
    }
}
