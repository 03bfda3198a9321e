package org.mtlfarm.standalone.report;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.ExpressionParser;
import org.mtlfarm.regressor.selection.Score;
import org.mtlfarm.regressor.table.Table;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.Candidate;
import org.mtlfarm.schemas.CanonicalNumber;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.LabelDraw;
import org.mtlfarm.schemas.OtherTask;
import org.mtlfarm.schemas.OtherTasks;
import org.mtlfarm.schemas.Provenance;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.SamplingState;
import org.mtlfarm.schemas.TrainingSettings;
import org.mtlfarm.standalone.findings.Comparison;
import org.mtlfarm.standalone.findings.Contrast;
import org.mtlfarm.standalone.findings.FormulaTable;
import org.mtlfarm.standalone.findings.OneMoreTask;
import org.mtlfarm.standalone.findings.PublishedFormula;
import org.mtlfarm.standalone.findings.Sentences;
import org.mtlfarm.standalone.findings.TaskLabels;
import org.mtlfarm.standalone.findings.Trend;
import org.mtlfarm.standalone.plot.Figure;
import org.mtlfarm.standalone.plot.Ink;
import org.mtlfarm.standalone.plot.Markup;

/** The report as one HTML file that needs nothing beside it. */
final class ReportPage {
    private static final String STYLE = """
            :root{color-scheme:light dark;--ground:#fff;--ink:#1b1f24;--soft:#57606a;--line:#d9dee3;--panel:#f6f8fa;--accent:#0b62a8}
            @media (prefers-color-scheme:dark){:root{--ground:#14181d;--ink:#e6e9ed;--soft:#a3adb8;--line:#2c333b;--panel:#1b2128;--accent:#6cbcf0}}
            *{box-sizing:border-box} body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Liberation Sans',sans-serif}
            main{max-width:1080px;margin:0 auto;padding:24px 16px 64px} h1{font-size:1.7rem;margin:0 0 4px;overflow-wrap:anywhere} h2{font-size:1.3rem;margin:44px 0 8px} h3{font-size:1.05rem;margin:28px 0 6px;overflow-wrap:anywhere}
            p,li,summary{overflow-wrap:anywhere} a{color:var(--accent)} .soft{color:var(--soft)} .facts{display:flex;flex-wrap:wrap;gap:8px 28px;margin:16px 0;padding:0;list-style:none} .facts b{display:block;font-size:1.25rem}
            nav ul{display:flex;flex-wrap:wrap;gap:4px 18px;margin:0;padding:0;list-style:none} .says{padding-left:1.2em} .says li{margin:6px 0}
            .law{border:1px solid var(--line);border-radius:8px;padding:4px 16px 12px;margin:16px 0;background:var(--panel)} .equation{overflow-x:auto;overflow-y:hidden;padding:4px 0} .equation math{font-size:1.25rem}
            code{font-size:.875em;overflow-wrap:anywhere} .note{border-left:3px solid var(--accent);padding:2px 12px;margin:12px 0}
            .wide{overflow-x:auto;margin:12px 0} table{border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums} caption{text-align:left;font-weight:600;padding:4px 0} caption span{display:inline-block;max-width:min(62rem,80vw)}
            th,td{padding:4px 10px;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap;vertical-align:baseline} thead th{color:var(--soft);font-weight:600;vertical-align:bottom} tbody th{font-weight:400}
            th:first-child,td:first-child,.text{text-align:left} .fold{white-space:normal;min-width:15em;max-width:30em;overflow-wrap:anywhere;text-align:left} tbody:target th,tbody:target td{background:var(--panel)} .run th{padding-top:12px;font-weight:600}
            .plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:16px;margin:12px 0} .maps{grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr))}
            figure{margin:0;border:1px solid var(--line);border-radius:8px;overflow:hidden;background:var(--ground)} figcaption{padding:0 12px 10px;font-size:.8125rem;color:var(--soft);overflow-wrap:anywhere} svg.plot{display:block;width:100%;height:auto}
            .maps svg.plot{max-width:380px} summary{cursor:pointer;color:var(--accent);padding:4px 0} :focus-visible{outline:2px solid var(--accent);outline-offset:2px}
            @media print{details::details-content{content-visibility:visible} figure,.law{break-inside:avoid}}
            """;

