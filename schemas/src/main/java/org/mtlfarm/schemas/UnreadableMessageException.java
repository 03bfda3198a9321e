package org.mtlfarm.schemas;

/** Bytes on a topic are not the message that belongs there. */
public final class UnreadableMessageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnreadableMessageException(Class<?> type, String found, Throwable cause) {
        super("expected a " + type.getSimpleName() + " in Avro, found " + found, cause);
    }
}
