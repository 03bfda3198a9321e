package org.mtlfarm.worker.vectors;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The subwords of fastText: runs of shortest to longest characters of {@code <word>}, other than {@code <} and {@code >}
 * alone, each hashed into one of some buckets. A character is one code point of UTF-8. The hash is FNV-1a of 32 bits over
 * bytes taken as signed, as in all models that were published.
 *
 * @param shortest characters, at least 0; 0 is as 1
 * @param longest characters; 0 for no subwords
 * @param buckets at least 1 if there are subwords
 */
record Subwords(int shortest, int longest, int buckets) {
    /** Ends of sentences, the one word that has no subwords. */
    static final String END_OF_SENTENCE = "</s>";

    private static final int OFFSET = 0x811C9DC5;
    private static final int PRIME = 0x01000193;

    Subwords {
        if (shortest < 0 || longest < 0) {
            throw new IllegalArgumentException("lengths must be at least 0, were " + shortest + " to " + longest);
        }
        if (shortest <= longest && longest > 0 && buckets < 1) {
            throw new IllegalArgumentException("buckets must be at least 1, was " + buckets);
        }
    }

    /** Buckets of a word's subwords, by where they begin and then by length; a bucket as often as it occurs. */
    int[] of(String word) {
        if (word.equals(END_OF_SENTENCE)) {
            return new int[0];
        }
        byte[] bytes = ("<" + word + ">").getBytes(StandardCharsets.UTF_8);
        int[] starts = characterStarts(bytes);
        int characters = starts.length - 1;
        int[] found = new int[16];
        int count = 0;
        for (int first = 0; first < characters; first++) {
            int hash = OFFSET;
            int most = Math.min(longest, characters - first);
            for (int length = 1; length <= most; length++) {
                for (int i = starts[first + length - 1]; i < starts[first + length]; i++) {
                    hash = (hash ^ bytes[i]) * PRIME;
                }
                boolean bracketAlone = length == 1 && (first == 0 || first == characters - 1);
                if (length >= shortest && !bracketAlone) {
                    found = count == found.length ? Arrays.copyOf(found, 2 * count) : found;
                    found[count++] = Integer.remainderUnsigned(hash, buckets);
                }
            }
        }
        return Arrays.copyOf(found, count);
    }

    /** [characters + 1], where each character begins, and the end. */
    private static int[] characterStarts(byte[] bytes) {
        int[] starts = new int[bytes.length + 1];
        int characters = 0;
        for (int i = 0; i < bytes.length; i++) {
            if ((bytes[i] & 0xC0) != 0x80) {
                starts[characters++] = i;
            }
        }
        starts[characters] = bytes.length;
        return Arrays.copyOf(starts, characters + 1);
    }
}
