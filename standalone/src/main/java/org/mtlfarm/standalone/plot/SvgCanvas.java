package org.mtlfarm.standalone.plot;

import java.util.Locale;

/** A figure as SVG. */
final class SvgCanvas implements Canvas {
    private static final String PAGE_FONT =
            "system-ui,-apple-system,'Segoe UI',Roboto,'Liberation Sans',Arial,sans-serif";
    private static final String PRINT_FONT = "'Liberation Sans',Arial,Helvetica,sans-serif";

    private final boolean page;
    private final StringBuilder svg = new StringBuilder();

    private SvgCanvas(boolean page) {
        this.page = page;
    }

    static String onPage(Figure figure) {
        return new SvgCanvas(true).draw(figure, "class=\"plot\" font-family=\"" + PAGE_FONT + "\"");
    }

    static String file(Figure figure) {
        return new SvgCanvas(false)
                .draw(
                        figure,
                        String.format(
                                Locale.ROOT,
                                "width=\"%d\" height=\"%d\" font-family=\"%s\"",
                                figure.width(),
                                figure.height(),
                                PRINT_FONT));
    }

    private String draw(Figure figure, String attributes) {
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" %s viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%n",
                attributes,
                figure.width(),
                figure.height(),
                Markup.escape(figure.title() + ". " + figure.description()));
        box(0, 0, figure.width(), figure.height(), Ink.GROUND, "");
        figure.drawOn(this);
        return svg.append("</svg>\n").toString();
    }

    @Override
    public void line(double[] xs, double[] ys, Ink ink, double width, boolean dashed) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < xs.length; i++) {
            path.append(i == 0 ? 'M' : 'L').append(String.format(Locale.ROOT, "%.1f %.1f", xs[i], ys[i]));
        }
        add(
                "<path d=\"%s\" fill=\"none\" %s stroke-width=\"%s\"%s stroke-linejoin=\"round\"/>%n",
                path, colour("stroke", ink), width, dashed ? " stroke-dasharray=\"6 4\"" : "");
    }

    @Override
    public void dot(double x, double y, double radius, Ink ink, String note) {
        add(
                "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%s\" %s fill-opacity=\".85\"%s",
                x, y, radius, colour("fill", ink), end("circle", note));
    }

    @Override
    public void box(double x, double y, double width, double height, Ink ink, String note) {
        add(
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" %s%s",
                x, y, width, height, colour("fill", ink), end("rect", note));
    }

    @Override
    public void text(double x, double y, double size, Anchor anchor, Ink ink, boolean upright, String text) {
        String turned = upright ? String.format(Locale.ROOT, " transform=\"rotate(-90 %.1f %.1f)\"", x, y) : "";
        String at = anchor == Anchor.START
                ? ""
                : anchor == Anchor.MIDDLE ? " text-anchor=\"middle\"" : " text-anchor=\"end\"";
        add(
                "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%s\" %s%s%s>%s</text>%n",
                x, y, size, colour("fill", ink), at, turned, Markup.escape(text));
    }

    private static String end(String element, String note) {
        return note.isEmpty() ? "/>\n" : "><title>" + Markup.escape(note) + "</title></" + element + ">\n";
    }

    private String colour(String property, Ink ink) {
        return page && !ink.variable().isEmpty()
                ? "style=\"" + property + ":var(" + ink.variable() + ")\""
                : property + "=\"" + ink.hex() + "\"";
    }

    private void add(String text, Object... values) {
        svg.append(String.format(Locale.ROOT, text, values));
    }
}
