package org.mtlfarm.standalone.findings;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.OtherTask;
import org.mtlfarm.schemas.OtherTasks;

/**
 * What one more task does to F1, the others staying as they are: where tasks are not alike, this tells whether a bad one spoils the
 * good ones, which a mean of relatedness cannot.
 *
 * @param ami the task's AMI, from the means with and without it; not a number where that is not known
 * @param effect mean over the pairs
 * @param pairs experiments without it and with it, the fewest tasks first
 */
public record OneMoreTask(OtherTask task, double ami, Effect effect, List<Trend.Pair> pairs) {
    public OneMoreTask {
        pairs = List.copyOf(pairs);
    }

    /** In so many pairs the sign is that beyond doubt. */
    public long count(Effect.Sign sign) {
        return Trend.Pair.count(pairs, sign);
    }

    /** Of each kind of task that is added somewhere, the most related first; none where all tasks are alike. */
    public static List<OneMoreTask> of(List<Average> averages) {
        List<Average> rows =
                averages.stream().filter(average -> average.getRunsDone() > 0).toList();
        if (rows.stream().allMatch(row -> row.getExperiment().getOthers().isEmpty())) {
            return List.of();
        }
        Map<OtherTask, List<Trend.Pair>> pairs = new LinkedHashMap<>();
        for (Average without : rows) {
            for (Average with : rows) {
                added(without, with)
                        .ifPresent(task -> pairs.computeIfAbsent(task, key -> new ArrayList<>())
                                .add(Trend.Pair.of(without, with)));
            }
        }
        return pairs.entrySet().stream()
                .map(entry -> of(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparingDouble(OneMoreTask::ami).reversed())
                .toList();
    }

    private static OneMoreTask of(OtherTask task, List<Trend.Pair> pairs) {
        double ami = pairs.stream()
                .mapToDouble(pair -> sumOfAmi(pair.most()) - sumOfAmi(pair.least()))
                .average()
                .orElse(Double.NaN);
        List<Trend.Pair> sorted = new ArrayList<>(pairs);
        sorted.sort(Comparator.comparingInt(
                        (Trend.Pair pair) -> pair.least().getExperiment().getTasks())
                .thenComparing(pair -> pair.least().getAmiMean(), Comparator.reverseOrder()));
        return new OneMoreTask(task, ami, Trend.Pair.mean(pairs), sorted);
    }

    private static double sumOfAmi(Average average) {
        int others = average.getExperiment().getTasks() - 1;
        return others == 0 ? 0 : others * average.getAmiMean();
    }

    /** The task that the second has beside all of the first's, where that is the only difference. */
    private static Optional<OtherTask> added(Average without, Average with) {
        Experiment fewer = without.getExperiment();
        Experiment more = with.getExperiment();
        if (more.getTasks() != fewer.getTasks() + 1
                || more.getTokensReal() != fewer.getTokensReal()
                || !Trend.others(with).equals(Trend.others(without))) {
            return Optional.empty();
        }
        List<OtherTask> left = new ArrayList<>(OtherTasks.of(more));
        for (OtherTask task : OtherTasks.of(fewer)) {
            if (!left.remove(task)) {
                return Optional.empty();
            }
        }
        return Optional.of(left.get(0));
    }
}
