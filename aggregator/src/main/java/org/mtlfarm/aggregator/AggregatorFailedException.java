package org.mtlfarm.aggregator;

/** The aggregator cannot start or has ended; the message is one line. */
public final class AggregatorFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    AggregatorFailedException(String message) {
        super(message);
    }

    AggregatorFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
