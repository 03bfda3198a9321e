package org.mtlfarm.worker.builtin;

/**
 * The generator SplitMix64 (Steele, Lea and Flood 2014), written out so that its stream is the same to the last bit on
 * every JDK and machine. The JDK promises that only for {@code nextLong}, not for bounded or Gaussian draws.
 */
final class SplitMix64 {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
    private static final long FNV_OFFSET = 0xCBF29CE484222325L;
    private static final long FNV_PRIME = 0x100000001B3L;

    private long state;

    SplitMix64(long seed) {
        state = seed;
    }

    /** A stream of its own for each name, so that what one part draws never shifts what another one gets. */
    static SplitMix64 named(long seed, String name) {
        long hash = FNV_OFFSET;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * FNV_PRIME;
        }
        return new SplitMix64(scramble(seed + GOLDEN_GAMMA) ^ scramble(hash));
    }

    long nextLong() {
        state += GOLDEN_GAMMA;
        return scramble(state);
    }

    /** Uniform in [0, 1), a multiple of 2^-53. */
    double nextDouble() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    /** Uniform in [0, bound); the bias of at most bound / 2^53 does not matter here. */
    int below(int bound) {
        return (int) (nextDouble() * bound);
    }

    /** Standard normal by Box and Muller; StrictMath, because Math may differ by processor. */
    double nextGaussian() {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - nextDouble()));
        return radius * StrictMath.cos(2 * StrictMath.PI * nextDouble());
    }

    private static long scramble(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
