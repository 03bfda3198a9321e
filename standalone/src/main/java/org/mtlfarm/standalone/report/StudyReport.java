package org.mtlfarm.standalone.report;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;

import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.Sources;

/**
 * What a study came to, as the report tells it.
 *
 * @param averages of every experiment of the study, complete or not
 * @param formulas the study's laws; one that could not be fitted is absent
 * @param results the runs behind the averages
 */
public record StudyReport(
        String study,
        Sources sources,
        List<Average> averages,
        List<Formula> formulas,
        List<RunResult> results,
        List<String> specifications,
        Instant writtenAt) {
    private static final Comparator<Experiment> BY_SETTING = Comparator.comparingInt(Experiment::getTasks)
            .thenComparingInt(Experiment::getTokensReal)
            .thenComparingInt(Experiment::getTokensSynthetic)
            .thenComparingDouble(Experiment::getAlpha)
            .thenComparingInt(Experiment::getSharedLayers)
            .thenComparing(Experiment::getExperimentId);

    public StudyReport {
        averages = averages.stream()
                .sorted(Comparator.comparing(Average::getExperiment, BY_SETTING))
                .toList();
        formulas = List.copyOf(formulas);
        results = List.copyOf(results);
        specifications = List.copyOf(specifications);
    }

    long complete() {
        return averages.stream().filter(Average::getComplete).count();
    }

    int diverged() {
        return averages.stream().mapToInt(Average::getDiverged).sum();
    }

    int failed() {
        return averages.stream().mapToInt(Average::getFailed).sum();
    }

    double trainSeconds() {
        return results.stream().mapToDouble(RunResult::getTrainSeconds).sum();
    }

    long steps() {
        return results.stream().mapToLong(RunResult::getSteps).sum();
    }
}
