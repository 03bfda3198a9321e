package org.mtlfarm.worker.scoring;

import java.util.List;

import org.mtlfarm.schemas.Scoring;
import org.mtlfarm.worker.corpus.TaggedText;

/**
 * Scores what a network predicts for a text against its gold tags. Predictions are types (IO); they become IOB2 by {@code
 * B-} where the type differs from the one before, else {@code I-}, which merges neighbours of one type.
 *
 * <p>Without spans every token with a label is a span of its own: F1 is then the micro-averaged F1 of the tokens, which is the
 * share of those that get the right label where all have one.
 *
 * @param batch windows a training step; under {@link Scoring#RELEASED} the last (tokens mod batch) predictions count as O
 * @param spans whether tags mark spans
 */
public record SpanScorer(Scoring scoring, int batch, boolean spans) {
    /** In the place of a prediction: none. */
    public static final int NOTHING = -1;

    public SpanScorer {
        if (batch < 1) {
            throw new IllegalArgumentException("batch must be at least 1, was " + batch);
        }
    }

    /** Of spans. */
    public SpanScorer(Scoring scoring, int batch) {
        this(scoring, batch, true);
    }

    /**
     * The scores of a text.
     *
     * @param predicted [tokens], indexes in labels, or {@link #NOTHING}
     * @param labels O, if there is one, then types; types of the gold tags that are not among them can only be missed
     */
    public ConllScores score(TaggedText gold, int[] predicted, List<String> labels) {
        if (predicted.length != gold.tokens()) {
            throw new IllegalArgumentException(
                    "expected a prediction for each of " + gold.tokens() + " tokens, found " + predicted.length);
        }
        boolean bySentence = scoring == Scoring.SENTENCES;
        int scored = bySentence ? predicted.length : predicted.length - predicted.length % batch;
        int[] starts = gold.sentenceStarts();
        ConllEval eval = new ConllEval();
        int sentence = 0;
        int before = NOTHING;
        for (int i = 0; i < predicted.length; i++) {
            if (bySentence && sentence < starts.length && starts[sentence] == i) {
                eval.sentenceBreak();
                before = NOTHING;
                sentence++;
            }
            int label = i < scored ? predicted[i] : NOTHING;
            eval.token(gold.tags()[i], tag(label, before, labels));
            before = label;
        }
        return eval.scores();
    }

    private String tag(int label, int before, List<String> labels) {
        if (label == NOTHING || labels.get(label).equals("O")) {
            return "O";
        }
        return (spans && label == before ? "I-" : "B-") + labels.get(label);
    }
}
