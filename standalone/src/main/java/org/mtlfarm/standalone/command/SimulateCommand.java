package org.mtlfarm.standalone.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import org.mtlfarm.schemas.AmiNormalisation;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.worker.corpus.Corpus;
import org.mtlfarm.worker.corpus.EncodedText;
import org.mtlfarm.worker.corpus.TaggedText;
import org.mtlfarm.worker.random.SplitMix64;
import org.mtlfarm.worker.simulator.AdjustedMutualInformation;
import org.mtlfarm.worker.simulator.LabelMatrix;
import org.mtlfarm.worker.simulator.TaskSimulator;

/** {@code farm simulate}. */
@Command(
        name = "simulate",
        description = "Draw artificial tasks over a corpus; print the AMI of each, write the data as columns.")
final class SimulateCommand implements Runnable {
    @Mixin
    private Output output;

    @Option(
            names = "--corpus",
            defaultValue = "builtin",
            paramLabel = "CORPUS",
            description = "builtin, a folder, or train=F,dev=F,test=F (default ${DEFAULT-VALUE}).")
    private String corpusName;

    @Mixin
    private CorpusColumns columns;

    @Option(
            names = "--tasks",
            defaultValue = "2",
            paramLabel = "T",
            description = "Tasks, the real one included (default ${DEFAULT-VALUE}).")
    private int tasks;

    @Option(names = "--tokens", paramLabel = "N", description = "Training tokens, from the first on (default all).")
    private Integer tokens;

    @Option(
            names = "--alpha",
            split = ",",
            required = true,
            paramLabel = "A",
            description = "Probability that an artificial task keeps the real label: one for all, or one each.")
    private double[] alphas;

    @Option(
            names = "--seed",
            defaultValue = "1",
            paramLabel = "SEED",
            description = "Decides every draw (default ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--ami-normalisation",
            defaultValue = "ARITHMETIC",
            paramLabel = "MEAN",
            description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}).")
    private AmiNormalisation normalisation;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Write word, real label and each task's label, tab separated.")
    private Path out;

    @Override
    public void run() {
        if (tasks < 1) {
            throw new InvalidInputException("--tasks: expected at least 1, found " + tasks);
        }
        if (alphas.length != 1 && alphas.length != tasks - 1) {
            throw new InvalidInputException("--alpha: expected one for all or one for each of the " + (tasks - 1)
                    + " artificial tasks, found " + alphas.length);
        }
        for (double alpha : alphas) {
            if (!(alpha >= 0 && alpha <= 1)) {
                throw new InvalidInputException("--alpha: expected numbers in [0, 1], found " + alpha);
            }
        }
        Corpus corpus = CorpusOptions.library(output).corpus(columns.of(corpusName));
        int available = corpus.train().tokens();
        int used = tokens == null ? available : tokens;
        if (used < 1 || used > available) {
            throw new InvalidInputException("--tokens: expected 1 to " + available + ", the training tokens of "
                    + corpus.name() + ", found " + used);
        }
        int[] real = Arrays.copyOf(EncodedText.labelsOf(corpus.train(), corpus.labels()), used);
        int[][] labels = new int[tasks][];
        labels[0] = real;
        ObjectNode json = Output.object();
        json.put("tokens", used);
        ArrayNode list = json.putArray("tasks");
        list.addObject().put("alpha", 1.0).put("ami", 1.0);
        StringBuilder text = new StringBuilder("task   alpha        AMI\nreal   1.0000   1.000000\n");
        for (int task = 1; task < tasks; task++) {
            double alpha = alphas.length == 1 ? alphas[0] : alphas[task - 1];
            labels[task] = new TaskSimulator(new LabelMatrix(corpus.labels().size(), alpha))
                    .draw(real, SplitMix64.ofStream(seed, task));
            double ami = AdjustedMutualInformation.of(real, labels[task]).under(normalisation);
            list.addObject().put("alpha", alpha).put("ami", ami);
            text.append("%4d   %6.4f   %8.6f%n".formatted(task, alpha, ami));
        }
        if (out != null) {
            write(corpus, labels, used);
            output.note("wrote " + used + " tokens to " + out);
        }
        output.print(json, text.toString());
    }

    private void write(Corpus corpus, int[][] labels, int used) {
        TaggedText text = corpus.train();
        try (PrintWriter writer = new PrintWriter(Files.newBufferedWriter(out, StandardCharsets.UTF_8))) {
            int sentence = 1;
            for (int i = 0; i < used; i++) {
                if (sentence < text.sentences() && text.sentenceStarts()[sentence] == i) {
                    writer.println();
                    sentence++;
                }
                writer.print(text.words()[i]);
                for (int[] task : labels) {
                    writer.print('\t');
                    String name = corpus.labels().get(task[i]);
                    writer.print(name.equals("O") || !corpus.spans() ? name : "I-" + name);
                }
                writer.println();
            }
            if (writer.checkError()) {
                throw new IOException("the file could not be written to its end");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + out + ": " + e.getMessage(), e);
        }
    }
}
