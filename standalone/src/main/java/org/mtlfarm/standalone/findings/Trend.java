package org.mtlfarm.standalone.findings;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.AverageColumn;
import org.mtlfarm.schemas.Experiment;

/**
 * Whether F1 rises or falls with one factor, all others held: in each setting of the others, the largest value against the least.
 *
 * @param name letters and dashes
 * @param what is asked of, as a sentence goes on after "F1 rises with"
 * @param effect mean over the settings; null where the study has no pair to tell by
 * @param pairs one a setting
 */
public record Trend(String name, String what, AverageColumn factor, Effect effect, List<Trend.Pair> pairs) {
    /** From this AMI on tasks are called closely related. */
    public static final double HIGH = 0.7;
    /** Up to this AMI, either side of 0, tasks are called unrelated. */
    public static final double LOW = 0.05;

    public Trend {
        pairs = List.copyOf(pairs);
    }

    /** Two experiments that differ by the factor alone, and the second's F1 less the first's. */
    public record Pair(Average least, Average most, Effect effect) {
        static Pair of(Average least, Average most) {
            return new Pair(least, most, Contrast.between(most, least));
        }

        /** The mean of their differences; null of none. */
        static Effect mean(List<Pair> pairs) {
            if (pairs.isEmpty()) {
                return null;
            }
            Contrast mean = new Contrast();
            pairs.forEach(pair -> mean.plus(pair.most(), 1.0 / pairs.size()).plus(pair.least(), -1.0 / pairs.size()));
            return mean.effect();
        }

        /** In so many of them the sign is that beyond doubt. */
        static long count(List<Pair> pairs, Effect.Sign sign) {
            return pairs.stream().filter(pair -> pair.effect().sign() == sign).count();
        }
    }

    /** In so many settings the sign is that beyond doubt. */
    public long count(Effect.Sign sign) {
        return Pair.count(pairs, sign);
    }

    /** The questions of the paper. */
    public static List<Trend> of(List<Average> averages) {
        List<Average> rows =
                averages.stream().filter(average -> average.getRunsDone() > 0).toList();
        return List.of(
                over("tokens", "the tokens a task, n", AverageColumn.TOKENS, rows, row -> true),
                over("ami", "relatedness, AMI", AverageColumn.AMI, rows, row -> tasks(row) > 1),
                over(
                        "tasks-related",
                        "the number of tasks T where they are closely related (AMI of " + HIGH + " and more)",
                        AverageColumn.TASKS,
                        rows,
                        row -> row.getAmiMean() >= HIGH),
                over(
                        "tasks-unrelated",
                        "the number of tasks T where they are unrelated (AMI within " + LOW + " of 0)",
                        AverageColumn.TASKS,
                        rows,
                        row -> tasks(row) == 1 || Math.abs(row.getAmiMean()) <= LOW));
    }

    /** With T, for each alpha of the study, the most related last. */
    public static Map<Double, Trend> byAlpha(List<Average> averages) {
        Map<Double, Trend> trends = new LinkedHashMap<>();
        averages.stream()
                .filter(row -> tasks(row) > 1)
                .map(row -> row.getExperiment().getAlpha())
                .distinct()
                .sorted()
                .forEach(alpha -> trends.put(
                        alpha,
                        over(
                                "tasks-at-alpha",
                                "T at alpha " + alpha,
                                AverageColumn.TASKS,
                                averages,
                                row -> tasks(row) == 1 || row.getExperiment().getAlpha() == alpha)));
        return trends;
    }

    private static Trend over(
            String name, String what, AverageColumn factor, List<Average> averages, Predicate<Average> which) {
        List<Average> rows = averages.stream()
                .filter(average -> average.getRunsDone() > 0)
                .filter(which)
                .toList();
        List<Pair> pairs = factor == AverageColumn.TASKS ? ofTasks(rows) : pairs(rows, factor);
        return new Trend(name, what, factor, Pair.mean(pairs), pairs);
    }

    private static List<Pair> pairs(List<Average> rows, AverageColumn factor) {
        boolean balanced = rows.stream()
                .allMatch(row -> row.getExperiment().getTokensReal()
                        == row.getExperiment().getTokensSynthetic());
        return paired(
                rows,
                factor,
                row -> List.of(
                        others(row),
                        tasks(row),
                        factor != AverageColumn.TOKENS ? tokens(row) : synthetic(row, balanced),
                        factor == AverageColumn.AMI ? "" : row.getExperiment().getAlpha()));
    }

    /** A single task has no alpha: it stands before the multitask experiments of every alpha. */
    private static List<Pair> ofTasks(List<Average> rows) {
        List<Average> multitask = rows.stream().filter(row -> tasks(row) > 1).toList();
        List<Pair> pairs = new ArrayList<>();
        Map<List<Object>, List<Average>> groups = new LinkedHashMap<>();
        for (Average row : multitask) {
            groups.computeIfAbsent(
                            List.of(
                                    others(row),
                                    tokens(row),
                                    row.getExperiment().getAlpha()),
                            key -> new ArrayList<>())
                    .add(row);
        }
        groups.values().forEach(group -> {
            Average first = group.get(0);
            rows.stream()
                    .filter(row -> tasks(row) == 1
                            && others(row).equals(others(first))
                            && row.getExperiment().getTokensReal()
                                    == first.getExperiment().getTokensReal())
                    .findFirst()
                    .ifPresent(group::add);
            pair(group, AverageColumn.TASKS).ifPresent(pairs::add);
        });
        return pairs;
    }

    private static List<Pair> paired(
            List<Average> rows, AverageColumn factor, Function<Average, List<Object>> setting) {
        Map<List<Object>, List<Average>> groups = new LinkedHashMap<>();
        rows.forEach(row -> groups.computeIfAbsent(setting.apply(row), key -> new ArrayList<>())
                .add(row));
        return groups.values().stream()
                .flatMap(group -> pair(group, factor).stream())
                .toList();
    }

    private static Optional<Pair> pair(List<Average> group, AverageColumn factor) {
        Average least =
                group.stream().min(Comparator.comparingDouble(factor::valueOf)).orElseThrow();
        Average most =
                group.stream().max(Comparator.comparingDouble(factor::valueOf)).orElseThrow();
        return factor.valueOf(least) < factor.valueOf(most) ? Optional.of(Pair.of(least, most)) : Optional.empty();
    }

    /** All that decides the score beside tasks, tokens and relatedness. */
    static List<Object> others(Average row) {
        Experiment experiment = row.getExperiment();
        return List.of(
                experiment.getCorpusHash(),
                experiment.getVectorsHash(),
                experiment.getSharedLayers(),
                experiment.getTraining());
    }

    private static List<Integer> tokens(Average row) {
        return List.of(row.getExperiment().getTokensReal(), row.getExperiment().getTokensSynthetic());
    }

    /** Artificial tasks' tokens are held where they do not go along with the real one's. */
    private static int synthetic(Average row, boolean balanced) {
        return balanced || tasks(row) == 1 ? 0 : row.getExperiment().getTokensSynthetic();
    }

    private static int tasks(Average row) {
        return row.getExperiment().getTasks();
    }
}
