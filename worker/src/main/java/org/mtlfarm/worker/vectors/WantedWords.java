package org.mtlfarm.worker.vectors;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;

/**
 * The words to look for, found by their UTF-8 bytes where these lie in a buffer: millions of other words pass by without
 * an object being made. Open addressing with linear probing, at most half full.
 */
final class WantedWords {
    static final int ABSENT = -1;

    private final byte[][] words;
    private final int[] slots;

    WantedWords(Collection<String> wanted) {
        words = wanted.stream()
                .map(word -> word.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
        slots = new int[Math.max(16, Integer.highestOneBit(Math.max(1, words.length)) << 2)];
        Arrays.fill(slots, ABSENT);
        for (int i = 0; i < words.length; i++) {
            int slot = slot(words[i], 0, words[i].length);
            while (slots[slot] != ABSENT) {
                slot = slot + 1 & slots.length - 1;
            }
            slots[slot] = i;
        }
    }

    /** Position, in the collection given, of the word in those bytes; {@link #ABSENT} if it is not wanted. */
    int find(byte[] buffer, int start, int end) {
        int slot = slot(buffer, start, end);
        while (slots[slot] != ABSENT) {
            byte[] word = words[slots[slot]];
            if (Arrays.equals(word, 0, word.length, buffer, start, end)) {
                return slots[slot];
            }
            slot = slot + 1 & slots.length - 1;
        }
        return ABSENT;
    }

    private int slot(byte[] buffer, int start, int end) {
        int hash = 0;
        for (int i = start; i < end; i++) {
            hash = 31 * hash + buffer[i];
        }
        // Spread the high bits downwards: slots are taken from the low ones.
        hash ^= hash >>> 15;
        return hash & slots.length - 1;
    }
}
