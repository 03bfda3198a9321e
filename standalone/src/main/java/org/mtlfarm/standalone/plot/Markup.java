package org.mtlfarm.standalone.plot;

import java.util.Locale;

/** Text and numbers as HTML and SVG have them. */
public final class Markup {
    private Markup() {}

    /** Text that is no markup, whatever somebody wrote into it. */
    public static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /** A number as short as it can be said, thousands parted by narrow spaces. */
    public static String number(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e7) {
            return String.format(Locale.ROOT, "%,d", (long) value).replace(',', '\u202f');
        }
        String digits = String.format(Locale.ROOT, "%.3g", value);
        return digits.contains("e") || !digits.contains(".") ? digits : digits.replaceFirst("\\.?0+$", "");
    }
}
