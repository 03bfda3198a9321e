package org.mtlfarm.worker.scoring;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

import org.mtlfarm.schemas.Scoring;
import org.mtlfarm.worker.corpus.TaggedText;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SpanScorerTest {
    private static final List<String> LABELS = List.of("O", "LOC", "PER");
    private static final SpanScorer BY_SENTENCES = new SpanScorer(Scoring.SENTENCES, 100);

    @Test
    void predictionsOfOneTypeInARowAreOneSpan() {
        TaggedText gold = gold("B-PER I-PER B-PER B-LOC O B-PER");

        assertThat(BY_SENTENCES
                        .score(gold, new int[] {2, 2, 2, 1, 0, 2}, LABELS)
                        .overall())
                .isEqualTo(new SpanCounts(4, 3, 2));
    }

    @Test
    void aSentenceEndEndsASpan() {
        TaggedText gold = gold("B-PER I-PER | B-PER O");
        int[] predicted = {2, 2, 2, 0};

        assertThat(BY_SENTENCES.score(gold, predicted, LABELS).overall()).isEqualTo(new SpanCounts(2, 2, 2));
        assertThat(new SpanScorer(Scoring.RELEASED, 2)
                        .score(gold, predicted, LABELS)
                        .overall())
                .isEqualTo(new SpanCounts(2, 1, 0));
    }

    @Test
    void theReleasedScoringTakesTheLastPartialBatchForOutside() {
        TaggedText gold = gold("B-PER O B-LOC O B-PER I-PER O B-LOC");
        int[] predicted = {2, 0, 1, 0, 2, 2, 0, 1};

        assertThat(new SpanScorer(Scoring.RELEASED, 8)
                        .score(gold, predicted, LABELS)
                        .overall())
                .isEqualTo(new SpanCounts(4, 4, 4));
        assertThat(new SpanScorer(Scoring.RELEASED, 5)
                        .score(gold, predicted, LABELS)
                        .overall())
                .isEqualTo(new SpanCounts(4, 3, 2));
        assertThat(new SpanScorer(Scoring.RELEASED, 9)
                        .score(gold, predicted, LABELS)
                        .overall())
                .isEqualTo(new SpanCounts(4, 0, 0));
        assertThat(new SpanScorer(Scoring.SENTENCES, 5)
                        .score(gold, predicted, LABELS)
                        .overall()
                        .f1())
                .isEqualTo(1);
    }

    @Test
    void goldOfATypeThatCannotBePredictedIsMissed() {
        assertThat(BY_SENTENCES
                        .score(gold("B-ORG O B-PER"), new int[] {2, 0, 2}, LABELS)
                        .types())
                .containsEntry("ORG", new SpanCounts(1, 0, 0))
                .containsEntry("PER", new SpanCounts(1, 2, 1));
    }

    @Test
    void asManyPredictionsAsTokensAreNeeded() {
        assertThatThrownBy(() -> BY_SENTENCES.score(gold("O O"), new int[1], LABELS))
                .hasMessageContaining("each of 2 tokens, found 1");
        assertThatThrownBy(() -> new SpanScorer(Scoring.RELEASED, 0)).hasMessageContaining("batch");
    }

    @Property(tries = 300)
    void labelsScoredAgainstTheirOwnSpansAreAllRight(
            @ForAll @Size(min = 1, max = 40) List<@IntRange(max = 2) Integer> labels,
            @ForAll @IntRange(min = 1, max = 9) int length) {
        String[] tags = new String[labels.size()];
        for (int i = 0; i < tags.length; i++) {
            boolean starts = i % length == 0 || !labels.get(i).equals(labels.get(i - 1));
            tags[i] = labels.get(i) == 0 ? "O" : (starts ? "B-" : "I-") + LABELS.get(labels.get(i));
        }
        int[] sentenceStarts =
                IntStream.range(0, tags.length).filter(i -> i % length == 0).toArray();
        TaggedText gold = new TaggedText(new String[tags.length], tags, sentenceStarts);
        int[] predicted = labels.stream().mapToInt(Integer::intValue).toArray();

        SpanCounts counts = BY_SENTENCES.score(gold, predicted, LABELS).overall();

        assertThat(counts.correct()).isEqualTo(counts.gold()).isEqualTo(counts.found());
        assertThat(counts.f1()).isEqualTo(Arrays.stream(predicted).allMatch(label -> label == 0) ? 0 : 1);
    }

    private static TaggedText gold(String tags) {
        List<String> all = new ArrayList<>();
        List<Integer> starts = new ArrayList<>(List.of(0));
        for (String tag : tags.split(" ")) {
            if (tag.equals("|")) {
                starts.add(all.size());
            } else {
                all.add(tag);
            }
        }
        return new TaggedText(
                new String[all.size()],
                all.toArray(String[]::new),
                starts.stream().mapToInt(Integer::intValue).toArray());
    }

    @Test
    void withoutSpansF1IsTheShareOfTokensThatAreRight() {
        SpanScorer tokens = new SpanScorer(Scoring.SENTENCES, 100, false);
        SpanCounts counts = tokens.score(gold("B-N B-N B-V B-N"), new int[] {0, 0, 0, 1}, List.of("N", "V"))
                .overall();
        assertThat(counts).isEqualTo(new SpanCounts(4, 4, 2));
        assertThat(counts.f1()).isEqualTo(0.5);
        assertThat(tokens.score(gold("B-N B-V"), new int[] {SpanScorer.NOTHING, 1}, List.of("N", "V"))
                        .overall())
                .isEqualTo(new SpanCounts(2, 1, 1));
    }
}
