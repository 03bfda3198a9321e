package org.mtlfarm.worker.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
 * @param others real labels of tasks beside the real one
 * @param warnings what a person should know of, a sentence each; empty if nothing was doubtful
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
        String vectorsHash,
        List<OtherLabels> others,
        List<String> warnings) {
    public EncodedCorpus {
        others = List.copyOf(others);
        warnings = List.copyOf(warnings);
    }

    /**
     * Encodes a corpus.
     *
     * @param doubts what was doubtful when it was loaded; vectors that hardly cover it are found here
     */
    public static EncodedCorpus of(Corpus corpus, WordVectors vectors, String vectorsName, List<String> doubts) {
        Set<String> words = corpus.words();
        List<String> labels = corpus.labels();
        Coverage coverage = Coverage.of(vectors, corpus);
        List<String> warnings = new ArrayList<>(doubts);
        coverage.warning().map(warning -> corpus.name() + ": " + warning).ifPresent(warnings::add);
        return new EncodedCorpus(
                corpus,
                vectors,
                vectorsName,
                EncodedText.of(corpus.train(), vectors, labels),
                EncodedText.of(corpus.dev(), vectors, labels),
                EncodedText.of(corpus.test(), vectors, labels),
                coverage,
                ContentHash.of(corpus),
                VectorsHash.of(vectors, words),
                List.of(),
                warnings);
    }

    /** The same with real labels of tasks beside the real one. */
    EncodedCorpus withOthers(List<OtherLabels> some) {
        return new EncodedCorpus(
                corpus, vectors, vectorsName, train, dev, test, coverage, corpusHash, vectorsHash, some, warnings);
    }

    /** Real labels by their hash. */
    Optional<OtherLabels> other(String hash) {
        return others.stream().filter(labels -> labels.hash().equals(hash)).findFirst();
    }
}
