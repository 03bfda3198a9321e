package org.mtlfarm.standalone.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

import org.mtlfarm.regressor.prediction.Interval;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.CanonicalNumber;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.standalone.findings.Comparison;
import org.mtlfarm.standalone.findings.Contrast;
import org.mtlfarm.standalone.findings.Effect;
import org.mtlfarm.standalone.findings.Sentences;
import org.mtlfarm.standalone.plot.Markup;
import org.mtlfarm.standalone.plot.Plot;

/** Multitask against single-task learning, and against what else the gain could come from. */
final class ComparisonPlots {
    private static final int MOST_PLOTS = 4;
    private static final int MOST_COLOURS = 6;
    private static final int MOST_SETTINGS = 12;
    /** Between neighbouring points of one setting. */
    private static final double APART = 0.15;

    /** Between points of one AMI, which would hide each other. */
    private static final double BESIDE = 0.012;

    /** What stands beside a multitask experiment, as it is called. */
    enum Beside {
        SINGLE("T = 1", Comparison::single),
        STEPS("T = 1, as many steps", Comparison::steps),
        CHANCE("tasks that tell nothing", Comparison::chance),
        TOKENS("T = 1 on all T·n tokens", Comparison::tokens);

        private final String words;
        private final Function<Comparison, Optional<Average>> of;

        Beside(String words, Function<Comparison, Optional<Average>> of) {
            this.words = words;
            this.of = of;
        }

        String words() {
            return words;
        }

        Optional<Average> of(Comparison comparison) {
            return of.apply(comparison);
        }
    }

    private final List<Comparison> comparisons;

    private ComparisonPlots(List<Comparison> comparisons) {
        this.comparisons = comparisons;
    }

    /** F1 of the one against F1 of the other, and the gain against relatedness, a plot a number of tokens. */
    static List<Plot> gains(List<Comparison> comparisons) {
        ComparisonPlots plots = new ComparisonPlots(comparisons.stream()
                .filter(comparison -> comparison.single().isPresent())
                .toList());
        if (plots.comparisons.isEmpty()) {
            return List.of();
        }
        List<Plot> drawn = new ArrayList<>(List.of(plots.againstSingle()));
        spread(plots.tokens(), MOST_PLOTS).forEach(tokens -> drawn.add(plots.gain(tokens)));
        return drawn;
    }

    /** F1 of multitask learning and of all that stands beside it, a plot an alpha. */
    static List<Plot> controls(List<Comparison> comparisons) {
        ComparisonPlots plots = new ComparisonPlots(comparisons.stream()
                .filter(comparison -> !comparison.isChance())
                .toList());
        return spread(plots.alphas(), MOST_PLOTS).stream().map(plots::beside).toList();
    }

    private Plot againstSingle() {
        List<Double> alphas = spread(alphas(), MOST_COLOURS);
        List<Plot.Points> points = new ArrayList<>();
        for (double alpha : alphas) {
            List<Comparison> of = withAlpha(alpha);
            points.add(new Plot.Points(
                    "AMI " + ami(of),
                    points.size(),
                    of.stream()
                            .map(one -> point(
                                    one.single().orElseThrow().getF1Mean(),
                                    one.multitask(),
                                    Contrast.ofMean(one.multitask())))
                            .toList()));
        }
        double least = comparisons.stream()
                .mapToDouble(one -> one.single().orElseThrow().getF1Mean())
                .min()
                .orElse(0);
        double most = comparisons.stream()
                .mapToDouble(one -> one.single().orElseThrow().getF1Mean())
                .max()
                .orElse(1);
        return new Plot(
                "multitask-against-single",
                "Multitask against single-task learning",
                "Each multitask experiment's F1 over that of T = 1 with as many tokens a task; bars are 95 % intervals of the mean.",
                new Plot.Axis("F1 of T = 1, as many tokens a task", false),
                new Plot.Axis("F1 of T tasks", false),
                points,
                List.of(new Plot.Curve(
                        "no gain", Plot.Curve.INK, true, new double[] {least, most}, new double[] {least, most})));
    }

    private Plot gain(int tokens) {
        List<Comparison> of = comparisons.stream()
                .filter(one -> one.multitask().getExperiment().getTokensReal() == tokens)
                .toList();
        List<Integer> tasks = of.stream()
                .map(one -> one.multitask().getExperiment().getTasks())
                .distinct()
                .sorted()
                .toList();
        List<Plot.Points> points = new ArrayList<>();
        for (int count : spread(tasks, MOST_COLOURS)) {
            double place = BESIDE * (points.size() - (Math.min(tasks.size(), MOST_COLOURS) - 1) / 2.0);
            List<Plot.Point> gains = of.stream()
                    .filter(one -> one.multitask().getExperiment().getTasks() == count)
                    .map(one -> {
                        Effect effect =
                                Contrast.between(one.multitask(), one.single().orElseThrow());
                        return new Plot.Point(
                                one.multitask().getAmiMean() + place,
                                effect.value(),
                                lower(effect.interval(), effect.value()),
                                upper(effect.interval(), effect.value()),
                                setting(one.multitask()) + ": " + Sentences.effect(effect));
                    })
                    .toList();
            points.add(new Plot.Points("T = " + count, points.size(), gains));
        }
        double least = of.stream()
                .mapToDouble(one -> one.multitask().getAmiMean())
                .min()
                .orElse(0);
        double most = of.stream()
                .mapToDouble(one -> one.multitask().getAmiMean())
                .max()
                .orElse(1);
        return new Plot(
                "gain-at-" + tokens + "-tokens",
                "Gain over T = 1, n = " + Markup.number(tokens),
                "Difference of mean F1 from T = 1 with as many tokens a task and epochs; bars are 95 % intervals (Welch).",
                new Plot.Axis("AMI of the artificial tasks", false),
                new Plot.Axis("gain in F1", false),
                points,
                List.of(new Plot.Curve("none", Plot.Curve.INK, true, new double[] {least, most}, new double[2])));
    }

