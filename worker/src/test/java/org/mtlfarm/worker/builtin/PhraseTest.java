package org.mtlfarm.worker.builtin;

import java.util.List;

import org.junit.jupiter.api.Test;

import org.mtlfarm.worker.random.SplitMix64;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class PhraseTest {
    private static final Phrase GOES = word("goes");
    private static final Phrase ANNA = word("Anna");

    @Test
    void aSentenceBeginsWithACapitalAndMarksItsNames() {
        Sentence sentence = write(Phrase.sequence(
                GOES, new Phrase.Name("PER", Phrase.sequence(ANNA, ANNA)), new Phrase.Name("PER", ANNA), GOES));

        assertThat(List.of(0, 1, 2, 3, 4))
                .extracting(sentence::word)
                .containsExactly("Goes", "Anna", "Anna", "Anna", "goes");
        assertThat(List.of(0, 1, 2, 3, 4))
                .extracting(sentence::tagInIob2)
                .containsExactly("O", "B-PER", "I-PER", "B-PER", "O");
        assertThat(List.of(0, 1, 2, 3, 4))
                .extracting(sentence::tagInIo)
                .containsExactly("O", "I-PER", "I-PER", "I-PER", "O");
    }

    @Test
    void optionsComeAsOftenAsTheirWeightsSay() {
        Phrase phrase = Phrase.choice()
                .with(3, GOES)
                .with(1, ANNA)
                .with(0, word("never"))
                .build();
        SplitMix64 random = new SplitMix64(3);
        int draws = 20_000;
        int goes = 0;
        for (int i = 0; i < draws; i++) {
            Sentence sentence = new Sentence();
            phrase.write(random, sentence);
            goes += sentence.word(0).equals("Goes") ? 1 : 0;
            assertThat(sentence.word(0)).isNotEqualTo("Never");
        }

        double fiveStandardErrors = 5 * Math.sqrt(0.75 * 0.25 / draws);
        assertThat((double) goes / draws).isCloseTo(0.75, within(fiveStandardErrors));
    }

    @Test
    void namesDoNotNest() {
        Phrase nested = new Phrase.Name("ORG", new Phrase.Name("LOC", ANNA));

        assertThatThrownBy(() -> write(nested)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void wordsComeAsOftenAsZipfsLawSays() {
        WordList list = WordList.of(List.of("a", "b", "c"), 1, 0);

        assertThat(list.probability(0)).isCloseTo(6.0 / 11, within(1e-12));
        assertThat(list.probability(1)).isCloseTo(3.0 / 11, within(1e-12));
        assertThat(list.probability(2)).isCloseTo(2.0 / 11, within(1e-12));
        SplitMix64 random = new SplitMix64(4);
        int draws = 20_000;
        int second = 0;
        for (int i = 0; i < draws; i++) {
            second += list.draw(random).equals("b") ? 1 : 0;
        }
        assertThat((double) second / draws).isCloseTo(3.0 / 11, within(5 * Math.sqrt(0.2 / draws)));
    }

    private static Sentence write(Phrase phrase) {
        Sentence sentence = new Sentence();
        phrase.write(new SplitMix64(1), sentence);
        return sentence;
    }

    private static Phrase word(String word) {
        return new Phrase.Word(WordList.of(List.of(word), 1, 0));
    }
}
