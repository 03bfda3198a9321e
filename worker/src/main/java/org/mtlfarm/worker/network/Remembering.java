package org.mtlfarm.worker.network;

/**
 * A model that keeps a copy of its parameters where it trains, so that they need not leave a card whenever somebody may want
 * to come back to them.
 */
public interface Remembering extends Model {
    /** Remembers the parameters as they are, in place of what was remembered, unless one of them is not finite; whether all are. */
    boolean remember();

    /** A copy of what was remembered last. */
    float[] remembered();
}
