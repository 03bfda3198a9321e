package org.mtlfarm.schemas.registry;

/** The registry has no Avro schema of that id that could be read with: who wrote it used another registry, or none. */
public final class UnknownSchemaException extends Exception {
    private static final long serialVersionUID = 1L;

    UnknownSchemaException(String message) {
        super(message);
    }
}
