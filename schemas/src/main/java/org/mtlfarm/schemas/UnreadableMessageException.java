package org.mtlfarm.schemas;

/** Bytes on a topic are not the message that belongs there. */
public final class UnreadableMessageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean ofUnknownSchema;

    UnreadableMessageException(Class<?> type, String found, Throwable cause) {
        this(type, found, cause, false);
    }

    private UnreadableMessageException(Class<?> type, String found, Throwable cause, boolean ofUnknownSchema) {
        super("expected a " + type.getSimpleName() + " in Avro, found " + found, cause);
        this.ofUnknownSchema = ofUnknownSchema;
    }

    static UnreadableMessageException ofUnknownSchema(Class<?> type, String found) {
        return new UnreadableMessageException(type, found, null, true);
    }

    /** Whether they say that they are of a schema which this version does not know: a newer one may read them. */
    public boolean isOfUnknownSchema() {
        return ofUnknownSchema;
    }
}
