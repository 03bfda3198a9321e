package org.mtlfarm.worker.network;

/** An engine that computes on a card, for many models together, and can say how that card is used. */
public interface CardEngine extends Engine {
    /** As it is now. Any thread may ask, at any time while the engine is open. */
    CardUse use();
}
