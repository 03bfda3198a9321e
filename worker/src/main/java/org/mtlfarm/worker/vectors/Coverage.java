package org.mtlfarm.worker.vectors;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import org.mtlfarm.worker.corpus.Corpus;
import org.mtlfarm.worker.corpus.TaggedText;

/**
 * How much of a corpus has a vector.
 *
 * @param words distinct words of the corpus
 * @param knownWords those with a vector
 * @param tokens of the corpus
 * @param knownTokens those whose word has a vector
 */
public record Coverage(int words, int knownWords, long tokens, long knownTokens) {
    /** Share of distinct words under which vectors and corpus hardly belong together. */
    public static final double DOUBTFUL = 0.1;

    public static Coverage of(WordVectors vectors, Corpus corpus) {
        Set<String> words = new HashSet<>();
        int knownWords = 0;
        long tokens = 0;
        long knownTokens = 0;
        for (TaggedText part : List.of(corpus.train(), corpus.dev(), corpus.test())) {
            for (String word : part.words()) {
                boolean known = vectors.rows().containsKey(word);
                tokens++;
                knownTokens += known ? 1 : 0;
                if (words.add(word) && known) {
                    knownWords++;
                }
            }
        }
        return new Coverage(words.size(), knownWords, tokens, knownTokens);
    }

    /** Share of the distinct words, in [0, 1]. */
    public double wordShare() {
        return words == 0 ? 0 : (double) knownWords / words;
    }

    /** Share of the tokens, in [0, 1]. */
    public double tokenShare() {
        return tokens == 0 ? 0 : (double) knownTokens / tokens;
    }

    /** What to tell a person, if the vectors cover under a tenth of the words. */
    public Optional<String> warning() {
        if (wordShare() >= DOUBTFUL) {
            return Optional.empty();
        }
        return Optional.of(String.format(
                Locale.ROOT,
                "the vectors cover %.1f %% of the corpus's words (%d of %d) and %.1f %% of its tokens: all others are"
                        + " unknown to the network",
                100 * wordShare(),
                knownWords,
                words,
                100 * tokenShare()));
    }
}
