package org.mtlfarm.benchmarks.engines;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import org.mtlfarm.dl4j.Dl4jEngine;
import org.mtlfarm.schemas.Readout;
import org.mtlfarm.worker.network.fused.FusedEngine;
import org.mtlfarm.worker.network.fused.StepProfile;

/** {@code benchmarks/engines}: how fast the engines and PyTorch train, in turn on the same batches. */
@Command(
        name = "engines",
        mixinStandardHelpOptions = true,
        subcommands = {SlotsCommand.class, StepProfile.class},
        description =
                "Trains with fused, DL4J and PyTorch in turn on the same batches, one thread each. Prints medians over"
                        + " the rounds, and checks that the losses agree.")
final class EnginesCommand implements Callable<Integer> {
    private static final int BATCHES = 40;
    private static final double LOSS_TOLERANCE = 1e-3;

    /** What a turn's length is measured with. */
    enum Clock {
        wall {
            @Override
            double seconds(Contestant.Turn turn) {
                return turn.wallSeconds();
            }
        },
        cpu {
            @Override
            double seconds(Contestant.Turn turn) {
                return turn.cpuSeconds();
            }
        };

        abstract double seconds(Contestant.Turn turn);
    }

    @Option(
            names = "--vectors",
            split = ",",
            defaultValue = "50,300",
            description = "numbers a word; default ${DEFAULT-VALUE}")
    private List<Integer> dimensions;

    @Option(
            names = "--hidden",
            split = ",",
            defaultValue = "100,300",
            description = "units a direction; default ${DEFAULT-VALUE}")
    private List<Integer> hidden;

    @Option(names = "--tasks", split = ",", defaultValue = "1,2,10", description = "default ${DEFAULT-VALUE}")
    private List<Integer> tasks;

    @Option(names = "--readout", split = ",", defaultValue = "LAST,CENTER", description = "default ${DEFAULT-VALUE}")
    private List<Readout> readouts;

    @Option(names = "--without-dl4j", description = "leave DL4J out; it takes most of the time")
    private boolean withoutDl4j;

    @Option(
            names = "--python",
            split = ",",
            defaultValue = "python3",
            description = "interpreters that have PyTorch, or none for none; default ${DEFAULT-VALUE}")
    private List<String> pythons;

    @Option(names = "--rounds", defaultValue = "7", description = "turns of each; default ${DEFAULT-VALUE}")
    private int rounds;

    @Option(names = "--steps", defaultValue = "20", description = "steps a turn; default ${DEFAULT-VALUE}")
    private int steps;

    @Option(
            names = "--warm-up",
            defaultValue = "100",
            description = "steps before the first turn; default ${DEFAULT-VALUE}")
    private int warmUp;

    @Option(
            names = "--clock",
            defaultValue = "wall",
            description = "wall, or cpu on a machine with other work; default ${DEFAULT-VALUE}")
    private Clock clock;

    @Option(names = "--program", description = "engines_pytorch.py; benchmarks/engines states it")
    private Path program;

    @Override
    public Integer call() {
        System.out.println("| vectors | hidden | T | readout | engine | ms a step | GFLOP | GFLOP/s | times as fast |");
        System.out.println("|---|---|---|---|---|---|---|---|---|");
        boolean agree = true;
        for (int dimension : dimensions) {
            for (int units : hidden) {
                for (int count : tasks) {
                    for (Readout readout : readouts) {
                        agree &= compare(Workload.of(dimension, units, count, readout, BATCHES));
                    }
                }
            }
        }
        return agree ? 0 : 1;
    }

    /** Whether the losses agreed. */
    private boolean compare(Workload workload) {
        Path folder = temporaryFolder();
        workload.write(folder);
        List<Contestant> contestants = new ArrayList<>();
        try {
            contestants.add(new EngineContestant(new FusedEngine(), workload));
            if (!withoutDl4j) {
                contestants.add(new EngineContestant(new Dl4jEngine(), workload));
            }
            for (String python : pythons) {
                if (!python.equals("none")) {
                    contestants.add(new PyTorchContestant(python, program, folder, workload));
                }
            }
            return compare(workload, contestants);
        } finally {
            contestants.forEach(Contestant::close);
            Workload.delete(folder);
        }
    }

    private boolean compare(Workload workload, List<Contestant> contestants) {
        int count = contestants.size();
        double[][] milliseconds = new double[count][rounds];
        double[] losses = new double[count];
        for (int index = 0; index < count; index++) {
            losses[index] = contestants.get(index).train(warmUp).loss();
        }
        boolean agree = true;
        for (int index = 1; index < count; index++) {
            if (!(Math.abs(losses[index] - losses[0]) <= LOSS_TOLERANCE)) {
                agree = false;
                System.err.printf(
                        "%s's loss after %d steps is %.6f, %s's %.6f%n",
                        contestants.get(index).name(),
                        warmUp,
                        losses[index],
                        contestants.get(0).name(),
                        losses[0]);
            }
        }
        for (int round = 0; round < rounds; round++) {
            for (int index = 0; index < count; index++) {
                milliseconds[index][round] =
                        clock.seconds(contestants.get(index).train(steps)) / steps * 1e3;
            }
        }
        double fused = median(milliseconds[0]);
        for (int index = 0; index < count; index++) {
            double median = median(milliseconds[index]);
            double operations = index == 0 ? workload.neededOperations() : workload.plainOperations();
            System.out.printf(
                    "| %d | %d | %d | %s | %s | %.2f | %.2f | %.1f | %.2f |%n",
                    workload.shape().wordDimension(),
                    workload.shape().hidden(),
                    workload.shape().tasks(),
                    workload.shape().readout(),
                    contestants.get(index).name(),
                    median,
                    operations / 1e9,
                    operations / 1e6 / median,
                    median / fused);
        }
        return agree;
    }

    private static double median(double[] numbers) {
        double[] sorted = numbers.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("engines");
        } catch (IOException e) {
            throw new UncheckedIOException("no temporary folder could be made: " + e.getMessage(), e);
        }
    }

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new EnginesCommand()).execute(arguments));
    }
}
