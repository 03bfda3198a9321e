package org.mtlfarm.http;

/** HTTP cannot be served; the message is one line. */
public final class HttpFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    HttpFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
