package org.mtlfarm.regressor.search;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.table.CsvTable;
import org.mtlfarm.regressor.table.Table;

/**
 * How long it takes to bring formulas up to date with more rows: a search on nine tenths of a file, then its front, and the
 * runners-up of each size as the service keeps them, fitted and ranked anew on all rows. Prints the median and the worst of 30
 * times, in milliseconds. Run by hand: {@code RefitBenchmark FILE TARGET FEATURE,FEATURE ROWS}, ROWS 0 for all.
 */
public final class RefitBenchmark {
    private RefitBenchmark() {}

    public static void main(String[] args) {
        Table file = CsvTable.read(Path.of(args[0])).select(args[1], List.of(args[2].split(",")), null, null);
        int most = Integer.parseInt(args[3]);
        Table all = most == 0 ? file : file.rows(IntStream.range(0, most).toArray());
        Table first = all.rows(IntStream.range(0, all.rows() * 9 / 10).toArray());
        FitSettings settings = FitSettings.defaults().withEffort(600_000_000L).withCap(Duration.ofHours(1));
        FitResult found = SymbolicRegression.fit(first, settings);
        List<Expression> kept = new ArrayList<>();
        found.front().forEach(law -> kept.add(law.expression()));
        for (List<Expression> island : found.state().islands()) {
            int complexity = 0;
            for (Expression member : island) {
                if (member.complexity() > complexity) {
                    complexity = member.complexity();
                    kept.add(member);
                }
            }
        }
        SearchState state = new SearchState(all.target(), all.features(), 1, List.of(kept));
        double[] millis = new double[30];
        for (int i = 0; i < millis.length; i++) {
            long start = System.nanoTime();
            SymbolicRegression.refit(all, settings, state);
            millis[i] = (System.nanoTime() - start) / 1e6;
        }
        double firstTime = millis[0];
        Arrays.sort(millis);
        System.out.printf(
                "%d rows, %d formulas: %.1f ms, the worst %.1f ms, the first %.1f ms%n",
                all.rows(), state.formulas().size(), millis[15], millis[29], firstTime);
    }
}
