package org.mtlfarm.standalone.plot;

import java.util.regex.Pattern;

/** Something drawn, for the page, for print and as an image. */
public interface Figure {
    Pattern NAME = Pattern.compile("[a-z0-9-]+");

    /** Letters, digits and dashes: the file's name and the anchor in the report. */
    String name();

    String title();

    /** What it shows, in a sentence or two, for who cannot see it. */
    String description();

    int width();

    int height();

    void drawOn(Canvas canvas);

    /** An SVG element for a page that has {@link Ink#style}. */
    default String element() {
        return SvgCanvas.onPage(this);
    }

    /** An SVG file for print: light ground, colours as they are, and fonts that every system has a counterpart of. */
    default String svg() {
        return SvgCanvas.file(this);
    }

    /** The same as an image of three times as many pixels: 1,440 across a column of 12 cm are 300 an inch. */
    default byte[] png() {
        return RasterCanvas.png(this, 3);
    }
}
