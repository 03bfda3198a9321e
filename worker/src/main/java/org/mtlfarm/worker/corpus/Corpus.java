package org.mtlfarm.worker.corpus;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A sequence-labelling corpus: training text in IO, development and test text in IOB2.
 *
 * @param name where it came from, for people: {@code builtin} or a path
 * @param labels what a network predicts: {@code O} first, then the types sorted ({@code LOC MISC ORG PER}); without spans
 *     there is no {@code O} unless it occurs
 * @param spans whether tags mark spans; if not, each is its token's own ({@code I-NOUN} in the training part, {@code B-NOUN}
 *     in the scored parts)
 */
public record Corpus(
        String name, TaggedText train, TaggedText dev, TaggedText test, List<String> labels, boolean spans) {
    public Corpus {
        labels = List.copyOf(labels);
        if (labels.isEmpty() || spans && !labels.get(0).equals("O")) {
            throw new IllegalArgumentException("the first label must be O, labels were " + labels);
        }
    }

    /** A corpus of spans. */
    public Corpus(String name, TaggedText train, TaggedText dev, TaggedText test, List<String> labels) {
        this(name, train, dev, test, labels, true);
    }

    /** The distinct words of all three parts. */
    public Set<String> words() {
        Set<String> words = new HashSet<>();
        for (TaggedText part : List.of(train, dev, test)) {
            words.addAll(Arrays.asList(part.words()));
        }
        return words;
    }
}
