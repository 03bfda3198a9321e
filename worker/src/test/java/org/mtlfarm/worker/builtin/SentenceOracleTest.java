package org.mtlfarm.worker.builtin;

import java.util.List;

import org.junit.jupiter.api.Test;

import org.mtlfarm.worker.corpus.TaggedText;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class SentenceOracleTest {
    private static final List<String> LABELS = List.of("O", "LOC", "MISC", "ORG", "PER");

    /** "sees X" is a place in two of three cases, "meets X" in one of four. */
    private static final Phrase GRAMMAR = Phrase.choice()
            .with(2, Phrase.sequence(word("sees"), new Phrase.Name("LOC", word("X"))))
            .with(1, Phrase.sequence(word("sees"), new Phrase.Name("PER", word("X"))))
            .with(1, Phrase.sequence(word("meets"), new Phrase.Name("LOC", word("X"))))
            .with(
                    3,
                    Phrase.sequence(
                            word("meets"), new Phrase.Name("PER", Phrase.sequence(Phrase.nothing(), word("X")))))
            .build();

    @Test
    void itTakesTheLabelThatIsMoreProbableInTheSentence() {
        SentenceOracle oracle = new SentenceOracle(GRAMMAR, LABELS);
        TaggedText text = new TaggedText(
                new String[] {"Sees", "X", "Meets", "X"}, new String[] {"O", "B-LOC", "O", "B-PER"}, new int[] {0, 2});

        assertThat(oracle.label(text)).containsExactly("O", "LOC", "O", "PER");
        assertThat(SpanScores.f1(text, oracle.label(text))).isEqualTo(1);
    }

    @Test
    void itRefusesWhatTheGrammarCannotWrite() {
        SentenceOracle oracle = new SentenceOracle(GRAMMAR, LABELS);
        TaggedText text = new TaggedText(new String[] {"X", "sees"}, new String[] {"O", "O"}, new int[] {0});

        assertThatThrownBy(() -> oracle.label(text)).hasMessageContaining("X sees");
    }

    @Test
    void aSpanCountsOnlyWithBothEndsAndItsType() {
        TaggedText gold = new TaggedText(
                new String[] {"a", "b", "c", "d", "e"},
                new String[] {"B-PER", "I-PER", "O", "B-LOC", "B-LOC"},
                new int[] {0});

        // Found PER 0-2 and LOC 3-5; gold has PER 0-2, LOC 3-4, LOC 4-5: one of two, one of three.
        assertThat(SpanScores.f1(gold, new String[] {"PER", "PER", "O", "LOC", "LOC"}))
                .isCloseTo(2 * 1.0 / 5, within(1e-12));
    }

    private static Phrase word(String word) {
        return new Phrase.Word(WordList.of(List.of(word), 1, 0));
    }
}
