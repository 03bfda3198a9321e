package org.mtlfarm.worker.builtin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.mtlfarm.worker.corpus.Corpus;
import org.mtlfarm.worker.vectors.WordVectors;

/**
 * Word vectors of the built-in {@link Language}: the directions of what a word has in common with others, plus noise of the
 * word's own. A word's vector depends on nothing but the word, so it is the same in every corpus.
 */
public final class BuiltinVectors {
    public static final int DEFAULT_DIMENSION = 50;

    private static final long SEED = 20200611;

    private static final double NOISE = Double.parseDouble(System.getProperty("bt.NOISE", "2.6"));
    private static final double RARE_NOISE = Double.parseDouble(System.getProperty("bt.RARE", "0"));
    private static final double SIZE = Double.parseDouble(System.getProperty("bt.SIZE", "1.4"));
    private static final double RAREST_UNKNOWN = Double.parseDouble(System.getProperty("bt.UNKNOWN", "0.3"));

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

    /** Names have no vector the more often the rarer they are, as with vectors made from text. */
    private boolean known(String lowerCase) {
        Language language = Language.get();
        return !language.senses(lowerCase).isEmpty()
                && SplitMix64.named(SEED, "known " + lowerCase).nextDouble()
                        >= RAREST_UNKNOWN * language.rarity(lowerCase);
    }

    private double[] vector(String lowerCase) {
        List<List<Trait>> senses = Language.get().senses(lowerCase);
        double[] vector = gaussian(
                "word " + lowerCase, NOISE + RARE_NOISE * Language.get().rarity(lowerCase));
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
