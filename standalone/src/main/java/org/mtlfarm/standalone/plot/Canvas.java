package org.mtlfarm.standalone.plot;

/** What a figure is drawn on. Lengths are pixels of the figure's own size, y downwards. */
public interface Canvas {
    /** Where text stands about its point. */
    enum Anchor {
        START,
        MIDDLE,
        END
    }

    /** A line through points; of one point nothing is seen. */
    void line(double[] xs, double[] ys, Ink ink, double width, boolean dashed);

    /** A filled circle; the note is told to a pointer that rests on it, empty for none. */
    void dot(double x, double y, double radius, Ink ink, String note);

    /** A filled rectangle. */
    void box(double x, double y, double width, double height, Ink ink, String note);

    /** A line of text on its base line; an upright one reads from below to above. */
    void text(double x, double y, double size, Anchor anchor, Ink ink, boolean upright, String text);
}
