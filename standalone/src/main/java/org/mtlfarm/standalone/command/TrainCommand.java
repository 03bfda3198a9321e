package org.mtlfarm.standalone.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import org.mtlfarm.producer.study.ExperimentIdentity;
import org.mtlfarm.schemas.AmiNormalisation;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.LabelDraw;
import org.mtlfarm.schemas.OtherTask;
import org.mtlfarm.schemas.OtherTasks;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Readout;
import org.mtlfarm.schemas.Scoring;
import org.mtlfarm.schemas.Strategy;
import org.mtlfarm.schemas.TrainingSettings;
import org.mtlfarm.standalone.run.LibraryCatalogue;
import org.mtlfarm.standalone.run.ProgressDisplay;
import org.mtlfarm.worker.network.Engine;
import org.mtlfarm.worker.network.NetworkArchive;
import org.mtlfarm.worker.training.CorpusLibrary;
import org.mtlfarm.worker.training.EncodedCorpus;
import org.mtlfarm.worker.training.RunSeeds;
import org.mtlfarm.worker.training.RunTrainer;
import org.mtlfarm.worker.training.TrainedRun;

/** {@code farm train}. */
@Command(name = "train", description = "Train one network here, without Kafka, and score it.")
final class TrainCommand implements Runnable {
    private static final double DEFAULT_ALPHA = 0.9;

    @Mixin
    private Output output;

    @Mixin
    private CorpusOptions corpus;

    @Spec
    private picocli.CommandLine.Model.CommandSpec spec;

    @Option(
            names = "--tasks",
            paramLabel = "T",
            description = "Tasks, the real one included (default 1, or what --other comes to).")
    private Integer tasks;

    @Option(
            names = "--tokens",
            defaultValue = "1000",
            paramLabel = "N",
            description = "Training tokens a task (default ${DEFAULT-VALUE}).")
    private int tokens;

    @Option(
            names = "--tokens-synthetic",
            paramLabel = "N",
            description = "Training tokens of each artificial task (default as --tokens).")
    private Integer tokensSynthetic;

    @Option(
            names = "--alpha",
            paramLabel = "A",
            description = "Probability that an artificial task keeps the real label (default 0.9).")
    private Double alpha;

    @Option(
            names = "--other",
            paramLabel = "TASK",
            description = {
                "A task beside the real one, as often as there are different ones, in the order in which they take turns:",
                "alpha=A or ami=A (labels drawn), column=N (of the corpus) or file=F[,word=N][,tags=N] (real labels),",
                "and with it tokens=N (default as --tokens-synthetic) and count=N: alpha=0.9,tokens=1000,count=2."
            })
    private List<String> others = List.of();

    @Option(
            names = "--shared-layers",
            defaultValue = "2",
            paramLabel = "L",
            description = "Dense layers shared by all tasks, 0 to 3 (default ${DEFAULT-VALUE}).")
    private int sharedLayers;

    @Option(
            names = "--epochs",
            defaultValue = "30",
            paramLabel = "E",
            description = "Passes over each task's tokens; the paper: 100 (default ${DEFAULT-VALUE}).")
    private int epochs;

    @Option(
            names = "--batch",
            defaultValue = "100",
            paramLabel = "B",
            description = "Windows a step (default ${DEFAULT-VALUE}).")
    private int batch;

    @Option(
            names = "--hidden",
            defaultValue = "100",
            paramLabel = "H",
            description = "LSTM units a direction; the paper: 300 (default ${DEFAULT-VALUE}).")
    private int hidden;

    @Option(
            names = "--learning-rate",
            defaultValue = "0.001",
            paramLabel = "R",
            description = "Adam's step size (default ${DEFAULT-VALUE}).")
    private double learningRate;

