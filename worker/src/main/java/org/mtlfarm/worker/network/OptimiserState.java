package org.mtlfarm.worker.network;

/**
 * What Adam remembers from step to step.
 *
 * @param means first moments, as {@link ParameterLayout} lays the parameters out
 * @param squares second moments, likewise
 * @param steps made so far, by all parameters alike
 */
public record OptimiserState(float[] means, float[] squares, long steps) {
    public OptimiserState {
        if (means.length != squares.length) {
            throw new IllegalArgumentException(
                    "there must be as many means as squares, were " + means.length + " and " + squares.length);
        }
        if (steps < 0) {
            throw new IllegalArgumentException("steps must be at least 0, was " + steps);
        }
    }
}
