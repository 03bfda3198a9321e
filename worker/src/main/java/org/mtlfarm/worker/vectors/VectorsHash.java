package org.mtlfarm.worker.vectors;

import java.util.Set;
import java.util.TreeSet;

import org.mtlfarm.worker.corpus.ContentHash;

/** What names the vectors that are kept for a corpus. */
public final class VectorsHash {
    private static final String FORM = "mtl-farm vectors 1";

    private VectorsHash() {}

    /**
     * SHA-256, in hex, over the dimension and, for each of the words that has a vector, in the order of their UTF-16 code
     * units, the word and the bits of its numbers. Words that are not asked for, and the order of rows, change nothing.
     *
     * @param words the corpus's distinct words
     */
    public static String of(WordVectors vectors, Set<String> words) {
        Set<String> known = new TreeSet<>(words);
        known.retainAll(vectors.rows().keySet());
        ContentHash hash = new ContentHash(FORM);
        hash.add(vectors.dimension());
        hash.add(known.size());
        for (String word : known) {
            hash.add(word);
            int start = vectors.row(word) * vectors.dimension();
            for (int i = start; i < start + vectors.dimension(); i++) {
                hash.add(Float.floatToIntBits(vectors.table()[i]));
            }
        }
        return hash.hex();
    }
}
