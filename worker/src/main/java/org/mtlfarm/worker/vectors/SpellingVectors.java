package org.mtlfarm.worker.vectors;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.worker.random.SplitMix64;

/**
 * Word vectors made from how words are spelled, for a corpus that nobody has vectors for. They know which words look alike
 * (runs of 2 to 4 letters, beginnings and ends, capitals, digits), in any language and script, and nothing of what words mean.
 *
 * <p>A word's vector is the sum of the directions of its features, each random and its own, and one of the word itself,
 * scaled to one length: a random projection of the bag of features. It depends on the word alone.
 *
 * @param dimension numbers a word
 */
public record SpellingVectors(int dimension) {
    /** Name of the source; {@code spelling:dimension=50} says how many numbers. */
    public static final String NAME = "spelling";

    private static final String DIMENSION = NAME + ":dimension=";
    private static final int DEFAULT_DIMENSION = 100;
    private static final int MOST_NUMBERS = 4096;
    private static final long SEED = 20200612;
    private static final int SHORTEST = 2;
    private static final int LONGEST = 4;

    /** Weights of the word as a whole and of its shape, beside 1 of a run of letters. */
    private static final double WHOLE = 2;

    private static final double SHAPE = 2;

    /** Length of every vector: about that of vectors made from text. */
    private static final double LENGTH = 5;

    public SpellingVectors {
        if (dimension < 1 || dimension > MOST_NUMBERS) {
            throw new InvalidInputException(
                    "expected " + DIMENSION + "N with N from 1 to " + MOST_NUMBERS + ", found " + dimension);
        }
    }

    public static boolean names(String source) {
        return source.equals(NAME) || source.startsWith(NAME + ":");
    }

    /** {@code spelling} or {@code spelling:dimension=N}. */
    public static SpellingVectors parse(String source) {
        if (source.equals(NAME)) {
            return new SpellingVectors(DEFAULT_DIMENSION);
        }
        if (!source.matches(DIMENSION + "\\d{1,6}")) {
            throw new InvalidInputException("expected " + NAME + " or " + DIMENSION + "N, found " + source);
        }
        return new SpellingVectors(Integer.parseInt(source.substring(DIMENSION.length())));
    }

    /** A vector for every word. */
    public WordVectors of(Set<String> words) {
        Map<String, Integer> rows = new HashMap<>();
        float[] table = new float[Math.multiplyExact(words.size() + 1, dimension)];
        Map<String, float[]> directions = new HashMap<>();
        for (String word : new TreeSet<>(words)) {
            int row = rows.size() + 1;
            rows.put(word, row);
            double[] sum = new double[dimension];
            features(word).forEach((feature, weight) -> {
                float[] direction = directions.computeIfAbsent(feature, this::direction);
                for (int i = 0; i < dimension; i++) {
                    sum[i] += weight * direction[i];
                }
            });
            double squares = 0;
            for (double number : sum) {
                squares += number * number;
            }
            double scale = LENGTH / Math.max(StrictMath.sqrt(squares), 1e-9);
            for (int i = 0; i < dimension; i++) {
                table[row * dimension + i] = (float) (scale * sum[i]);
            }
        }
        return new WordVectors(dimension, table, rows);
    }

    /** What a word looks like, with weights; sorted, so that sums are the same everywhere. */
    private static Map<String, Double> features(String word) {
        Map<String, Double> features = new TreeMap<>();
        String lowerCase = word.toLowerCase(Locale.ROOT);
        features.put("word " + lowerCase, WHOLE);
        features.put("shape " + shape(word), SHAPE);
        // All digits are one: years and numbers look alike whatever they are.
        int[] letters = ("<" + lowerCase + ">")
                .codePoints()
                .map(letter -> Character.isDigit(letter) ? '0' : letter)
                .toArray();
        double runs = 0;
        Map<String, Double> counts = new TreeMap<>();
        for (int from = 0; from < letters.length; from++) {
            for (int length = SHORTEST; length <= LONGEST && from + length <= letters.length; length++) {
                counts.merge("run " + new String(letters, from, length), 1.0, Double::sum);
                runs++;
            }
        }
        // Long words have more runs, not longer sums of them.
        double each = WHOLE * 2 / StrictMath.sqrt(Math.max(1, runs));
        counts.forEach((run, count) -> features.put(run, each * count));
        return features;
    }

    /** {@code Xx}, {@code X}, {@code d-d}: kinds of characters, repeated ones once. */
    private static String shape(String word) {
        StringBuilder shape = new StringBuilder();
        word.codePoints().forEach(letter -> {
            char kind = Character.isUpperCase(letter)
                    ? 'X'
                    : Character.isLetter(letter) ? 'x' : Character.isDigit(letter) ? 'd' : '-';
            if (shape.isEmpty() || shape.charAt(shape.length() - 1) != kind) {
                shape.append(kind);
            }
        });
        return shape.toString();
    }

    /** Of length 1 on average. */
    private float[] direction(String feature) {
        SplitMix64 random = SplitMix64.named(SEED, feature);
        float[] direction = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            direction[i] = (float) (random.nextGaussian() / StrictMath.sqrt(dimension));
        }
        return direction;
    }
}
