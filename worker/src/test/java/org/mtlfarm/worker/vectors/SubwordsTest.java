package org.mtlfarm.worker.vectors;

import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class SubwordsTest {
    /** Buckets that fastText 0.9.2 gives for the words, {@code get_subwords} less the number of words. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a    | 1006110 1084063 1996484 1614377",
                "été  | 35619 1905172 1042244 448466 187627 105201 37571 1289660 1042244 1990412",
                "東京   | 1508581 471006 518339 1327293 159029 1474179 1780788",
                "Zü😀 | 449266 912425 108512 337156 947696 933524 615375 496011 30590 506796"
            })
    void aWordsSubwordsFallIntoTheBucketsThatFastTextPutsThemIn(String word, String buckets) {
        assertThat(new Subwords(1, 3, 2_000_003).of(word)).containsExactly(numbers(buckets));
        assertThat(new Subwords(0, 3, 2_000_003).of(word)).containsExactly(numbers(buckets));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 6, 40})
    void thereAreAsManyAsTheWordHasRunsOfThoseLengths(int length) {
        String word = "é".repeat(length);
        // <, the word, >: a run of each length from 3 to 6 begins at every place where it fits.
        int expected = 0;
        for (int run = 3; run <= 6; run++) {
            expected += Math.max(0, length + 2 - run + 1);
        }
        assertThat(new Subwords(3, 6, 1_000).of(word)).hasSize(expected);
    }

    @Test
    void endsOfSentencesHaveNoneNorHasAnyWordWhereThereAreNone() {
        assertThat(new Subwords(3, 6, 1_000).of("</s>")).isEmpty();
        assertThat(new Subwords(0, 0, 0).of("word")).isEmpty();
        assertThat(new Subwords(8, 9, 1_000).of("short")).isEmpty();
        assertThat(new Subwords(5, 4, 0).of("word")).isEmpty();
    }

    private static int[] numbers(String text) {
        return Arrays.stream(text.split(" ")).mapToInt(Integer::parseInt).toArray();
    }
}
