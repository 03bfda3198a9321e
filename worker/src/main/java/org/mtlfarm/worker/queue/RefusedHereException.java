package org.mtlfarm.worker.queue;

/**
 * This worker cannot train the run, because its files are others than the run was planned for, say, but another worker may.
 * The message says in one line what was expected and what was found.
 */
public final class RefusedHereException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RefusedHereException(String message) {
        super(message);
    }
}
