package org.mtlfarm.worker.vectors;

import java.util.Map;

/**
 * Vectors of the words that a corpus has, one row a word.
 *
 * @param dimension numbers a word
 * @param table [rows, dimension], row by row; row 0 is all zeros and stands for padding and unknown words
 * @param rows row of a word as it stands in the corpus; a word that is absent is unknown
 */
public record WordVectors(int dimension, float[] table, Map<String, Integer> rows) {
    public WordVectors {
        if (dimension < 1) {
            throw new IllegalArgumentException("dimension must be at least 1, was " + dimension);
        }
        if (table.length < dimension || table.length % dimension != 0) {
            throw new IllegalArgumentException(
                    "table must hold whole rows of " + dimension + ", and row 0, had " + table.length + " numbers");
        }
    }

    /** Row of a word, 0 if it is unknown. */
    public int row(String word) {
        return rows.getOrDefault(word, 0);
    }
}
