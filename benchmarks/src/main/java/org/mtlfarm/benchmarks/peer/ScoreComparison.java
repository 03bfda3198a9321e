package org.mtlfarm.benchmarks.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.worker.corpus.EncodedText;
import org.mtlfarm.worker.corpus.TaggedText;
import org.mtlfarm.worker.network.Engine;
import org.mtlfarm.worker.training.EncodedCorpus;
import org.mtlfarm.worker.training.RunSeeds;
import org.mtlfarm.worker.training.RunTrainer;
import org.mtlfarm.worker.training.TrainedRun;
import org.mtlfarm.worker.training.TrainingListener;

/**
 * Do an engine's F1 scores have PyTorch's mean? The two share the corpus and nothing else: labels, first parameters,
 * shuffles and scoring are each program's own. Scores are kept in a file, a line a run; what it has is not done again.
 */
record ScoreComparison(EncodedCorpus corpus, Path scores) {
    static final String PYTORCH = "pytorch";

    private static final String HEADER = "peer,tasks,seed,f1_test,f1_dev,steps,train_seconds";

    /** Mean, sample standard deviation and count of some scores. */
    record Sample(int count, double mean, double deviation) {
        static Sample of(List<Double> scores) {
            double mean =
                    scores.stream().mapToDouble(Double::doubleValue).average().orElse(0);
            double squares = scores.stream()
                    .mapToDouble(score -> (score - mean) * (score - mean))
                    .sum();
            return new Sample(scores.size(), mean, Math.sqrt(squares / (scores.size() - 1)));
        }

        /** The difference of the means over its standard error. */
        double standardErrorsFrom(Sample other) {
            double error = Math.sqrt(deviation * deviation / count + other.deviation * other.deviation / other.count);
            return (mean - other.mean) / error;
        }
    }

    void run(Engine engine, Setting setting, long seed) {
        if (has(engine.name(), setting.tasks(), seed)) {
            return;
        }
        Experiment experiment = setting.experiment(corpus);
        TrainedRun run = new RunTrainer(engine, System::nanoTime)
                .train(experiment, RunSeeds.of(experiment, seed), corpus, TrainingListener.NONE, () -> false);
        keep(
                engine.name(),
                setting.tasks(),
                seed,
                run.test().overall().f1(),
                run.dev().overall().f1(),
                run.steps(),
                run.trainSeconds());
    }

    /**
     * A run of the peer.
     *
     * @param data folder that {@link #export} wrote
     */
    void run(PeerProgram pyTorch, Path data, Setting setting, long seed) {
        if (has(PYTORCH, setting.tasks(), seed)) {
            return;
        }
        JsonNode run = pyTorch.run(List.of(
                "train",
                data.toString(),
                "--tasks=" + setting.tasks(),
                "--tokens=" + setting.tokens(),
                "--alpha=" + setting.alpha(),
                "--shared-layers=" + setting.sharedLayers(),
                "--epochs=" + setting.epochs(),
                "--batch=" + setting.batch(),
                "--hidden=" + setting.hidden(),
                "--readout=" + setting.readout(),
                "--seed=" + seed));
        keep(
                PYTORCH,
                setting.tasks(),
                seed,
                run.get("f1Test").asDouble(),
                run.get("f1Dev").asDouble(),
                run.get("steps").asLong(),
                run.get("trainSeconds").asDouble());
    }

    /** Writes the corpus as numbers for the peer: rows, labels and vectors, and the gold tags of what is scored. */
    void export(Path data) {
        NumberFile.write(data.resolve("vectors"), corpus.vectors().table());
        NumberFile.write(data.resolve("train.rows"), corpus.train().rows());
        NumberFile.write(data.resolve("train.labels"), corpus.train().labels());
        write(
                data.resolve("data.json"),
                Map.of(
                        "wordDimension",
                        corpus.vectors().dimension(),
                        "labels",
                        corpus.corpus().labels()));
        exportScored(data, "dev", corpus.dev(), corpus.corpus().dev());
        exportScored(data, "test", corpus.test(), corpus.corpus().test());
    }

    private static void exportScored(Path data, String name, EncodedText text, TaggedText gold) {
        NumberFile.write(data.resolve(name + ".rows"), text.rows());
        write(data.resolve(name + ".json"), Map.of("tags", gold.tags(), "sentenceStarts", gold.sentenceStarts()));
    }

    /** Test F1 of all runs of one number of tasks, by peer. */
    Map<String, Sample> samples(int tasks) {
        Map<String, List<Double>> byPeer = new LinkedHashMap<>();
        for (String[] line : lines()) {
            if (Integer.parseInt(line[1]) == tasks) {
                byPeer.computeIfAbsent(line[0], peer -> new ArrayList<>()).add(Double.valueOf(line[3]));
            }
        }
        Map<String, Sample> samples = new LinkedHashMap<>();
        byPeer.forEach((peer, found) -> samples.put(peer, Sample.of(found)));
        return samples;
    }

    private boolean has(String peer, int tasks, long seed) {
        return lines().stream()
                .anyMatch(line ->
                        line[0].equals(peer) && Integer.parseInt(line[1]) == tasks && Long.parseLong(line[2]) == seed);
    }

    private void keep(String peer, int tasks, long seed, double f1Test, double f1Dev, long steps, double seconds) {
        String line =
                String.format(Locale.ROOT, "%s,%d,%d,%s,%s,%d,%.1f", peer, tasks, seed, f1Test, f1Dev, steps, seconds);
        try {
            if (!Files.exists(scores)) {
                Files.writeString(scores, HEADER + "\n");
            }
            Files.writeString(scores, line + "\n", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(scores + " could not be written: " + e.getMessage(), e);
        }
    }

    private List<String[]> lines() {
        try {
            return Files.exists(scores)
                    ? Files.readAllLines(scores).stream()
                            .skip(1)
                            .map(line -> line.split(","))
                            .toList()
                    : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(scores + " could not be read: " + e.getMessage(), e);
        }
    }

    private static void write(Path file, Map<String, Object> facts) {
        try {
            Files.write(file, new ObjectMapper().writeValueAsBytes(facts));
        } catch (IOException e) {
            throw new UncheckedIOException(file + " could not be written: " + e.getMessage(), e);
        }
    }
}
