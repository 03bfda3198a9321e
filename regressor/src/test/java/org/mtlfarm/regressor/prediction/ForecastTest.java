package org.mtlfarm.regressor.prediction;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.ExpressionParser;
import org.mtlfarm.regressor.table.Table;
import org.mtlfarm.schemas.AverageColumn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** What a law foretells, how sure that is, and what it takes to gain more. */
class ForecastTest {
    private static final List<String> FACTORS = List.of("tokens", "tasks");
    private static final Expression ROOT = ExpressionParser.parse("0.01*sqrt(tokens)*tasks^0.1", FACTORS);
    private static final Expression LINE = ExpressionParser.parse("0.2+0.0001*tokens", FACTORS);

    private static Table grid(double noise, SplittableRandom random) {
        double[][] columns = new double[2][48];
        double[] values = new double[48];
        for (int r = 0; r < 48; r++) {
            columns[0][r] = 500 * (1 + r % 8);
            columns[1][r] = 1 << r / 8 % 3;
            values[r] = ROOT.value(columns[0][r], columns[1][r]) + noise * normal(random);
        }
        return Table.of(FACTORS, columns, "f1", values);
    }

    private static double normal(SplittableRandom random) {
        return Math.sqrt(-2 * Math.log(1 - random.nextDouble())) * Math.cos(2 * Math.PI * random.nextDouble());
    }

    @Test
    void aLawWithoutNoiseIsSureAndOutweighsItsRivals() {
        Forecast forecast = Forecast.of(ROOT, List.of(LINE, ROOT), grid(0, new SplittableRandom(1)), 1);
        Interval interval = forecast.ofAverage(0.95, 2500, 4);
        assertThat(forecast.value(2500, 4)).isEqualTo(ROOT.value(2500, 4));
        assertThat(interval.width()).isLessThan(1e-6);
        assertThat(interval.lower()).isCloseTo(ROOT.value(2500, 4), within(1e-6));
        assertThat(forecast.laws()).allSatisfy(law -> assertThat(law.codes()).isEqualTo(ROOT.codes()));
    }

    @Test
    void thePublishedLawKeepsAVoiceThoughARivalIsFarBetter() {
        Forecast forecast = Forecast.of(LINE, List.of(ROOT), grid(0.001, new SplittableRandom(1)), 1);
        assertThat(forecast.value(2500, 4)).isEqualTo(LINE.value(2500, 4));
        assertThat(forecast.laws()).anyMatch(law -> Arrays.equals(law.codes(), LINE.codes()));
        assertThat(forecast.ofLaw(0.9, 2500, 4).holds(ROOT.value(2500, 4))).isTrue();
    }

    /** New averages over 40 tables, five each: of 200 some 190 are to be held; fewer than 178 come by chance once in 10,000 times. */
    @Test
    void asManyNewAveragesAsItSaysLieWithinItsIntervals() {
        SplittableRandom random = new SplittableRandom(11);
        int held = 0;
        List<Double> widths = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Forecast forecast = Forecast.of(ROOT, List.of(LINE, ROOT), grid(0.02, random), i);
            for (double tokens : new double[] {700, 1300, 2100, 3000, 3900}) {
                Interval interval = forecast.ofAverage(0.95, tokens, 2);
                widths.add(interval.width());
                held += interval.holds(ROOT.value(tokens, 2) + 0.02 * normal(random)) ? 1 : 0;
            }
        }
        assertThat(held).isBetween(178, 200);
        // The true interval is 4 standard deviations, 0.078, wide.
        assertThat(widths.stream().mapToDouble(Double::doubleValue).average().orElseThrow())
                .isBetween(0.07, 0.12);
    }

    @Test
    void whatItTakesIsWhereTheLawHasRisenSoFar() {
        Forecast forecast = Forecast.of(ROOT, List.of(), grid(0.01, new SplittableRandom(3)), 1);
        double[] now = {1600, 1};
        Demand tokens = Demand.of(forecast, 0.1, now, now, 0, 4000, true, 0.95);
        assertThat(tokens.needed()).isEqualTo(2500);
        assertThat(tokens.interval().holds(2500)).isTrue();
        assertThat(tokens.reaching()).isEqualTo(1);
        Demand tasks = Demand.of(forecast, 0.1, now, now, 1, 4, true, 0.95);
        assertThat(tasks.needed()).isNaN();
        assertThat(tasks.reaching()).isZero();
        assertThat(Demand.of(forecast, 0.01, now, now, 1, 4, true, 0.95).needed())
                .isEqualTo(2);
    }

    @Test
    void dataEndWhereNoMixtureOfSettingsReaches() {
        List<double[]> settings = new ArrayList<>();
        for (int[] one : new int[][] {{1, 500}, {1, 8000}, {2, 4000}, {4, 2000}, {8, 1000}, {8, 500}}) {
            double[] row = new double[AverageColumn.values().length];
            row[AverageColumn.TASKS.ordinal()] = one[0];
            row[AverageColumn.TOKENS.ordinal()] = one[1];
            settings.add(row);
        }
        FactorSpace space = new FactorSpace(settings);
        List<AverageColumn> factors = List.of(AverageColumn.TASKS, AverageColumn.TOKENS);
        assertThat(space.range(AverageColumn.TOKENS)).contains(new Interval(500, 8000));
        assertThat(space.holds(factors, 4, 2000)).isTrue();
        assertThat(space.holds(factors, 3, 2500)).isTrue();
        // Tasks times tokens never pass 8,000.
        assertThat(space.holds(factors, 4, 3000)).isFalse();
        assertThat(space.holds(factors, 9, 600)).isFalse();
        assertThat(new FactorSpace(List.of()).holds(factors, 4, 2000)).isFalse();
    }
}