    @Option(
            names = "--seed",
            defaultValue = "1",
            paramLabel = "SEED",
            description = "Decides labels, first parameters and shuffles (default ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--strategy",
            defaultValue = "ALTERNATING",
            paramLabel = "WAY",
            description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}).")
    private Strategy strategy;

    @Option(
            names = "--readout",
            defaultValue = "LAST",
            paramLabel = "WHERE",
            description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}).")
    private Readout readout;

    @Option(
            names = "--labels",
            defaultValue = "EACH",
            paramLabel = "WHEN",
            description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}).")
    private LabelDraw labels;

    @Option(
            names = "--scoring",
            defaultValue = "SENTENCES",
            paramLabel = "WAY",
            description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}).")
    private Scoring scoring;

    @Option(
            names = "--ami-normalisation",
            defaultValue = "ARITHMETIC",
            paramLabel = "MEAN",
            description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}).")
    private AmiNormalisation normalisation;

    @Option(
            names = "--engine",
            defaultValue = "FUSED",
            paramLabel = "ENGINE",
            description =
                    "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}). AUTO takes a card where there is one, else FUSED.")
    private EngineChoice engine;

    @Option(names = "--save", paramLabel = "FILE", description = "Save the trained network as a DL4J zip.")
    private Path save;

    @Override
    public void run() {
        checkOptions();
        CorpusLibrary library = CorpusOptions.library(output);
        List<OtherTask> beside = beside(library);
        Experiment experiment = experiment(library.get(corpus.sources(output)), beside);
        EncodedCorpus data = library.get(corpus.sources(output), experiment);
        try (Engines.Opened opened = Engines.here().open(engine, output::note)) {
            train(opened.engine(), experiment, data);
        }
    }

    private void train(Engine chosen, Experiment experiment, EncodedCorpus data) {
        ProgressDisplay display = ProgressDisplay.on(spec.commandLine().getErr());
        Clock clock = Clock.systemUTC();
        TrainedRun run = new RunTrainer(chosen, System::nanoTime)
                .train(
                        experiment,
                        RunSeeds.of(experiment, seed),
                        data,
                        progress -> display.show(
                                String.format(
                                        Locale.ROOT,
                                        "epoch %d/%d, loss %.4f, %.0f steps/s",
                                        progress.epoch(),
                                        progress.epochs(),
                                        progress.loss(),
                                        progress.stepsPerSecond()),
                                clock.instant()),
                        () -> false);
        display.end(String.format(Locale.ROOT, "%d steps in %.1f s", run.steps(), run.trainSeconds()));
        if (run.outcome() == Outcome.DIVERGED) {
            output.note("farm: warning: the training diverged: " + run.reason());
        }
        output.print(json(run, chosen), text(run));
        if (save != null) {
            saveModel(run);
        }
    }

    /** All mistakes at once. */
    private void checkOptions() {
        StringBuilder mistakes = new StringBuilder();
        check(mistakes, tasks == null || tasks >= 1, "--tasks: expected at least 1, found " + tasks);
        check(
                mistakes,
                alpha == null || alpha >= 0 && alpha <= 1,
                "--alpha: expected a number in [0, 1], found " + alpha);
        check(
                mistakes,
                others.isEmpty() || tasks == null && alpha == null,
                "--other: expected no --tasks and no --alpha beside it: it says both");
        check(
                mistakes,
                sharedLayers >= 0 && sharedLayers <= 3,
                "--shared-layers: expected 0 to 3, found " + sharedLayers);
        check(mistakes, epochs >= 1, "--epochs: expected at least 1, found " + epochs);
        check(mistakes, batch >= 1, "--batch: expected at least 1, found " + batch);
        check(mistakes, hidden >= 1, "--hidden: expected at least 1, found " + hidden);
        check(
                mistakes,
                learningRate > 0 && learningRate < 1,
                "--learning-rate: expected a number in (0, 1), found " + learningRate);
        check(mistakes, tokens >= batch, "--tokens: expected at least one batch of " + batch + ", found " + tokens);
        check(
                mistakes,
                tokensSynthetic == null || tokensSynthetic >= batch,
                "--tokens-synthetic: expected at least one batch of " + batch + ", found " + tokensSynthetic);
        if (save != null) {
            Path parent = save.toAbsolutePath().getParent();
            check(
                    mistakes,
                    parent != null && Files.isDirectory(parent) && !Files.isDirectory(save),
                    "--save: expected a file in a folder that exists, found " + save);
            check(
                    mistakes,
                    archive().isPresent(),
                    "--save: DL4J, whose files these are, cannot be in one process with the engine cuda: expected"
                            + " another --engine");
        }
        if (!mistakes.isEmpty()) {
            throw new InvalidInputException(mistakes.toString());
        }
    }

    private static void check(StringBuilder mistakes, boolean right, String otherwise) {
        if (!right) {
            mistakes.append(otherwise).append('\n');
        }
    }

    private List<OtherTask> beside(CorpusLibrary library) {
        int own = tokensSynthetic == null ? tokens : tokensSynthetic;
        if (others.isEmpty()) {
            return Collections.nCopies(
                    tasks == null ? 0 : tasks - 1, OtherTasks.drawn(alpha == null ? DEFAULT_ALPHA : alpha, own));
        }
        LibraryCatalogue catalogue = new LibraryCatalogue(library);
        return others.stream()
                .map(OtherTaskOption::parse)
                .flatMap(option -> option.tasks(own, corpus.sources(output), catalogue, normalisation).stream())
                .toList();
    }

    private Experiment experiment(EncodedCorpus data, List<OtherTask> beside) {
        return ExperimentIdentity.identified(OtherTasks.with(alone(data), beside));
    }

    private Experiment alone(EncodedCorpus data) {
        return Experiment.newBuilder()
                .setExperimentId("")
                .setCorpusHash(data.corpusHash())
                .setVectorsHash(data.vectorsHash())
                .setTasks(1)
                .setTokensReal(tokens)
                .setTokensSynthetic(tokens)
                .setAlpha(1)
                .setSharedLayers(sharedLayers)
                .setTraining(TrainingSettings.newBuilder()
                        .setEpochs(epochs)
                        .setBatch(batch)
                        .setHidden(hidden)
                        .setLearningRate(learningRate)
                        .setStrategy(strategy)
                        .setReadout(readout)
                        .setLabels(labels)
                        .setScoring(scoring)
                        .setAmiNormalisation(normalisation)
                        .build())
                .build();
    }

    private ObjectNode json(TrainedRun run, Engine chosen) {
        ObjectNode json = Output.object();
        json.put("outcome", run.outcome().name());
        json.put("f1Dev", run.dev().overall().f1());
        json.put("f1Test", run.test().overall().f1());
        ArrayNode ami = json.putArray("ami");
        run.ami().forEach(number -> ami.add(known(number)));
        ArrayNode alphas = json.putArray("alpha");
        run.alpha().forEach(number -> alphas.add(known(number)));
        json.put("steps", run.steps());
        json.put("stepsPerSecond", run.trainSeconds() > 0 ? run.steps() / run.trainSeconds() : 0);
        json.put("trainSeconds", run.trainSeconds());
        json.put("scoreSeconds", run.scoreSeconds());
        json.put("engine", chosen.name());
        json.put("engineVersion", chosen.version());
        json.put("seed", seed);
        json.put("finalLoss", run.finalLoss());
        return json;
    }

    /** Null for what cannot be measured. */
    private static Double known(Double number) {
        return number.isNaN() ? null : number;
    }

    private static String text(TrainedRun run) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "F1 test %.4f, dev %.4f; loss %.4f; %d steps in %.1f s (%.1f a second)%n",
                run.test().overall().f1(),
                run.dev().overall().f1(),
                run.finalLoss(),
                run.steps(),
                run.trainSeconds(),
                run.steps() / Math.max(run.trainSeconds(), 1e-9)));
        for (int task = 1; task < run.ami().size(); task++) {
            double kept = run.alpha().get(task);
            double ami = run.ami().get(task);
            text.append("task ")
                    .append(task)
                    .append(Double.isNaN(kept) ? ": real labels" : ": alpha " + kept)
                    .append(
                            Double.isNaN(ami)
                                    ? ", AMI not measured (a text of its own)"
                                    : String.format(Locale.ROOT, ", AMI %.4f", ami))
                    .append(System.lineSeparator());
        }
        return text.toString();
    }

    /** Missing where an engine has a class path of its own that DL4J is not on. */
    private static Optional<NetworkArchive> archive() {
        return ServiceLoader.load(NetworkArchive.class).findFirst();
    }

    private void saveModel(TrainedRun run) {
        try {
            archive().orElseThrow().write(run.shape(), run.parameters(), save);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + save + ": " + e.getMessage(), e);
        }
        output.note("saved the network to " + save);
    }
}