    private Plot beside(double alpha) {
        List<Comparison> of = spread(
                withAlpha(alpha).stream()
                        .sorted(Comparator.comparingInt((Comparison one) ->
                                        one.multitask().getExperiment().getTokensReal())
                                .thenComparing(
                                        one -> one.multitask().getExperiment().getTokensSynthetic())
                                .thenComparing(
                                        one -> one.multitask().getExperiment().getTasks()))
                        .toList(),
                MOST_SETTINGS);
        List<String> names = of.stream()
                .map(one -> one.multitask().getExperiment().getTasks() + "\n"
                        + one.multitask().getExperiment().getTokensReal())
                .toList();
        List<Plot.Points> points = new ArrayList<>();
        points.add(new Plot.Points("multitask", 0, placed(of, -2, one -> Optional.of(one.multitask()))));
        int place = -1;
        for (Beside beside : Beside.values()) {
            List<Plot.Point> placed = placed(of, place++, beside::of);
            if (!placed.isEmpty()) {
                points.add(new Plot.Points(beside.words(), beside.ordinal() + 1, placed));
            }
        }
        return new Plot(
                "beside-alpha-" + Double.toString(alpha).replace('.', '-').toLowerCase(Locale.ROOT),
                String.format(
                        Locale.ROOT, "AMI %s (alpha %s) beside its controls", ami(of), CanonicalNumber.print(alpha)),
                "F1 of multitask learning, and of what else could explain its gain; bars are 95 % intervals of the mean.",
                new Plot.Axis("above: T tasks; below: n tokens a task", false, names),
                new Plot.Axis("F1 (test)", false),
                points,
                List.of());
    }

    private static List<Plot.Point> placed(
            List<Comparison> of, int place, Function<Comparison, Optional<Average>> which) {
        List<Plot.Point> points = new ArrayList<>();
        for (int i = 0; i < of.size(); i++) {
            double x = i + 1 + place * APART;
            which.apply(of.get(i)).ifPresent(average -> points.add(point(x, average, Contrast.ofMean(average))));
        }
        return points;
    }

    private static Plot.Point point(double x, Average average, Interval interval) {
        return new Plot.Point(
                x,
                average.getF1Mean(),
                lower(interval, average.getF1Mean()),
                upper(interval, average.getF1Mean()),
                setting(average) + String.format(Locale.ROOT, ": F1 %.4f", average.getF1Mean()));
    }

    /** Scores do not pass 0 or 1, and where there is no interval there is no bar. */
    private static double lower(Interval interval, double otherwise) {
        return Double.isNaN(interval.lower()) ? otherwise : interval.lower();
    }

    private static double upper(Interval interval, double otherwise) {
        return Double.isNaN(interval.upper()) ? otherwise : interval.upper();
    }

    static String setting(Average average) {
        Experiment experiment = average.getExperiment();
        String tokens = experiment.getTokensReal() == experiment.getTokensSynthetic()
                ? "" + experiment.getTokensReal()
                : experiment.getTokensReal() + " + " + experiment.getTokensSynthetic();
        return experiment.getTasks() == 1
                ? "T = 1, n = " + tokens + ", " + experiment.getTraining().getEpochs() + " epochs"
                : String.format(
                        Locale.ROOT, "T = %d, n = %s, AMI = %.3f", experiment.getTasks(), tokens, average.getAmiMean());
    }

    private List<Comparison> withAlpha(double alpha) {
        return comparisons.stream()
                .filter(one -> one.multitask().getExperiment().getAlpha() == alpha)
                .toList();
    }

    /** Their mean to two decimals; never minus zero. */
    private static String ami(List<Comparison> of) {
        double mean = of.stream()
                .mapToDouble(one -> one.multitask().getAmiMean())
                .average()
                .orElse(Double.NaN);
        return String.format(Locale.ROOT, "%.2f", Math.rint(mean * 100) / 100 + 0.0);
    }

    private List<Double> alphas() {
        return comparisons.stream()
                .map(one -> one.multitask().getExperiment().getAlpha())
                .distinct()
                .sorted()
                .toList();
    }

    private List<Integer> tokens() {
        return comparisons.stream()
                .map(one -> one.multitask().getExperiment().getTokensReal())
                .distinct()
                .sorted()
                .toList();
    }

    /** At most so many, evenly chosen, the first and the last among them. */
    private static <T> List<T> spread(List<T> all, int most) {
        if (all.size() <= most) {
            return all;
        }
        List<T> chosen = new ArrayList<>();
        for (int i = 0; i < most; i++) {
            chosen.add(all.get(i * (all.size() - 1) / (most - 1)));
        }
        return chosen;
    }
}
