package org.mtlfarm.worker.corpus;

import java.util.OptionalInt;

/**
 * Which columns of a CoNLL file hold the word and its tag, counted from 1.
 *
 * @param word empty for the first, or the second where the first numbers the tokens
 * @param tags empty for the last
 */
public record Columns(OptionalInt word, OptionalInt tags) {
    public static final Columns USUAL = new Columns(OptionalInt.empty(), OptionalInt.empty());

    public Columns {
        if (word.orElse(1) < 1 || tags.orElse(1) < 1) {
            throw new IllegalArgumentException("columns are counted from 1, were " + word + " and " + tags);
        }
    }

    /** The same word with other tags. */
    public Columns withTags(int column) {
        return new Columns(word, OptionalInt.of(column));
    }
}