    /** Heads of columns that hold text. */
    private static final Set<String> TEXTS = Set.of("from", "outcome", "worker", "to train it again", "value");

    private final StudyReport report;
    private final StudyFindings findings;
    private final ReportFigures figures;
    private final StringBuilder html = new StringBuilder();

    private ReportPage(StudyReport report, StudyFindings findings, ReportFigures figures) {
        this.report = report;
        this.findings = findings;
        this.figures = figures;
    }

    static String of(StudyReport report, StudyFindings findings, ReportFigures figures) {
        return new ReportPage(report, findings, figures).write();
    }

    private String write() {
        html.append(
                "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n");
        html.append("<title>").append(text(report.study())).append(": MTL Farm</title>\n<style>");
        html.append(STYLE).append(Ink.style()).append("</style></head><body><main>\n");
        writeHead();
        writeWords();
        writeFactors();
        writeGains();
        writeLabels();
        writeFormulas();
        writeAverages();
        writeRuns();
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
        if (!report.controls().isEmpty()) {
            fact("controls beside them", "" + report.controls().size());
        }
        fact("runs", "" + report.results().size());
        fact("training steps", String.format(Locale.ROOT, "%,d", report.steps()));
        fact("training time, all cores", duration(report.trainSeconds()));
        long spared = report.sampling().stream()
                .filter(one -> one.state() == SamplingState.SPARED)
                .count();
        if (spared > 0) {
            fact("experiments of the grid spared", "" + spared);
        }
        if (report.diverged() > 0) {
            fact("runs diverged (counted)", "" + report.diverged());
        }
        if (report.failed() > 0) {
            fact("runs failed or cancelled", "" + report.failed());
        }
        html.append("</ul>\n");
        html.append(
                "<nav aria-label=\"Contents\"><ul><li><a href=\"#says\">What it says</a></li><li><a href=\"#factors\">Factors</a></li><li><a href=\"#gains\">Gain over one task</a></li><li><a href=\"#labels\">Tasks</a></li><li><a href=\"#formulas\">Formulas</a></li><li><a href=\"#averages\">Averages</a></li><li><a href=\"#runs\">Runs</a></li><li><a href=\"#repeat\">How to repeat it</a></li></ul></nav>\n");
        if (report.sources().getCorpus().startsWith("builtin")) {
            html.append(
                    "<p class=\"note\">The built-in corpus is generated: these findings and formulas describe its generator, not language.</p>\n");
        }
        html.append(
                "<p class=\"soft\">F1 is the real task's span F1 on the test part, a ratio in [0, 1]; n: training tokens a task; T: tasks, the real one included; AMI: adjusted mutual information of the artificial tasks' labels with the real ones.</p>\n");
    }

    private void writeWords() {
        html.append("<section><h2 id=\"says\">What the study says</h2>\n<ul class=\"says\">");
        Sentences.ofSampling(report.sampling()).ifPresent(sentence -> add("<li>%s</li>\n", text(sentence)));
        for (Trend trend : findings.trends()) {
            add(
                    "<li>%s%s</li>\n",
                    text(Sentences.of(trend)),
                    trend.pairs().isEmpty() ? "" : " <a href=\"#trend-" + trend.name() + "\">Pair by pair</a>");
        }
        for (OneMoreTask added : findings.oneMoreTask()) {
            add("<li>%s <a href=\"#one-more\">Pair by pair</a></li>\n", text(capital(Sentences.of(added))));
        }
        Sentences.ofGains(findings.comparisons()).forEach(sentence -> add("<li>%s</li>\n", text(sentence)));
        for (int i = 0; i < findings.formulas().size(); i++) {
            FormulaTable formula = findings.formulas().get(i);
            List<String> rates = Sentences.ofRates(formula);
            if (!rates.isEmpty()) {
                add(
                        "<li>Growth of <a href=\"#formula-%d\"><code>%s</code></a> beside the paper's. %s</li>\n",
                        i + 1,
                        text(formula.specification().toString()),
                        rates.stream().map(ReportPage::text).collect(Collectors.joining(" ")));
            }
        }
        html.append("</ul>\n");
        add(
                "<p class=\"soft\">In brackets: 95 %% confidence intervals by Welch's t over the runs of each experiment (five unless the study says otherwise; degrees of freedom after Satterthwaite, so as many runs as there are count). They tell how sure a difference is on this corpus with these settings%s. An interval that holds 0 tells nothing of the sign; of many single intervals one in twenty misses by chance.</p></section>\n",
                labelsOnce() ? "; labels were drawn once an experiment, so their chance is not in it" : "");
    }

