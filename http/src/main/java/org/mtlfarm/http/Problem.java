package org.mtlfarm.http;

import java.nio.charset.StandardCharsets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.eclipse.jetty.http.HttpStatus;

/** An answer other than what was asked for, told in one line; on the wire it is {@code application/problem+json} (RFC 9457). */
public final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    static final String CONTENT_TYPE = "application/problem+json; charset=utf-8";

    /** A client that is asked to come back later comes back then. */
    static final String RETRY_AFTER_SECONDS = "1";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final int status;

    private Problem(int status, String detail) {
        super(detail, null, false, false);
        this.status = status;
    }

    /** What was asked for cannot be understood: 400. */
    public static Problem badRequest(String detail) {
        return new Problem(HttpStatus.BAD_REQUEST_400, detail);
    }

    public static Problem notFound(String detail) {
        return new Problem(HttpStatus.NOT_FOUND_404, detail);
    }

    public static Problem notAcceptable(String detail) {
        return new Problem(HttpStatus.NOT_ACCEPTABLE_406, detail);
    }

    /** Not now: 503, with {@code Retry-After}. */
    public static Problem unavailable(String detail) {
        return new Problem(HttpStatus.SERVICE_UNAVAILABLE_503, detail);
    }

    static Problem of(int status, String detail) {
        return new Problem(status, detail);
    }

    public int status() {
        return status;
    }

    /** The answer's body. */
    byte[] body() {
        return body(status, getMessage());
    }

    static byte[] body(int status, String detail) {
        try {
            return (JSON.writeValueAsString(JSON.createObjectNode()
                                    .put("title", HttpStatus.getMessage(status))
                                    .put("status", status)
                                    .put("detail", detail))
                            + "\n")
                    .getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("text can be written as JSON", e);
        }
    }
}
