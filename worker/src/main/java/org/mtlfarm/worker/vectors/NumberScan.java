package org.mtlfarm.worker.vectors;

import java.util.Arrays;

/**
 * Recognises decimal numbers parted by spaces or tabs, in bytes, with one table look-up a byte: {@code [+-] digits [.
 * digits] [(e|E) [+-] digits]}, where digits may be missing on one side of the point.
 */
final class NumberScan {
    /** Result of {@link #count}: what is there is not numbers alone. */
    static final int NOT_NUMBERS = -1;

    private static final int GAP = 0;
    private static final int SIGN = 1 << 8;
    private static final int WHOLE = 2 << 8;
    private static final int POINT = 3 << 8;
    private static final int FRACTION = 4 << 8;
    private static final int EXPONENT = 5 << 8;
    private static final int EXPONENT_SIGN = 6 << 8;
    private static final int POWER = 7 << 8;
    private static final int WRONG = 8 << 8;
    private static final int ENTRIES = 9 << 8;

    /** [state | byte], the next state. */
    private static final short[] NEXT = table();

    /** [state | byte], 1 where a number begins. Apart from the states, so that counting does not hold them up. */
    private static final byte[] BEGINS = begins();

    private NumberScan() {}

    /** How many numbers stand between start and end; {@link #NOT_NUMBERS} if anything else does. */
    static int count(byte[] buffer, int start, int end) {
        int state = GAP;
        int count = 0;
        for (int i = start; i < end; i++) {
            int entry = state | buffer[i] & 0xFF;
            count += BEGINS[entry];
            state = NEXT[entry];
        }
        boolean complete = state == GAP || state == WHOLE || state == FRACTION || state == POWER;
        return complete ? count : NOT_NUMBERS;
    }

    private static byte[] begins() {
        byte[] begins = new byte[ENTRIES];
        for (int letter = 0; letter < 256; letter++) {
            begins[GAP | letter] = (byte) (NEXT[GAP | letter] == GAP ? 0 : 1);
        }
        return begins;
    }

    private static short[] table() {
        short[] next = new short[ENTRIES];
        Arrays.fill(next, (short) WRONG);
        for (int state : new int[] {GAP, WHOLE, FRACTION, POWER}) {
            next[state | ' '] = GAP;
            next[state | '\t'] = GAP;
        }
        next[GAP | '+'] = SIGN;
        next[GAP | '-'] = SIGN;
        next[GAP | '.'] = POINT;
        next[SIGN | '.'] = POINT;
        next[WHOLE | '.'] = FRACTION;
        next[EXPONENT | '+'] = EXPONENT_SIGN;
        next[EXPONENT | '-'] = EXPONENT_SIGN;
        for (int letter : new int[] {'e', 'E'}) {
            next[WHOLE | letter] = EXPONENT;
            next[FRACTION | letter] = EXPONENT;
        }
        for (int digit = '0'; digit <= '9'; digit++) {
            for (int state : new int[] {GAP, SIGN, WHOLE}) {
                next[state | digit] = WHOLE;
            }
            next[POINT | digit] = FRACTION;
            next[FRACTION | digit] = FRACTION;
            for (int state : new int[] {EXPONENT, EXPONENT_SIGN, POWER}) {
                next[state | digit] = POWER;
            }
        }
        return next;
    }
}
