package org.mtlfarm.standalone.report;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.ExpressionParser;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.Candidate;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.Provenance;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.Strategy;
import org.mtlfarm.schemas.TrainingSettings;

/** The report as one HTML file that needs nothing beside it. */
final class ReportPage {
    private static final String STYLE = """
            :root{color-scheme:light dark;--ground:#fff;--ink:#1b1f24;--soft:#5c6670;--line:#d9dee3;--panel:#f6f8fa;--accent:#0072b2}
            @media (prefers-color-scheme:dark){:root{--ground:#14181d;--ink:#e6e9ed;--soft:#9aa4af;--line:#2c333b;--panel:#1b2128;--accent:#56b4e9}}
            *{box-sizing:border-box} body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}
            main{max-width:1080px;margin:0 auto;padding:24px 16px 64px} h1{font-size:1.7rem;margin:0 0 4px} h2{font-size:1.25rem;margin:40px 0 12px}
            .soft{color:var(--soft)} .facts{display:flex;flex-wrap:wrap;gap:8px 28px;margin:16px 0;padding:0;list-style:none} .facts b{display:block;font-size:1.25rem}
            .law{border:1px solid var(--line);border-radius:8px;padding:12px 16px;margin:12px 0;background:var(--panel);overflow-x:auto}
            .law math{font-size:1.25rem;margin:.5em 0 .7em} .law code{overflow-wrap:anywhere} .note{border-left:3px solid var(--accent);padding:2px 12px;margin:12px 0}
            .wide{overflow-x:auto} table{border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums} th,td{padding:4px 10px;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}
            th{font-weight:600;color:var(--soft)} th:first-child,td:first-child{text-align:left} .plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,480px),1fr));gap:16px}
            .plots figure{margin:0;border:1px solid var(--line);border-radius:8px;overflow:hidden} svg.plot{display:block;width:100%;height:auto} summary{cursor:pointer;color:var(--accent)} code{font-size:.875em}
            """;

    private final StudyReport report;
    private final List<Law> laws;
    private final List<Plot> plots;
    private final StringBuilder html = new StringBuilder();

    private ReportPage(StudyReport report, List<Law> laws, List<Plot> plots) {
        this.report = report;
        this.laws = laws;
        this.plots = plots;
    }

    static String of(StudyReport report, List<Law> laws, List<Plot> plots) {
        return new ReportPage(report, laws, plots).write();
    }

    private String write() {
        html.append(
                "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n");
        add(
                "<title>%s: MTL Farm</title>\n<style>%s%s</style></head><body><main>\n",
                text(report.study()), STYLE, PlotSvg.STYLE);
        writeHead();
        writeLaws();
        writePlots();
        writeAverages();
        writeProvenance();
        return html.append("</main></body></html>\n").toString();
    }

