package org.mtlfarm.worker.builtin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.mtlfarm.worker.corpus.Corpus;
import org.mtlfarm.worker.random.SplitMix64;
import org.mtlfarm.worker.vectors.WordVectors;

/**
 * Word vectors of the built-in {@link Language}: the directions of what a word has in common with others, plus noise of the
 * word's own. A word's vector depends on nothing but the word, so it is the same in every corpus.
 */
public final class BuiltinVectors {
    public static final int DEFAULT_DIMENSION = 50;

    private static final long SEED = 20200611;

    /** Length of what is a word's own, before {@link #SIZE}: so much for every word, so much more for the rarest name. */
    private static final double NOISE = 0.5;

    private static final double RAREST_NOISE = 1.0;

    /** Chance that the rarest name has no vector; in proportion for the others, none for common words. */
    private static final double RAREST_UNKNOWN = 0.4;

    /** Chance that the vector of the rarest name shows what some other name is; in proportion for the others. */
    private static final double RAREST_MISTAKEN = 0.6;

    /** Puts the vectors' lengths at about those of vectors made from text. */
    private static final double SIZE = 1.4;

    private final Lexicon lexicon = Language.get().lexicon();
    private final int dimension;
    private final Map<String, double[]> directions = new LinkedHashMap<>();

    private BuiltinVectors(int dimension) {
        this.dimension = dimension;
    }

    /** Vectors of {@link #DEFAULT_DIMENSION} numbers for a corpus's words, training part first. */
    public static WordVectors of(Corpus corpus) {
        return of(corpus, DEFAULT_DIMENSION);
    }

    public static WordVectors of(Corpus corpus, int dimension) {
        List<String> words = new ArrayList<>();
        words.addAll(List.of(corpus.train().words()));
        words.addAll(List.of(corpus.dev().words()));
        words.addAll(List.of(corpus.test().words()));
        return of(words, dimension);
    }

    /** Vectors of those words that the language has; capitals make no difference. */
    public static WordVectors of(Iterable<String> words, int dimension) {
        BuiltinVectors vectors = new BuiltinVectors(dimension);
        Map<String, Integer> rows = new LinkedHashMap<>();
        Map<String, Integer> rowsInLowerCase = new LinkedHashMap<>();
        List<double[]> table = new ArrayList<>();
        table.add(new double[dimension]);
        for (String word : words) {
            if (rows.containsKey(word)) {
                continue;
            }
            String lowerCase = word.toLowerCase(Locale.ROOT);
            if (!vectors.known(lowerCase)) {
                continue;
            }
            Integer row = rowsInLowerCase.get(lowerCase);
            if (row == null) {
                row = table.size();
                table.add(vectors.vector(lowerCase));
                rowsInLowerCase.put(lowerCase, row);
            }
            rows.put(word, row);
        }
        float[] numbers = new float[table.size() * dimension];
        for (int row = 0; row < table.size(); row++) {
            for (int i = 0; i < dimension; i++) {
                numbers[row * dimension + i] = (float) table.get(row)[i];
            }
        }
        return new WordVectors(dimension, numbers, rows);
    }

    private boolean known(String lowerCase) {
        return !lexicon.senses(lowerCase).isEmpty()
                && SplitMix64.named(SEED, "known " + lowerCase).nextDouble()
                        >= RAREST_UNKNOWN * lexicon.rarity(lowerCase);
    }

    private double[] vector(String lowerCase) {
        double[] vector = gaussian("word " + lowerCase, NOISE + RAREST_NOISE * lexicon.rarity(lowerCase));
        List<List<Trait>> senses = lexicon.senses(apparent(lowerCase));
        for (List<Trait> sense : senses) {
            for (Trait trait : sense) {
                double[] direction = directions.computeIfAbsent(trait.key(), key -> gaussian(key, 1));
                for (int i = 0; i < dimension; i++) {
                    vector[i] += trait.kind().scale / senses.size() * direction[i];
                }
            }
        }
        for (int i = 0; i < dimension; i++) {
            vector[i] *= SIZE;
        }
        return vector;
    }

    /** The word whose meaning the vector shows: itself, or for some rare names another name, as where text has told little. */
    private String apparent(String lowerCase) {
        SplitMix64 random = SplitMix64.named(SEED, "mistaken " + lowerCase);
        if (random.nextDouble() >= RAREST_MISTAKEN * lexicon.rarity(lowerCase)) {
            return lowerCase;
        }
        List<String> names = lexicon.names();
        return names.get(random.below(names.size()));
    }

    /** A random direction of about the given length. */
    private double[] gaussian(String name, double length) {
        SplitMix64 random = SplitMix64.named(SEED, name);
        double[] direction = new double[dimension];
        for (int i = 0; i < dimension; i++) {
            direction[i] = random.nextGaussian() * length / StrictMath.sqrt(dimension);
        }
        return direction;
    }
}
