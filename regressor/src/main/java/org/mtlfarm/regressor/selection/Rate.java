package org.mtlfarm.regressor.selection;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.table.Table;

/**
 * How a formula grows in one feature far beyond the data, the others at their medians: what the paper's section 5 reads off
 * by hand, {@code O(sqrt(n))}, {@code O(log(T))}. Found numerically, from the formula's values at ever larger values of the
 * feature, by decades up to 1e12 times the largest in the data.
 *
 * @param feature name
 * @param order in words: {@code O(1)}, {@code O(log(n))}, {@code O(sqrt(n))}, {@code O(n^0.7)}, {@code O(exp(n))};
 *     {@code unknown} where the formula has no value out there or settles to none of these
 * @param exponent of the power; 0 for a constant or a logarithm; not a number where the order is no power
 */
public record Rate(String feature, String order, double exponent) {
    private static final int DECADES = 12;
    /** Slopes in doubly logarithmic scale closer than this are the same. */
    private static final double TOLERANCE = 0.01;

    /** The rates of the features that occur. */
    public static List<Rate> of(Expression expression, Table table) {
        double[] medians = new double[table.columns().length];
        Arrays.setAll(medians, v -> median(table.columns()[v]));
        List<Rate> rates = new ArrayList<>();
        for (int v = 0; v < medians.length; v++) {
            if (expression.uses(v)) {
                double largest = Arrays.stream(table.columns()[v]).max().orElse(1);
                rates.add(of(expression, table.features().get(v), v, medians, Math.max(largest, 1)));
            }
        }
        return rates;
    }

    private static Rate of(Expression expression, String feature, int variable, double[] medians, double largest) {
        double[] sizes = new double[DECADES + 1];
        double[] at = medians.clone();
        for (int k = 0; k <= DECADES; k++) {
            at[variable] = largest * Math.pow(10, k);
            sizes[k] = Math.abs(expression.value(at));
        }
        if (sizes[1] > 0 && Double.isFinite(sizes[1]) && Double.isInfinite(sizes[DECADES])) {
            return new Rate(feature, "O(exp(" + feature + "))", Double.NaN);
        }
        double last = slope(sizes, DECADES);
        double middle = slope(sizes, DECADES * 2 / 3);
        double early = slope(sizes, DECADES / 3);
        if (!Double.isFinite(last) || !Double.isFinite(middle)) {
            return sizes[DECADES] == 0 ? new Rate(feature, "O(1)", 0) : new Rate(feature, "unknown", Double.NaN);
        }
        if (Math.abs(last - middle) < TOLERANCE && Math.abs(last) > 4 * TOLERANCE && !logarithmic(sizes)) {
            return power(feature, last);
        }
        if (Math.abs(last) < TOLERANCE / 100) {
            return new Rate(feature, "O(1)", 0);
        }
        if (logarithmic(sizes)) {
            return new Rate(feature, "O(log(" + feature + "))", 0);
        }
        boolean settles = Math.abs(last) < Math.abs(middle) && Math.abs(middle) < Math.abs(early);
        return settles && Math.abs(last) < TOLERANCE
                ? new Rate(feature, "O(1)", 0)
                : new Rate(feature, "unknown", Double.NaN);
    }

    /** Equal differences a decade. */
    private static boolean logarithmic(double[] sizes) {
        double last = sizes[DECADES] - sizes[DECADES - 1];
        double before = sizes[DECADES / 2 + 1] - sizes[DECADES / 2];
        return last > 0 && Math.abs(last - before) < 0.01 * last && sizes[DECADES] > 0;
    }

    private static double slope(double[] sizes, int k) {
        return Math.log10(sizes[k]) - Math.log10(sizes[k - 1]);
    }

    private static Rate power(String feature, double slope) {
        double exponent = Math.rint(slope * 1000) / 1000;
        for (double simple : new double[] {-2, -1, -0.5, 0.5, 1, 1.5, 2, 3}) {
            if (Math.abs(slope - simple) < TOLERANCE) {
                exponent = simple;
            }
        }
        String order =
                exponent == 1 ? feature : exponent == 0.5 ? "sqrt(" + feature + ")" : feature + "^" + plain(exponent);
        return new Rate(feature, "O(" + order + ")", exponent);
    }

    private static String plain(double exponent) {
        return exponent == Math.rint(exponent)
                ? Long.toString(Math.round(exponent))
                : String.format(Locale.ROOT, "%.3f", exponent).replaceAll("0+$", "");
    }

    private static double median(double[] column) {
        double[] sorted = column.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