    private boolean labelsOnce() {
        return report.averages().stream()
                .anyMatch(average -> average.getExperiment().getTraining().getLabels() == LabelDraw.ONCE);
    }

    private void writeFactors() {
        html.append("<section><h2 id=\"factors\">F1 against each factor</h2>\n");
        html.append(
                "<p class=\"soft\">A dot is an experiment's mean, its bar one standard deviation over the runs. Drawn through: the law of that factor alone. Dashed: the law of all factors, in the dots' colour, at the median of the factors not shown.</p>\n");
        figures(figures.factors(), "");
        if (!figures.publishedFactors().isEmpty()) {
            add(
                    "<h3>The authors' averages, from %s</h3>\n<p class=\"soft\">%d rows, %d settings, each dot a setting's mean. The formulas drawn are the published ones.</p>\n",
                    text(findings.published().orElseThrow().source()),
                    findings.published().orElseThrow().rows().size(),
                    findings.published().orElseThrow().settings().size());
            figures(figures.publishedFactors(), "");
            writePublishedTrends();
        }
        findings.trends().stream().filter(trend -> !trend.pairs().isEmpty()).forEach(this::writeTrend);
        if (!findings.oneMoreTask().isEmpty()) {
            writeOneMoreTask();
        }
        html.append("</section>\n");
    }

    private void writeOneMoreTask() {
        html.append("<details id=\"one-more\" open><summary>One more task beside the others: pair by pair</summary>\n");
        table(
                "F1 without and with one more task, the others as they are; 95 % intervals (Welch)",
                "one more", "beside", "F1 without", "F1 with", "difference");
        for (OneMoreTask added : findings.oneMoreTask()) {
            for (Trend.Pair pair : added.pairs()) {
                List<OtherTask> there = OtherTasks.of(pair.least().getExperiment());
                add(
                        "<tr><th scope=\"row\">%s</th><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n",
                        text(Sentences.kind(added)),
                        link(pair.least(), there.isEmpty() ? "the real task alone" : OtherTasks.describe(there)),
                        ratio(pair.least().getF1Mean()),
                        link(pair.most(), ratio(pair.most().getF1Mean())),
                        Sentences.effect(pair.effect()));
            }
        }
        html.append("</tbody></table></div></details>\n");
    }

    private void writePublishedTrends() {
        table(
                "The same questions asked of the authors' table: intervals over settings, as it has no spread over runs",
                "with",
                "change of F1 from least to most",
                "settings",
                "up in",
                "this study");
        List<Trend> theirs = findings.published().orElseThrow().trends();
        for (int i = 0; i < theirs.size(); i++) {
            Trend their = theirs.get(i);
            Trend own = findings.trends().get(i);
            add(
                    "<tr><th scope=\"row\" class=\"fold\">%s</th><td>%s</td><td>%d</td><td>%d</td><td>%s</td></tr>\n",
                    text(their.what()),
                    their.effect() == null ? "–" : Sentences.effect(their.effect()),
                    their.pairs().size(),
                    their.pairs().stream()
                            .filter(pair -> pair.effect().value() > 0)
                            .count(),
                    own.effect() == null ? "–" : Sentences.effect(own.effect()));
        }
        html.append("</tbody></table></div>\n");
    }

