package org.mtlfarm.standalone.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

import org.mtlfarm.regressor.evaluation.Blocks;
import org.mtlfarm.regressor.evaluation.Evaluator;
import org.mtlfarm.regressor.search.FitResult;
import org.mtlfarm.regressor.table.Split;
import org.mtlfarm.regressor.table.Table;
import org.mtlfarm.standalone.plot.Markup;
import org.mtlfarm.standalone.plot.Plot;

/** What one wants to see of a fit: error against size, prediction against truth, residuals, and the law along each feature. */
public final class FitPlots {
    /** Rows beyond this many make a plot heavier and no clearer; as many, evenly chosen, are drawn. */
    private static final int MOST_POINTS = 2000;

    private static final int SAMPLES = 160;
    /** A feature that is positive and spans more than this is drawn on a logarithmic axis. */
    private static final double WIDE = 20;

    private final FitResult result;
    private final Table table;
    private final Split split;
    private final double[] values;

    private FitPlots(FitResult result, Table table, Split split) {
        this.result = result;
        this.table = table;
        this.split = split;
        this.values = new Evaluator(new Blocks(table.columns(), table.values(), null))
                .values(result.best().expression());
    }

    /** Each plot's file name and SVG. */
    public static Map<String, String> files(FitResult result, Table table, Split split) {
        FitPlots plots = new FitPlots(result, table, split);
        List<Plot> drawn = new ArrayList<>(List.of(plots.front(), plots.predictions(), plots.residuals()));
        for (int v = 0; v < table.features().size(); v++) {
            if (result.best().expression().uses(v)) {
                drawn.add(plots.along(v));
            }
        }
        Map<String, String> files = new LinkedHashMap<>();
        for (Plot plot : drawn) {
            String name = plot.name() + ".svg";
            files.put(files.containsKey(name) ? plot.name() + "-" + files.size() + ".svg" : name, plot.svg());
        }
        return files;
    }

    private Plot front() {
        List<Plot.Point> training = new ArrayList<>();
        List<Plot.Point> heldOut = new ArrayList<>();
        for (FitResult.Law law : result.front()) {
            training.add(new Plot.Point(law.complexity(), law.trainMse(), 0, law.text()));
            heldOut.add(new Plot.Point(law.complexity(), law.testMse(), 0, law.text()));
        }
        boolean logarithmic = result.front().stream().allMatch(law -> law.trainMse() > 0);
        FitResult.Law best = result.best();
        return new Plot(
                "front",
                "Error against size",
                "Mean squared error of each formula of the front.",
                new Plot.Axis("nodes", false),
                new Plot.Axis("mean squared error", logarithmic),
                List.of(
                        new Plot.Points("training part", 0, training),
                        new Plot.Points("held-out part", 1, heldOut),
                        new Plot.Points(
                                "recommended",
                                2,
                                List.of(new Plot.Point(best.complexity(), best.trainMse(), 0, best.text())))),
                List.of());
    }

    private Plot predictions() {
        double least = Arrays.stream(table.values()).min().orElse(0);
        double most = Arrays.stream(table.values()).max().orElse(1);
        return new Plot(
                "predicted",
                "Prediction against truth",
                "Each row as the formula has it and as it was measured.",
                new Plot.Axis(result.target() + ", as the formula says", false),
                new Plot.Axis(result.target() + ", as measured", false),
                byPart(values, table.values()),
                List.of(new Plot.Curve(
                        "equal", Plot.Curve.INK, true, new double[] {least, most}, new double[] {least, most})));
    }

    private Plot residuals() {
        double[] residuals = IntStream.range(0, values.length)
                .mapToDouble(r -> table.values()[r] - values[r])
                .toArray();
        double[] ends = {
            Arrays.stream(values).min().orElse(0), Arrays.stream(values).max().orElse(1)
        };
        return new Plot(
                "residuals",
                "Residuals",
                "What the formula leaves unexplained of each row.",
                new Plot.Axis(result.target() + ", as the formula says", false),
                new Plot.Axis("measured less predicted", false),
                byPart(values, residuals),
                List.of(new Plot.Curve("none", Plot.Curve.INK, true, ends, new double[2])));
    }

    /** All rows along one feature, and the formula with the others at their quartiles. */
    private Plot along(int variable) {
        String feature = table.features().get(variable);
        double[] column = table.columns()[variable];
        double low = Arrays.stream(column).min().orElse(0);
        double high = Arrays.stream(column).max().orElse(1);
        boolean logarithmic = low > 0 && high / low > WIDE;
        double[] xs = IntStream.range(0, SAMPLES)
                .mapToDouble(i -> {
                    double share = (double) i / (SAMPLES - 1);
                    return logarithmic ? low * Math.pow(high / low, share) : low + share * (high - low);
                })
                .toArray();
        boolean others = IntStream.range(0, table.features().size())
                .anyMatch(v -> v != variable && result.best().expression().uses(v));
        Map<String, Double> quartiles = new LinkedHashMap<>();
        if (others) {
            quartiles.put("others at their lower quartiles", 0.25);
        }
        quartiles.put(others ? "others at their medians" : "the formula", 0.5);
        if (others) {
            quartiles.put("others at their upper quartiles", 0.75);
        }
        List<Plot.Curve> curves = new ArrayList<>();
        quartiles.forEach((name, share) -> {
            double[] at = Arrays.stream(table.columns())
                    .mapToDouble(other -> quantile(other, share))
                    .toArray();
            double[] ys = Arrays.stream(xs)
                    .map(x -> {
                        at[variable] = x;
                        return result.best().expression().value(at);
                    })
                    .toArray();
            curves.add(new Plot.Curve(name, curves.size() + 2, share != 0.5, xs, ys));
        });
        return new Plot(
                "along-" + feature.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-"),
                result.target() + " along " + feature,
                "The rows, and the formula with the other features at their quartiles.",
                new Plot.Axis(feature, logarithmic),
                new Plot.Axis(result.target(), false),
                byPart(column, table.values()),
                curves);
    }

    private List<Plot.Points> byPart(double[] xs, double[] ys) {
        return List.of(
                new Plot.Points("training part", 0, points(split.training(), xs, ys)),
                new Plot.Points("held-out part", 1, points(split.heldOut(), xs, ys)));
    }

    private List<Plot.Point> points(int[] rows, double[] xs, double[] ys) {
        int stride = Math.max(1, (rows.length + MOST_POINTS - 1) / MOST_POINTS);
        List<Plot.Point> points = new ArrayList<>();
        for (int i = 0; i < rows.length; i += stride) {
            int r = rows[i];
            StringBuilder note = new StringBuilder("row " + (r + 1) + ":");
            for (int v = 0; v < table.features().size(); v++) {
                note.append(' ')
                        .append(table.features().get(v))
                        .append(" = ")
                        .append(Markup.number(table.columns()[v][r]));
            }
            points.add(new Plot.Point(xs[r], ys[r], 0, note.toString()));
        }
        return points;
    }

    private static double quantile(double[] column, double share) {
        double[] sorted = column.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.round(share * (sorted.length - 1))];
    }
}
