package org.mtlfarm.worker.corpus;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import org.mtlfarm.worker.vectors.WordVectors;

import static org.assertj.core.api.Assertions.assertThat;

class EncodedTextTest {
    private static final WordVectors VECTORS =
            new WordVectors(1, new float[6], Map.of("a", 1, "b", 2, "c", 3, "d", 4, "e", 5));

    private final EncodedText text = EncodedText.of(
            new TaggedText(
                    new String[] {"a", "b", "?", "c", "d", "e"},
                    new String[] {"O", "I-PER", "I-LOC", "B-PER", "B-GEO-POL", "B-ORG"},
                    new int[] {0, 3}),
            VECTORS,
            List.of("O", "GEO-POL", "LOC", "PER"));

    @Test
    void wordsAreRowsAndTagsAreTypes() {
        assertThat(text.rows()).containsExactly(1, 2, 0, 3, 4, 5);
        assertThat(text.labels()).containsExactly(0, 3, 2, 3, 1, EncodedText.NO_LABEL);
    }

    @Test
    void windowsRunOverSentenceEndsAndArePaddedAtTheEndsOfTheText() {
        int[] windows = new int[15];
        Arrays.fill(windows, 9);

        text.fillWindows(new int[] {1, 0, 5, 3}, 1, 2, windows);

        assertThat(windows).containsExactly(0, 0, 0, 1, 2, 0, 3, 0, 3, 4, 5, 0, 0, 0, 9);
    }

    @Test
    void theTargetIsTheFourthOfItsWindow() {
        int[] windows = new int[7];

        text.fillWindows(new int[] {3}, 0, 1, windows);

        assertThat(windows).containsExactly(1, 2, 0, 3, 4, 5, 0);
    }
}
