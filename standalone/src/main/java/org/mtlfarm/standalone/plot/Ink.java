package org.mtlfarm.standalone.plot;

import java.util.Locale;

/**
 * A colour. On a page most are CSS variables, so that the page decides on light and dark; in files they are the light ones.
 *
 * @param variable name of the CSS variable; empty where the colour is the same in light and dark
 * @param rgb the colour on light ground
 */
public record Ink(String variable, int rgb) {
    public static final Ink TEXT = new Ink("--ink", 0x1b1f24);
    public static final Ink SOFT = new Ink("--soft", 0x5c6670);
    public static final Ink GRID = new Ink("--grid", 0xe3e6ea);
    public static final Ink GROUND = new Ink("--ground", 0xffffff);

    /** Colours that colour-blind readers tell apart (Okabe and Ito 2008), darkened where they are too pale for white ground. */
    private static final int[] LIGHT = {0x0072b2, 0xd55e00, 0x00815c, 0xb5588e, 0x8f6a00, 0x2586b8, 0x7a5cc0};

    private static final int[] DARK = {0x56b4e9, 0xff8c42, 0x2fd0a0, 0xe59ac5, 0xe6b73c, 0x8fd0f5, 0xb39cf0};

    /** One of the colours of data. */
    public static Ink of(int index) {
        return new Ink("--c" + index % LIGHT.length, LIGHT[index % LIGHT.length]);
    }

    /** The same in light and dark. */
    public static Ink fixed(int rgb) {
        return new Ink("", rgb);
    }

    /** The variables' values, for a page that has elements of class {@code plot}. */
    public static String style() {
        return "svg.plot{" + variables(LIGHT, TEXT.hex(), SOFT.hex(), GRID.hex(), GROUND.hex())
                + "background:var(--ground)}\n@media (prefers-color-scheme:dark){svg.plot{"
                + variables(DARK, "#e6e9ed", "#a3adb8", "#2c333b", "#14181d") + "}}\n";
    }

    private static String variables(int[] colours, String text, String soft, String grid, String ground) {
        StringBuilder style = new StringBuilder(
                "--ink:" + text + ";--soft:" + soft + ";--grid:" + grid + ";--ground:" + ground + ";");
        for (int i = 0; i < colours.length; i++) {
            style.append("--c").append(i).append(':').append(hex(colours[i])).append(';');
        }
        return style.toString();
    }

    String hex() {
        return hex(rgb);
    }

    private static String hex(int rgb) {
        return String.format(Locale.ROOT, "#%06x", rgb);
    }
}
