package org.mtlfarm.standalone.report;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.standalone.findings.Comparison;
import org.mtlfarm.standalone.findings.FormulaTable;
import org.mtlfarm.standalone.findings.OneMoreTask;
import org.mtlfarm.standalone.findings.PublishedAverages;
import org.mtlfarm.standalone.findings.TaskLabels;
import org.mtlfarm.standalone.findings.Trend;
import org.mtlfarm.worker.corpus.Corpus;

/**
 * What follows from a study's averages, all of it computed here.
 *
 * @param trendsByAlpha with T, by alpha
 * @param labels how real and artificial labels meet
 * @param labelsMissing why there are no such tables; empty where there are
 * @param published the authors' table, where it was given
 */
public record StudyFindings(
        List<Trend> trends,
        Map<Double, Trend> trendsByAlpha,
        List<OneMoreTask> oneMoreTask,
        List<Comparison> comparisons,
        List<FormulaTable> formulas,
        List<TaskLabels> labels,
        String labelsMissing,
        Optional<PublishedAverages> published) {

    /**
     * Computes.
     *
     * @param corpus gives the corpus that the runs were trained on, or throws where it cannot be read
     */
    public static StudyFindings of(StudyReport report, Supplier<Corpus> corpus, Optional<PublishedAverages> published) {
        List<TaskLabels> labels = List.of();
        String missing = "The study has no run of several tasks.";
        try {
            labels = TaskLabels.of(report.results(), corpus.get());
        } catch (InvalidInputException e) {
            missing = "No tables of labels, since the corpus cannot be read here: " + e.getMessage()
                    + " (farm report --corpus says where it is).";
        }
        return new StudyFindings(
                Trend.of(report.averages()),
                Trend.byAlpha(report.averages()),
                OneMoreTask.of(report.averages()),
                Comparison.of(report.averages(), report.controls()),
                report.formulas().stream()
                        .flatMap(formula -> FormulaTable.of(formula, report.averages()).stream())
                        .toList(),
                labels,
                missing,
                published);
    }
}
