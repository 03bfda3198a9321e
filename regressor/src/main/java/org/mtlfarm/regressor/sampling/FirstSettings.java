package org.mtlfarm.regressor.sampling;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Which settings of a grid to measure first, when nothing is known: far from each other, its corners before its middle. */
public final class FirstSettings {
    private FirstSettings() {}

    /**
     * Chooses settings one by one, each the farthest from those chosen (Kennard and Stone 1969), from the farthest from the grid's
     * middle on. Each factor counts by the place of its value among those of the grid, from 0 to 1.
     *
     * @param settings [setting][factor]
     * @return indexes of at most so many, in the order chosen
     */
    public static List<Integer> of(double[][] settings, int count) {
        double[][] places = places(settings);
        double[] middle = new double[settings.length == 0 ? 0 : settings[0].length];
        Arrays.fill(middle, 0.5);
        double[] distance =
                Arrays.stream(places).mapToDouble(p -> squared(p, middle)).toArray();
        List<Integer> chosen = new ArrayList<>();
        boolean[] isChosen = new boolean[settings.length];
        while (chosen.size() < Math.min(count, settings.length)) {
            int farthest = -1;
            for (int s = 0; s < settings.length; s++) {
                if (!isChosen[s] && (farthest < 0 || distance[s] > distance[farthest])) {
                    farthest = s;
                }
            }
            boolean begins = chosen.isEmpty();
            chosen.add(farthest);
            isChosen[farthest] = true;
            for (int s = 0; s < settings.length; s++) {
                double now = squared(places[s], places[farthest]);
                distance[s] = begins ? now : Math.min(distance[s], now);
            }
        }
        return chosen;
    }

    private static double squared(double[] one, double[] other) {
        double squares = 0;
        for (int f = 0; f < one.length; f++) {
            squares += (one[f] - other[f]) * (one[f] - other[f]);
        }
        return squares;
    }

    private static double[][] places(double[][] settings) {
        double[][] places = new double[settings.length][];
        for (int s = 0; s < settings.length; s++) {
            places[s] = settings[s].clone();
        }
        for (int factor = 0; settings.length > 0 && factor < settings[0].length; factor++) {
            int f = factor;
            double[] values = Arrays.stream(settings)
                    .mapToDouble(s -> s[f])
                    .sorted()
                    .distinct()
                    .toArray();
            for (double[] place : places) {
                place[f] =
                        values.length < 2 ? 0.5 : Arrays.binarySearch(values, place[f]) / (double) (values.length - 1);
            }
        }
        return places;
    }
}
