package org.mtlfarm.regressor.prediction;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
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
 * out, brought to the size of those of the settings nearest by). Immutable; any thread.
 */
public final class Forecast {
    private static final int DRAWS = 400;
    private static final int ERRORS_A_DRAW = 5;
    private static final int FOLDS = 10;
    private static final int STEPS = 30;
    private static final double GAIN = 1e-8;
    /** A formula with a smaller share of the weight is left out. */
    private static final double LEAST_WEIGHT = 0.01;
    /** The size of errors at a setting is that of so large a share of the rows, nearest by. */
    private static final double NEAR = 1.0 / 3;

    private static final int FEWEST_NEAR = 20;

    private final Expression best;
    private final List<Expression> laws;
    private final Places places;
    /** Of each row, [row][feature]. */
    private final double[][] placed;
    /** Of each row when left out. */
    private final double[] errors;
    /** The same by the size of the errors around. */
    private final double[] relative;

    private final long seed;

    private Forecast(
            Expression best, List<Expression> laws, Places places, double[][] placed, double[] errors, long seed) {
        this.best = best;
        this.laws = laws;
        this.places = places;
        this.placed = placed;
        this.errors = errors;
        this.seed = seed;
        this.relative = IntStream.range(0, errors.length)
                .mapToDouble(row -> {
                    double scale = scale(placed[row], row);
                    return scale > 0 ? errors[row] / scale : 0;
                })
                .toArray();
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
        int heaviest = 0;
        for (int f = 1; f < weights.length; f++) {
            heaviest = weights[f] > weights[heaviest] ? f : heaviest;
        }
        double[] errors = usable(leftOut.get(0)) ? leftOut.get(0) : leftOut.get(heaviest);
        Places places = Places.of(rows);
        double[][] placed = IntStream.range(0, rows.rows())
                .mapToObj(r -> places.of(Arrays.stream(rows.columns())
                        .mapToDouble(column -> column[r])
                        .toArray()))
                .toArray(double[][]::new);
        return new Forecast(best, drawn(formulas, weights, rows, seed), places, placed, errors, seed);
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
        double scale = scale(places.of(at), -1);
        double[] draws = new double[laws.size() * ERRORS_A_DRAW];
        int filled = 0;
        for (Expression law : laws) {
            double value = law.value(at);
            for (int i = 0; i < ERRORS_A_DRAW && Double.isFinite(value); i++) {
                draws[filled++] = value + scale * relative[random.nextInt(relative.length)];
            }
        }
        // So few errors fall short of what a new one may be: the correction of conformal prediction (Vovk et al. 2005).
        int rows = errors.length;
        return between(Arrays.copyOf(draws, filled), Math.min(1, Math.ceil((rows + 1) * level) / rows));
    }

    /** Root mean square of the errors of the settings nearest to a place, without one row of them. */
    private double scale(double[] place, int without) {
        int count = Math.min(errors.length, Math.max(FEWEST_NEAR, (int) Math.round(NEAR * errors.length)));
        return Math.sqrt(IntStream.range(0, errors.length)
                .filter(row -> row != without)
                .boxed()
                .sorted(Comparator.comparingDouble(row -> distance(placed[row], place)))
                .limit(count)
                .mapToDouble(row -> errors[row] * errors[row])
                .average()
                .orElse(0));
    }

    private static double distance(double[] one, double[] other) {
        double squares = 0;
        for (int f = 0; f < one.length; f++) {
            squares += (one[f] - other[f]) * (one[f] - other[f]);
        }
        return squares;
    }

    /** Each factor as its place among the values that the rows have, from 0 to 1: the same whatever the factor's scale. */
    private record Places(double[][] values) {
        static Places of(Table rows) {
            return new Places(Arrays.stream(rows.columns())
                    .map(column -> Arrays.stream(column).sorted().distinct().toArray())
                    .toArray(double[][]::new));
        }

        double[] of(double[] at) {
            double[] place = new double[at.length];
            for (int f = 0; f < at.length; f++) {
                double[] known = values[f];
                int above = 0;
                while (above < known.length - 1 && known[above] < at[f]) {
                    above++;
                }
                double between = above == 0 ? 0 : (at[f] - known[above - 1]) / (known[above] - known[above - 1]);
                place[f] =
                        known.length < 2 ? 0 : above == 0 ? 0 : (above - 1 + Math.min(1, between)) / (known.length - 1);
            }
            return place;
        }
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
