package org.mtlfarm.benchmarks.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;

import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.Readout;
import org.mtlfarm.schemas.Strategy;
import org.mtlfarm.worker.corpus.Corpus;
import org.mtlfarm.worker.corpus.TaggedText;
import org.mtlfarm.worker.network.Engine;
import org.mtlfarm.worker.training.EncodedCorpus;
import org.mtlfarm.worker.training.RunSeeds;
import org.mtlfarm.worker.training.RunTrainer;
import org.mtlfarm.worker.training.TrainingListener;

/** From the same parameters, batches and labels: do an engine's losses follow PyTorch's? */
record LossComparison(Engine engine, EncodedCorpus corpus, PeerProgram pyTorch) {
    private static final int BATCH = 100;
    private static final int EPOCHS = 5;
    private static final double ALPHA = 0.9;
    private static final long SEED = 1;

    /**
     * Trains on the engine, then in PyTorch on its tape.
     *
     * @param steps a multiple of 5 epochs x tasks
     * @return largest differences of loss and of parameters, over all steps and at the end
     */
    JsonNode compare(int tasks, int sharedLayers, int hidden, Strategy strategy, Readout readout, int steps) {
        int sharesAnEpoch = strategy == Strategy.JOINT ? 1 : tasks;
        int tokens = steps / (EPOCHS * sharesAnEpoch) * BATCH;
        Setting setting = new Setting(tasks, tokens, ALPHA, sharedLayers, EPOCHS, BATCH, hidden, strategy, readout);
        Experiment experiment = setting.experiment(corpus);
        Path tape = temporaryFolder();
        try {
            new RunTrainer(new TapedEngine(engine, tape, strategy), System::nanoTime)
                    .train(
                            experiment,
                            RunSeeds.of(experiment, SEED),
                            hardlyScored(corpus),
                            TrainingListener.NONE,
                            () -> false);
            return pyTorch.run(List.of("follow", tape.toString()));
        } finally {
            delete(tape);
        }
    }

    /** The corpus with but its first sentence to score: scores are not looked at here. */
    private static EncodedCorpus hardlyScored(EncodedCorpus encoded) {
        Corpus corpus = encoded.corpus();
        Corpus small = new Corpus(
                corpus.name(),
                corpus.train(),
                firstSentence(corpus.dev()),
                firstSentence(corpus.test()),
                corpus.labels());
        return EncodedCorpus.of(small, encoded.vectors(), encoded.vectorsName(), List.of());
    }

    private static TaggedText firstSentence(TaggedText text) {
        int end = text.sentences() > 1 ? text.sentenceStarts()[1] : text.tokens();
        return new TaggedText(Arrays.copyOf(text.words(), end), Arrays.copyOf(text.tags(), end), new int[] {0});
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("tape");
        } catch (IOException e) {
            throw new UncheckedIOException("no temporary folder could be made: " + e.getMessage(), e);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " could not be deleted: " + e.getMessage(), e);
        }
    }
}
