package org.mtlfarm.schemas;

/** No Kafka broker answers, or it does not do what it was asked; the message is one line. */
public final class BrokerUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BrokerUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
