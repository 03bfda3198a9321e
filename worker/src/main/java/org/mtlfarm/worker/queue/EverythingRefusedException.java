package org.mtlfarm.worker.queue;

/** A worker that was to end when idle has ended, and what is left on the queue is what it cannot train. */
public final class EverythingRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    EverythingRefusedException(String message) {
        super(message);
    }
}
