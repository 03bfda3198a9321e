package org.mtlfarm.standalone.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Draws a plot: axes, curves, points, and below them a legend. */
final class PlotDrawing {
    static final int WIDTH = 480;
    private static final int PLOT_HEIGHT = 300;
    private static final int LEFT = 64;
    private static final int RIGHT = 14;
    private static final int TOP = 34;
    private static final int LINE = 15;
    private static final double TITLE_SIZE = 14.5;
    private static final double SIZE = 12.5;
    private static final double SMALL = 11.5;
    private static final double DOT = 3.2;
    private static final double SMALL_DOT = 2;
    /** Of more points than this, each is drawn small. */
    private static final int MANY = 250;

    private static final int LEGEND_MARK = 24;
    private static final int LEGEND_GAP = 16;

    /** A page's own font may be so much wider than the one that is measured. */
    private static final double WIDER = 1.1;

    private final Plot plot;
    private final Canvas canvas;
    private final Scale x;
    private final Scale y;

    PlotDrawing(Plot plot, Canvas canvas) {
        this.plot = plot;
        this.canvas = canvas;
        this.x = plot.x().names().isEmpty()
                ? Scale.over(plot.x(), values(plot, Plot.Point::x), LEFT, WIDTH - RIGHT)
                : Scale.of(0.4, plot.x().names().size() + 0.6, LEFT, WIDTH - RIGHT);
        this.y = Scale.over(plot.y(), ys(plot), PLOT_HEIGHT, TOP);
    }

    static int height(Plot plot) {
        return legendTop(plot) + legend(plot).size() * (LINE + 3) + 6;
    }

    void draw() {
        canvas.text(10, 20, TITLE_SIZE, Canvas.Anchor.START, Ink.TEXT, false, plot.title());
        drawGrid();
        plot.curves().forEach(this::drawCurve);
        plot.points().forEach(this::drawPoints);
        drawAxes();
        drawLegend();
    }

    private void drawGrid() {
        for (double tick : y.ticks()) {
            double at = y.at(tick);
            canvas.line(new double[] {LEFT, WIDTH - RIGHT}, new double[] {at, at}, Ink.GRID, 1, false);
            canvas.text(LEFT - 6, at + 4, SMALL, Canvas.Anchor.END, Ink.SOFT, false, Markup.number(tick));
        }
        if (!plot.x().names().isEmpty()) {
            for (int i = 0; i < plot.x().names().size(); i++) {
                int line = 0;
                for (String part : plot.x().names().get(i).split("\n")) {
                    canvas.text(
                            x.at(i + 1),
                            PLOT_HEIGHT + LINE + LINE * line++,
                            SMALL,
                            Canvas.Anchor.MIDDLE,
                            Ink.SOFT,
                            false,
                            part);
                }
            }
            return;
        }
        double free = Double.NEGATIVE_INFINITY;
        for (double tick : x.ticks()) {
            double at = x.at(tick);
            canvas.line(new double[] {at, at}, new double[] {TOP, PLOT_HEIGHT}, Ink.GRID, 1, false);
            String text = Markup.number(tick);
            double half = Typeface.sans().width(text, SMALL) / 2;
            if (at - half > free) {
                canvas.text(at, PLOT_HEIGHT + LINE, SMALL, Canvas.Anchor.MIDDLE, Ink.SOFT, false, text);
                free = at + half + 4;
            }
        }
    }

    private void drawAxes() {
        canvas.line(
                new double[] {LEFT, LEFT, WIDTH - RIGHT},
                new double[] {TOP, PLOT_HEIGHT, PLOT_HEIGHT},
                Ink.SOFT,
                1,
                false);
        canvas.text(
                (LEFT + WIDTH - RIGHT) / 2.0,
                PLOT_HEIGHT + nameLines(plot) * LINE + 18,
                SIZE,
                Canvas.Anchor.MIDDLE,
                Ink.TEXT,
                false,
                plot.x().label());
        canvas.text(
                14,
                (TOP + PLOT_HEIGHT) / 2.0,
                SIZE,
                Canvas.Anchor.MIDDLE,
                Ink.TEXT,
                true,
                plot.y().label());
    }