    private void writeTrend(Trend trend) {
        add(
                "<details id=\"trend-%s\"><summary>%s: pair by pair</summary>\n",
                trend.name(), text(capital(trend.what())));
        table(
                "F1 at the least and at the most, all else alike; 95 % intervals (Welch)",
                "least", "F1", "most", "F1", "difference");
        for (Trend.Pair pair : trend.pairs()) {
            add(
                    "<tr><th scope=\"row\">%s</th><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n",
                    link(pair.least(), ComparisonPlots.setting(pair.least())),
                    ratio(pair.least().getF1Mean()),
                    link(pair.most(), ComparisonPlots.setting(pair.most())),
                    ratio(pair.most().getF1Mean()),
                    Sentences.effect(pair.effect()));
        }
        html.append("</tbody></table></div></details>\n");
    }

    private void writeGains() {
        html.append("<section><h2 id=\"gains\">Gain over one task, and what else it could come from</h2>\n");
        if (findings.comparisons().isEmpty()) {
            html.append("<p>The study has no multitask experiment.</p></section>\n");
            return;
        }
        html.append(
                "<p>More tasks also mean more training steps (tasks taking turns make T times as many) and more text. So beside each multitask experiment stand T = 1 with as many epochs; T = 1 with as many Adam steps; as many tasks that tell nothing (alpha = 1/c, c labels); and T = 1 that has all the T·n tokens labelled for the real task.</p>\n");
        missingControls().forEach(missing -> add("<p class=\"note\">%s</p>\n", text(missing)));
        figures(figures.gains(), "");
        writeGainsByAlpha();
        if (!figures.controls().isEmpty()) {
            html.append("<h3>Beside its controls</h3>\n");
            figures(figures.controls(), "");
        }
        writeEachGain();
        html.append("</section>\n");
    }

    private List<String> missingControls() {
        List<String> missing = new ArrayList<>();
        Map<ComparisonPlots.Beside, String> lines = new TreeMap<>(Map.of(
                ComparisonPlots.Beside.STEPS, "STEPS",
                ComparisonPlots.Beside.CHANCE, "CHANCE",
                ComparisonPlots.Beside.TOKENS, "TOKENS"));
        lines.forEach((beside, control) -> {
            long without = findings.comparisons().stream()
                    .filter(comparison -> beside.of(comparison).isEmpty())
                    .count();
            if (without > 0) {
                missing.add(
                        "Of " + without + " of " + findings.comparisons().size() + " multitask experiments there is no "
                                + beside.words() + " to compare with. The line \"controls: [" + control
                                + "]\" in the study's file adds it.");
            }
        });
        long alone = findings.comparisons().stream()
                .filter(comparison -> comparison.single().isEmpty())
                .count();
        if (alone > 0) {
            missing.add(
                    "Of " + alone + " of " + findings.comparisons().size()
                            + " multitask experiments there is no T = 1 with as many tokens. A 1 among the grid's tasks, or any control, adds it.");
        }
        return missing;
    }

    private void writeGainsByAlpha() {
        table(
                "Mean gain in F1 by relatedness, over all settings of T and n that have both; 95 % intervals (Welch)",
                "alpha",
                "AMI",
                "experiments",
                "over T = 1",
                "over T = 1, as many steps",
                "over tasks that tell nothing",
                "over T = 1 on all T·n tokens");
        findings.comparisons().stream()
                .collect(Collectors.groupingBy(
                        comparison -> comparison.multitask().getExperiment().getAlpha(),
                        TreeMap::new,
                        Collectors.toList()))
                .forEach((alpha, of) -> {
                    add(
                            "<tr><th scope=\"row\">%s</th><td>%s</td><td>%d</td>",
                            CanonicalNumber.print(alpha),
                            ratio(of.stream()
                                    .mapToDouble(one -> one.multitask().getAmiMean())
                                    .average()
                                    .orElse(Double.NaN)),
                            of.size());
                    for (ComparisonPlots.Beside beside : ComparisonPlots.Beside.values()) {
                        boolean itself = beside == ComparisonPlots.Beside.CHANCE
                                && of.stream().allMatch(Comparison::isChance);
                        add(
                                "<td>%s</td>",
                                itself
                                        ? "is itself one"
                                        : Sentences.meanGain(of, beside::of)
                                                .map(Sentences::effect)
                                                .orElse("–"));
                    }
                    html.append("</tr>\n");
                });
        html.append("</tbody></table></div>\n");
    }

