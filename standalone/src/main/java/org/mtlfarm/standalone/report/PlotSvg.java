package org.mtlfarm.standalone.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A plot as SVG. Written here rather than by a plotting library, since those draw through AWT, which fails where no fonts
 * are installed, as in most containers. Colours are CSS variables, so the page decides on light and dark.
 */
final class PlotSvg {
    /** Colours that colour-blind readers tell apart (Okabe and Ito 2008), as CSS custom properties {@code --c0}.. */
    static final int COLOURS = 7;

    static final String STYLE = """
            svg.plot{--ink:#1b1f24;--soft:#6b7480;--grid:#e3e6ea;--ground:#fff;--c0:#0072b2;--c1:#d55e00;--c2:#009e73;--c3:#cc79a7;--c4:#b8860b;--c5:#2f9fd6;--c6:#7a5cc0;\
            font:13px system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;background:var(--ground)}
            @media (prefers-color-scheme:dark){svg.plot{--ink:#e6e9ed;--soft:#9aa4af;--grid:#2c333b;--ground:#14181d;--c0:#56b4e9;--c1:#ff8c42;--c2:#2fd0a0;--c3:#e59ac5;--c4:#e6b73c;--c5:#8fd0f5;--c6:#b39cf0}}
            svg.plot text{fill:var(--ink)} svg.plot .soft{fill:var(--soft)} svg.plot .grid{stroke:var(--grid)} svg.plot .axis{stroke:var(--soft);fill:none}
            """;

    private static final int WIDTH = 720;
    private static final int PLOT_HEIGHT = 380;
    private static final int LEFT = 62;
    private static final int RIGHT = 18;
    private static final int TOP = 40;
    private static final int BELOW_AXIS = 52;
    private static final int LEGEND_LINE = 20;
    private static final int LEGEND_COLUMN = 220;

    private final Plot plot;
    private final Scale x;
    private final Scale y;
    private final StringBuilder svg = new StringBuilder();

    private PlotSvg(Plot plot) {
        this.plot = plot;
        this.x = Scale.over(plot.x(), xs(plot), LEFT, WIDTH - RIGHT);
        this.y = Scale.over(plot.y(), ys(plot), PLOT_HEIGHT, TOP);
    }

    /** The plot as an element to put into a page that has {@link #STYLE}. */
    static String element(Plot plot) {
        return new PlotSvg(plot).draw("");
    }

    /** The plot as a file of its own. */
    static String file(Plot plot) {
        return new PlotSvg(plot).draw("<style>" + STYLE + "</style>\n");
    }

