package org.mtlfarm.standalone.findings;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

import org.mtlfarm.regressor.prediction.Interval;
import org.mtlfarm.regressor.table.CsvTable;
import org.mtlfarm.regressor.table.Table;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.AverageColumn;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.FormulaSpecification;
import org.mtlfarm.schemas.TrainingSettings;

/**
 * The table of averages that the paper's authors published, with columns {@code n_tasks, n_tokens_per_task, mutual_info, alpha,
 * fscore}. Their spread over runs is not in it.
 *
 * @param rows as they stand in the file, F1 a ratio
 * @param settings one a setting, its rows' mean; T = 1 as one whatever AMI and alpha say
 */
public record PublishedAverages(String source, List<Average> rows, List<Average> settings) {
    public PublishedAverages {
        rows = List.copyOf(rows);
        settings = List.copyOf(settings);
    }

    /** Reads a file; throws {@link org.mtlfarm.schemas.InvalidInputException} where it is no such table. */
    public static PublishedAverages read(Path file) {
        CsvTable csv = CsvTable.read(file);
        double[] tasks = csv.numbers("n_tasks");
        double[] tokens = csv.numbers("n_tokens_per_task");
        double[] ami = csv.numbers("mutual_info");
        double[] alpha = csv.numbers("alpha");
        double[] f1 = csv.numbers("fscore");
        List<Average> rows = IntStream.range(0, f1.length)
                .mapToObj(r -> average("row-" + (r + 1), (int) tasks[r], (int) tokens[r], ami[r], alpha[r], f1[r]))
                .toList();
        Map<List<Object>, List<Average>> groups = new LinkedHashMap<>();
        for (Average row : rows) {
            boolean single = row.getExperiment().getTasks() == 1;
            groups.computeIfAbsent(
                            List.of(
                                    row.getExperiment().getTasks(),
                                    row.getExperiment().getTokensReal(),
                                    single ? 1.0 : row.getAmiMean(),
                                    single ? 1.0 : row.getExperiment().getAlpha()),
                            key -> new ArrayList<>())
                    .add(row);
        }
        List<Average> settings = new ArrayList<>();
        groups.forEach((key, group) -> settings.add(average(
                "setting-" + (settings.size() + 1),
                (int) key.get(0),
                (int) key.get(1),
                (double) key.get(2),
                (double) key.get(3),
                group.stream().mapToDouble(Average::getF1Mean).average().orElseThrow())));
        return new PublishedAverages(file.getFileName().toString(), rows, settings);
    }

    private static Average average(String id, int tasks, int tokens, double ami, double alpha, double f1) {
        return Average.newBuilder()
                .setExperiment(Experiment.newBuilder()
                        .setExperimentId(id)
                        .setCorpusHash("published")
                        .setVectorsHash("published")
                        .setTasks(tasks)
                        .setTokensReal(tokens)
                        .setTokensSynthetic(tokens)
                        .setAlpha(alpha)
                        .setSharedLayers(2)
                        .setTraining(TrainingSettings.newBuilder()
                                .setEpochs(100)
                                .setHidden(300)
                                .build())
                        .build())
                .setRuns(1)
                .setRunsDone(1)
                .setComplete(true)
                .setF1Mean(f1)
                .setF1Std(0)
                .setF1Min(f1)
                .setF1Max(f1)
                .setF1DevMean(f1)
                .setAmiMean(ami)
                .setUpdatedAt(Instant.EPOCH)
                .build();
    }

    /** The rows that a specification speaks of; empty where it has a factor that this table has not, or too few rows. */
    public Optional<Table> table(FormulaSpecification specification) {
        List<AverageColumn> known =
                List.of(AverageColumn.TOKENS, AverageColumn.TASKS, AverageColumn.AMI, AverageColumn.ALPHA);
        List<Average> used = rows.stream().filter(specification::matches).toList();
        if (!known.containsAll(specification.features())
                || specification.target() != AverageColumn.F1
                || used.size() < Table.FEWEST_ROWS) {
            return Optional.empty();
        }
        return Optional.of(Table.of(
                specification.featureNames(),
                specification.features().stream()
                        .map(column ->
                                used.stream().mapToDouble(column::valueOf).toArray())
                        .toArray(double[][]::new),
                "f1",
                used.stream().mapToDouble(Average::getF1Mean).toArray()));
    }

    /** The trends of the table: with no spread over runs, an interval is that of the differences over the settings. */
    public List<Trend> trends() {
        return Trend.of(settings).stream().map(PublishedAverages::overSettings).toList();
    }

    private static Trend overSettings(Trend trend) {
        int n = trend.pairs().size();
        if (n == 0) {
            return trend;
        }
        double mean = trend.pairs().stream()
                .mapToDouble(pair -> pair.effect().value())
                .average()
                .orElseThrow();
        double squares = trend.pairs().stream()
                .mapToDouble(pair -> Math.pow(pair.effect().value() - mean, 2))
                .sum();
        double half = n < 2 ? Double.NaN : StudentT.within(Contrast.LEVEL, n - 1) * Math.sqrt(squares / (n - 1) / n);
        return new Trend(
                trend.name(),
                trend.what(),
                trend.factor(),
                new Effect(mean, new Interval(mean - half, mean + half)),
                trend.pairs());
    }
}