    private void writeEachGain() {
        html.append("<details><summary>Each multitask experiment</summary>\n");
        table(
                "F1 of each multitask experiment, and its gain over what stands beside it; 95 % intervals (Welch)",
                "experiment",
                "F1",
                "over T = 1",
                "over T = 1, as many steps",
                "over tasks that tell nothing",
                "over T = 1 on all T·n tokens");
        for (Comparison comparison : findings.comparisons()) {
            add(
                    "<tr><th scope=\"row\">%s</th><td>%s</td>",
                    link(comparison.multitask(), ComparisonPlots.setting(comparison.multitask())),
                    ratio(comparison.multitask().getF1Mean()));
            for (ComparisonPlots.Beside beside : ComparisonPlots.Beside.values()) {
                Optional<Average> other = beside.of(comparison);
                boolean itself = other.filter(one -> one.getExperiment()
                                .getExperimentId()
                                .equals(comparison.multitask().getExperiment().getExperimentId()))
                        .isPresent();
                add(
                        "<td>%s</td>",
                        itself
                                ? "is itself one"
                                : other.map(one -> link(
                                                one, Sentences.effect(Contrast.between(comparison.multitask(), one))))
                                        .orElse("–"));
            }
            html.append("</tr>\n");
        }
        html.append("</tbody></table></div></details>\n");
    }

    private void writeLabels() {
        html.append("<section><h2 id=\"labels\">Tasks: how labels meet</h2>\n");
        if (findings.labels().isEmpty()) {
            add("<p class=\"note\">%s</p></section>\n", text(findings.labelsMissing()));
            return;
        }
        html.append(
                "<p class=\"soft\">For each alpha the simulator's probabilities, then the first artificial task of one run, drawn again from its seed over the whole training part: the share of each real label's tokens that have each artificial label.</p>\n");
        figures(figures.labels(), " maps");
        table("The tasks drawn", "alpha", "run", "AMI, drawn again", "AMI, as recorded");
        for (TaskLabels task : findings.labels()) {
            add(
                    "<tr><th scope=\"row\">%s</th><td>%s</td><td>%.6f</td><td>%.6f%s</td></tr>\n",
                    task.run().getExperiment().getAlpha(),
                    "<a href=\"#x-" + text(task.run().getExperiment().getExperimentId()) + "\"><code>"
                            + text(shortId(task.run().getExperiment())) + "/"
                            + task.run().getRunIndex() + "</code></a>",
                    task.ami(),
                    task.recorded(),
                    task.ami() == task.recorded() ? " (equal)" : " (differs)");
        }
        html.append("</tbody></table></div></section>\n");
    }

    private void writeFormulas() {
        html.append("<section><h2 id=\"formulas\">Formulas</h2>\n");
        html.append(
                "<p class=\"soft\">Each is fitted to nine tenths of the experiments and judged on the same tenth held out. Published: as the paper prints it, fitted to another corpus. Orders of growth are read off each formula far beyond the data, the other factors at their medians.</p>\n");
        for (int i = 0; i < findings.formulas().size(); i++) {
            writeFormula(findings.formulas().get(i), i + 1);
        }
        List<String> fitted = report.formulas().stream()
                .map(formula -> formula.getSpecification())
                .toList();
        report.specifications().stream()
                .filter(specification -> !fitted.contains(specification))
                .forEach(specification ->
                        add("<p class=\"note\">%s: too few complete experiments to fit.</p>\n", text(specification)));
        html.append("</section>\n");
    }

