package org.mtlfarm.worker.corpus;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.mtlfarm.worker.network.NetworkShape;
import org.mtlfarm.worker.vectors.WordVectors;

/**
 * Running text as a network sees it.
 *
 * @param rows [tokens], row of each word in the vector table, 0 where it is unknown
 * @param labels [tokens], index of each token's type in the corpus's labels, 0 for O; {@link #NO_LABEL} for a type that
 *     the training part does not have
 */
public record EncodedText(int[] rows, int[] labels) {
    /** Label of a token whose type the training part does not have; only scored parts can hold it. */
    public static final int NO_LABEL = -1;

    /** Row of the vector table that stands for no word. */
    private static final int PADDING = 0;

    public EncodedText {
        if (rows.length != labels.length) {
            throw new IllegalArgumentException(
                    "rows and labels must be as many, were " + rows.length + " and " + labels.length);
        }
    }

    /**
     * Encodes a text of any tag scheme.
     *
     * @param labels as {@link Corpus#labels()}: O, then types
     */
    public static EncodedText of(TaggedText text, WordVectors vectors, List<String> labels) {
        int[] rows = new int[text.tokens()];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = vectors.row(text.words()[i]);
        }
        return new EncodedText(rows, labelsOf(text, labels));
    }

    /**
     * The labels alone.
     *
     * @param labels as {@link Corpus#labels()}: O, then types
     * @return [tokens], indexes in labels, {@link #NO_LABEL} for a type that is not among them
     */
    public static int[] labelsOf(TaggedText text, List<String> labels) {
        Map<String, Integer> indexes = new HashMap<>();
        for (int i = 0; i < labels.size(); i++) {
            indexes.put(labels.get(i), i);
        }
        int[] encoded = new int[text.tokens()];
        for (int i = 0; i < encoded.length; i++) {
            String tag = text.tags()[i];
            encoded[i] = indexes.getOrDefault(tag.equals("O") ? tag : tag.substring(2), NO_LABEL);
        }
        return encoded;
    }

    public int tokens() {
        return rows.length;
    }

    /**
     * Writes the windows around some tokens: three words before, the word, three after, over the running text, not cut at
     * sentence ends; 0 beyond the text's ends.
     *
     * @param positions tokens, of which {@code positions[from]} to {@code positions[from + count - 1]} are taken
     * @param windows [count, 7] at least, written from its start
     */
    public void fillWindows(int[] positions, int from, int count, int[] windows) {
        int next = 0;
        for (int i = from; i < from + count; i++) {
            int first = positions[i] - NetworkShape.TARGET;
            for (int position = first; position < first + NetworkShape.WINDOW; position++) {
                windows[next++] = position >= 0 && position < rows.length ? rows[position] : PADDING;
            }
        }
    }
}
