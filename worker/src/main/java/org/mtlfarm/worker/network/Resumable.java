package org.mtlfarm.worker.network;

/**
 * A model whose training can be stopped and gone on with in another one: opened with this one's {@link #parameters()} and
 * given its optimiser's state, that makes the same steps to the last bit.
 */
public interface Resumable extends Model {
    /** A copy of what Adam remembers. */
    OptimiserState optimiser();

    /** Before the first step: goes on from what another model's Adam remembered. */
    void resume(OptimiserState state);
}
