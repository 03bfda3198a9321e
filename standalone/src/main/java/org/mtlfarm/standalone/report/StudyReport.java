package org.mtlfarm.standalone.report;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;

import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.Sources;
import org.mtlfarm.standalone.findings.Sampled;

/**
 * What a study came to, as the report tells it.
 *
 * @param averages of every experiment of the study's grids, complete or not
 * @param controls of the experiments that stand beside them for comparison; no formula is fitted to these
 * @param formulas the study's laws; one that could not be fitted is absent
 * @param results the runs behind the averages
 * @param sampling what an adaptive study has asked for and spared; empty of any other
 */
public record StudyReport(
        String study,
        Sources sources,
        List<Average> averages,
        List<Average> controls,
        List<Formula> formulas,
        List<RunResult> results,
        List<String> specifications,
        List<Sampled> sampling,
        Instant writtenAt) {
    private static final Comparator<Experiment> BY_SETTING = Comparator.comparingInt(Experiment::getTasks)
            .thenComparingInt(Experiment::getTokensReal)
            .thenComparingInt(Experiment::getTokensSynthetic)
            .thenComparingDouble(Experiment::getAlpha)
            .thenComparingInt(Experiment::getSharedLayers)
            .thenComparing(Experiment::getExperimentId);

    public StudyReport {
        averages = sorted(averages);
        controls = sorted(controls);
        formulas = List.copyOf(formulas);
        results = List.copyOf(results);
        specifications = List.copyOf(specifications);
        sampling = List.copyOf(sampling);
    }

    /** Of a study that runs its whole grid. */
    public StudyReport(
            String study,
            Sources sources,
            List<Average> averages,
            List<Average> controls,
            List<Formula> formulas,
            List<RunResult> results,
            List<String> specifications,
            Instant writtenAt) {
        this(study, sources, averages, controls, formulas, results, specifications, List.of(), writtenAt);
    }

    private static List<Average> sorted(List<Average> averages) {
        return averages.stream()
                .sorted(Comparator.comparing(Average::getExperiment, BY_SETTING))
                .toList();
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
