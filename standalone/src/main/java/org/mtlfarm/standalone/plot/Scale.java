package org.mtlfarm.standalone.plot;

import java.util.ArrayList;
import java.util.List;

/** Where values of an axis lie on the drawing, and which of them are marked. */
final class Scale {
    private static final double MARGIN = 0.05;
    private static final int WANTED_TICKS = 6;

    private final boolean logarithmic;
    private final double low;
    private final double high;
    private final double from;
    private final double to;

    private Scale(boolean logarithmic, double low, double high, double from, double to) {
        this.logarithmic = logarithmic;
        this.low = low;
        this.high = high;
        this.from = from;
        this.to = to;
    }

    /** A scale that holds all values, with a margin; {@code from} is where the smallest lies, in pixels. */
    static Scale over(Plot.Axis axis, List<Double> values, double from, double to) {
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            if (Double.isFinite(value) && (value > 0 || !axis.logarithmic())) {
                least = Math.min(least, axis.logarithmic() ? Math.log(value) : value);
                most = Math.max(most, axis.logarithmic() ? Math.log(value) : value);
            }
        }
        if (least > most) {
            least = 0;
            most = 1;
        }
        double margin = most > least ? MARGIN * (most - least) : Math.max(0.5, Math.abs(most) * MARGIN);
        return new Scale(axis.logarithmic(), least - margin, most + margin, from, to);
    }

    /** A scale from one value to another. */
    static Scale of(double low, double high, double from, double to) {
        return new Scale(false, low, high, from, to);
    }

    boolean shows(double value) {
        double v = logarithmic ? Math.log(value) : value;
        return v >= low && v <= high;
    }

    double at(double value) {
        double v = logarithmic ? Math.log(value) : value;
        return from + (v - low) / (high - low) * (to - from);
    }

    /** Where a value lies, or the nearer end of the axis if it lies outside. */
    double within(double value) {
        double v = logarithmic ? Math.log(Math.max(value, Double.MIN_NORMAL)) : value;
        return from + (Math.min(Math.max(v, low), high) - low) / (high - low) * (to - from);
    }

    List<Double> ticks() {
        return logarithmic ? logarithmicTicks() : linearTicks();
    }

    private List<Double> linearTicks() {
        double raw = (high - low) / WANTED_TICKS;
        double unit = Math.pow(10, Math.floor(Math.log10(raw)));
        double step = raw / unit <= 1 ? unit : raw / unit <= 2 ? 2 * unit : raw / unit <= 5 ? 5 * unit : 10 * unit;
        List<Double> ticks = new ArrayList<>();
        for (long i = (long) Math.ceil(low / step); i * step <= high; i++) {
            ticks.add(Math.rint(i * step * 1e9) / 1e9);
        }
        return ticks;
    }

    /** 1, 2 and 5 times the powers of ten. */
    private List<Double> logarithmicTicks() {
        List<Double> ticks = new ArrayList<>();
        for (int exponent = (int) Math.floor(low / Math.log(10));
                exponent <= Math.ceil(high / Math.log(10));
                exponent++) {
            for (double lead : new double[] {1, 2, 5}) {
                double tick = lead * Math.pow(10, exponent);
                if (shows(tick)) {
                    ticks.add(tick);
                }
            }
        }
        return ticks.size() >= 2 ? ticks : List.of(Math.exp(low), Math.exp(high));
    }
}
