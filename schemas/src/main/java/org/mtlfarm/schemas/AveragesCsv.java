package org.mtlfarm.schemas;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Averages as the table {@code averages.csv}: one row an experiment, numbers so that reading gives the same double, rows
 * by tasks, tokens, tokens_synthetic, alpha and the other settings, whatever order they came in.
 */
public final class AveragesCsv {
    private enum Column {
        EXPERIMENT(average -> average.getExperiment().getExperimentId()),
        TASKS(average -> average.getExperiment().getTasks()),
        TOKENS(average -> average.getExperiment().getTokensReal()),
        TOKENS_SYNTHETIC(average -> average.getExperiment().getTokensSynthetic()),
        AMI(Average::getAmiMean),
        ALPHA(average -> average.getExperiment().getAlpha()),
        SHARED_LAYERS(average -> average.getExperiment().getSharedLayers()),
        STRATEGY(average -> average.getExperiment().getTraining().getStrategy()),
        READOUT(average -> average.getExperiment().getTraining().getReadout()),
        /** Runs that the scores are of, rather than runs planned: {@code complete} says whether they are the same. */
        RUNS(Average::getRunsDone),
        F1_MEAN(Average::getF1Mean),
        F1_STD(Average::getF1Std),
        F1_MIN(Average::getF1Min),
        F1_MAX(Average::getF1Max),
        F1_DEV_MEAN(Average::getF1DevMean),
        DIVERGED(Average::getDiverged),
        COMPLETE(Average::getComplete),
        EPOCHS(average -> average.getExperiment().getTraining().getEpochs()),
        AMI_LEAST(AverageColumn.AMI_LEAST::valueOf),
        AMI_MOST(AverageColumn.AMI_MOST::valueOf),
        TOKENS_TOTAL(average -> OtherTasks.totalTokens(average.getExperiment()));

        private final Function<Average, Object> value;

        Column(Function<Average, Object> value) {
            this.value = value;
        }
    }

    private static final Pattern PLAIN = Pattern.compile("[^\",\r\n]*");

    private static final Comparator<Average> ORDER = Comparator.comparing(
            Average::getExperiment,
            Comparator.comparingInt(Experiment::getTasks)
                    .thenComparingInt(Experiment::getTokensReal)
                    .thenComparingInt(Experiment::getTokensSynthetic)
                    .thenComparingDouble(Experiment::getAlpha)
                    .thenComparingInt(Experiment::getSharedLayers)
                    .thenComparing(experiment -> experiment.getTraining().getStrategy())
                    .thenComparing(experiment -> experiment.getTraining().getReadout())
                    .thenComparingInt(experiment -> experiment.getTraining().getEpochs())
                    .thenComparing(Experiment::getExperimentId));

    private AveragesCsv() {}

    /** The first line, without its end. */
    public static String header() {
        return Arrays.stream(Column.values())
                .map(column -> column.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(","));
    }

    /** An average's line, without its end. */
    public static String row(Average average) {
        return Arrays.stream(Column.values())
                .map(column -> field(column.value.apply(average).toString()))
                .collect(Collectors.joining(","));
    }

    /** The averages in the table's order. */
    public static List<Average> sorted(Collection<Average> averages) {
        return averages.stream().sorted(ORDER).toList();
    }

    /** Writes the table; lines end with a line feed. */
    public static void write(Collection<Average> averages, Writer out) throws IOException {
        out.write(header());
        out.write('\n');
        for (Average average : sorted(averages)) {
            out.write(row(average));
            out.write('\n');
        }
    }

    /**
     * Writes the table to a file, which is at every moment the old one or the new one.
     *
     * @throws UncheckedIOException if it cannot be written, with the file's name
     */
    public static void write(Collection<Average> averages, Path file) {
        Path target = file.toAbsolutePath();
        Path unfinished = target.resolveSibling(target.getFileName() + ".tmp");
        try {
            try (Writer out = Files.newBufferedWriter(unfinished, StandardCharsets.UTF_8)) {
                write(averages, out);
            }
            Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot write " + target + ": " + e.getClass().getSimpleName() + ": " + e.getMessage(), e);
        }
    }

    /** Quoted as RFC 4180 has it, where it must be. */
    private static String field(String text) {
        return PLAIN.matcher(text).matches() ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
