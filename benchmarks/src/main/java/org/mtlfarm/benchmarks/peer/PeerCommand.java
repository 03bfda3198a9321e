package org.mtlfarm.benchmarks.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import org.mtlfarm.dl4j.Dl4jEngine;
import org.mtlfarm.schemas.Readout;
import org.mtlfarm.schemas.Sources;
import org.mtlfarm.schemas.Strategy;
import org.mtlfarm.worker.network.Engine;
import org.mtlfarm.worker.network.fused.FusedEngine;
import org.mtlfarm.worker.training.CorpusLibrary;
import org.mtlfarm.worker.training.EncodedCorpus;

/** {@code benchmarks/peer}: compares the engines with PyTorch, and the reader of models with fastText. */
@Command(
        name = "peer",
        mixinStandardHelpOptions = true,
        description = "Compares the engines with PyTorch, and the reader of vectors with fastText.")
final class PeerCommand {
    private static final double LOSS_TOLERANCE = 1e-3;
    private static final double MOST_STANDARD_ERRORS = 3;
    private static final double VECTOR_TOLERANCE = 1e-6;

    private PeerCommand() {}

    /** The engines that can be compared. */
    enum Engines {
        dl4j {
            @Override
            Engine open() {
                return new Dl4jEngine();
            }
        },
        fused {
            @Override
            Engine open() {
                return new FusedEngine();
            }
        };

        abstract Engine open();
    }

    /** Options of both comparisons with PyTorch. */
    static final class Common {
        @Option(
                names = "--engine",
                defaultValue = "dl4j",
                description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}")
        private Engines engine;

        @Option(
                names = "--corpus",
                defaultValue = "builtin",
                description = "as farm's --corpus; default ${DEFAULT-VALUE}")
        private String corpus;

        @Option(
                names = "--vectors",
                defaultValue = "builtin",
                description = "as farm's --vectors; default ${DEFAULT-VALUE}")
        private String vectors;

        @Option(
                names = "--hidden",
                defaultValue = "100",
                description = "LSTM units a direction; default ${DEFAULT-VALUE}")
        private int hidden;

        @Option(names = "--python", defaultValue = "python3", description = "an interpreter that has PyTorch and NumPy")
        private String python;

        @Option(names = "--program", required = true, description = "pytorch_peer.py; benchmarks/peer states it")
        private Path program;

        private PeerProgram pyTorch() {
            return new PeerProgram(python, program);
        }

