package org.mtlfarm.standalone.command;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import org.mtlfarm.producer.study.Planner;
import org.mtlfarm.producer.study.StudyPlan;
import org.mtlfarm.schemas.Candidate;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.FormulasJson;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.standalone.report.Law;
import org.mtlfarm.standalone.report.ReportFiles;
import org.mtlfarm.standalone.report.StudyFindings;
import org.mtlfarm.standalone.report.StudyReport;
import org.mtlfarm.standalone.run.FarmVersion;
import org.mtlfarm.standalone.run.LibraryCatalogue;
import org.mtlfarm.standalone.run.ProgressDisplay;
import org.mtlfarm.standalone.run.StudyRun;
import org.mtlfarm.worker.queue.EngineTraining;
import org.mtlfarm.worker.queue.WorkerSettings;
import org.mtlfarm.worker.training.CorpusLibrary;

/** {@code farm run}. */
@Command(
        name = "run",
        description = {
            "The whole farm in one process on an embedded Kafka: submit a study, train, average, fit, report.",
            "Stopped and started again on the same folder, it goes on where it was."
        })
final class RunCommand implements Runnable {
    /** Of failed runs, the different reasons told at the end; results.jsonl has them all. */
    private static final int REASONS = 3;

    @Mixin
    private Output output;

    @Mixin
    private StudyOptions studies;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--study",
            defaultValue = "quick",
            paramLabel = "STUDY",
            description = "A study file, or the name of one in the folder studies (default ${DEFAULT-VALUE}).")
    private String study;

    @Option(
            names = "--out",
            defaultValue = "farm-out",
            paramLabel = "DIR",
            description = "Folder for the report, and for what is needed to go on (default ${DEFAULT-VALUE}).")
    private Path out;

    @Option(
            names = "--workers",
            defaultValue = Slots.AUTO,
            converter = Slots.Converter.class,
            paramLabel = "N",
            description =
                    "Runs trained at a time (default ${DEFAULT-VALUE}: as many as the engine thinks best, on processors one a core).")
    private Slots workers;

    @Option(
            names = "--engine",
            defaultValue = "FUSED",
            paramLabel = "ENGINE",
            description =
                    "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}). AUTO takes a card where there is one, else FUSED.")
    private EngineChoice engine;

    @Option(
            names = "--retry-failed",
            description = "Try the runs again that failed before, with as many tries as new ones.")
    private boolean retryFailed;

    @Override
    public void run() {
        try (Engines.Opened opened = Engines.here().open(engine, output::note)) {
            run(opened);
        }
    }

    private void run(Engines.Opened opened) {
        // The progress line tells what the services' own lines would.
        ((Logger) LoggerFactory.getLogger("org.mtlfarm")).setLevel(Level.WARN);
        CorpusLibrary library = CorpusOptions.library(output);
        StudyPlan plan = Planner.plan(studies.read(study, output), new LibraryCatalogue(library));
        plan.warnings().forEach(warning -> output.note("farm: warning: " + warning));
        StudyRun run = new StudyRun(
                plan,
                out,
                workers.of(opened),
                EngineTraining.of(
                        opened.engine(),
                        library,
                        WorkerSettings.of(1).worker(),
                        FarmVersion.current(),
                        Clock.systemUTC()),
                ProgressDisplay.on(spec.commandLine().getErr()),
                Clock.systemUTC());
        if (retryFailed) {
            run.retryFailed();
        }
        try (Shutdown stopping = Shutdown.ownerCloses(run::stop)) {
            Optional<StudyReport> report = run.run();
            if (report.isEmpty()) {
                output.note("Stopped. The same command goes on where it was.");
                return;
            }
            output.note("Writing the report");
            StudyFindings findings = StudyFindings.of(
                    report.get(), () -> library.corpus(report.get().sources().getCorpus()), Optional.empty());
            Path page = ReportFiles.write(out, report.get(), findings);
            output.print(json(report.get(), page), text(report.get(), page));
            stopping.endedWell();
            failures(report.get().results()).ifPresent(told -> {
                throw new IllegalStateException(told);
            });
        }
    }

    /** How many of a study's runs have failed, and the first reasons; empty if none has. */
    static Optional<String> failures(List<RunResult> results) {
        List<RunResult> failed = results.stream()
                .filter(result -> result.getOutcome() == Outcome.FAILED)
                .toList();
        if (failed.isEmpty()) {
            return Optional.empty();
        }
        String reasons = failed.stream()
                .map(RunResult::getReason)
                .distinct()
                .limit(REASONS)
                .collect(Collectors.joining("; "));
        return Optional.of(failed.size() + " of " + results.size() + " runs failed: " + reasons
                + " (the same command with --retry-failed tries them again)");
    }

    private ObjectNode json(StudyReport report, Path page) {
        ObjectNode json = Output.object();
        json.put("study", report.study());
        json.put("experiments", report.averages().size() + report.controls().size());
        json.put("runs", report.results().size());
        json.set("formulas", FormulasJson.of(report.formulas()));
        json.put("report", page.toString());
        return json;
    }

    private static String text(StudyReport report, Path page) {
        StringBuilder text = new StringBuilder();
        for (String specification : report.specifications()) {
            List<Formula> fitted = report.formulas().stream()
                    .filter(formula -> formula.getSpecification().equals(specification))
                    .toList();
            text.append('\n').append(specification).append('\n');
            if (fitted.isEmpty()) {
                text.append("    too few complete experiments to fit\n");
            }
            for (Formula formula : fitted) {
                Candidate best = formula.getBest();
                Law law = Law.of(formula);
                text.append(String.format(
                        Locale.ROOT,
                        "    %s = %s%n    R2 %s over %d experiments; typical error %.3f in training, %.3f on the %d held out; %d nodes%n",
                        formula.getTarget(),
                        best.getExpression(),
                        ratio(law.r2(report.averages())),
                        formula.getRows(),
                        Math.sqrt(best.getTrainMse()),
                        Math.sqrt(best.getTestMse()),
                        law.heldOut(),
                        best.getComplexity()));
            }
        }
        return text.append("\nReport: ").append(page).append('\n').toString();
    }

    private static String ratio(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.3f", value) : "-";
    }
}