    private void writeFormula(FormulaTable formula, int number) {
        List<String> features = formula.specification().featureNames();
        add(
                "<section class=\"law\"><h3 id=\"formula-%d\"><code>%s</code></h3><div class=\"equation\">%s</div>",
                number,
                text(formula.specification().toString()),
                MathMl.equation(formula.formula().getTarget(), formula.own().expression(), features));
        add(
                "<p>R² %s over %d experiments; typical error %s in training, %s on the %d held out; %d nodes. <code>%s</code></p>",
                ratio(formula.own().all().r2()),
                formula.table().rows(),
                ratio(Math.sqrt(formula.own().training().mse())),
                ratio(Math.sqrt(formula.own().heldOut().mse())),
                formula.split().heldOut().length,
                formula.own().expression().complexity(),
                text(formula.formula().getBest().getExpression()));
        formula.published()
                .ifPresent(
                        known -> add("<p class=\"soft\">The paper: %s%s</p>", text(known.printed()), reported(known)));
        writeEntries(formula, features);
        figures(figures.formulas().get(number - 1).subList(0, 2), "");
        html.append("<details><summary>Residuals against each factor</summary>");
        figures(
                figures.formulas()
                        .get(number - 1)
                        .subList(2, figures.formulas().get(number - 1).size()),
                "");
        html.append("</details><details><summary>The whole Pareto front</summary>");
        writeFront(formula, features);
        add(
                "<p><code>%s</code></p></details></section>\n",
                text(formula.formula().getBest().getLatex()));
    }

    private static String reported(PublishedFormula known) {
        return Double.isNaN(known.reportedMse())
                ? "; no error of it on a held-out part is known here."
                : String.format(
                        Locale.ROOT,
                        "; it reports a held-out MSE of %.3f (F1 a ratio); on all 1,002 published averages it is %.4f.",
                        known.reportedMse(),
                        known.onAllRows());
    }

    private void writeEntries(FormulaTable formula, List<String> features) {
        Optional<Table> theirs = findings.published().flatMap(published -> published.table(formula.specification()));
        List<String> heads = new ArrayList<>(
                List.of("formula", "from", "nodes", "training MSE", "held-out MSE", "held-out R²", "R², all rows"));
        features.forEach(feature -> heads.add("growth in " + feature));
        theirs.ifPresent(rows -> {
            heads.add("MSE, authors' rows");
            heads.add("R², authors' rows");
        });
        table(
                "Beside others, on the same " + formula.split().heldOut().length + " experiments held out",
                heads.toArray(String[]::new));
        for (FormulaTable.Entry entry : formula.entries()) {
            add(
                    "<tr><th scope=\"row\">%s</th><td class=\"text\">%s</td><td>%d</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td>",
                    MathMl.inline(entry.expression(), features),
                    text(entry.origin().words()),
                    entry.expression().complexity(),
                    short3(entry.training().mse()),
                    short3(entry.heldOut().mse()),
                    ratio(entry.heldOut().r2()),
                    ratio(entry.all().r2()));
            features.forEach(feature -> add("<td>%s</td>", text(Sentences.order(entry.rate(feature)))));
            theirs.ifPresent(rows -> {
                Score score = Score.of(entry.expression(), rows);
                add("<td>%s</td><td>%s</td>", short3(score.mse()), ratio(score.r2()));
            });
            html.append("</tr>\n");
        }
        html.append("</tbody></table></div>");
    }

    private void writeFront(FormulaTable formula, List<String> features) {
        table("The best formula of each size", "formula", "nodes", "training MSE", "held-out MSE", "held-out R²");
        for (Candidate candidate : formula.formula().getFront()) {
            Expression expression = ExpressionParser.parse(candidate.getExpression(), features);
            add(
                    "<tr><th scope=\"row\">%s</th><td>%d</td><td>%s</td><td>%s</td><td>%s</td></tr>\n",
                    MathMl.inline(expression, features),
                    candidate.getComplexity(),
                    short3(candidate.getTrainMse()),
                    short3(candidate.getTestMse()),
                    ratio(candidate.getTestR2()));
        }
        html.append("</tbody></table></div>");
    }

