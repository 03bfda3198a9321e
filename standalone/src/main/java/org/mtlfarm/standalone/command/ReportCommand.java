package org.mtlfarm.standalone.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.OtherTasks;
import org.mtlfarm.standalone.findings.Effect;
import org.mtlfarm.standalone.findings.FormulaTable;
import org.mtlfarm.standalone.findings.OneMoreTask;
import org.mtlfarm.standalone.findings.PublishedAverages;
import org.mtlfarm.standalone.findings.Sentences;
import org.mtlfarm.standalone.findings.Trend;
import org.mtlfarm.standalone.report.ReportFiles;
import org.mtlfarm.standalone.report.StudyFindings;
import org.mtlfarm.standalone.report.StudyReport;

/** {@code farm report}. */
@Command(
        name = "report",
        description = {
            "Write a study's report: what it says in words, figures (SVG, PNG), tables (HTML, LaTeX), formulas beside the"
                    + " published ones.",
            "Of a folder that farm run has written, or of a study on a running farm."
        })
final class ReportCommand implements Runnable {
    @Mixin
    private Output output;

    @Mixin
    private StudySource source;

    @Option(names = "--out", paramLabel = "DIR", description = "Where to write (default the folder that was read).")
    private Path out;

    @Option(
            names = "--published",
            paramLabel = "FILE",
            description = "The paper's authors' table of averages (CSV: n_tasks, n_tokens_per_task, mutual_info, alpha,"
                    + " fscore), to stand beside.")
    private Path published;

    @Option(
            names = "--corpus",
            paramLabel = "CORPUS",
            description = "Where the corpus is now, for the tables of labels, if not where it was.")
    private String corpus;

    @Override
    public void run() {
        source.check();
        Path folder = Optional.ofNullable(out)
                .or(source::folder)
                .orElseThrow(() -> new InvalidInputException("--out: expected a folder to write into, found none"));
        Optional<PublishedAverages> theirs = Optional.ofNullable(published).map(PublishedAverages::read);
        StudyReport report = source.read();
        String text = corpus == null ? report.sources().getCorpus() : corpus;
        StudyFindings findings =
                StudyFindings.of(report, () -> CorpusOptions.library(output).corpus(text), theirs);
        Path page = ReportFiles.write(folder, report, findings);
        output.print(json(report, findings, page), text(report, findings, page));
    }

    private static ObjectNode json(StudyReport report, StudyFindings findings, Path page) {
        ObjectNode json = Output.object();
        json.put("study", report.study());
        json.put("experiments", report.averages().size());
        json.put("controls", report.controls().size());
        json.put("runs", report.results().size());
        Sentences.ofSampling(report.sampling()).ifPresent(sentence -> json.put("sampling", sentence));
        ArrayNode trends = json.putArray("trends");
        for (Trend trend : findings.trends()) {
            ObjectNode told = trends.addObject();
            told.put("factor", trend.name());
            told.put("sentence", Sentences.of(trend));
            told.put("settings", trend.pairs().size());
            if (trend.effect() != null) {
                put(told, trend.effect(), trend.count(Effect.Sign.RISES), trend.count(Effect.Sign.FALLS));
            }
        }
        ArrayNode oneMoreTask = json.putArray("oneMoreTask");
        for (OneMoreTask added : findings.oneMoreTask()) {
            ObjectNode told = oneMoreTask.addObject();
            told.put("task", OtherTasks.describe(List.of(added.task())));
            Output.number(told, "ami", added.ami());
            told.put("sentence", Sentences.of(added));
            told.put("settings", added.pairs().size());
            put(told, added.effect(), added.count(Effect.Sign.RISES), added.count(Effect.Sign.FALLS));
        }
        Sentences.ofGains(findings.comparisons()).forEach(json.putArray("gains")::add);
        ArrayNode formulas = json.putArray("formulas");
        for (FormulaTable formula : findings.formulas()) {
            ObjectNode told = formulas.addObject();
            told.put("specification", formula.specification().toString());
            ArrayNode entries = told.putArray("entries");
            for (FormulaTable.Entry entry : formula.entries()) {
                ObjectNode one = entries.addObject();
                one.put("origin", entry.origin().words());
                one.put(
                        "expression",
                        entry.expression().print(formula.specification().featureNames()));
                one.put("complexity", entry.expression().complexity());
                Output.number(one, "trainMse", entry.training().mse());
                Output.number(one, "testMse", entry.heldOut().mse());
                Output.number(one, "testR2", entry.heldOut().r2());
                Output.number(one, "r2", entry.all().r2());
                ObjectNode rates = one.putObject("rates");
                formula.specification()
                        .featureNames()
                        .forEach(feature -> rates.put(feature, Sentences.order(entry.rate(feature))));
            }
            Sentences.ofRates(formula).forEach(told.putArray("beside")::add);
        }
        json.put("report", page.toString());
        return json;
    }

    private static void put(ObjectNode told, Effect effect, long up, long down) {
        Output.number(told, "change", effect.value());
        Output.number(told, "lower", effect.interval().lower());
        Output.number(told, "upper", effect.interval().upper());
        told.put("sign", effect.sign().name());
        told.put("up", up);
        told.put("down", down);
    }

    private static String text(StudyReport report, StudyFindings findings, Path page) {
        StringBuilder text = new StringBuilder();
        Sentences.ofSampling(report.sampling())
                .ifPresent(sentence -> text.append(sentence).append('\n'));
        findings.trends().forEach(trend -> text.append(Sentences.of(trend)).append('\n'));
        findings.oneMoreTask().forEach(added -> text.append(Sentences.of(added)).append('\n'));
        Sentences.ofGains(findings.comparisons())
                .forEach(sentence -> text.append(sentence).append('\n'));
        for (FormulaTable formula : findings.formulas()) {
            text.append('\n')
                    .append(formula.specification())
                    .append(": ")
                    .append(formula.formula().getBest().getExpression())
                    .append('\n');
            Sentences.ofRates(formula)
                    .forEach(sentence -> text.append("  ").append(sentence).append('\n'));
        }
        return text.append("\nReport: ").append(page).append('\n').toString();
    }
}
