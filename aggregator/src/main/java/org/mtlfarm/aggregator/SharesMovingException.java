package org.mtlfarm.aggregator;

/** Who has which experiments is being settled, or a share is being restored: the same question can be answered soon. */
public final class SharesMovingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SharesMovingException(String message) {
        super(message, null, false, false);
    }
}
