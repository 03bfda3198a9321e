package org.mtlfarm.http;

import java.util.Locale;

/** What a request's {@code Accept} header allows (RFC 9110, 12.5.1). */
final class Acceptable {
    private Acceptable() {}

    /**
     * Whether an answer of that type may be sent: the most specific of the header's ranges that it falls in has a weight
     * above 0. No header, or one that is no list of ranges, allows everything.
     *
     * @param accept null where there is no such header
     * @param contentType its parameters do not matter
     */
    static boolean allows(String accept, String contentType) {
        if (accept == null || accept.isBlank()) {
            return true;
        }
        String type = contentType.split(";", 2)[0].strip();
        String family = type.substring(0, type.indexOf('/')) + "/*";
        int specific = -1;
        boolean allowed = false;
        for (String part : accept.split(",", -1)) {
            String[] parameters = part.split(";", -1);
            String range = parameters[0].strip().toLowerCase(Locale.ROOT);
            int rank = range.equals(type) ? 2 : range.equals(family) ? 1 : range.equals("*/*") ? 0 : -1;
            if (rank >= specific && rank >= 0) {
                allowed = rank == specific && allowed || weighs(parameters);
                specific = rank;
            }
        }
        return allowed;
    }

    private static boolean weighs(String[] parameters) {
        for (String parameter : parameters) {
            String plain = parameter.strip().toLowerCase(Locale.ROOT);
            if (plain.matches("q\\s*=\\s*0(\\.0{0,3})?")) {
                return false;
            }
        }
        return true;
    }
}
