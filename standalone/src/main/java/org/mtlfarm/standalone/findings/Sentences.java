package org.mtlfarm.standalone.findings;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

import org.mtlfarm.regressor.rates.Rate;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.OtherTasks;
import org.mtlfarm.schemas.SamplingState;

/** What numbers say, in words: nothing is said of a difference whose interval holds 0. */
public final class Sentences {
    private Sentences() {}

    /** {@code +0.123 (0.110 to 0.136)}. */
    public static String effect(Effect effect) {
        return signed(effect.value())
                + (Double.isNaN(effect.interval().lower())
                        ? " (too few runs for an interval)"
                        : " (" + signed(effect.interval().lower()) + " to "
                                + signed(effect.interval().upper()) + ")");
    }

    /** A score's difference with its sign, three decimals. */
    public static String signed(double value) {
        String digits = String.format(Locale.ROOT, "%+.3f", value);
        return digits.replace('-', '−');
    }

    /** What a trend comes to. */
    public static String of(Trend trend) {
        if (trend.effect() == null) {
            return "The study has no two experiments that differ in " + trend.what() + " alone.";
        }
        double from = trend.pairs().stream()
                .mapToDouble(pair -> trend.factor().valueOf(pair.least()))
                .min()
                .orElseThrow();
        double to = trend.pairs().stream()
                .mapToDouble(pair -> trend.factor().valueOf(pair.most()))
                .max()
                .orElseThrow();
        String settings = trend.pairs().size() == 1
                ? "in the one setting of the other factors"
                : "mean over " + trend.pairs().size() + " settings of the other factors";
        String counts = ", beyond doubt up in " + trend.count(Effect.Sign.RISES) + " of them, down in "
                + trend.count(Effect.Sign.FALLS);
        String numbers = effect(trend.effect()) + " from the least to the most (" + plain(from) + " to " + plain(to)
                + "), " + settings + counts + ".";
        return switch (trend.effect().sign()) {
            case RISES -> "F1 rises with " + trend.what() + ": " + numbers;
            case FALLS -> "F1 falls with " + trend.what() + ": " + numbers;
            case UNTOLD -> "Whether F1 rises or falls with " + trend.what() + " cannot be told: " + numbers;
        };
    }

    /** What an adaptive study has asked for and spared; empty where the study is no such. */
    public static Optional<String> ofSampling(List<Sampled> sampling) {
        if (sampling.isEmpty()) {
            return Optional.empty();
        }
        List<Sampled> asked = sampling.stream()
                .filter(one -> one.state() == SamplingState.ASKED)
                .toList();
        List<Sampled> spared = sampling.stream()
                .filter(one -> one.state() == SamplingState.SPARED)
                .toList();
        int rounds = asked.stream().mapToInt(Sampled::round).max().orElse(0);
        String what = "The study has asked for " + asked.size() + " of the " + sampling.size()
                + " experiments of its grid, in " + rounds + (rounds == 1 ? " round" : " rounds");
        if (spared.isEmpty()) {
            return Optional.of(
                    what + (asked.size() == sampling.size() ? ": none could be spared." : ", and may ask for more."));
        }
        double doubt = spared.stream().mapToDouble(Sampled::doubt).max().orElseThrow();
        return Optional.of(String.format(
                Locale.ROOT,
                "%s: %d runs of %d (%.0f %%) and %.0f %% of the training steps were spared. Where it has not looked, its law is known to %.3f (95 %%); %s was enough.",
                what,
                runs(spared),
                runs(sampling),
                100.0 * runs(spared) / runs(sampling),
                100.0 * steps(spared) / steps(sampling),
                doubt,
                plain(sampling.get(0).precision())));
    }

    private static int runs(List<Sampled> sampling) {
        return sampling.stream().mapToInt(Sampled::runs).sum();
    }

    private static long steps(List<Sampled> sampling) {
        return sampling.stream().mapToLong(one -> one.runs() * one.steps()).sum();
    }

    /** What one more task does. */
    public static String of(OneMoreTask added) {
        String pairs = added.pairs().size() == 1
                ? "in the one pair of experiments that tells"
                : "mean over " + added.pairs().size() + " sets of other tasks, beyond doubt up in "
                        + added.count(Effect.Sign.RISES) + " of them, down in " + added.count(Effect.Sign.FALLS);
        return "One more task, " + kind(added) + ", changes F1 by " + effect(added.effect()) + ", " + pairs + ".";
    }

