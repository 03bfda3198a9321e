package org.mtlfarm.worker.vectors;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Whether bytes are UTF-8. */
final class Utf8 {
    private Utf8() {}

    static boolean isProper(byte[] buffer, int start, int end) {
        for (int i = start; i < end; i++) {
            if (buffer[i] < 0) {
                // Proper UTF-8 survives being decoded and encoded.
                byte[] word = Arrays.copyOfRange(buffer, start, end);
                return Arrays.equals(new String(word, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8), word);
            }
        }
        return true;
    }
}
