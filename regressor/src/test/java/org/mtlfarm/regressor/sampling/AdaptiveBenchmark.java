package org.mtlfarm.regressor.sampling;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

import org.mtlfarm.regressor.search.FitSettings;
import org.mtlfarm.regressor.service.RegressorSettings;
import org.mtlfarm.regressor.table.CsvTable;
import org.mtlfarm.regressor.table.Table;

/**
 * An adaptive study played again on the averages of a whole one: how well the law of so many experiments foretells the whole grid when
 * they are chosen adaptively, and when they are drawn. Run by hand:
 * {@code AdaptiveBenchmark FILE TARGET FEATURE,FEATURE FIRST BATCH PRECISION NOISE DRAWS}.
 */
public final class AdaptiveBenchmark {
    private AdaptiveBenchmark() {}

    public static void main(String[] args) {
        Table grid = means(CsvTable.read(Path.of(args[0])).select(args[1], List.of(args[2].split(",")), null, null));
        int first = Integer.parseInt(args[3]);
        int batch = Integer.parseInt(args[4]);
        double precision = Double.parseDouble(args[5]);
        double noise = Double.parseDouble(args[6]);
        int draws = Integer.parseInt(args[7]);
        FitSettings fit = RegressorSettings.defaults().whileRunning();
        double[][] settings = IntStream.range(0, grid.rows())
                .mapToObj(r ->
                        Arrays.stream(grid.columns()).mapToDouble(c -> c[r]).toArray())
                .toArray(double[][]::new);
        print("whole grid: %d settings, R2 of its law %.4f%n", grid.rows(), r2(SamplingRound.of(grid, fit), grid));
        List<List<Integer>> orders = new ArrayList<>();
        for (int d = 1; d <= draws; d++) {
            List<Integer> order =
                    new ArrayList<>(IntStream.range(0, grid.rows()).boxed().toList());
            Collections.shuffle(order, new Random(d));
            orders.add(order);
        }
        List<Integer> measured = new ArrayList<>(FirstSettings.of(settings, first));
        SamplingRound before = null;
        List<Integer> newest = List.of();
        boolean enough = false;
        while (measured.size() < grid.rows()) {
            SamplingRound round = SamplingRound.of(rows(grid, measured), fit);
            List<Integer> left = IntStream.range(0, grid.rows())
                    .filter(s -> !measured.contains(s))
                    .boxed()
                    .toList();
            double doubt = left.stream()
                    .mapToDouble(s -> round.doubt(settings[s]))
                    .max()
                    .orElse(0);
            double surprise = before == null ? Double.NaN : before.surprise(rows(grid, newest));
            double[] drawn = orders.stream()
                    .mapToDouble(order ->
                            r2(SamplingRound.of(rows(grid, order.subList(0, measured.size())), fit), grid))
                    .sorted()
                    .toArray();
            boolean now = doubt <= precision && surprise <= Math.hypot(precision, noise);
            print(
                    "%3d settings: R2 on the whole grid %.4f adaptive, %s drawn; doubt %.4f, surprise %.4f%s%n",
                    measured.size(),
                    r2(round, grid),
                    Arrays.toString(Arrays.stream(drawn)
                            .map(v -> Math.round(v * 1e4) / 1e4)
                            .toArray()),
                    doubt,
                    surprise,
                    now && !enough ? "  <- enough" : "");
            enough |= now;
            newest = round.next(settings, left, noise, batch);
            measured.addAll(newest);
            before = round;
        }
    }

    private static void print(String format, Object... values) {
        System.out.printf(Locale.ROOT, format, values);
    }

    /** One row a setting, the mean of its own. */
    private static Table means(Table table) {
        Map<List<Double>, List<Double>> bySetting = new LinkedHashMap<>();
        for (int r = 0; r < table.rows(); r++) {
            int row = r;
            bySetting
                    .computeIfAbsent(
                            Arrays.stream(table.columns()).map(c -> c[row]).toList(), s -> new ArrayList<>())
                    .add(table.values()[r]);
        }
        List<List<Double>> settings = List.copyOf(bySetting.keySet());
        double[][] columns = IntStream.range(0, table.columns().length)
                .mapToObj(c -> settings.stream().mapToDouble(s -> s.get(c)).toArray())
                .toArray(double[][]::new);
        double[] values = bySetting.values().stream()
                .mapToDouble(of -> of.stream().mapToDouble(v -> v).average().orElseThrow())
                .toArray();
        return new Table("means", table.features(), columns, table.target(), values, null, null);
    }

    private static Table rows(Table table, List<Integer> rows) {
        return table.rows(rows.stream().mapToInt(r -> r).sorted().toArray());
    }

    private static double r2(SamplingRound round, Table grid) {
        double mean = Arrays.stream(grid.values()).average().orElseThrow();
        double variance = Arrays.stream(grid.values())
                .map(v -> (v - mean) * (v - mean))
                .average()
                .orElseThrow();
        double error = round.surprise(grid);
        return 1 - error * error / variance;
    }
}
