package org.mtlfarm.regressor.reports;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

import org.mtlfarm.regressor.evaluation.Blocks;
import org.mtlfarm.regressor.evaluation.ConstantFit;
import org.mtlfarm.regressor.evaluation.Evaluator;
import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.table.Table;

/**
 * Intervals for a formula's predictions by the bootstrap (Efron 1979): its constants fitted anew to rows drawn with
 * replacement, whole groups where the table has them, and residuals of the original fit added. They tell how far a new row
 * may be from the formula if its structure is right.
 */
public final class Bootstrap {
    private static final int STEPS = 30;
    private static final double GAIN = 1e-8;
    /** Rows whose draws are held at once. */
    private static final int ROWS_AT_ONCE = 2000;

    private final Expression expression;
    private final List<double[]> constants = new ArrayList<>();
    private final double[] residuals;
    private final long seed;

    /**
     * Fits to so many resamples.
     *
     * @param expression with constants fitted to the training rows
     */
    public Bootstrap(Expression expression, Table training, int resamples, long seed) {
        this.expression = expression;
        this.seed = seed;
        SplittableRandom random = new SplittableRandom(seed);
        int[][] units = units(training);
        for (int b = 0; b < resamples; b++) {
            double[] weights = new double[training.rows()];
            for (int i = 0; i < units.length; i++) {
                for (int row : units[random.nextInt(units.length)]) {
                    weights[row] += training.weights() == null ? 1 : training.weights()[row];
                }
            }
            Evaluator evaluator = new Evaluator(new Blocks(training.columns(), training.values(), weights));
            ConstantFit.Outcome outcome = new ConstantFit(evaluator, GAIN).fit(expression, STEPS);
            if (Double.isFinite(outcome.squaredError())) {
                constants.add(outcome.constants());
            }
        }
        this.residuals = residuals(training);
    }

    /** Lower and upper ends of the intervals that hold so large a share of new rows: [end][row]. */
    public double[][] intervals(Table table, double level) {
        double[][] ends = new double[2][table.rows()];
        SplittableRandom random = new SplittableRandom(~seed);
        for (int from = 0; from < table.rows(); from += ROWS_AT_ONCE) {
            int to = Math.min(table.rows(), from + ROWS_AT_ONCE);
            Table part = table.rows(IntStream.range(from, to).toArray());
            Evaluator evaluator = new Evaluator(new Blocks(part.columns(), part.values(), null));
            double[][] draws = new double[to - from][constants.size()];
            double[] values = new double[to - from];
            for (int b = 0; b < constants.size(); b++) {
                evaluator.values(expression, constants.get(b), values);
                for (int r = 0; r < values.length; r++) {
                    draws[r][b] = values[r] + residuals[random.nextInt(residuals.length)];
                }
            }
            for (int r = 0; r < values.length; r++) {
                Arrays.sort(draws[r]);
                ends[0][from + r] = quantile(draws[r], (1 - level) / 2);
                ends[1][from + r] = quantile(draws[r], (1 + level) / 2);
            }
        }
        return ends;
    }

    /** Fits that came to an end; of these the intervals are made. */
    public int resamples() {
        return constants.size();
    }

    /** Of the fit, widened by what its constants have taken up. */
    private double[] residuals(Table training) {
        double[] values = new Evaluator(new Blocks(training.columns(), training.values(), null)).values(expression);
        double widen = Math.sqrt(training.rows() / (double) Math.max(1, training.rows() - expression.constantCount()));
        return IntStream.range(0, values.length)
                .mapToDouble(r -> widen * (training.values()[r] - values[r]))
                .toArray();
    }

    private static int[][] units(Table table) {
        if (table.groups() == null) {
            return IntStream.range(0, table.rows()).mapToObj(r -> new int[] {r}).toArray(int[][]::new);
        }
        Map<String, List<Integer>> groups = new LinkedHashMap<>();
        for (int r = 0; r < table.rows(); r++) {
            groups.computeIfAbsent(table.groups()[r], key -> new ArrayList<>()).add(r);
        }
        return groups.values().stream()
                .map(rows -> rows.stream().mapToInt(Integer::intValue).toArray())
                .toArray(int[][]::new);
    }

    /** Between the neighbouring order statistics. */
    private static double quantile(double[] sorted, double share) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        double place = share * (sorted.length - 1);
        int below = (int) Math.floor(place);
        int above = Math.min(sorted.length - 1, below + 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
