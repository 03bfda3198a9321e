package org.mtlfarm.standalone.report;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import org.mtlfarm.schemas.Candidate;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.standalone.findings.PublishedAverages;
import org.mtlfarm.standalone.findings.PublishedFormula;
import org.mtlfarm.standalone.plot.Figure;
import org.mtlfarm.standalone.plot.HeatMap;
import org.mtlfarm.standalone.plot.Plot;

/**
 * All figures of a report.
 *
 * @param formulas of each formula: its front, residuals against the prediction and against each factor
 */
record ReportFigures(
        List<Plot> factors,
        List<Plot> publishedFactors,
        List<Plot> gains,
        List<Plot> controls,
        List<HeatMap> labels,
        List<List<Plot>> formulas) {

    static ReportFigures of(StudyReport report, StudyFindings findings) {
        List<Law> laws = report.formulas().stream().map(Law::of).toList();
        return new ReportFigures(
                FactorPlots.of(report.averages(), laws, ""),
                findings.published().map(ReportFigures::published).orElse(List.of()),
                ComparisonPlots.gains(findings.comparisons()),
                ComparisonPlots.controls(findings.comparisons()),
                IntStream.range(0, findings.labels().size())
                        .boxed()
                        .flatMap(i -> LabelMaps.of(findings.labels().get(i), i + 1).stream())
                        .toList(),
                IntStream.range(0, findings.formulas().size())
                        .mapToObj(i -> FormulaPlots.of(findings.formulas().get(i), i + 1))
                        .toList());
    }

    /** Every one of them. */
    List<Figure> all() {
        List<Figure> all = new ArrayList<>(factors);
        all.addAll(publishedFactors);
        all.addAll(gains);
        all.addAll(controls);
        all.addAll(labels);
        formulas.forEach(all::addAll);
        return all;
    }

    private static List<Plot> published(PublishedAverages published) {
        List<Law> laws = PublishedFormula.ALL.stream()
                .filter(PublishedFormula::balanced)
                .map(formula -> law(formula, published))
                .toList();
        return FactorPlots.of(published.settings(), laws, "published-");
    }

    private static Law law(PublishedFormula formula, PublishedAverages published) {
        List<String> features = formula.features().stream().sorted().toList();
        return Law.of(Formula.newBuilder()
                .setStudy("published")
                .setSpecification("f1 ~ " + String.join(", ", features))
                .setTarget("f1")
                .setFeatures(List.copyOf(features))
                .setRows(published.rows().size())
                .setExperiments(published.settings().stream()
                        .map(average -> average.getExperiment().getExperimentId())
                        .toList())
                .setBest(Candidate.newBuilder()
                        .setExpression(formula.expression())
                        .setLatex("")
                        .setComplexity(0)
                        .setTrainMse(Double.NaN)
                        .setTestMse(Double.NaN)
                        .setTestR2(Double.NaN)
                        .build())
                .setSeed(1)
                .setSeconds(0)
                .setFittedAt(Instant.EPOCH)
                .build());
    }
}
