package org.mtlfarm.regressor.search;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

import com.sun.management.OperatingSystemMXBean;

import org.mtlfarm.regressor.table.CsvTable;
import org.mtlfarm.regressor.table.Table;

/**
 * Fits a CSV file under several seeds and prints each front and the median held-out R². Run by hand:
 * {@code FitTableBenchmark FILE TARGET FEATURE,FEATURE SECONDS MAX_COMPLEXITY THREADS SEEDS [cpu [GROUP]]}; with {@code cpu} the time
 * limit is lifted and the effort of so many seconds decides, so that a busy machine gives the figures of an idle one.
 */
public final class FitTableBenchmark {
    private FitTableBenchmark() {}

    public static void main(String[] args) {
        Table table = CsvTable.read(Path.of(args[0]))
                .select(args[1], List.of(args[2].split(",")), null, args.length > 8 ? args[8] : null);
        int seeds = Integer.parseInt(args[6]);
        double[] scores = new double[seeds];
        for (int seed = 1; seed <= seeds; seed++) {
            FitSettings settings = FitSettings.defaults()
                    .withSeed(seed)
                    .withTimeLimit(Duration.ofMillis(Math.round(1000 * Double.parseDouble(args[3]))))
                    .withMaxComplexity(Integer.parseInt(args[4]))
                    .withThreads(Integer.parseInt(args[5]));
            if (args.length > 7) {
                settings = settings.withCap(Duration.ofHours(1));
            }
            long cpu = cpuNanos();
            FitResult result = SymbolicRegression.fit(table, settings);
            double cpuSeconds = (cpuNanos() - cpu) / 1e9;
            scores[seed - 1] = result.best().testR2();
            if (seed == 1) {
                result.front()
                        .forEach(law -> System.out.printf(
                                "  %2d  %.4f  %.3g  %s%n", law.complexity(), law.testR2(), law.trainMse(), law.text()));
            }
            System.out.printf(
                    "seed %d  R2 %.4f  nodes %d  %.1f s (%.1f s of processor)  %s  %d expressions  %.3g nodes a processor second  %s%n",
                    seed,
                    result.best().testR2(),
                    result.best().complexity(),
                    result.seconds(),
                    cpuSeconds,
                    result.stopped(),
                    result.evaluations(),
                    result.nodeEvaluationsPerSecond() * result.seconds() / cpuSeconds,
                    result.best().text());
        }
        Arrays.sort(scores);
        System.out.printf("median held-out R2 %.4f%n", (scores[(seeds - 1) / 2] + scores[seeds / 2]) / 2);
    }

    private static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }
}
