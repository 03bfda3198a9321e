package org.mtlfarm.http;

import org.eclipse.jetty.http.HttpFields;

/** The headers that every answer carries, so that a browser makes nothing of it but what it is. */
final class SecurityHeaders {
    /** Of answers that are no page: nothing may be loaded or run from them, and nobody may frame them. */
    private static final String NOTHING = "default-src 'none'; frame-ancestors 'none'";

    /** Of pages: their own script, style, fonts and pictures, and requests to their own server. */
    static final String OWN =
            "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self';"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private SecurityHeaders() {}

    static void putInto(HttpFields.Mutable headers) {
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put("Content-Security-Policy", NOTHING);
        headers.put("Referrer-Policy", "no-referrer");
        headers.put("Cross-Origin-Resource-Policy", "same-origin");
        headers.put("Cache-Control", "no-store");
    }
}
