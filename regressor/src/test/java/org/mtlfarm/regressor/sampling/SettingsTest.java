package org.mtlfarm.regressor.sampling;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import org.mtlfarm.regressor.expression.ExpressionParser;
import org.mtlfarm.regressor.prediction.Forecast;
import org.mtlfarm.regressor.search.FitSettings;
import org.mtlfarm.regressor.table.Table;

import static org.assertj.core.api.Assertions.assertThat;

class SettingsTest {
    /** 0 to 10 along one factor. */
    private static final double[][] LINE =
            IntStream.rangeClosed(0, 10).mapToObj(x -> new double[] {x}).toArray(double[][]::new);

    private static Forecast line(double... measured) {
        double[] values = Arrays.stream(measured)
                .map(x -> 0.3 + 0.02 * x + 0.01 * Math.sin(7 * x))
                .toArray();
        Table rows = new Table("a line", List.of("x"), new double[][] {measured}, "y", values, null, null);
        return Forecast.of(ExpressionParser.parse("0.3+0.02*x", List.of("x")), List.of(), rows, 1);
    }

    @Test
    void theFirstSettingsAreCornersAndThenWhatLiesBetween() {
        double[][] grid = IntStream.range(0, 25)
                .mapToObj(i -> new double[] {Math.pow(2, i / 5), 100 * (i % 5), 7})
                .toArray(double[][]::new);

        List<Integer> first = FirstSettings.of(grid, 5);

        assertThat(first.subList(0, 4)).containsExactlyInAnyOrder(0, 4, 20, 24);
        assertThat(first.get(4)).as("the middle").isEqualTo(12);
        assertThat(FirstSettings.of(grid, 100)).hasSize(25).doesNotHaveDuplicates();
    }

    @Test
    void ofALineKnownInItsMiddleTheEndsAreAskedForNotTwoNeighbours() {
        Forecast forecast = line(4, 4.5, 5, 5.5, 6, 6.5);

        List<Integer> next = NextSettings.of(forecast, LINE, List.of(0, 1, 2, 3, 7, 8, 9, 10), 0.005, 2);

        assertThat(next).containsExactlyInAnyOrder(0, 10);
    }

    @Test
    void onlyCandidatesAreChosenEachOnce() {
        List<Integer> candidates = List.of(2, 3, 9);

        assertThat(NextSettings.of(line(0, 1, 2, 8, 9, 10), LINE, candidates, 0.005, 50))
                .containsExactlyInAnyOrderElementsOf(candidates);
    }

    @Test
    void theLawIsInDoubtWhereNothingWasMeasured() {
        Forecast forecast = line(0, 0.5, 1, 1.5, 2, 2.5);

        assertThat(NextSettings.doubt(forecast, new double[] {10}))
                .isGreaterThan(3 * NextSettings.doubt(forecast, new double[] {1}));
    }

    @Test
    void whereTheLawsHaveNoValueTheyAreInDoubt() {
        double[] x = {1, 2, 3, 4, 5, 6};
        Table rows = new Table(
                "rows",
                List.of("x"),
                new double[][] {x},
                "y",
                Arrays.stream(x).map(Math::log).toArray(),
                null,
                null);
        Forecast forecast = Forecast.of(ExpressionParser.parse("1.0*log(x)", List.of("x")), List.of(), rows, 1);

        assertThat(NextSettings.doubt(forecast, new double[] {7})).isFinite();
        assertThat(NextSettings.doubt(forecast, new double[] {-1})).isInfinite();
    }

    @Test
    void aRoundSaysHowWrongItWasOfWhatCameAfter() {
        double[] x = IntStream.range(0, 12).mapToDouble(i -> 1 + i).toArray();
        double[] y = Arrays.stream(x).map(v -> 0.1 * Math.sqrt(v)).toArray();
        Table rows = new Table("rows", List.of("x"), new double[][] {x}, "y", y, null, null);
        Table newer =
                new Table("newer", List.of("x"), new double[][] {{4, 9}}, "y", new double[] {0.25, 0.25}, null, null);

        SamplingRound round = SamplingRound.of(
                rows,
                FitSettings.defaults().withEffort(20_000_000L).withThreads(1).withCap(Duration.ofHours(1)));

        assertThat(round.value(16)).isBetween(0.39, 0.41);
        assertThat(round.surprise(newer)).isBetween(0.049, 0.051);
    }
}
