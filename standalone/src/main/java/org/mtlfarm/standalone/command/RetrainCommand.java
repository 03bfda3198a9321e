package org.mtlfarm.standalone.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import org.mtlfarm.schemas.AvroJson;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.Provenance;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.Sources;
import org.mtlfarm.standalone.run.FarmVersion;
import org.mtlfarm.standalone.run.ProgressDisplay;
import org.mtlfarm.worker.network.Engine;
import org.mtlfarm.worker.training.CorpusLibrary;
import org.mtlfarm.worker.training.EncodedCorpus;
import org.mtlfarm.worker.training.RunEnvironment;
import org.mtlfarm.worker.training.RunSeeds;
import org.mtlfarm.worker.training.RunTrainer;
import org.mtlfarm.worker.training.TrainedRun;
import org.mtlfarm.worker.training.TrainingListener;

/** {@code farm retrain RESULT}. */
@Command(
        name = "retrain",
        description = {
            "Train a run again from its result's provenance, and compare.",
            "With --published: train the setting of a row of a published table, and put both scores side by side."
        })
final class RetrainCommand implements Runnable {
    @Mixin
    private Output output;

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "RESULT", description = "EXPERIMENT/RUN, as results and reports name it.")
    private String run;

    @ArgGroup(exclusive = false)
    private PublishedOptions published;

    @Option(
            names = "--results",
            defaultValue = "farm-out/results.jsonl",
            paramLabel = "FILE",
            description =
                    "Where the result stands: results.jsonl of a study, or what farm results --of RUNS printed (default ${DEFAULT-VALUE}).")
    private Path results;

    @Option(
            names = "--engine",
            paramLabel = "ENGINE",
            description =
                    "${COMPLETION-CANDIDATES} (default the result's own). Another one agrees within a tolerance only.")
    private EngineChoice engine;

    @Option(names = "--corpus", paramLabel = "CORPUS", description = "Where the corpus is now, if not where it was.")
    private String corpus;

    @Option(
            names = "--vectors",
            paramLabel = "VECTORS",
            description = "Where the vectors are now, if not where they were.")
    private String vectors;

    @Mixin
    private CorpusColumns columns;

    @Override
    public void run() {
        if ((run == null) == (published == null)) {
            throw new InvalidInputException(
                    "expected a RESULT, or --published FILE and --row N, found " + (run == null ? "neither" : "both"));
        }
        if (published == null) {
            retrainRecorded();
        } else {
            retrainPublished();
        }
    }

    private void retrainPublished() {
        String chosen = columns.of(corpus == null ? "builtin" : corpus);
        Sources sources = new Sources(chosen, vectors == null ? DefaultVectors.of(chosen, output) : vectors);
        try (Engines.Opened opened = Engines.here().open(engine == null ? EngineChoice.FUSED : engine, output::note)) {
            PublishedRetraining retraining = published.train(
                    CorpusOptions.library(output),
                    sources,
                    opened,
                    ProgressDisplay.on(spec.commandLine().getErr()));
            output.print(retraining.json(), retraining.text());
        }
    }

    private void retrainRecorded() {
        RunResult recorded = recorded();
        if (recorded.getTest() == null) {
            throw new InvalidInputException(run + " has no score to compare with: it is " + recorded.getOutcome());
        }
        Provenance provenance = recorded.getProvenance();
        CorpusLibrary library = new CorpusLibrary(
                Optional.ofNullable(columns.of(corpus)),
                Optional.ofNullable(vectors),
                warning -> output.note("farm: warning: " + warning));
        EncodedCorpus data =
                library.get(new Sources(provenance.getCorpus(), provenance.getVectors()), recorded.getExperiment());
        checkHash("corpus", provenance.getCorpusHash(), data.corpusHash());
        checkHash("vectors", provenance.getVectorsHash(), data.vectorsHash());
        EngineChoice chosen = engine == null ? EngineChoice.named(provenance.getEngine()) : engine;
        try (Engines.Opened opened = Engines.here().open(chosen, output::note)) {
            compare(recorded, data, opened.engine());
        }
    }

    private void compare(RunResult recorded, EncodedCorpus data, Engine engine) {
        Provenance provenance = recorded.getProvenance();
        TrainedRun again = new RunTrainer(engine, System::nanoTime)
                .train(
                        recorded.getExperiment(),
                        RunSeeds.of(recorded.getExperiment(), provenance.getSeed()),
                        data,
                        TrainingListener.NONE,
                        () -> false);
        double f1 = again.test().overall().f1();
        double before = recorded.getTest().getF1();
        boolean identical = f1 == before
                && again.dev().overall().f1() == recorded.getDev().getF1()
                && again.finalLoss() == recorded.getFinalLoss();
        List<String> differences = differences(provenance, engine);
        ObjectNode json = Output.object()
                .put("f1Test", f1)
                .put("f1TestRecorded", before)
                .put("identical", identical)
                .put("finalLoss", again.finalLoss())
                .put("finalLossRecorded", recorded.getFinalLoss());
        differences.forEach(json.putArray("differences")::add);
        output.print(
                json,
                String.format(
                                Locale.ROOT,
                                "F1 test %.6f, recorded %.6f: %s%n",
                                f1,
                                before,
                                identical ? "identical, to the last bit of score and loss" : "not identical")
                        + String.join(
                                "", differences.stream().map(d -> d + "\n").toList()));
    }

    /** What was otherwise when the run was recorded: engine and processor decide the last bit, the rest should not. */
    private static List<String> differences(Provenance recorded, Engine engine) {
        RunEnvironment here = RunEnvironment.current("", FarmVersion.current());
        List<String> differences = new ArrayList<>();
        compare(differences, "engine", recorded.getEngine(), engine.name());
        compare(differences, "engine's libraries", recorded.getEngineVersion(), engine.version());
        compare(differences, "processor", recorded.getProcessor(), here.processor());
        compare(differences, "farm", recorded.getFarmVersion(), here.farmVersion());
        compare(differences, "Java runtime", recorded.getJavaRuntime(), here.javaRuntime());
        compare(differences, "operating system", recorded.getOperatingSystem(), here.operatingSystem());
        return differences;
    }

    private static void compare(List<String> differences, String what, String recorded, String here) {
        if (!recorded.equals(here)) {
            differences.add(what + ": recorded " + recorded + ", here " + here);
        }
    }

    private static void checkHash(String what, String expected, String found) {
        if (!expected.equals(found)) {
            throw new InvalidInputException("the " + what + " at hand is not the one of the result: expected content "
                    + expected + ", found " + found);
        }
    }

    private RunResult recorded() {
        RunKey wanted;
        try {
            wanted = RunKey.parse(run);
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("RESULT: expected EXPERIMENT/RUN, found " + run, e);
        }
        List<String> lines;
        try {
            lines = Files.readAllLines(results, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new InvalidInputException(
                    "--results: expected a file of results, cannot read " + results + ": " + e, e);
        }
        for (int i = 0; i < lines.size(); i++) {
            // The id stands in the line as it is: others need not be parsed.
            if (lines.get(i).contains(wanted.experimentId())) {
                RunResult result = AvroJson.result(lines.get(i), results + ":" + (i + 1));
                if (RunKey.of(result).equals(wanted)) {
                    return result;
                }
            }
        }
        throw new InvalidInputException(
                "expected a run among the " + lines.size() + " of " + results + ", found none called " + run);
    }
}
