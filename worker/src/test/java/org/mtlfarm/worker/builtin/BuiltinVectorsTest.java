package org.mtlfarm.worker.builtin;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import org.mtlfarm.worker.corpus.Corpus;
import org.mtlfarm.worker.corpus.TaggedText;
import org.mtlfarm.worker.vectors.WordVectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class BuiltinVectorsTest {
    private static final Corpus CORPUS = BuiltinCorpus.generate(BuiltinSettings.defaults());
    private static final WordVectors VECTORS = BuiltinVectors.of(CORPUS);

    /** As with the text, formulas describe networks trained on these vectors and no others. */
    private static final String TABLE_SHA_256 = "18d8e17d68455ce481561d45578673ee4db04afe998fb54b6c27102735f90f7a";

    @Test
    void theVectorsAreTheSameToTheLastBitEverywhere() throws NoSuchAlgorithmException {
        ByteBuffer bytes = ByteBuffer.allocate(4 * VECTORS.table().length);
        bytes.asFloatBuffer().put(VECTORS.table());

        assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array())))
                .isEqualTo(TABLE_SHA_256);
    }

    @Test
    void rowZeroIsZerosAndStandsForWordsOfOtherLanguages() {
        assertThat(Arrays.copyOf(VECTORS.table(), VECTORS.dimension())).containsOnly(0f);
        assertThat(BuiltinVectors.of(List.of("Reykjavik", "the"), 50).row("Reykjavik"))
                .isZero();
    }

    @Test
    void aWordsVectorDependsOnTheWordAlone() {
        String word = CORPUS.train().words()[CORPUS.train().tokens() - 2];
        WordVectors alone = BuiltinVectors.of(List.of("the", word), BuiltinVectors.DEFAULT_DIMENSION);

        assertThat(vector(alone, word)).isEqualTo(vector(VECTORS, word));
    }

    @Test
    void capitalsMakeNoDifference() {
        WordVectors vectors = BuiltinVectors.of(List.of("marsh", "Marsh", "The", "the"), 50);

        assertThat(vectors.row("Marsh")).isEqualTo(vectors.row("marsh")).isPositive();
        assertThat(vectors.row("The")).isEqualTo(vectors.row("the")).isPositive();
    }

    @Test
    void otherDimensionsCanBeHad() {
        assertThat(BuiltinVectors.of(CORPUS, 8).table()).hasSize(VECTORS.table().length / VECTORS.dimension() * 8);
    }

    @Test
    void commonWordsAllHaveVectorsAndRareNamesOftenNot() {
        int commonTokens = 0;
        int commonUnknown = 0;
        int nameTokens = 0;
        int nameUnknown = 0;
        TaggedText text = CORPUS.test();
        for (int position = 0; position < text.tokens(); position++) {
            boolean unknown = VECTORS.row(text.words()[position]) == 0;
            if (text.tags()[position].equals("O")) {
                commonTokens++;
                commonUnknown += unknown ? 1 : 0;
            } else {
                nameTokens++;
                nameUnknown += unknown ? 1 : 0;
            }
        }

        assertThat((double) commonUnknown / commonTokens).isLessThan(0.01);
        assertThat((double) nameUnknown / nameTokens).isBetween(0.05, 0.2);
    }

    /** The nearest of the four types' mean vectors, the way a first guess without context would go. */
    @Test
    void aNamesVectorTellsItsTypeOftenButNotAlways() {
        Map<String, double[]> means = new LinkedHashMap<>();
        typesOfNames(CORPUS.train()).forEach((word, type) -> {
            double[] mean = means.computeIfAbsent(type, t -> new double[VECTORS.dimension() + 1]);
            float[] vector = vector(VECTORS, word);
            for (int i = 0; i < vector.length; i++) {
                mean[i] += vector[i];
            }
            mean[vector.length]++;
        });
        int[] right = {0, 0};
        typesOfNames(CORPUS.test()).forEach((word, type) -> {
            right[0] += nearest(means, vector(VECTORS, word)).equals(type) ? 1 : 0;
            right[1]++;
        });

        assertThat((double) right[0] / right[1]).isCloseTo(0.7, within(0.1));
    }

    /** Type of each word with a vector that stands in names, of its last occurrence. */
    private static Map<String, String> typesOfNames(TaggedText text) {
        Map<String, String> types = new HashMap<>();
        for (int position = 0; position < text.tokens(); position++) {
            if (!text.tags()[position].equals("O") && VECTORS.row(text.words()[position]) > 0) {
                types.put(text.words()[position], SpanScores.type(text.tags()[position]));
            }
        }
        return types;
    }

    private static String nearest(Map<String, double[]> means, float[] vector) {
        String nearest = "";
        double least = Double.POSITIVE_INFINITY;
        for (Map.Entry<String, double[]> entry : means.entrySet()) {
            double distance = 0;
            for (int i = 0; i < vector.length; i++) {
                double difference = vector[i] - entry.getValue()[i] / entry.getValue()[vector.length];
                distance += difference * difference;
            }
            if (distance < least) {
                least = distance;
                nearest = entry.getKey();
            }
        }
        return nearest;
    }

    private static float[] vector(WordVectors vectors, String word) {
        int from = vectors.row(word) * vectors.dimension();
        return Arrays.copyOfRange(vectors.table(), from, from + vectors.dimension());
    }
}
