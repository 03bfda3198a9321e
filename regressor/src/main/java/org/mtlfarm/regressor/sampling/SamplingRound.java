package org.mtlfarm.regressor.sampling;

import java.util.Arrays;
import java.util.List;

import org.mtlfarm.regressor.prediction.Forecast;
import org.mtlfarm.regressor.search.FitResult;
import org.mtlfarm.regressor.search.FitSettings;
import org.mtlfarm.regressor.search.SymbolicRegression;
import org.mtlfarm.regressor.table.Table;

/**
 * What is known after a round of measuring: a law fitted to the rows so far, with its rivals. Depends on the rows and the settings of
 * the fit alone. Immutable.
 */
public final class SamplingRound {
    private final Forecast forecast;

    private SamplingRound(Forecast forecast) {
        this.forecast = forecast;
    }

    /**
     * Fits a law and its rivals.
     *
     * @param rows measured so far, at least {@link Table#FEWEST_ROWS}
     */
    public static SamplingRound of(Table rows, FitSettings fit) {
        FitResult result = SymbolicRegression.fit(rows, fit);
        return new SamplingRound(Forecast.of(
                result.best().expression(),
                result.front().stream().map(FitResult.Law::expression).toList(),
                rows,
                fit.seed()));
    }

    /**
     * Which settings to measure next, the most telling first.
     *
     * @param settings [setting][feature]: the whole grid
     * @param candidates indexes of those not measured
     * @param noise standard error of an average
     */
    public List<Integer> next(double[][] settings, List<Integer> candidates, double noise, int count) {
        return NextSettings.of(forecast, settings, candidates, noise, count);
    }

    /** How far the law may lie from what it says at a setting: half the width of its interval of 95 %. */
    public double doubt(double... setting) {
        return NextSettings.doubt(forecast, setting);
    }

    /** Root mean square of what the law said wrong of rows that it was not fitted to. */
    public double surprise(Table newer) {
        double squares = 0;
        for (int row = 0; row < newer.rows(); row++) {
            int r = row;
            double[] at = Arrays.stream(newer.columns())
                    .mapToDouble(column -> column[r])
                    .toArray();
            double error = newer.values()[row] - forecast.value(at);
            squares += error * error;
        }
        double mean = Math.sqrt(squares / newer.rows());
        return Double.isFinite(mean) ? mean : Double.POSITIVE_INFINITY;
    }

    /** What the law says of a setting. */
    public double value(double... setting) {
        return forecast.value(setting);
    }
}
