package org.mtlfarm.regressor.prediction;

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
import org.mtlfarm.regressor.table.Split;
import org.mtlfarm.regressor.table.Table;

/**
 * What a law and its rivals on the Pareto front say of a setting, and how sure that is. Three things are unsure: which of the
 * formulas it is (each has the weight of its error on rows left out: pseudo-Bayesian model averaging, Geisser and Eddy 1979), what
 * its constants are (the bootstrap over rows, Efron 1979), and how far an average of runs is from its law (the errors on rows left
 * out, those at about the same value of the law). Immutable; any thread.
 */
public final class Forecast {
    private static final int DRAWS = 400;
    private static final int ERRORS_A_DRAW = 5;
    private static final int FOLDS = 10;
    private static final int STEPS = 30;
    private static final double GAIN = 1e-8;
    /** A formula with a smaller share of the weight is left out. */
    private static final double LEAST_WEIGHT = 0.01;
    /** The errors that count for a setting: those of so large a share of the rows, nearest by the law's value. */
    private static final double NEAR = 1.0 / 3;

    private static final int FEWEST_NEAR = 20;

    private final Expression best;
    private final List<Expression> laws;
    /** Of the rows, ascending, and the error of each when left out. */
    private final double[] fitted;

    private final double[] errors;
    private final long seed;

    private Forecast(Expression best, List<Expression> laws, double[] fitted, double[] errors, long seed) {
        this.best = best;
        this.laws = laws;
        this.fitted = fitted;
        this.errors = errors;
        this.seed = seed;
    }

    /**
     * Makes ready to answer.
     *
     * @param best the law that is told
     * @param front its rivals, itself among them or not
     * @param rows that they were fitted to; at least {@link Table#FEWEST_ROWS}
     */
    public static Forecast of(Expression best, List<Expression> front, Table rows, long seed) {
        List<Expression> formulas = new ArrayList<>(List.of(best));
        front.stream().filter(one -> !Arrays.equals(one.codes(), best.codes())).forEach(formulas::add);
        List<Split> folds = Split.folds(rows, FOLDS, seed);
        List<double[]> leftOut =
                formulas.stream().map(formula -> leftOut(formula, rows, folds)).toList();
        double[] weights = weights(leftOut);
        double[] values = new Evaluator(new Blocks(rows.columns(), rows.values(), null)).values(best);
        int[] order = IntStream.range(0, values.length)
                .boxed()
                .sorted((a, b) -> Double.compare(values[a], values[b]))
                .mapToInt(Integer::intValue)
                .toArray();
        int heaviest = 0;
        for (int f = 1; f < weights.length; f++) {
            heaviest = weights[f] > weights[heaviest] ? f : heaviest;
        }
        double[] errors = usable(leftOut.get(0)) ? leftOut.get(0) : leftOut.get(heaviest);
        return new Forecast(
                best,
                drawn(formulas, weights, rows, seed),
                Arrays.stream(order).mapToDouble(r -> values[r]).toArray(),
                Arrays.stream(order).mapToDouble(r -> errors[r]).toArray(),
                seed);
    }

    /** What the told law says. */
    public double value(double... at) {
        return best.value(at);
    }

    /** The laws that the rows leave possible, as likely as they are many. */
    public List<Expression> laws() {
        return laws;
    }

    /** Where the law lies, whatever runs scatter: between its quantiles over all that the rows leave possible. */
    public Interval ofLaw(double level, double... at) {
        return between(
                laws.stream()
                        .mapToDouble(law -> law.value(at))
                        .filter(Double::isFinite)
                        .toArray(),
                level);
    }

    /** Where the average of a new experiment, over as many runs as those of the rows, lies. */
    public Interval ofAverage(double level, double... at) {
        SplittableRandom random = new SplittableRandom(~seed);
        int count = Math.min(errors.length, Math.max(FEWEST_NEAR, (int) Math.round(NEAR * errors.length)));
        int from = nearest(best.value(at), count);
        double[] draws = new double[laws.size() * ERRORS_A_DRAW];
        int filled = 0;
        for (Expression law : laws) {
            double value = law.value(at);
            for (int i = 0; i < ERRORS_A_DRAW && Double.isFinite(value); i++) {
                draws[filled++] = value + errors[from + random.nextInt(count)];
            }
        }
        return between(Arrays.copyOf(draws, filled), level);
    }

