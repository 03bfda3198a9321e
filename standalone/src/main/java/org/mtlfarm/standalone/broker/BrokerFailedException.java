package org.mtlfarm.standalone.broker;

/** The broker cannot start or has ended; the message is one line that names the directory or the port. */
public final class BrokerFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BrokerFailedException(String message) {
        super(message);
    }

    public BrokerFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
