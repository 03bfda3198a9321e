package org.mtlfarm.worker.builtin;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.mtlfarm.worker.corpus.Corpus;
import org.mtlfarm.worker.corpus.TaggedText;
import org.mtlfarm.worker.random.SplitMix64;

/** Generates the built-in corpus: sentences of the built-in {@link Language} with the label shares of CoNLL-2003. */
public final class BuiltinCorpus {
    private static final List<String> LABELS = List.of("O", "LOC", "MISC", "ORG", "PER");

    /** Training tokens of CoNLL-2003 by IO label, in the order of {@link #LABELS}. */
    private static final long[] CONLL_TOKENS = {169_578, 8_297, 4_593, 10_025, 11_128};

    private static final long CONLL_TOTAL = Arrays.stream(CONLL_TOKENS).sum();

    /**
     * Sentences written for one that is kept: the one that leaves the label counts so far nearest to CoNLL-2003's shares.
     * It makes every stretch of the text like every other, which tasks that own neighbouring stretches need.
     */
    private static final int CANDIDATES = 6;

    private BuiltinCorpus() {}

    public static Corpus generate(BuiltinSettings settings) {
        return new Corpus(
                settings.name(),
                text(settings.seed(), "train", settings.trainTokens(), false),
                text(settings.seed(), "dev", settings.devTokens(), true),
                text(settings.seed(), "test", settings.testTokens(), true),
                LABELS);
    }

    private static TaggedText text(long seed, String part, int tokens, boolean iob2) {
        Phrase grammar = Language.get().sentence();
        SplitMix64 random = SplitMix64.named(seed, part);
        List<String> words = new ArrayList<>(tokens + 100);
        List<String> tags = new ArrayList<>(tokens + 100);
        List<Integer> starts = new ArrayList<>();
        long[] counts = new long[LABELS.size()];
        while (words.size() < tokens) {
            Sentence next = nearest(grammar, random, counts);
            starts.add(words.size());
            for (int position = 0; position < next.length(); position++) {
                words.add(next.word(position));
                tags.add(iob2 ? next.tagInIob2(position) : next.tagInIo(position));
            }
            count(next, counts);
        }
        return new TaggedText(
                words.toArray(String[]::new),
                tags.toArray(String[]::new),
                starts.stream().mapToInt(Integer::intValue).toArray());
    }

    private static Sentence nearest(Phrase grammar, SplitMix64 random, long[] counts) {
        Sentence nearest = null;
        double least = Double.POSITIVE_INFINITY;
        for (int candidate = 0; candidate < CANDIDATES; candidate++) {
            Sentence sentence = new Sentence();
            grammar.write(random, sentence);
            long[] after = counts.clone();
            count(sentence, after);
            double distance = distance(after);
            if (distance < least) {
                least = distance;
                nearest = sentence;
            }
        }
        return nearest;
    }

    private static void count(Sentence sentence, long[] counts) {
        for (int position = 0; position < sentence.length(); position++) {
            counts[LABELS.indexOf(sentence.type(position))]++;
        }
    }

    /** Squared deviations from the counts that CoNLL-2003's shares ask for, each over its expected count. */
    private static double distance(long[] counts) {
        long total = Arrays.stream(counts).sum();
        double distance = 0;
        for (int label = 0; label < counts.length; label++) {
            double expected = (double) total * CONLL_TOKENS[label] / CONLL_TOTAL;
            double deviation = counts[label] - expected;
            distance += deviation * deviation / expected;
        }
        return distance;
    }
}