    private void writeAverages() {
        html.append("<section><h2 id=\"averages\">Averages</h2>\n");
        writeAverages("The study's experiments: mean F1 over the runs, and the spread", report.averages());
        if (!report.controls().isEmpty()) {
            writeAverages("Controls, to which no formula is fitted", report.controls());
        }
        html.append("</section>\n");
    }

    private void writeAverages(String caption, List<Average> averages) {
        table(
                caption,
                "experiment",
                "T",
                "n",
                "alpha",
                "AMI",
                "shared",
                "epochs",
                "runs",
                "F1",
                "±",
                "least",
                "most",
                "dev F1");
        for (Average average : averages) {
            Experiment experiment = average.getExperiment();
            String tokens = experiment.getTokensReal() == experiment.getTokensSynthetic()
                    ? "" + experiment.getTokensReal()
                    : experiment.getTokensReal() + " + " + experiment.getTokensSynthetic();
            add(
                    "<tr><th scope=\"row\">%s</th><td>%d</td><td>%s</td><td>%s</td><td>%s</td><td>%d</td><td>%d</td><td>%s</td>",
                    link(average, "<code>" + text(shortId(experiment)) + "</code>"),
                    experiment.getTasks(),
                    tokens,
                    experiment.getAlpha(),
                    ratio(average.getAmiMean()),
                    experiment.getSharedLayers(),
                    experiment.getTraining().getEpochs(),
                    runs(average));
            add(
                    "<td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n",
                    ratio(average.getF1Mean()),
                    ratio(average.getF1Std()),
                    ratio(average.getF1Min()),
                    ratio(average.getF1Max()),
                    ratio(average.getF1DevMean()));
        }
        html.append("</tbody></table></div>\n");
    }

    private static String runs(Average average) {
        String runs =
                average.getComplete() ? "" + average.getRunsDone() : average.getRunsDone() + " of " + average.getRuns();
        return average.getDiverged() > 0 ? runs + ", " + average.getDiverged() + " diverged" : runs;
    }

    /** Every experiment's runs, where every link to an experiment leads. */
    private void writeRuns() {
        html.append(
                "<section><h2 id=\"runs\">Runs</h2>\n<p class=\"soft\">Every number of this report is computed from these. Each line's command trains its run again and compares, to the last bit on a processor of the same kind; start it where <code>results.jsonl</code> is.</p>\n");
        table("Runs by experiment", "run", "seed", "F1", "dev F1", "AMI", "outcome", "worker", "to train it again");
        html.setLength(html.length() - "<tbody>\n".length());
        Map<String, List<RunResult>> byExperiment = report.results().stream()
                .collect(Collectors.groupingBy(
                        result -> result.getExperiment().getExperimentId(), TreeMap::new, Collectors.toList()));
        List<Average> all = new ArrayList<>(report.averages());
        all.addAll(report.controls());
        for (Average average : all) {
            String id = average.getExperiment().getExperimentId();
            add(
                    "<tbody id=\"x-%s\"><tr class=\"run\"><th scope=\"rowgroup\" colspan=\"8\">%s <code>%s</code></th></tr>\n",
                    text(id), text(ComparisonPlots.setting(average)), text(id));
            byExperiment.getOrDefault(id, List.of()).stream()
                    .sorted(Comparator.comparing(RunResult::getRunIndex))
                    .forEach(this::writeRun);
            html.append("</tbody>\n");
        }
        html.append("</table></div></section>\n");
    }

    private void writeRun(RunResult result) {
        String run = result.getExperiment().getExperimentId() + "/" + result.getRunIndex();
        double ami = result.getAmi().stream()
                .skip(1)
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(1);
        add(
                "<tr><th scope=\"row\">%d</th><td>%d</td><td>%s</td><td>%s</td><td>%s</td><td class=\"text\">%s</td><td class=\"text\">%s</td><td class=\"text\"><code>farm retrain %s --results results.jsonl</code></td></tr>\n",
                result.getRunIndex(),
                result.getProvenance().getSeed(),
                result.getTest() == null
                        ? "–"
                        : String.format(Locale.ROOT, "%.4f", result.getTest().getF1()),
                result.getDev() == null
                        ? "–"
                        : String.format(Locale.ROOT, "%.4f", result.getDev().getF1()),
                ratio(ami),
                result.getReason().isEmpty()
                        ? result.getOutcome()
                        : result.getOutcome() + ": " + text(result.getReason()),
                text(result.getWorker()),
                text(run));
    }

