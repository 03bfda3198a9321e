package org.mtlfarm.standalone.plot;

import java.awt.geom.AffineTransform;
import java.awt.geom.GeneralPath;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

import org.apache.fontbox.ttf.CmapLookup;
import org.apache.fontbox.ttf.TTFParser;
import org.apache.fontbox.ttf.TrueTypeFont;
import org.apache.pdfbox.io.RandomAccessReadBuffer;
import org.apache.pdfbox.pdmodel.PDDocument;

/**
 * Liberation Sans, as PDFBox brings it along: outlines and widths without Java's own fonts, which need libfreetype and fonts on the
 * machine. Safe for several threads, one after the other.
 */
final class Typeface {
    private static final String RESOURCE = "/org/apache/pdfbox/resources/ttf/LiberationSans-Regular.ttf";
    /** Narrow spaces that the font lacks are drawn as so much of an em. */
    private static final double NARROW_SPACE = 0.17;

    private static final class Loaded {
        private static final Typeface TYPEFACE = new Typeface();
    }

    private final TrueTypeFont font;
    private final CmapLookup glyphs;
    private final double unitsPerEm;

    private Typeface() {
        try (InputStream in = PDDocument.class.getResourceAsStream(RESOURCE)) {
            font = new TTFParser().parse(new RandomAccessReadBuffer(in));
            glyphs = font.getUnicodeCmapLookup();
            unitsPerEm = font.getUnitsPerEm();
        } catch (IOException e) {
            throw new UncheckedIOException("the font that PDFBox brings along cannot be read", e);
        }
    }

    static Typeface sans() {
        return Loaded.TYPEFACE;
    }

    /** The width of a line of text. */
    synchronized double width(String text, double size) {
        double width = 0;
        for (int i = 0; i < text.length(); i++) {
            width += advance(text.charAt(i));
        }
        return width * size;
    }

    /** The outline of a line of text, its base line beginning at 0, 0, y downwards. */
    synchronized GeneralPath outline(String text, double size) {
        GeneralPath outline = new GeneralPath();
        double x = 0;
        double scale = size / unitsPerEm;
        try {
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (!space(c)) {
                    outline.append(
                            font.getGlyph()
                                    .getGlyph(glyphs.getGlyphId(c))
                                    .getPath()
                                    .createTransformedShape(new AffineTransform(scale, 0, 0, -scale, x, 0)),
                            false);
                }
                x += advance(c) * size;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the font that PDFBox brings along cannot be read", e);
        }
        return outline;
    }

    /** In ems. */
    private double advance(char c) {
        if (c == '\u202f') {
            return NARROW_SPACE;
        }
        try {
            return font.getAdvanceWidth(glyphs.getGlyphId(c)) / unitsPerEm;
        } catch (IOException e) {
            throw new UncheckedIOException("the font that PDFBox brings along cannot be read", e);
        }
    }

    private static boolean space(char c) {
        return c == ' ' || c == '\u202f' || c == '\u00a0';
    }
}
