package org.mtlfarm.schemas.registry;

/** The schema registry has answered with a no: access, a schema's compatibility. The message is one line without secrets. */
public final class RegistryRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;

    RegistryRefusedException(String message, int status) {
        super(message);
        this.status = status;
    }

    /** Whether who asks may do so, rather than what is asked, is the matter. */
    boolean isForbidden() {
        return status == 401 || status == 403;
    }
}