    private void writeHead() {
        add(
                "<h1>%s</h1>\n<p class=\"soft\">Corpus %s, vectors %s. Written %s UTC by MTL Farm.</p>\n",
                text(report.study()),
                text(report.sources().getCorpus()),
                text(report.sources().getVectors()),
                DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT)
                        .format(report.writtenAt().atOffset(ZoneOffset.UTC)));
        html.append("<ul class=\"facts\">");
        fact(
                "experiments complete",
                report.complete() + " of " + report.averages().size());
        fact("runs", "" + report.results().size());
        fact("training steps", String.format(Locale.ROOT, "%,d", report.steps()));
        fact("training time, all cores", duration(report.trainSeconds()));
        if (report.diverged() > 0) {
            fact("runs diverged (counted)", "" + report.diverged());
        }
        if (report.failed() > 0) {
            fact("runs failed or cancelled", "" + report.failed());
        }
        html.append("</ul>\n");
        if (report.sources().getCorpus().startsWith("builtin")) {
            html.append(
                    "<p class=\"note\">The built-in corpus is generated: these formulas describe its generator, not language.</p>\n");
        }
    }

    private void writeLaws() {
        html.append("<h2>Formulas</h2>\n");
        html.append(
                "<p class=\"soft\">F1 is a ratio in [0, 1]; n: training tokens a task; T: tasks, the real one included; AMI: adjusted mutual information of the artificial tasks' labels with the real ones. A tenth of the experiments is held out of every fit; a typical error is the root of the mean squared one, in F1.</p>\n");
        for (Law law : laws) {
            Candidate best = law.formula().getBest();
            add(
                    "<section class=\"law\"><div class=\"soft\">%s</div>%s",
                    text(law.formula().getSpecification()),
                    MathMl.equation(
                            law.formula().getTarget(),
                            law.expression(),
                            law.specification().featureNames()));
            add(
                    "<div class=\"soft\">R² %s over %d experiments; typical error %s in training, %s on the %d held out; %d nodes</div>",
                    ratio(law.r2(report.averages())),
                    law.formula().getRows(),
                    ratio(Math.sqrt(best.getTrainMse())),
                    ratio(Math.sqrt(best.getTestMse())),
                    law.heldOut(),
                    best.getComplexity());
            add(
                    "<details><summary>Exact, and the whole Pareto front</summary><p><code>%s</code></p><p><code>%s</code></p>",
                    text(best.getExpression()), text(best.getLatex()));
            writeFront(law);
            html.append("</details></section>\n");
        }
        List<String> fitted =
                laws.stream().map(law -> law.formula().getSpecification()).toList();
        report.specifications().stream()
                .filter(specification -> !fitted.contains(specification))
                .forEach(specification ->
                        add("<p class=\"note\">%s: too few complete experiments to fit.</p>\n", text(specification)));
    }

    private void writeFront(Law law) {
        html.append(
                "<div class=\"wide\"><table><tr><th>formula</th><th>nodes</th><th>training MSE</th><th>held-out MSE</th><th>held-out R²</th></tr>\n");
        for (Candidate candidate : law.formula().getFront()) {
            Expression expression = ExpressionParser.parse(
                    candidate.getExpression(), law.specification().featureNames());
            add(
                    "<tr><td>%s</td><td>%d</td><td>%s</td><td>%s</td><td>%s</td></tr>\n",
                    MathMl.inline(expression, law.specification().featureNames()),
                    candidate.getComplexity(),
                    short3(candidate.getTrainMse()),
                    short3(candidate.getTestMse()),
                    ratio(candidate.getTestR2()));
        }
        html.append("</table></div>");
    }

    private void writePlots() {
        if (plots.isEmpty()) {
            return;
        }
        html.append(
                "<h2>F1 against each factor</h2>\n<p class=\"soft\">A dot is an experiment's mean, its bar one standard deviation over the runs. Dashed: the law of all factors, at the dots' colour and the median of the factors not shown.</p>\n<div class=\"plots\">");
        plots.forEach(plot -> add("<figure>%s</figure>", PlotSvg.element(plot)));
        html.append("</div>\n");
        if (report.averages().stream()
                .map(Average::getExperiment)
                .anyMatch(experiment ->
                        experiment.getTasks() > 1 && experiment.getTraining().getStrategy() == Strategy.ALTERNATING)) {
            html.append(
                    "<p class=\"note\">With tasks taking turns, T tasks make T times the training steps of one. Part of the gain over T = 1 is due to them: compare with T = 1 and as many epochs more.</p>\n");
        }
    }

    private void writeAverages() {
        html.append(
                "<h2>Averages</h2>\n<div class=\"wide\"><table><tr><th>experiment</th><th>T</th><th>n</th><th>alpha</th><th>AMI</th><th>shared</th><th>runs</th><th>F1</th><th>±</th><th>least</th><th>most</th><th>dev F1</th></tr>\n");
        for (Average average : report.averages()) {
            Experiment experiment = average.getExperiment();
            String tokens = experiment.getTokensReal() == experiment.getTokensSynthetic()
                    ? "" + experiment.getTokensReal()
                    : experiment.getTokensReal() + " + " + experiment.getTokensSynthetic();
            add(
                    "<tr><td><code>%s</code></td><td>%d</td><td>%s</td><td>%s</td><td>%s</td><td>%d</td><td>%s</td>",
                    experiment.getExperimentId(),
                    experiment.getTasks(),
                    tokens,
                    experiment.getAlpha(),
                    ratio(average.getAmiMean()),
                    experiment.getSharedLayers(),
                    runs(average));
            add(
                    "<td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n",
                    ratio(average.getF1Mean()),
                    ratio(average.getF1Std()),
                    ratio(average.getF1Min()),
                    ratio(average.getF1Max()),
                    ratio(average.getF1DevMean()));
        }
        html.append("</table></div>\n");
    }

    private static String runs(Average average) {
        String runs =
                average.getComplete() ? "" + average.getRunsDone() : average.getRunsDone() + " of " + average.getRuns();
        return average.getDiverged() > 0 ? runs + ", " + average.getDiverged() + " diverged" : runs;
    }

    private void writeProvenance() {
        if (report.results().isEmpty()) {
            return;
        }
        html.append(
                "<h2>How to repeat it</h2>\n<p>Every run's seed, engine and hardware stand in its result, a line of <code>results.jsonl</code> beside this page; <code>farm retrain EXPERIMENT/RUN --results results.jsonl</code> trains one again and compares.</p>\n<div class=\"wide\"><table>");
        row("training", distinct(result -> training(result.getExperiment().getTraining())));
        row(
                "engine",
                distinct(result -> result.getProvenance().getEngine() + " ("
                        + result.getProvenance().getEngineVersion() + ")"));
        row("farm", distinct(result -> result.getProvenance().getFarmVersion()));
        row("corpus hash", distinct(result -> result.getProvenance().getCorpusHash()));
        row("vectors hash", distinct(result -> result.getProvenance().getVectorsHash()));
        row("machine", distinct(result -> machine(result.getProvenance())));
        html.append("</table></div>\n");
    }

    private static String training(TrainingSettings settings) {
        return settings.getEpochs() + " epochs, batch " + settings.getBatch() + ", hidden " + settings.getHidden()
                + ", learning rate "
                + settings.getLearningRate() + ", " + settings.getStrategy() + ", " + settings.getReadout()
                + ", labels " + settings.getLabels()
                + ", scoring " + settings.getScoring() + ", AMI " + settings.getAmiNormalisation();
    }

    private static String machine(Provenance provenance) {
        return provenance.getProcessor() + ", " + provenance.getOperatingSystem() + ", Java "
                + provenance.getJavaRuntime();
    }

    private Collection<String> distinct(Function<RunResult, String> what) {
        return report.results().stream()
                .collect(Collectors.groupingBy(what, TreeMap::new, Collectors.counting()))
                .keySet();
    }

    private void row(String name, Collection<String> values) {
        add(
                "<tr><td class=\"soft\">%s</td><td style=\"text-align:left;white-space:normal;overflow-wrap:anywhere\">%s</td></tr>\n",
                name, values.stream().map(PlotSvg::escape).collect(Collectors.joining("<br>")));
    }

    private void fact(String name, String value) {
        add("<li><b>%s</b><span class=\"soft\">%s</span></li>", text(value), text(name));
    }

    private static String duration(double seconds) {
        return seconds < 120
                ? String.format(Locale.ROOT, "%.0f s", seconds)
                : seconds < 7200
                        ? String.format(Locale.ROOT, "%.0f min", seconds / 60)
                        : String.format(Locale.ROOT, "%.1f h", seconds / 3600);
    }

    private static String ratio(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.3f", value) : "–";
    }

    private static String short3(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.3g", value) : "–";
    }

    private static String text(String value) {
        return PlotSvg.escape(value);
    }

    private void add(String text, Object... values) {
        html.append(String.format(Locale.ROOT, text, values));
    }
}
