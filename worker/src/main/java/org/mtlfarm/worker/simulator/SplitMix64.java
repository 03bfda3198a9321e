package org.mtlfarm.worker.simulator;

import java.util.random.RandomGenerator;

/**
 * The generator SplitMix64 (Steele, Lea, Flood 2014): 64 bits of state, passes through all of them. It is written out here,
 * rather than taken from the Java runtime, because labels must come out the same on every version of it: the runtime
 * fixes neither the algorithms behind its generators' names nor how it makes other numbers of their 64 bits.
 */
public final class SplitMix64 implements RandomGenerator {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
    private static final double UNIT = 0x1.0p-53;

    private long state;

    public SplitMix64(long seed) {
        this.state = seed;
    }

    /** A generator for one of several streams of a seed: neighbouring streams have nothing in common. */
    public static SplitMix64 ofStream(long seed, long stream) {
        return new SplitMix64(mix(seed + GOLDEN_GAMMA * mix(stream + 1)));
    }

    @Override
    public long nextLong() {
        state += GOLDEN_GAMMA;
        return mix(state);
    }

    /** Uniform in [0, 1), a multiple of 2^-53. */
    @Override
    public double nextDouble() {
        return (nextLong() >>> 11) * UNIT;
    }

    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