    private String draw(String style) {
        int legendRows = (entries() + legendColumns() - 1) / legendColumns();
        int height = PLOT_HEIGHT + BELOW_AXIS + legendRows * LEGEND_LINE + 8;
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"plot\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%n",
                WIDTH, height, escape(plot.title()));
        svg.append(style);
        add("<rect width=\"%d\" height=\"%d\" style=\"fill:var(--ground)\"/>%n", WIDTH, height);
        add("<text x=\"%d\" y=\"22\" font-size=\"15\" font-weight=\"600\">%s</text>%n", LEFT, escape(plot.title()));
        drawAxes();
        plot.curves().forEach(this::drawCurve);
        plot.points().forEach(this::drawPoints);
        drawLegend();
        return svg.append("</svg>\n").toString();
    }

    private void drawAxes() {
        for (double tick : x.ticks()) {
            add(
                    "<line class=\"grid\" x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"%2$d\" y2=\"%3$d\"/>",
                    x.at(tick), TOP, PLOT_HEIGHT);
            add(
                    "<text class=\"soft\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
                    x.at(tick), PLOT_HEIGHT + 18, number(tick));
        }
        for (double tick : y.ticks()) {
            add(
                    "<line class=\"grid\" x1=\"%2$d\" x2=\"%3$d\" y1=\"%1$.1f\" y2=\"%1$.1f\"/>",
                    y.at(tick), LEFT, WIDTH - RIGHT);
            add(
                    "<text class=\"soft\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>%n",
                    LEFT - 8, y.at(tick) + 4, number(tick));
        }
        add("<path class=\"axis\" d=\"M%d %dV%dH%d\"/>%n", LEFT, TOP, PLOT_HEIGHT, WIDTH - RIGHT);
        add(
                "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
                (LEFT + WIDTH - RIGHT) / 2, PLOT_HEIGHT + 40, escape(plot.x().label()));
        int middle = (TOP + PLOT_HEIGHT) / 2;
        add(
                "<text x=\"16\" y=\"%1$d\" text-anchor=\"middle\" transform=\"rotate(-90 16 %1$d)\">%2$s</text>%n",
                middle, escape(plot.y().label()));
    }

    private void drawCurve(Plot.Curve curve) {
        StringBuilder path = new StringBuilder();
        boolean pen = false;
        for (int i = 0; i < curve.xs().length; i++) {
            double cx = curve.xs()[i];
            double cy = curve.ys()[i];
            boolean drawn = x.shows(cx) && y.shows(cy);
            if (drawn) {
                path.append(pen ? 'L' : 'M').append(format("%.1f %.1f", x.at(cx), y.at(cy)));
            }
            pen = drawn;
        }
        if (path.length() > 0) {
            add(
                    "<path d=\"%s\" fill=\"none\" style=\"stroke:%s\" stroke-width=\"2\"%s stroke-linejoin=\"round\"/>%n",
                    path, colour(curve.colour()), dash(curve));
        }
    }

    private void drawPoints(Plot.Points points) {
        add("<g style=\"stroke:%1$s;fill:%1$s\">", colour(points.colour()));
        for (Plot.Point point : points.points()) {
            if (!x.shows(point.x()) || !y.shows(point.y())) {
                continue;
            }
            if (point.error() > 0) {
                add(
                        "<path d=\"M%.1f %.1fV%.1f\" stroke-opacity=\".55\" stroke-width=\"1.5\"/>",
                        x.at(point.x()), y.within(point.y() - point.error()), y.within(point.y() + point.error()));
            }
            add(
                    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" stroke=\"none\" fill-opacity=\".85\"><title>%s</title></circle>%n",
                    x.at(point.x()), y.at(point.y()), escape(point.note()));
        }
        add("</g>%n");
    }

    private void drawLegend() {
        int entry = 0;
        for (Plot.Points points : plot.points()) {
            int left = legendLeft(entry);
            int line = legendLine(entry++);
            add("<circle cx=\"%d\" cy=\"%d\" r=\"4\" style=\"fill:%s\"/>", left + 8, line - 4, colour(points.colour()));
            add("<text x=\"%d\" y=\"%d\">%s</text>%n", left + 24, line, escape(points.name()));
        }
        for (Plot.Curve curve : plot.curves()) {
            int left = legendLeft(entry);
            int line = legendLine(entry++);
            add(
                    "<path d=\"M%d %dh18\" style=\"stroke:%s\" stroke-width=\"2\"%s/>",
                    left, line - 4, colour(curve.colour()), dash(curve));
            add("<text x=\"%d\" y=\"%d\">%s</text>%n", left + 24, line, escape(curve.name()));
        }
    }

    private int entries() {
        return plot.points().size() + plot.curves().size();
    }

    /** Long names get a line of their own. */
    private int legendColumns() {
        boolean allShort =
                plot.points().stream().allMatch(points -> points.name().length() <= 26)
                        && plot.curves().stream().allMatch(curve -> curve.name().length() <= 26);
        return allShort ? (WIDTH - LEFT) / LEGEND_COLUMN : 1;
    }

    private int legendLeft(int entry) {
        return LEFT + entry % legendColumns() * LEGEND_COLUMN;
    }

    private int legendLine(int entry) {
        return PLOT_HEIGHT + BELOW_AXIS + 12 + entry / legendColumns() * LEGEND_LINE;
    }

    private static String dash(Plot.Curve curve) {
        return curve.dashed() ? " stroke-dasharray=\"6 4\"" : "";
    }

    private static String colour(int index) {
        return index == Plot.Curve.INK ? "var(--ink)" : "var(--c" + index % COLOURS + ")";
    }

    private static List<Double> xs(Plot plot) {
        List<Double> values = new ArrayList<>();
        plot.points().forEach(points -> points.points().forEach(point -> values.add(point.x())));
        return values;
    }

    /** The points decide what is shown; a curve that runs away is cut. */
    private static List<Double> ys(Plot plot) {
        List<Double> values = new ArrayList<>();
        plot.points()
                .forEach(points -> points.points().forEach(point -> {
                    values.add(point.y() - point.error());
                    values.add(point.y() + point.error());
                }));
        return values;
    }

    private void add(String text, Object... values) {
        svg.append(format(text, values));
    }

    private static String format(String text, Object... values) {
        return String.format(Locale.ROOT, text, values);
    }

    /** A tick's value as short as it can be said. */
    static String number(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e7) {
            return format("%,d", (long) value).replace(',', '\u202f');
        }
        return format("%.3g", value).replaceFirst("(\\.\\d*?)0+$", "$1").replaceFirst("\\.$", "");
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
