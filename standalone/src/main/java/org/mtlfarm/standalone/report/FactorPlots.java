package org.mtlfarm.standalone.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.AverageColumn;
import org.mtlfarm.standalone.plot.Markup;
import org.mtlfarm.standalone.plot.Plot;

/**
 * F1 against each factor that a study varies: the averages with their spread, the law of that factor alone, and slices of
 * the law of all factors.
 */
final class FactorPlots {
    private static final int SAMPLES = 160;

    /** Settings beyond this many are told apart by colours no more; the plot shows as many, evenly chosen. */
    private static final int MOST_GROUPS = 6;

    private final List<Average> averages;
    private final List<Law> laws;
    private final String prefix;

    private FactorPlots(List<Average> averages, List<Law> laws, String prefix) {
        this.averages = averages;
        this.laws = laws;
        this.prefix = prefix;
    }

    /**
     * One plot a factor; none for a factor that does not vary.
     *
     * @param prefix of the plots' names
     */
    static List<Plot> of(List<Average> averages, List<Law> laws, String prefix) {
        FactorPlots plots = new FactorPlots(
                averages.stream().filter(average -> average.getRunsDone() > 0).toList(), laws, prefix);
        List<Plot> drawn = new ArrayList<>();
        plots.plot(
                        AverageColumn.TOKENS,
                        "F1 against tokens",
                        new Plot.Axis("n, training tokens a task", true),
                        AverageColumn.TASKS,
                        "T = ")
                .ifPresent(drawn::add);
        plots.plot(
                        AverageColumn.AMI,
                        "F1 against relatedness",
                        new Plot.Axis("AMI of the artificial tasks", false),
                        AverageColumn.TOKENS,
                        "n = ")
                .ifPresent(drawn::add);
        plots.plot(
                        AverageColumn.TASKS,
                        "F1 against tasks",
                        new Plot.Axis("T, tasks including the real one", false),
                        AverageColumn.TOKENS,
                        "n = ")
                .ifPresent(drawn::add);
        return drawn;
    }

    private Optional<Plot> plot(
            AverageColumn factor, String title, Plot.Axis axis, AverageColumn grouping, String sign) {
        // A single task has no relatedness to draw: its AMI of 1 is a convention.
        List<Average> rows = averages.stream()
                .filter(row ->
                        factor != AverageColumn.AMI || row.getExperiment().getTasks() > 1)
                .toList();
        if (rows.stream().map(factor::valueOf).distinct().count() < 2) {
            return Optional.empty();
        }
        Map<Double, List<Average>> groups =
                rows.stream().collect(Collectors.groupingBy(grouping::valueOf, TreeMap::new, Collectors.toList()));
        List<Double> shown = spread(List.copyOf(groups.keySet()));
        List<Plot.Points> points = new ArrayList<>();
        List<Plot.Curve> curves = new ArrayList<>();
        double[] xs = samples(axis, rows, factor);
        laws.stream()
                .filter(law -> law.explainsBy(factor))
                .findFirst()
                .ifPresent(law -> curves.add(new Plot.Curve(
                        "law of " + factor.columnName() + " alone",
                        Plot.Curve.INK,
                        false,
                        xs,
                        values(law, xs, column -> Double.NaN, factor))));
        Optional<Law> full = laws.stream()
                .filter(law -> law.features().size() > 1 && law.features().contains(factor))
                .max(Comparator.comparingInt(law -> law.features().size()));
        int colour = 0;
        for (double value : shown) {
            List<Average> group = groups.get(value);
            String name = sign + Markup.number(value);
            points.add(new Plot.Points(
                    name, colour, group.stream().map(row -> point(row, factor)).toList()));
            if (full.isPresent()) {
                ToDoubleFunction<AverageColumn> middle = column -> column == grouping ? value : median(group, column);
                curves.add(new Plot.Curve("", colour, true, xs, values(full.get(), xs, middle, factor)));
            }
            colour++;
        }
        return Optional.of(new Plot(
                prefix + "f1-against-" + factor.columnName().replace('_', '-'),
                title,
                laws.stream()
                        .filter(law -> law.explainsBy(factor))
                        .findFirst()
                        .map(law -> law.sentence(averages))
                        .orElse("No formula of this factor alone was fitted."),
                axis,
                new Plot.Axis("F1 (test)", false),
                points,
                curves));
    }

    private static double[] values(Law law, double[] xs, ToDoubleFunction<AverageColumn> others, AverageColumn factor) {
        double[] values = new double[xs.length];
        for (int i = 0; i < xs.length; i++) {
            double x = xs[i];
            values[i] = law.at(column -> column == factor ? x : others.applyAsDouble(column));
        }
        return values;
    }

    private static double[] samples(Plot.Axis axis, List<Average> rows, AverageColumn factor) {
        double low = rows.stream().mapToDouble(factor::valueOf).min().orElseThrow();
        double high = rows.stream().mapToDouble(factor::valueOf).max().orElseThrow();
        double[] xs = new double[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            double share = (double) i / (SAMPLES - 1);
            xs[i] = axis.logarithmic() ? low * Math.pow(high / low, share) : low + share * (high - low);
        }
        return xs;
    }

    private static Plot.Point point(Average row, AverageColumn factor) {
        String note = String.format(
                Locale.ROOT,
                "T = %d, n = %d, AMI = %.3f (alpha %s): F1 = %.4f ± %.4f, runs: %d",
                row.getExperiment().getTasks(),
                row.getExperiment().getTokensReal(),
                row.getAmiMean(),
                row.getExperiment().getAlpha(),
                row.getF1Mean(),
                row.getF1Std(),
                row.getRunsDone());
        return new Plot.Point(factor.valueOf(row), row.getF1Mean(), row.getF1Std(), note);
    }

    private static List<Double> spread(List<Double> values) {
        if (values.size() <= MOST_GROUPS) {
            return values;
        }
        List<Double> chosen = new ArrayList<>();
        for (int i = 0; i < MOST_GROUPS; i++) {
            chosen.add(values.get(i * (values.size() - 1) / (MOST_GROUPS - 1)));
        }
        return chosen;
    }

    private static double median(List<Average> rows, AverageColumn column) {
        double[] sorted = rows.stream().mapToDouble(column::valueOf).sorted().toArray();
        return sorted[sorted.length / 2];
    }
}
