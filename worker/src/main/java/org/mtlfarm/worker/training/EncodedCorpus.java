package org.mtlfarm.worker.training;

import java.util.List;
import java.util.Set;

import org.mtlfarm.worker.corpus.ContentHash;
import org.mtlfarm.worker.corpus.Corpus;
import org.mtlfarm.worker.corpus.EncodedText;
import org.mtlfarm.worker.vectors.Coverage;
import org.mtlfarm.worker.vectors.VectorsHash;
import org.mtlfarm.worker.vectors.WordVectors;

/**
 * A corpus with its vectors as networks see them. Immutable: one copy serves all slots.
 *
 * @param vectorsName where the vectors came from, for people: {@code builtin} or a path
 * @param corpusHash SHA-256, in hex, of the corpus
 * @param vectorsHash SHA-256, in hex, of the vectors that this corpus uses
 */
public record EncodedCorpus(
        Corpus corpus,
        WordVectors vectors,
        String vectorsName,
        EncodedText train,
        EncodedText dev,
        EncodedText test,
        Coverage coverage,
        String corpusHash,
        String vectorsHash) {

    public static EncodedCorpus of(Corpus corpus, WordVectors vectors, String vectorsName) {
        Set<String> words = corpus.words();
        List<String> labels = corpus.labels();
        return new EncodedCorpus(
                corpus,
                vectors,
                vectorsName,
                EncodedText.of(corpus.train(), vectors, labels),
                EncodedText.of(corpus.dev(), vectors, labels),
                EncodedText.of(corpus.test(), vectors, labels),
                Coverage.of(vectors, corpus),
                ContentHash.of(corpus),
                VectorsHash.of(vectors, words));
    }
}