    /** The first of so many rows whose law's values are nearest. */
    private int nearest(double value, int count) {
        int from = 0;
        while (from + count < fitted.length
                && Math.abs(fitted[from + count] - value) < Math.abs(fitted[from] - value)) {
            from++;
        }
        return from;
    }

    /** Between the quantiles that leave out as much on either side; not numbers where there is no draw. */
    static Interval between(double[] draws, double level) {
        if (draws.length == 0) {
            return new Interval(Double.NaN, Double.NaN);
        }
        double[] sorted = draws.clone();
        Arrays.sort(sorted);
        return new Interval(quantile(sorted, (1 - level) / 2), quantile(sorted, (1 + level) / 2));
    }

    private static double quantile(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) Math.floor(place);
        int above = Math.min(sorted.length - 1, below + 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

    /** Target less prediction of each row, with constants fitted without its fold; not a number where there is none. */
    private static double[] leftOut(Expression formula, Table rows, List<Split> folds) {
        double[] errors = new double[rows.rows()];
        for (Split fold : folds) {
            Table training = rows.rows(fold.training());
            ConstantFit.Outcome outcome = fit(formula, training, null);
            Expression law =
                    Double.isFinite(outcome.squaredError()) ? formula.withConstants(outcome.constants()) : formula;
            Table heldOut = rows.rows(fold.heldOut());
            double[] values = new Evaluator(new Blocks(heldOut.columns(), heldOut.values(), null)).values(law);
            for (int i = 0; i < values.length; i++) {
                errors[fold.heldOut()[i]] = heldOut.values()[i] - values[i];
            }
        }
        return errors;
    }

    private static boolean usable(double[] errors) {
        return Arrays.stream(errors).allMatch(Double::isFinite);
    }

    private static double[] weights(List<double[]> errors) {
        double[] mse = errors.stream()
                .mapToDouble(of -> Arrays.stream(of).map(e -> e * e).average().orElse(Double.NaN))
                .map(value -> Double.isFinite(value) ? value : Double.POSITIVE_INFINITY)
                .toArray();
        double least = Arrays.stream(mse).min().orElseThrow();
        int rows = errors.get(0).length;
        double[] weights = Arrays.stream(mse)
                .map(value -> least == 0 || Double.isInfinite(least)
                        ? value == least ? 1 : 0
                        : Math.pow(least / value, rows / 2.0))
                .toArray();
        double sum = Arrays.stream(weights).sum();
        double[] kept = Arrays.stream(weights)
                .map(weight -> weight / sum < LEAST_WEIGHT ? 0 : weight)
                .toArray();
        // The law that is told keeps a voice of its own, whatever its rivals weigh.
        kept[0] = Math.max(kept[0], sum * LEAST_WEIGHT);
        double left = Arrays.stream(kept).sum();
        return Arrays.stream(kept).map(weight -> weight / left).toArray();
    }

    private static List<Expression> drawn(List<Expression> formulas, double[] weights, Table rows, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[][] units = units(rows);
        List<Expression> laws = new ArrayList<>();
        for (int f = 0; f < weights.length; f++) {
            int draws = (int) Math.round(DRAWS * weights[f]);
            for (int d = 0; d < draws; d++) {
                double[] counts = new double[rows.rows()];
                for (int i = 0; i < units.length; i++) {
                    for (int row : units[random.nextInt(units.length)]) {
                        counts[row]++;
                    }
                }
                ConstantFit.Outcome outcome = fit(formulas.get(f), rows, counts);
                if (Double.isFinite(outcome.squaredError())) {
                    laws.add(formulas.get(f).withConstants(outcome.constants()));
                }
            }
        }
        return laws.isEmpty() ? List.of(formulas.get(0)) : List.copyOf(laws);
    }

    private static ConstantFit.Outcome fit(Expression formula, Table rows, double[] weights) {
        Evaluator evaluator = new Evaluator(new Blocks(rows.columns(), rows.values(), weights));
        return new ConstantFit(evaluator, GAIN).fit(formula, STEPS);
    }

    private static int[][] units(Table table) {
        Map<String, List<Integer>> groups = new LinkedHashMap<>();
        for (int r = 0; r < table.rows(); r++) {
            String group = table.groups() == null ? Integer.toString(r) : table.groups()[r];
            groups.computeIfAbsent(group, key -> new ArrayList<>()).add(r);
        }
        return groups.values().stream()
                .map(rows -> rows.stream().mapToInt(Integer::intValue).toArray())
                .toArray(int[][]::new);
    }
}
