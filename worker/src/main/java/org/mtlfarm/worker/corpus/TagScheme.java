package org.mtlfarm.worker.corpus;

import java.util.Locale;
import java.util.Optional;

import org.mtlfarm.schemas.InvalidInputException;

/** How tags mark spans, if they do. A tag is {@code O}, or a prefix, a hyphen and a type: {@code I-PER}. */
public enum TagScheme {
    /** {@code I-} on every token of a span: neighbours of one type cannot be told apart. */
    IO("I"),
    /** {@code I-}, and {@code B-} only where a span follows another of its type. */
    IOB1("IB"),
    /** {@code B-} on a span's first token, {@code I-} on the others; also called BIO. */
    IOB2("IB"),
    /** {@code B- I- E-}, and {@code S-} on a span of one token; BILOU writes {@code L-} and {@code U-} for the last two. */
    IOBES("IBES"),
    /** No spans: a tag is its token's own, such as a part of speech. {@code O}, where it occurs, is no label to be found. */
    TOKENS("B");

    private final String prefixes;

    TagScheme(String prefixes) {
        this.prefixes = prefixes;
    }

    /** The scheme of that name, BIO, BIOES and BILOU among them; whether letters are small or capital does not matter. */
    public static TagScheme named(String name) {
        return switch (name.toUpperCase(Locale.ROOT)) {
            case "IO" -> IO;
            case "IOB1", "IOB" -> IOB1;
            case "IOB2", "BIO" -> IOB2;
            case "IOBES", "BIOES", "BILOU", "IOBLU" -> IOBES;
            case "TOKENS" -> TOKENS;
            default ->
                throw new InvalidInputException(
                        "expected a tag scheme, one of TOKENS, IO, IOB1, IOB2 and IOBES, found " + name);
        };
    }

    /** Whether the scheme has that prefix, {@code E} and {@code S} standing for {@code L} and {@code U} as well. */
    boolean has(char prefix) {
        return prefix == SpanTag.NO_SPAN || prefixes.indexOf(prefix) >= 0;
    }

    /**
     * What is wrong, by this scheme's rules, with a tag between its neighbours; outside a sentence the neighbours are
     * {@link SpanTag#OUTSIDE}.
     */
    Optional<String> mistake(SpanTag before, SpanTag tag, SpanTag after) {
        return switch (this) {
            case IO, TOKENS -> Optional.empty();
            case IOB1 -> when(tag.prefix() == 'B' && !tag.sameType(before), tag, " follows no span of its type");
            case IOB2 -> when(tag.prefix() == 'I' && !tag.sameType(before), tag, " opens a span");
            case IOBES -> {
                boolean inside = tag.prefix() == 'I' || tag.prefix() == 'E';
                boolean open = tag.prefix() == 'B' || tag.prefix() == 'I';
                Optional<String> start = when(inside && !continues(before, tag), tag, " opens a span");
                yield start.isPresent() ? start : when(open && !continues(tag, after), tag, " ends a span");
            }
        };
    }

    private static boolean continues(SpanTag tag, SpanTag next) {
        return (tag.prefix() == 'B' || tag.prefix() == 'I')
                && (next.prefix() == 'I' || next.prefix() == 'E')
                && tag.sameType(next);
    }

    private static Optional<String> when(boolean wrong, SpanTag tag, String what) {
        return wrong ? Optional.of(tag + what) : Optional.empty();
    }
}