        private EncodedCorpus corpus() {
            Sources sources =
                    Sources.newBuilder().setCorpus(corpus).setVectors(vectors).build();
            return new CorpusLibrary(Optional.empty(), Optional.empty(), System.err::println).get(sources);
        }
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "Same parameters, batches, labels: the largest difference of a loss over some steps.")
    int losses(
            @Mixin Common common,
            @Option(names = "--steps", defaultValue = "100", description = "a multiple of 20; default ${DEFAULT-VALUE}")
                    int steps) {
        LossComparison comparison = new LossComparison(common.engine.open(), common.corpus(), common.pyTorch());
        System.out.printf(
                "%-6s %2s %6s %-11s %-6s %10s %10s %12s %12s%n",
                "engine", "T", "shared", "strategy", "read", "first", "last", "max |dloss|", "max |dparam|");
        boolean close = true;
        for (int tasks : List.of(1, 2, 4)) {
            for (Strategy strategy : Strategy.values()) {
                for (Readout readout : Readout.values()) {
                    int sharedLayers = tasks == 1 ? 2 : tasks == 2 ? 1 : 3;
                    JsonNode found = comparison.compare(tasks, sharedLayers, common.hidden, strategy, readout, steps);
                    double difference = found.get("largestLossDifference").asDouble();
                    close &= difference <= LOSS_TOLERANCE;
                    System.out.printf(
                            "%-6s %2d %6d %-11s %-6s %10.6f %10.6f %12.1e %12.1e%n",
                            common.engine,
                            tasks,
                            sharedLayers,
                            strategy,
                            readout,
                            found.get("firstLoss").asDouble(),
                            found.get("lastLoss").asDouble(),
                            difference,
                            found.get("largestParameterDifference").asDouble());
                }
            }
        }
        return close ? 0 : 1;
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "Own labels, starts and shuffles: the means of the F1 scores over some seeds.")
    int scores(
            @Mixin Common common,
            @Option(names = "--tasks", split = ",", defaultValue = "2,4", description = "default ${DEFAULT-VALUE}")
                    List<Integer> tasks,
            @Option(names = "--tokens", defaultValue = "2000", description = "a task; default ${DEFAULT-VALUE}")
                    int tokens,
            @Option(names = "--alpha", defaultValue = "0.9", description = "default ${DEFAULT-VALUE}") double alpha,
            @Option(names = "--epochs", defaultValue = "30", description = "default ${DEFAULT-VALUE}") int epochs,
            @Option(names = "--seeds", defaultValue = "10", description = "runs a peer; default ${DEFAULT-VALUE}")
                    int seeds,
            @Option(names = "--out", required = true, description = "CSV file of scores, gone on with if it exists")
                    Path out) {
        Engine engine = common.engine.open();
        ScoreComparison comparison = new ScoreComparison(common.corpus(), out);
        Path data = temporaryFolder();
        comparison.export(data);
        for (int seed = 0; seed < seeds; seed++) {
            for (int count : tasks) {
                Setting setting = new Setting(
                        count, tokens, alpha, 2, epochs, 100, common.hidden, Strategy.ALTERNATING, Readout.LAST);
                comparison.run(engine, setting, seed);
                comparison.run(common.pyTorch(), data, setting, seed);
            }
        }
        boolean close = true;
        for (int count : tasks) {
            Map<String, ScoreComparison.Sample> samples = comparison.samples(count);
            ScoreComparison.Sample peer = samples.get(ScoreComparison.PYTORCH);
            for (Map.Entry<String, ScoreComparison.Sample> entry : samples.entrySet()) {
                ScoreComparison.Sample sample = entry.getValue();
                double errors = sample.standardErrorsFrom(peer);
                close &= Math.abs(errors) < MOST_STANDARD_ERRORS;
                System.out.printf(
                        "T = %d %-8s %2d runs: F1 %.4f, standard deviation %.4f; %+.2f standard errors from PyTorch%n",
                        count, entry.getKey(), sample.count(), sample.mean(), sample.deviation(), errors);
            }
        }
        return close ? 0 : 1;
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "Models that fastText trains on a corpus: the largest difference of a number of any vector.")
    int vectors(
            @Option(
                            names = "--corpus",
                            defaultValue = "builtin",
                            description = "as farm's --corpus; default ${DEFAULT-VALUE}")
                    String corpus,
            @Option(
                            names = "--python",
                            defaultValue = "python3",
                            description = "an interpreter that has fastText's module")
                    String python,
            @Option(names = "--program", required = true, description = "fasttext_peer.py; benchmarks/peer states it")
                    Path program) {
        VectorComparison comparison = new VectorComparison(
                new CorpusLibrary(Optional.empty(), Optional.empty(), System.err::println).corpus(corpus),
                new PeerProgram(python, program));
        System.out.printf(
                "%-24s %7s %13s %9s %9s %12s %10s%n",
                "model", "words", "in dictionary", "composed", "equal", "max |number|", "max |d|");
        boolean close = true;
        for (VectorComparison.Difference found : comparison.run(temporaryFolder())) {
            close &= found.largest() <= VECTOR_TOLERANCE;
            System.out.printf(
                    "%-24s %7d %13d %9d %9d %12.3f %10.1e%n",
                    found.model(),
                    found.words(),
                    found.inDictionary(),
                    found.composed(),
                    found.equal(),
                    found.largestNumber(),
                    found.largest());
        }
        return close ? 0 : 1;
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("peer");
        } catch (IOException e) {
            throw new UncheckedIOException("no temporary folder could be made: " + e.getMessage(), e);
        }
    }

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new PeerCommand()).execute(arguments));
    }
}
