package org.mtlfarm.worker.corpus;

import java.util.Optional;

/**
 * One token's tag, taken apart.
 *
 * @param prefix {@code B I E S}, or {@link #NO_SPAN}; a BILOU {@code L} is {@code E}, a {@code U} is {@code S}
 * @param type {@code PER}; empty outside spans
 */
record SpanTag(char prefix, String type) {
    static final char NO_SPAN = 'O';
    static final SpanTag OUTSIDE = new SpanTag(NO_SPAN, "");

    /** Empty if the text is no tag of any scheme. */
    static Optional<SpanTag> parse(String text) {
        if (text.equals("O")) {
            return Optional.of(OUTSIDE);
        }
        if (text.length() < 3 || text.charAt(1) != '-') {
            return Optional.empty();
        }
        char prefix = switch (text.charAt(0)) {
            case 'B' -> 'B';
            case 'I' -> 'I';
            case 'E', 'L' -> 'E';
            case 'S', 'U' -> 'S';
            default -> 0;
        };
        return prefix == 0 ? Optional.empty() : Optional.of(new SpanTag(prefix, text.substring(2)));
    }

    /** A tag without a prefix, which is its token's own. */
    static SpanTag ofToken(String text) {
        return text.equals("O") ? OUTSIDE : new SpanTag('B', text);
    }

    boolean inSpan() {
        return prefix != NO_SPAN;
    }

    boolean sameType(SpanTag other) {
        return type.equals(other.type);
    }

    /** The IO tag of the token. */
    String toIo() {
        return inSpan() ? "I-" + type : "O";
    }

    /**
     * The IOB2 tag of the token, given the tag before it in its sentence. One rule serves all schemes: a span starts at
     * {@code B} and {@code S}, after {@code E} and {@code S}, and where the type is another than before.
     */
    String toIob2(SpanTag before) {
        if (!inSpan()) {
            return "O";
        }
        boolean starts =
                prefix == 'B' || prefix == 'S' || before.prefix == 'E' || before.prefix == 'S' || !sameType(before);
        return (starts ? "B-" : "I-") + type;
    }

    @Override
    public String toString() {
        return inSpan() ? prefix + "-" + type : "O";
    }
}
