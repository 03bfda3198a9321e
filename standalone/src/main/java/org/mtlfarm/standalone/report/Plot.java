package org.mtlfarm.standalone.report;

import java.util.List;

/**
 * Points with error bars and curves over two axes, as data; {@link PlotSvg} draws it.
 *
 * @param name letters, digits and dashes: the file's name and the anchor in the report
 */
public record Plot(String name, String title, Axis x, Axis y, List<Points> points, List<Curve> curves) {
    public Plot {
        if (!name.matches("[a-z0-9-]+")) {
            throw new IllegalArgumentException("a plot's name must be letters, digits and dashes, was " + name);
        }
        points = List.copyOf(points);
        curves = List.copyOf(curves);
    }

    /** An axis; a logarithmic one needs positive values. */
    public record Axis(String label, boolean logarithmic) {}

    /**
     * One mean with its spread.
     *
     * @param error half the length of the error bar, 0 for none
     * @param note what a pointer that rests on it is told
     */
    public record Point(double x, double y, double error, String note) {}

    /**
     * Points of one kind.
     *
     * @param colour index into the palette
     */
    public record Points(String name, int colour, List<Point> points) {
        public Points {
            points = List.copyOf(points);
        }
    }

    /**
     * A line through (xs[i], ys[i]); a value that is not finite breaks it.
     *
     * @param colour index into the palette, or {@link #INK} for the text's colour
     */
    public record Curve(String name, int colour, boolean dashed, double[] xs, double[] ys) {
        public static final int INK = -1;

        public Curve {
            if (xs.length != ys.length) {
                throw new IllegalArgumentException(
                        "xs and ys must be as many, were " + xs.length + " and " + ys.length);
            }
        }
    }
}
