package org.mtlfarm.standalone.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * A figure as an image, by Java's own rasteriser, which needs neither a display nor fonts: text is drawn as outlines of
 * {@link Typeface}.
 */
final class RasterCanvas implements Canvas {
    static {
        // With a display named that cannot be reached, Java would rather fail than draw into memory.
        System.setProperty("java.awt.headless", "true");
    }

    private static final int OPAQUE = 255;
    private static final int DOT = 217;
    private static final float[] DASHES = {6, 4};

    private final Graphics2D graphics;

    private RasterCanvas(Graphics2D graphics) {
        this.graphics = graphics;
    }

    /** PNG of so many pixels for each of the figure's. */
    static byte[] png(Figure figure, int scale) {
        BufferedImage image =
                new BufferedImage(figure.width() * scale, figure.height() * scale, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        try {
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            graphics.scale(scale, scale);
            RasterCanvas canvas = new RasterCanvas(graphics);
            canvas.box(0, 0, figure.width(), figure.height(), Ink.GROUND, "");
            figure.drawOn(canvas);
        } finally {
            graphics.dispose();
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            ImageIO.write(image, "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException("an image cannot be written to memory", e);
        }
        return bytes.toByteArray();
    }

    @Override
    public void line(double[] xs, double[] ys, Ink ink, double width, boolean dashed) {
        Path2D path = new Path2D.Double();
        for (int i = 0; i < xs.length; i++) {
            if (i == 0) {
                path.moveTo(xs[i], ys[i]);
            } else {
                path.lineTo(xs[i], ys[i]);
            }
        }
        graphics.setColor(colour(ink, OPAQUE));
        graphics.setStroke(
                dashed
                        ? new BasicStroke((float) width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, DASHES, 0)
                        : new BasicStroke((float) width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND));
        graphics.draw(path);
    }

    @Override
    public void dot(double x, double y, double radius, Ink ink, String note) {
        fill(new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius), colour(ink, DOT));
    }

    @Override
    public void box(double x, double y, double width, double height, Ink ink, String note) {
        fill(new Rectangle2D.Double(x, y, width, height), colour(ink, OPAQUE));
    }

    @Override
    public void text(double x, double y, double size, Anchor anchor, Ink ink, boolean upright, String text) {
        double width = Typeface.sans().width(text, size);
        double before = anchor == Anchor.START ? 0 : anchor == Anchor.MIDDLE ? -width / 2 : -width;
        AffineTransform place = AffineTransform.getTranslateInstance(x, y);
        if (upright) {
            place.rotate(-Math.PI / 2);
        }
        place.translate(before, 0);
        fill(place.createTransformedShape(Typeface.sans().outline(text, size)), colour(ink, OPAQUE));
    }

    private void fill(Shape shape, Color colour) {
        graphics.setColor(colour);
        graphics.fill(shape);
    }

    private static Color colour(Ink ink, int opacity) {
        return new Color(ink.rgb() >> 16 & 0xff, ink.rgb() >> 8 & 0xff, ink.rgb() & 0xff, opacity);
    }
}
