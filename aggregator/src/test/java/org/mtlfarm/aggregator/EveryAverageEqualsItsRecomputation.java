package org.mtlfarm.aggregator;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.TopicReader;
import org.mtlfarm.schemas.Topics;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The aggregator's guarantee: whatever broke on the way, each experiment with a result has one average, and its numbers are
 * to the last bit those that the results on {@code farm.results} give. Watches results and averages, then asserts. Shares
 * no code with the aggregator.
 */
public final class EveryAverageEqualsItsRecomputation {
    private static final List<Outcome> COUNTING = List.of(Outcome.TRAINED, Outcome.DIVERGED);

    private final Map<String, List<RunResult>> results = new TreeMap<>();
    private final Map<String, Average> averages = new TreeMap<>();

    /** A usable result; the results of one run in the order of their topic. */
    public void watch(RunResult result) {
        results.computeIfAbsent(result.getExperiment().getExperimentId(), id -> new ArrayList<>())
                .add(result);
    }

    /** An average; the last of an experiment stands. */
    public void watch(Average average) {
        averages.put(average.getExperiment().getExperimentId(), average);
    }

    /** Reads both topics to their ends, then asserts. */
    public static void on(KafkaSettings kafka) {
        EveryAverageEqualsItsRecomputation guarantee = new EveryAverageEqualsItsRecomputation();
        try (TopicReader<RunResult> results = TopicReader.open(Topics.RESULTS, RunResult.class, kafka);
                TopicReader<Average> averages = TopicReader.open(Topics.AVERAGES, Average.class, kafka)) {
            results.readToEnd().stream()
                    .map(TopicReader.Message::value)
                    .filter(EveryAverageEqualsItsRecomputation::isUsable)
                    .forEach(guarantee::watch);
            averages.readLatest().forEach((key, average) -> {
                assertThat(average.getExperiment().getExperimentId()).isEqualTo(key);
                guarantee.watch(average);
            });
        }
        guarantee.holds();
    }

    public void holds() {
        assertThat(averages.keySet()).as("experiments that have an average").isEqualTo(results.keySet());
        results.forEach((id, all) -> assertThat(numbers(averages.get(id)))
                .as("average of experiment %s", id)
                .isEqualTo(recomputed(all)));
    }

    private static boolean isUsable(RunResult result) {
        return result != null
                && result.getOutcome() != Outcome.UNKNOWN
                && result.getRunIndex() >= 0
                && result.getRunIndex() < result.getRuns()
                && (!COUNTING.contains(result.getOutcome()) || hasUsableScores(result));
    }

    private static boolean hasUsableScores(RunResult result) {
        int tasks = result.getExperiment().getTasks();
        return (result.getTest() != null || result.getOutcome() == Outcome.DIVERGED)
                && (tasks == 1 || result.getAmi().size() == tasks)
                && Stream.of(result.getTest(), result.getDev())
                        .filter(Objects::nonNull)
                        .allMatch(scores -> scores.getF1() >= 0 && scores.getF1() <= 1);
    }

    private static Map<String, Object> numbers(Average average) {
        Map<String, Object> numbers = new LinkedHashMap<>();
        numbers.put("runs", average.getRuns());
        numbers.put("done", average.getRunsDone());
        numbers.put("diverged", average.getDiverged());
        numbers.put("failed", average.getFailed());
        numbers.put("complete", average.getComplete());
        numbers.put("identical", average.getDuplicatesIdentical());
        numbers.put("different", average.getDuplicatesDifferent());
        // A Double equals another if their bits do.
        numbers.put("mean", average.getF1Mean());
        numbers.put("std", average.getF1Std());
        numbers.put("min", average.getF1Min());
        numbers.put("max", average.getF1Max());
        numbers.put("dev", average.getF1DevMean());
        numbers.put("ami", average.getAmiMean());
        return numbers;
    }

    private static Map<String, Object> recomputed(List<RunResult> all) {
        Map<Integer, RunResult> first = new TreeMap<>();
        Map<Integer, RunResult> failed = new TreeMap<>();
        long identical = 0;
        long different = 0;
        for (RunResult result : all) {
            int run = result.getRunIndex();
            if (!COUNTING.contains(result.getOutcome())) {
                failed.put(run, result);
            } else if (!first.containsKey(run)) {
                first.put(run, result);
            } else if (scores(result).equals(scores(first.get(run)))) {
                identical++;
            } else {
                different++;
            }
        }
        failed.keySet().removeAll(first.keySet());
        int runs = all.stream().mapToInt(RunResult::getRuns).max().orElse(0);
        double[] f1 = column(first, 1);
        double mean = mean(f1, 0);
        double squares = 0;
        for (double score : f1) {
            squares += (score - mean) * (score - mean);
        }
        Map<String, Object> numbers = new LinkedHashMap<>();
        numbers.put("runs", runs);
        numbers.put("done", first.size());
        numbers.put("diverged", (int) first.values().stream()
                .filter(result -> result.getOutcome() == Outcome.DIVERGED)
                .count());
        numbers.put("failed", failed.size());
        numbers.put("complete", IntStream.range(0, runs).allMatch(first::containsKey));
        numbers.put("identical", identical);
        numbers.put("different", different);
        numbers.put("mean", mean);
        numbers.put("std", f1.length < 2 ? 0.0 : Math.sqrt(squares / (f1.length - 1)));
        numbers.put(
                "min",
                IntStream.range(0, f1.length).mapToDouble(i -> f1[i]).min().orElse(0));
        numbers.put(
                "max",
                IntStream.range(0, f1.length).mapToDouble(i -> f1[i]).max().orElse(0));
        numbers.put("dev", mean(column(first, 2), 0));
        numbers.put("ami", mean(column(first, 3), 1));
        return numbers;
    }

    private static double[] column(Map<Integer, RunResult> first, int column) {
        return first.values().stream()
                .mapToDouble(result -> (Double) scores(result).get(column))
                .toArray();
    }

    /** Outcome, test F1, dev F1, mean AMI of the artificial tasks. */
    private static List<Object> scores(RunResult result) {
        double[] artificial = result.getAmi().stream()
                .skip(1)
                .mapToDouble(Double::doubleValue)
                .toArray();
        return List.of(
                result.getOutcome(),
                result.getTest() == null ? 0.0 : result.getTest().getF1(),
                result.getDev() == null ? 0.0 : result.getDev().getF1(),
                mean(artificial, 1));
    }

    private static double mean(double[] values, double ofNone) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return values.length == 0 ? ofNone : sum / values.length;
    }
}