    private void writeProvenance() {
        html.append("<section><h2 id=\"repeat\">How to repeat it</h2>\n");
        html.append(
                "<p>Beside this page: <code>averages.csv</code>, <code>controls.csv</code>, <code>formulas.json</code>, <code>results.jsonl</code> (each run's seed, engine and hardware), every figure in <code>plots</code> as SVG and PNG, every table in <code>tables</code> for LaTeX. <code>farm report</code> writes this page again from them.</p>\n");
        if (!report.results().isEmpty()) {
            table("What the runs were made with", "what", "value");
            row("training", distinct(result -> training(result.getExperiment().getTraining())));
            row(
                    "engine",
                    distinct(result -> result.getProvenance().getEngine() + " ("
                            + result.getProvenance().getEngineVersion() + ")"));
            row("farm", distinct(result -> result.getProvenance().getFarmVersion()));
            row("corpus hash", distinct(result -> result.getProvenance().getCorpusHash()));
            row("vectors hash", distinct(result -> result.getProvenance().getVectorsHash()));
            row("machine", distinct(result -> machine(result.getProvenance())));
            html.append("</tbody></table></div>\n");
        }
        html.append("</section>\n");
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
                "<tr><th scope=\"row\" class=\"soft\">%s</th><td class=\"fold\">%s</td></tr>\n",
                name, values.stream().map(Markup::escape).collect(Collectors.joining("<br>")));
    }

    private void fact(String name, String value) {
        add("<li><b>%s</b><span class=\"soft\">%s</span></li>", text(value), text(name));
    }

    /** Opens a table in a box of its own that scrolls, and its body. */
    private void table(String caption, String... heads) {
        add(
                "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"%1$s\"><table><caption><span>%1$s</span></caption><thead><tr>",
                text(caption));
        for (String head : heads) {
            add("<th scope=\"col\"%s>%s</th>", TEXTS.contains(head) ? " class=\"text\"" : "", text(head));
        }
        html.append("</tr></thead><tbody>\n");
    }

    private void figures(List<? extends Figure> shown, String more) {
        if (shown.isEmpty()) {
            return;
        }
        add("<div class=\"plots%s\">", more);
        shown.forEach(figure -> add(
                "<figure id=\"plot-%s\">%s<figcaption>%s</figcaption></figure>\n",
                figure.name(), figure.element(), text(figure.description())));
        html.append("</div>\n");
    }

    private static String link(Average average, String shown) {
        return "<a href=\"#x-" + text(average.getExperiment().getExperimentId()) + "\">" + shown + "</a>";
    }

    private static String shortId(Experiment experiment) {
        String id = experiment.getExperimentId();
        return id.length() <= 12 ? id : id.substring(0, 8);
    }

    private static String capital(String text) {
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }

    private static String duration(double seconds) {
        return seconds < 120
                ? String.format(Locale.ROOT, "%.0f s", seconds)
                : seconds < 7200
                        ? String.format(Locale.ROOT, "%.0f min", seconds / 60)
                        : String.format(Locale.ROOT, "%.1f h", seconds / 3600);
    }

    private static String ratio(double value) {
        if (!Double.isFinite(value)) {
            return "–";
        }
        // No zero has a sign.
        double rounded = Math.rint(value * 1000) / 1000 + 0.0;
        return String.format(Locale.ROOT, "%.3f", rounded).replace('-', '−');
    }

    private static String short3(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.3g", value) : "–";
    }

    private static String text(String value) {
        return Markup.escape(value);
    }

    private void add(String text, Object... values) {
        html.append(String.format(Locale.ROOT, text, values));
    }
}
