package org.mtlfarm.regressor.prediction;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * How much of one factor, the others as they are, gives a formula a value that is wanted: the least that does, from where one is
 * up to the end of the data.
 *
 * @param needed the factor's value; not a number where the told law does not get there within the data
 * @param interval of what is needed, over the laws that get there; not numbers where fewer than half do
 * @param reaching the share of the laws that the rows leave possible which get there within the data
 */
public record Demand(double needed, Interval interval, double reaching) {
    private static final int SAMPLES = 400;
    private static final int HALVINGS = 60;
    private static final double HALF = 0.5;

    /**
     * Asks what a rise takes.
     *
     * @param rise more than each law's own value where one is
     * @param now where one is: [feature]
     * @param at where the factor is looked for; equal to {@code now} unless a single task is to get others
     * @param factor index of the feature that may grow
     * @param most where the data end
     * @param whole only whole numbers count
     */
    public static Demand of(
            Forecast forecast,
            double rise,
            double[] now,
            double[] at,
            int factor,
            double most,
            boolean whole,
            double level) {
        double needed = least(x -> forecast.value(with(at, factor, x)), forecast.value(now) + rise, at[factor], most);
        double[] of = forecast.laws().stream()
                .mapToDouble(law -> least(x -> law.value(with(at, factor, x)), law.value(now) + rise, at[factor], most))
                .map(x -> Double.isNaN(x) ? Double.POSITIVE_INFINITY : x)
                .toArray();
        long reaching = Arrays.stream(of).filter(Double::isFinite).count();
        double share = (double) reaching / of.length;
        Interval interval = share < HALF
                ? new Interval(Double.NaN, Double.NaN)
                : Forecast.between(Arrays.stream(of).filter(Double::isFinite).toArray(), level);
        return new Demand(
                whole ? Math.ceil(needed - 1e-9) : needed,
                whole ? new Interval(Math.ceil(interval.lower() - 1e-9), Math.ceil(interval.upper() - 1e-9)) : interval,
                share);
    }

    /** The least x in [from, to] at which the function is not below a value; not a number where there is none. */
    private static double least(DoubleUnaryOperator function, double value, double from, double to) {
        double before = from;
        for (int i = 1; i <= SAMPLES && to > from; i++) {
            double x = i == SAMPLES ? to : from + (to - from) * i / SAMPLES;
            if (function.applyAsDouble(x) >= value) {
                return crossing(function, value, before, x);
            }
            before = x;
        }
        return Double.NaN;
    }

    private static double crossing(DoubleUnaryOperator function, double value, double below, double reached) {
        double low = below;
        double high = reached;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (function.applyAsDouble(middle) >= value) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return high;
    }

    private static double[] with(double[] at, int factor, double value) {
        double[] changed = at.clone();
        changed[factor] = value;
        return changed;
    }
}
