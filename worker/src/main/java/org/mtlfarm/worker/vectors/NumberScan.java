package org.mtlfarm.worker.vectors;

/**
 * Recognises decimal numbers parted by spaces or tabs, in bytes, with one table look-up a byte: {@code [+-] digits [.
 * digits] [(e|E) [+-] digits]}, where digits may be missing on one side of the point.
 */
final class NumberScan {
    /** Result of {@link #count}: what is there is not numbers alone. */
    static final int NOT_NUMBERS = -1;

    private static final int GAP = 0;
    private static final int SIGN = 1;
    private static final int WHOLE = 2;
    private static final int POINT = 3;
    private static final int FRACTION = 4;
    private static final int EXPONENT = 5;
    private static final int EXPONENT_SIGN = 6;
    private static final int POWER = 7;
    private static final int WRONG = 8;
    private static final int STATES = 9;

    /** [state * 256 + byte], the next state. */
    private static final byte[] NEXT = table();

    private NumberScan() {}

    /** How many numbers stand between start and end; {@link #NOT_NUMBERS} if anything else does. */
    static int count(byte[] buffer, int start, int end) {
        int state = GAP;
        int count = 0;
        for (int i = start; i < end; i++) {
            int next = NEXT[state << 8 | buffer[i] & 0xFF];
            if (state == GAP && next != GAP) {
                count++;
            }
            state = next;
        }
        boolean complete = state == GAP || state == WHOLE || state == FRACTION || state == POWER;
        return complete ? count : NOT_NUMBERS;
    }

    private static byte[] table() {
        byte[] next = new byte[STATES << 8];
        java.util.Arrays.fill(next, (byte) WRONG);
        for (int state : new int[] {GAP, WHOLE, FRACTION, POWER}) {
            next[state << 8 | ' '] = GAP;
            next[state << 8 | '\t'] = GAP;
        }
        next[GAP << 8 | '+'] = SIGN;
        next[GAP << 8 | '-'] = SIGN;
        next[GAP << 8 | '.'] = POINT;
        next[SIGN << 8 | '.'] = POINT;
        next[WHOLE << 8 | '.'] = FRACTION;
        next[EXPONENT << 8 | '+'] = EXPONENT_SIGN;
        next[EXPONENT << 8 | '-'] = EXPONENT_SIGN;
        for (int letter : new int[] {'e', 'E'}) {
            next[WHOLE << 8 | letter] = EXPONENT;
            next[FRACTION << 8 | letter] = EXPONENT;
        }
        for (int digit = '0'; digit <= '9'; digit++) {
            for (int state : new int[] {GAP, SIGN, WHOLE}) {
                next[state << 8 | digit] = WHOLE;
            }
            next[POINT << 8 | digit] = FRACTION;
            next[FRACTION << 8 | digit] = FRACTION;
            for (int state : new int[] {EXPONENT, EXPONENT_SIGN, POWER}) {
                next[state << 8 | digit] = POWER;
            }
        }
        return next;
    }
}