    private void drawCurve(Plot.Curve curve) {
        List<double[]> run = new ArrayList<>();
        for (int i = 0; i <= curve.xs().length; i++) {
            if (i < curve.xs().length && x.shows(curve.xs()[i]) && y.shows(curve.ys()[i])) {
                run.add(new double[] {x.at(curve.xs()[i]), y.at(curve.ys()[i])});
            } else if (!run.isEmpty()) {
                if (run.size() > 1) {
                    canvas.line(
                            run.stream().mapToDouble(at -> at[0]).toArray(),
                            run.stream().mapToDouble(at -> at[1]).toArray(),
                            ink(curve.colour()),
                            1.8,
                            curve.dashed());
                }
                run.clear();
            }
        }
    }

    private void drawPoints(Plot.Points points) {
        boolean many = values(plot, Plot.Point::x).size() > MANY;
        Ink ink = Ink.of(points.colour());
        for (Plot.Point point : points.points()) {
            if (!x.shows(point.x()) || !y.shows(point.y())) {
                continue;
            }
            double at = x.at(point.x());
            if (point.upper() > point.lower()) {
                canvas.line(
                        new double[] {at, at},
                        new double[] {y.within(point.lower()), y.within(point.upper())},
                        ink,
                        1.2,
                        false);
            }
            canvas.dot(at, y.at(point.y()), many ? SMALL_DOT : DOT, ink, point.note());
        }
    }

    /** One thing in the legend. */
    private record Entry(String name, Plot.Points points, Plot.Curve curve) {
        double width() {
            return LEGEND_MARK + WIDER * Typeface.sans().width(name, SIZE) + LEGEND_GAP;
        }
    }

    /** The lines of the legend, each as many entries as fit. */
    private static List<List<Entry>> legend(Plot plot) {
        List<Entry> entries = new ArrayList<>();
        plot.points().forEach(points -> entries.add(new Entry(points.name(), points, null)));
        plot.curves().forEach(curve -> entries.add(new Entry(curve.name(), null, curve)));
        List<List<Entry>> lines = new ArrayList<>();
        double filled = Double.POSITIVE_INFINITY;
        for (Entry entry : entries) {
            if (entry.name().isEmpty()) {
                continue;
            }
            if (filled + entry.width() > WIDTH) {
                lines.add(new ArrayList<>());
                filled = LEFT;
            }
            lines.get(lines.size() - 1).add(entry);
            filled += entry.width();
        }
        return lines;
    }

    private void drawLegend() {
        double line = legendTop(plot) + 4;
        for (List<Entry> entries : legend(plot)) {
            double left = LEFT;
            for (Entry entry : entries) {
                if (entry.points() != null) {
                    canvas.dot(
                            left + 9, line - 4, DOT + 0.8, Ink.of(entry.points().colour()), "");
                } else {
                    canvas.line(
                            new double[] {left, left + 18},
                            new double[] {line - 4, line - 4},
                            ink(entry.curve().colour()),
                            1.8,
                            entry.curve().dashed());
                }
                canvas.text(left + LEGEND_MARK, line, SIZE, Canvas.Anchor.START, Ink.TEXT, false, entry.name());
                left += entry.width();
            }
            line += LINE + 3;
        }
    }

    private static int legendTop(Plot plot) {
        return PLOT_HEIGHT + nameLines(plot) * LINE + 40;
    }

    /** Lines that the names at the horizontal axis take; numbers take one. */
    private static int nameLines(Plot plot) {
        return plot.x().names().stream()
                .mapToInt(name -> name.split("\n").length)
                .max()
                .orElse(1);
    }

    private static Ink ink(int colour) {
        return colour == Plot.Curve.INK ? Ink.TEXT : Ink.of(colour);
    }

    /** The points decide what is shown; a curve that runs away is cut. */
    private static List<Double> ys(Plot plot) {
        List<Double> values = new ArrayList<>(values(plot, Plot.Point::lower));
        values.addAll(values(plot, Plot.Point::upper));
        values.addAll(values(plot, Plot.Point::y));
        return values;
    }

    private static List<Double> values(Plot plot, ToDoubleFunction<Plot.Point> of) {
        return plot.points().stream()
                .flatMap(points -> points.points().stream())
                .map(of::applyAsDouble)
                .toList();
    }
}
