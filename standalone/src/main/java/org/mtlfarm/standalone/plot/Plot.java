package org.mtlfarm.standalone.plot;

import java.util.List;

/**
 * Points with error bars and curves over two axes, as data; {@link PlotDrawing} draws it.
 *
 * @param name letters, digits and dashes: the file's name and the anchor in the report
 */
public record Plot(
        String name, String title, String description, Axis x, Axis y, List<Points> points, List<Curve> curves)
        implements Figure {
    public Plot {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("a plot's name must be letters, digits and dashes, was " + name);
        }
        points = List.copyOf(points);
        curves = List.copyOf(curves);
    }

    @Override
    public int width() {
        return PlotDrawing.WIDTH;
    }

    @Override
    public int height() {
        return PlotDrawing.height(this);
    }

    @Override
    public void drawOn(Canvas canvas) {
        new PlotDrawing(this, canvas).draw();
    }

    /**
     * An axis; a logarithmic one needs positive values.
     *
     * @param names of what stands at 1, 2, 3 ..., each of one or more lines parted by line feeds; none where the axis has
     *     numbers
     */
    public record Axis(String label, boolean logarithmic, List<String> names) {
        public Axis {
            names = List.copyOf(names);
        }

        public Axis(String label, boolean logarithmic) {
            this(label, logarithmic, List.of());
        }
    }

    /**
     * One mean with its spread.
     *
     * @param lower end of the error bar; equal to {@code upper} where there is none
     * @param upper end of the error bar
     * @param note what a pointer that rests on it is told
     */
    public record Point(double x, double y, double lower, double upper, String note) {
        public Point(double x, double y, double error, String note) {
            this(x, y, y - error, y + error, note);
        }
    }

    /**
     * Points of one kind.
     *
     * @param colour one of {@link Ink#of}
     */
    public record Points(String name, int colour, List<Point> points) {
        public Points {
            points = List.copyOf(points);
        }
    }

    /**
     * A line through (xs[i], ys[i]); a value that is not finite breaks it.
     *
     * @param colour one of {@link Ink#of}, or {@link #INK} for the text's colour
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
