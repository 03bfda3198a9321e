package org.mtlfarm.worker.random;

import java.util.random.RandomGenerator;

/**
 * The generator SplitMix64 (Steele, Lea, Flood 2014): 64 bits of state, passes through all of them. It is written out here,
 * rather than taken from the Java runtime, because labels and texts must come out the same on every version of it: the
 * runtime fixes neither the algorithms behind its generators' names nor how it makes other numbers of their 64 bits.
 */
public final class SplitMix64 implements RandomGenerator {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
    private static final long FNV_OFFSET = 0xCBF29CE484222325L;
    private static final long FNV_PRIME = 0x100000001B3L;
    private static final double UNIT = 0x1.0p-53;

    private long state;

    public SplitMix64(long seed) {
        this.state = seed;
    }

    /** A generator for one of several streams of a seed: neighbouring streams have nothing in common. */
    public static SplitMix64 ofStream(long seed, long stream) {
        return new SplitMix64(mix(seed + GOLDEN_GAMMA * mix(stream + 1)));
    }

    /** A stream of its own for each name, so that what one part draws never shifts what another one gets. */
    public static SplitMix64 named(long seed, String name) {
        long hash = FNV_OFFSET;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * FNV_PRIME;
        }
        return new SplitMix64(mix(seed + GOLDEN_GAMMA) ^ mix(hash));
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

    /** Uniform in [0, bound); the bias of at most bound / 2^53 does not matter here. */
    public int below(int bound) {
        return (int) (nextDouble() * bound);
    }

    /** Standard normal by Box and Muller; StrictMath, because Math may differ by processor. */
    @Override
    public double nextGaussian() {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - nextDouble()));
        return radius * StrictMath.cos(2 * StrictMath.PI * nextDouble());
    }

    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
