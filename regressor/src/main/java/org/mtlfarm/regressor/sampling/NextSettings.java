package org.mtlfarm.regressor.sampling;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.prediction.Forecast;

/**
 * Which settings to measure next: those after which the laws that are still possible would differ least, summed over all settings
 * (active learning in Cohn's sense: Cohn, Ghahramani and Jordan 1996). The laws' values are taken as a Gaussian process whose
 * covariance is that of the laws drawn; each choice is counted as measured, with the noise of an average, before the next. So a
 * batch spreads out instead of asking the same question several times.
 */
public final class NextSettings {
    /** Of the interval in which a law may lie. */
    private static final double LEVEL = 0.95;

    /** Fewer draws are no distribution. */
    private static final int FEWEST_LAWS = 40;

    private NextSettings() {}

    /**
     * Chooses among settings.
     *
     * @param forecast of what was measured so far
     * @param settings [setting][feature], in the order of the forecast's features, measured ones and others
     * @param candidates indexes of those that may be chosen
     * @param noise standard error of an average, in the target's units
     * @param count how many to choose at most
     * @return indexes of the chosen, the most telling first
     */
    public static List<Integer> of(
            Forecast forecast, double[][] settings, List<Integer> candidates, double noise, int count) {
        double[][] covariance = covariance(values(forecast.laws(), settings));
        double variance = Math.max(noise * noise, Double.MIN_NORMAL);
        List<Integer> left = new ArrayList<>(candidates);
        List<Integer> chosen = new ArrayList<>();
        while (chosen.size() < count && !left.isEmpty()) {
            Integer next = left.stream()
                    .max(Comparator.comparingDouble(setting -> gain(covariance[setting], setting, variance)))
                    .orElseThrow();
            left.remove(next);
            chosen.add(next);
            measure(covariance, next, variance);
        }
        return chosen;
    }

    /** Half the width of the interval that holds the law at a setting with 95 %; infinite where more than 5 % of the laws have no value. */
    public static double doubt(Forecast forecast, double[] setting) {
        long without = forecast.laws().stream()
                .filter(law -> !Double.isFinite(law.value(setting)))
                .count();
        if (forecast.laws().size() < FEWEST_LAWS
                || without > (1 - LEVEL) * forecast.laws().size()) {
            return Double.POSITIVE_INFINITY;
        }
        double width = forecast.ofLaw(LEVEL, setting).width();
        return Double.isFinite(width) ? width / 2 : Double.POSITIVE_INFINITY;
    }

    /** By how much the variances of all settings fall together when one is measured. */
    private static double gain(double[] with, int setting, double noise) {
        double squares = 0;
        for (double covariance : with) {
            squares += covariance * covariance;
        }
        return squares / (with[setting] + noise);
    }

    private static void measure(double[][] covariance, int setting, double noise) {
        double[] with = covariance[setting].clone();
        double total = with[setting] + noise;
        for (int i = 0; i < with.length; i++) {
            for (int j = 0; j < with.length; j++) {
                covariance[i][j] -= with[i] * with[j] / total;
            }
        }
    }

    /** [law][setting]; laws that have no value somewhere are left out, unless none has. */
    private static double[][] values(List<Expression> laws, double[][] settings) {
        double[][] all = laws.stream()
                .map(law -> Arrays.stream(settings).mapToDouble(law::value).toArray())
                .toArray(double[][]::new);
        double[][] finite = Arrays.stream(all)
                .filter(values -> Arrays.stream(values).allMatch(Double::isFinite))
                .toArray(double[][]::new);
        return finite.length > 0 ? finite : new double[][] {new double[settings.length]};
    }

    private static double[][] covariance(double[][] values) {
        int settings = values[0].length;
        double[] means = IntStream.range(0, settings)
                .mapToDouble(s -> Arrays.stream(values)
                        .mapToDouble(law -> law[s])
                        .average()
                        .orElse(0))
                .toArray();
        double[][] covariance = new double[settings][settings];
        for (double[] law : values) {
            for (int i = 0; i < settings; i++) {
                for (int j = 0; j < settings; j++) {
                    covariance[i][j] += (law[i] - means[i]) * (law[j] - means[j]) / values.length;
                }
            }
        }
        return covariance;
    }
}
