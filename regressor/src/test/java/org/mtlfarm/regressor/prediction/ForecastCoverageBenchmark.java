package org.mtlfarm.regressor.prediction;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

import org.mtlfarm.regressor.search.FitResult;
import org.mtlfarm.regressor.search.FitSettings;
import org.mtlfarm.regressor.search.SymbolicRegression;
import org.mtlfarm.regressor.table.CsvTable;
import org.mtlfarm.regressor.table.Split;
import org.mtlfarm.regressor.table.Table;

/**
 * How many of the rows that neither search nor forecast has seen lie within its intervals. Run by hand: {@code
 * ForecastCoverageBenchmark SECONDS SPLITS [FILE TARGET FEATURE,FEATURE [ROWS]]}; without a file on a law of its own with noise. Rows
 * of equal features are kept on one side of a split; of more rows than ROWS as many are drawn.
 */
public final class ForecastCoverageBenchmark {
    private static final double[] LEVELS = {0.5, 0.8, 0.9, 0.95};

    private ForecastCoverageBenchmark() {}

    public static void main(String[] args) {
        int splits = Integer.parseInt(args[1]);
        long[] held = new long[LEVELS.length];
        double[] width = new double[LEVELS.length];
        long rows = 0;
        for (int seed = 1; seed <= splits; seed++) {
            Table table = args.length > 2 ? drawn(read(args), args, seed) : known(seed);
            Split split = Split.of(table, seed);
            Table training = table.rows(split.training());
            FitResult found = SymbolicRegression.fit(
                    training,
                    FitSettings.defaults()
                            .withSeed(seed)
                            .withThreads(1)
                            .withTimeLimit(Duration.ofSeconds(Integer.parseInt(args[0])))
                            .withCap(Duration.ofHours(1)));
            Forecast forecast = Forecast.of(
                    found.best().expression(),
                    found.front().stream().map(FitResult.Law::expression).toList(),
                    training,
                    seed);
            for (int r : split.heldOut()) {
                double[] at = Arrays.stream(table.columns())
                        .mapToDouble(column -> column[r])
                        .toArray();
                for (int l = 0; l < LEVELS.length; l++) {
                    Interval interval = forecast.ofAverage(LEVELS[l], at);
                    held[l] += interval.holds(table.values()[r]) ? 1 : 0;
                    width[l] += interval.width();
                }
                rows++;
            }
        }
        for (int l = 0; l < LEVELS.length; l++) {
            System.out.printf(
                    "level %.2f: %.3f of %d rows held, %.4f wide%n",
                    LEVELS[l], (double) held[l] / rows, rows, width[l] / rows);
        }
    }

    private static Table read(String[] args) {
        List<String> features = List.of(args[4].split(","));
        Table table = CsvTable.read(Path.of(args[2])).select(args[3], features, null, null);
        String[] groups = IntStream.range(0, table.rows())
                .mapToObj(r -> Arrays.toString(Arrays.stream(table.columns())
                        .mapToDouble(column -> column[r])
                        .toArray()))
                .toArray(String[]::new);
        return new Table(table.source(), features, table.columns(), table.target(), table.values(), null, groups);
    }

    private static Table drawn(Table table, String[] args, long seed) {
        int most = args.length > 5 ? Integer.parseInt(args[5]) : table.rows();
        SplittableRandom random = new SplittableRandom(seed);
        int[] order = IntStream.range(0, table.rows()).toArray();
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swap = order[i];
            order[i] = order[j];
            order[j] = swap;
        }
        return table.rows(Arrays.copyOf(order, Math.min(most, order.length)));
    }

    /** A grid as a study has it, with the law {@code 0.8 (1 - exp(-n (1 + A (T - 1)) / 6000))} and more noise where F1 is higher. */
    private static Table known(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int rows = 84;
        double[][] columns = new double[3][rows];
        double[] values = new double[rows];
        double[] tasks = {2, 4, 8};
        double[] ami = {0, 0.2, 0.55, 0.75, 1};
        for (int r = 0; r < rows; r++) {
            columns[0][r] = 500 * (1 + r % 7);
            columns[1][r] = ami[r / 7 % 5];
            columns[2][r] = tasks[r % 3];
            double law = 0.8 * (1 - Math.exp(-columns[0][r] * (1 + columns[1][r] * (columns[2][r] - 1)) / 6000));
            double normal =
                    Math.sqrt(-2 * Math.log(1 - random.nextDouble())) * Math.cos(2 * Math.PI * random.nextDouble());
            values[r] = law + (0.005 + 0.02 * law) * normal;
        }
        return Table.of(List.of("tokens", "ami", "tasks"), columns, "f1", values);
    }
}
