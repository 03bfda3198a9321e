package org.mtlfarm.aggregator;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

import org.apache.kafka.common.errors.RetriableException;

/** The aggregator cannot start or has ended; the message is one line. */
public final class AggregatorFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    AggregatorFailedException(String message) {
        super(message);
    }

    AggregatorFailedException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Whether the same may succeed a little later: Kafka did not answer in time, or is busy. */
    boolean isPassing() {
        return getCause() instanceof TimeoutException
                || getCause() instanceof ExecutionException asked && asked.getCause() instanceof RetriableException;
    }
}
