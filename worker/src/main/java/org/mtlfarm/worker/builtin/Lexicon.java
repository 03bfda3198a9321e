package org.mtlfarm.worker.builtin;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.mtlfarm.worker.builtin.Trait.Kind;

/** Every word of the language, what it may mean, and how rare it is. Words are kept in lower case, as the vectors are. */
final class Lexicon {
    /** Names follow Zipf's law with a long tail, so that many names of a test text are new. */
    private static final double NAME_EXPONENT = 1;

    private static final double NAME_OFFSET = 2;

    private final Map<String, List<List<Trait>>> senses = new HashMap<>();
    private final Map<String, Double> rarity = new HashMap<>();
    private final List<String> names = new ArrayList<>();
    private final Set<String> common = new HashSet<>();

    /** A word from a list of common words, which get the given traits as one more sense. */
    Phrase common(List<String> words, double exponent, double offset, Trait... traits) {
        List<Trait> sense = List.of(traits);
        for (String word : words) {
            addSense(word.toLowerCase(Locale.ROOT), sense);
            common.add(word.toLowerCase(Locale.ROOT));
        }
        return new Phrase.Word(WordList.of(words, exponent, offset));
    }

    /** A word from a list of names of one family, the frequent ones first. */
    Phrase names(List<String> words, String type, String region, String family) {
        List<Trait> sense = List.of(
                new Trait(Kind.WORD_CLASS, "name"),
                new Trait(Kind.TYPE, type),
                new Trait(Kind.REGION, region),
                new Trait(Kind.FAMILY, type + " " + family));
        for (int rank = 0; rank < words.size(); rank++) {
            String word = words.get(rank).toLowerCase(Locale.ROOT);
            addSense(word, sense);
            if (rarity.put(word, (rank + 0.5) / words.size()) == null) {
                names.add(word);
            }
        }
        return new Phrase.Word(WordList.of(words, NAME_EXPONENT, NAME_OFFSET));
    }

    /** What a word may be; empty for a word that is not of the language. */
    List<List<Trait>> senses(String lowerCase) {
        return senses.getOrDefault(lowerCase, List.of());
    }

    /** How far down its list a name stands: near 0 the most frequent, near 1 the rarest; 0 for common words, names or not. */
    double rarity(String lowerCase) {
        return common.contains(lowerCase) ? 0 : rarity.getOrDefault(lowerCase, 0.0);
    }

    /** Every word that is a name, or part of one from a list of names. */
    List<String> names() {
        return Collections.unmodifiableList(names);
    }

    private void addSense(String lowerCase, List<Trait> sense) {
        List<List<Trait>> known = senses.computeIfAbsent(lowerCase, word -> new ArrayList<>());
        if (!known.contains(sense)) {
            known.add(sense);
        }
    }
}
