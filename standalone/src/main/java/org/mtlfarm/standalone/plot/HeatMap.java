package org.mtlfarm.standalone.plot;

import java.util.List;
import java.util.Locale;

/**
 * A matrix of shares as shades, each with its number.
 *
 * @param rows names of the rows, from above
 * @param columns names of the columns
 * @param shares [row][column], in [0, 1]
 * @param notes [row][column], told to a pointer
 */
public record HeatMap(
        String name,
        String title,
        String description,
        String rowLabel,
        String columnLabel,
        List<String> rows,
        List<String> columns,
        double[][] shares,
        String[][] notes)
        implements Figure {
    private static final int LEFT = 72;
    private static final int TOP = 62;
    private static final int CELL_WIDTH = 46;
    private static final int CELL_HEIGHT = 30;
    private static final double SMALL = 11;
    private static final int LONGEST_NAME = 7;
    /** From white over blue to near black, so that it is read in grey as well. */
    private static final int[][] SHADES = {{247, 251, 255}, {158, 202, 225}, {49, 130, 189}, {8, 48, 107}};

    public HeatMap {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("a figure's name must be letters, digits and dashes, was " + name);
        }
        rows = List.copyOf(rows);
        columns = List.copyOf(columns);
    }

    @Override
    public int width() {
        return Math.max(300, LEFT + columns.size() * CELL_WIDTH + 12);
    }

    @Override
    public int height() {
        return TOP + rows.size() * CELL_HEIGHT + 14;
    }

    @Override
    public void drawOn(Canvas canvas) {
        canvas.text(10, 18, 13, Canvas.Anchor.START, Ink.TEXT, false, title);
        canvas.text(
                LEFT + columns.size() * CELL_WIDTH / 2.0,
                37,
                SMALL,
                Canvas.Anchor.MIDDLE,
                Ink.TEXT,
                false,
                columnLabel);
        canvas.text(13, TOP + rows.size() * CELL_HEIGHT / 2.0, SMALL, Canvas.Anchor.MIDDLE, Ink.TEXT, true, rowLabel);
        for (int c = 0; c < columns.size(); c++) {
            canvas.text(
                    LEFT + (c + 0.5) * CELL_WIDTH,
                    TOP - 6,
                    SMALL,
                    Canvas.Anchor.MIDDLE,
                    Ink.SOFT,
                    false,
                    shortened(columns.get(c)));
        }
        for (int r = 0; r < rows.size(); r++) {
            double top = TOP + r * CELL_HEIGHT;
            canvas.text(
                    LEFT - 6,
                    top + CELL_HEIGHT / 2.0 + 4,
                    SMALL,
                    Canvas.Anchor.END,
                    Ink.SOFT,
                    false,
                    shortened(rows.get(r)));
            for (int c = 0; c < columns.size(); c++) {
                double share = shares[r][c];
                canvas.box(
                        LEFT + c * CELL_WIDTH,
                        top,
                        CELL_WIDTH - 1,
                        CELL_HEIGHT - 1,
                        Ink.fixed(shade(share)),
                        notes[r][c]);
                canvas.text(
                        LEFT + (c + 0.5) * CELL_WIDTH,
                        top + CELL_HEIGHT / 2.0 + 4,
                        SMALL,
                        Canvas.Anchor.MIDDLE,
                        Ink.fixed(share > 0.5 ? 0xffffff : 0x1b1f24),
                        false,
                        number(share));
            }
        }
    }

    private static String number(double share) {
        return String.format(Locale.ROOT, share > 0 && share < 0.0005 ? "<.001" : "%.3f", share)
                .replaceFirst("^0\\.", ".");
    }

    private static String shortened(String label) {
        return label.length() <= LONGEST_NAME ? label : label.substring(0, LONGEST_NAME - 1) + "…";
    }

    private static int shade(double share) {
        double at = Math.min(1, Math.max(0, share)) * (SHADES.length - 1);
        int below = Math.min(SHADES.length - 2, (int) at);
        int rgb = 0;
        for (int channel = 0; channel < 3; channel++) {
            double value =
                    SHADES[below][channel] + (at - below) * (SHADES[below + 1][channel] - SHADES[below][channel]);
            rgb = rgb << 8 | (int) Math.round(value);
        }
        return rgb;
    }
}