    /** {@code alpha 0.933 (1000 tokens), AMI 0.60}. */
    public static String kind(OneMoreTask added) {
        return OtherTasks.describe(List.of(added.task()))
                + (Double.isNaN(added.ami()) ? "" : ", AMI " + plain(added.ami()));
    }

    /** What multitask experiments of closely related tasks gain over each of what stands beside them. */
    public static List<String> ofGains(List<Comparison> comparisons) {
        List<Comparison> related = comparisons.stream()
                .filter(comparison -> comparison.multitask().getAmiMean() >= Trend.HIGH)
                .toList();
        if (related.isEmpty()) {
            return List.of("The study has no closely related tasks (AMI of " + Trend.HIGH
                    + " and more), so nothing is said of their gain.");
        }
        List<String> sentences = new ArrayList<>();
        gain(related, Comparison::single, "T = 1 with as many epochs").ifPresent(sentences::add);
        gain(related, Comparison::steps, "T = 1 with as many Adam steps").ifPresent(sentences::add);
        gain(related, Comparison::chance, "as many tasks that tell nothing (alpha = 1/c)")
                .ifPresent(sentences::add);
        gain(related, Comparison::tokens, "T = 1 with as many tokens as all tasks have together")
                .ifPresent(sentences::add);
        return sentences;
    }

    /** The mean gain of experiments over what stands beside them; empty where nothing does. */
    public static Optional<Effect> meanGain(
            List<Comparison> comparisons, Function<Comparison, Optional<Average>> beside) {
        List<Comparison> usable = comparisons.stream()
                .filter(comparison -> beside.apply(comparison).isPresent())
                .toList();
        if (usable.isEmpty()) {
            return Optional.empty();
        }
        Contrast contrast = new Contrast();
        usable.forEach(comparison -> contrast.plus(comparison.multitask(), 1.0 / usable.size())
                .plus(beside.apply(comparison).orElseThrow(), -1.0 / usable.size()));
        return Optional.of(contrast.effect());
    }

    private static Optional<String> gain(
            List<Comparison> related, Function<Comparison, Optional<Average>> beside, String what) {
        long count = related.stream()
                .filter(comparison -> beside.apply(comparison).isPresent())
                .count();
        return meanGain(related, beside).map(effect -> {
            String over = "over " + count + (count == 1 ? " experiment" : " experiments");
            return switch (effect.sign()) {
                case RISES -> "Closely related tasks gain on " + what + ": " + effect(effect) + ", mean " + over + ".";
                case FALLS ->
                    "Closely related tasks stay behind " + what + ": " + effect(effect) + ", mean " + over + ".";
                case UNTOLD ->
                    "Whether closely related tasks gain on " + what + " cannot be told: " + effect(effect) + ", mean "
                            + over + ".";
            };
        });
    }

    /** Where a study's formula grows as the published one does, and where not; a sentence a factor. */
    public static List<String> ofRates(FormulaTable table) {
        FormulaTable.Entry published = table.of(FormulaTable.Origin.PUBLISHED).orElse(null);
        List<String> sentences = new ArrayList<>();
        if (published == null) {
            return sentences;
        }
        for (String feature : table.specification().featureNames()) {
            String own = order(table.own().rate(feature));
            String theirs = order(published.rate(feature));
            String sentence = "In " + feature + ": ";
            if (own.equals("unknown") || theirs.equals("unknown")) {
                sentence += "cannot be compared, as " + (own.equals("unknown") ? "this study's" : "the paper's")
                        + " order cannot be read off.";
            } else if (own.equals(theirs)) {
                sentence += "this study's formula grows as the paper's, " + own
                        + limit(table.own().rate(feature)) + ".";
            } else {
                sentence += "this study's formula is " + own + limit(table.own().rate(feature)) + ", the paper's "
                        + theirs + limit(published.rate(feature)) + ": they differ.";
            }
            sentences.add(sentence);
        }
        return sentences;
    }

    /** The order in a factor; a formula without it is constant. */
    public static String order(Rate rate) {
        return rate == null ? "O(1), without this factor" : rate.order();
    }

    private static String limit(Rate rate) {
        return rate == null || rate.limit() == 0 || Double.isNaN(rate.limit())
                ? ""
                : String.format(Locale.ROOT, " towards %.3g", rate.limit());
    }

    private static String plain(double value) {
        if (value == Math.rint(value)) {
            return String.format(Locale.ROOT, "%.0f", value);
        }
        // No zero has a sign.
        return String.format(Locale.ROOT, "%.2f", Math.rint(value * 100) / 100 + 0.0)
                .replace('-', '−');
    }
}
