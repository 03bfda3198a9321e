package org.mtlfarm.schemas.registry;

/**
 * No schema registry answers, or it is out of order: asked again later, it may do. The message is one line without
 * secrets.
 */
public final class RegistryUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RegistryUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
