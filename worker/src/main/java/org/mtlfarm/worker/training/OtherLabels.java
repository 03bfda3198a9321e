package org.mtlfarm.worker.training;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.mtlfarm.schemas.OtherTasks;
import org.mtlfarm.worker.corpus.ContentHash;
import org.mtlfarm.worker.corpus.EncodedText;
import org.mtlfarm.worker.corpus.LabelledText;
import org.mtlfarm.worker.vectors.VectorsHash;
import org.mtlfarm.worker.vectors.WordVectors;

/**
 * Real labels of a task beside the real one.
 *
 * @param source {@code column=4} of the corpus, or {@code file=F,tags=3}, a text of its own
 * @param hash SHA-256, in hex, of words, labels and the words' vectors
 * @param text what it is trained on: the corpus's training part, or its own
 * @param labels what its output predicts
 */
public record OtherLabels(String source, String hash, EncodedText text, List<String> labels) {
    static OtherLabels of(String source, LabelledText read, WordVectors vectors) {
        Set<String> words = new HashSet<>(Arrays.asList(read.text().words()));
        return new OtherLabels(
                source,
                ContentHash.of(read.text(), VectorsHash.of(vectors, words)),
                EncodedText.of(read.text(), vectors, read.labels()),
                read.labels());
    }

    /** Whether it shares no token with the real task, so that nothing can be said of their relatedness. */
    public boolean hasOwnText() {
        return OtherTasks.hasOwnText(source);
    }
}
