package org.mtlfarm.regressor.search;

import java.nio.file.Path;
import java.util.List;

import org.mtlfarm.regressor.table.CsvTable;
import org.mtlfarm.regressor.table.Table;

/**
 * The gplearn preset under several seeds: held-out MSE of the target in percent, and seconds. Run by hand:
 * {@code GplearnBenchmark FILE TARGET FEATURE,FEATURE SEEDS THREADS}; benchmarks/regressor/gplearn_peer.py prints the same of
 * gplearn itself.
 */
public final class GplearnBenchmark {
    private GplearnBenchmark() {}

    public static void main(String[] args) {
        Table table = CsvTable.read(Path.of(args[0])).select(args[1], List.of(args[2].split(",")), null, null);
        for (int seed = 1; seed <= Integer.parseInt(args[3]); seed++) {
            FitResult result = SymbolicRegression.fit(
                    table,
                    FitSettings.defaults()
                            .withSeed(seed)
                            .withThreads(Integer.parseInt(args[4]))
                            .withPreset(Preset.GPLEARN));
            System.out.printf(
                    "%.2f %.3f %d %.3g%n",
                    10_000 * result.best().testMse(),
                    result.seconds(),
                    result.best().complexity(),
                    result.nodeEvaluationsPerSecond());
        }
    }
}
