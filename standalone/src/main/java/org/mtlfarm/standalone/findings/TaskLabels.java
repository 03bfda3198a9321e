package org.mtlfarm.standalone.findings;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.worker.corpus.ContentHash;
import org.mtlfarm.worker.corpus.Corpus;
import org.mtlfarm.worker.corpus.EncodedText;
import org.mtlfarm.worker.simulator.LabelMatrix;
import org.mtlfarm.worker.training.RunSeeds;
import org.mtlfarm.worker.training.SimulatedTasks;

/**
 * How often each real label meets each artificial one over the training part, as one task of one run had it.
 *
 * @param run whose first artificial task it is
 * @param labels names, O first
 * @param matrix [real][artificial], the simulator's probabilities
 * @param counts [real][artificial], tokens
 * @param ami of that task, drawn again
 * @param recorded the same as the run's result has it
 */
public record TaskLabels(
        RunResult run, List<String> labels, double[][] matrix, long[][] counts, double ami, double recorded) {
    /** Tables beyond this many say no more. */
    private static final int MOST = 8;

    /**
     * Draws again what runs were trained on: of each alpha the run of fewest tasks, of more alphas than {@value MOST} as many,
     * evenly chosen.
     *
     * @throws InvalidInputException if the corpus is not that of the runs
     */
    public static List<TaskLabels> of(List<RunResult> results, Corpus corpus) {
        String hash = ContentHash.of(corpus);
        Map<Double, RunResult> byAlpha = new TreeMap<>();
        results.stream()
                .filter(result -> result.getOutcome() == Outcome.TRAINED)
                .filter(result -> result.getExperiment().getTasks() > 1)
                .filter(result -> result.getExperiment().getOthers().isEmpty())
                .sorted(Comparator.comparingInt(
                                (RunResult result) -> result.getExperiment().getTasks())
                        .thenComparing(result -> result.getExperiment().getTokensReal())
                        .thenComparing(result -> result.getExperiment().getExperimentId())
                        .thenComparing(RunResult::getRunIndex))
                .forEach(result -> byAlpha.putIfAbsent(result.getExperiment().getAlpha(), result));
        Optional<RunResult> other = byAlpha.values().stream()
                .filter(result -> !result.getProvenance().getCorpusHash().equals(hash))
                .findFirst();
        if (other.isPresent()) {
            throw new InvalidInputException("the corpus at " + corpus.name()
                    + " is not the one that was trained on: expected content "
                    + other.get().getProvenance().getCorpusHash() + ", found " + hash);
        }
        int[] real = EncodedText.labelsOf(corpus.train(), corpus.labels());
        return spread(List.copyOf(byAlpha.values())).stream()
                .map(run -> of(run, corpus.labels(), real))
                .toList();
    }

    private static TaskLabels of(RunResult run, List<String> labels, int[] real) {
        int count = labels.size();
        SimulatedTasks tasks = SimulatedTasks.draw(
                run.getExperiment(),
                real,
                count,
                RunSeeds.of(run.getExperiment(), run.getProvenance().getSeed()).labels(),
                task -> {
                    throw new IllegalArgumentException("expected tasks that are drawn alike, found " + task);
                });
        LabelMatrix matrix = new LabelMatrix(count, run.getExperiment().getAlpha());
        double[][] probabilities = new double[count][count];
        long[][] counts = new long[count][count];
        for (int r = 0; r < count; r++) {
            for (int a = 0; a < count; a++) {
                probabilities[r][a] = matrix.probability(r, a);
            }
        }
        for (int i = 0; i < real.length; i++) {
            counts[real[i]][tasks.labels()[1][i]]++;
        }
        return new TaskLabels(
                run, labels, probabilities, counts, tasks.ami()[1], run.getAmi().get(1));
    }

    private static List<RunResult> spread(List<RunResult> all) {
        if (all.size() <= MOST) {
            return all;
        }
        return IntStream.range(0, MOST)
                .mapToObj(i -> all.get(i * (all.size() - 1) / (MOST - 1)))
                .toList();
    }
}
