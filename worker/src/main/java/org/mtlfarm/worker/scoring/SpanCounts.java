package org.mtlfarm.worker.scoring;

/**
 * Spans of one type, or of all.
 *
 * @param gold spans in the gold tags
 * @param found spans in the predicted tags
 * @param correct spans in both, of the same type and with the same first and last token
 */
public record SpanCounts(long gold, long found, long correct) {
    public static final SpanCounts NONE = new SpanCounts(0, 0, 0);

    public SpanCounts {
        if (correct < 0 || correct > Math.min(gold, found)) {
            throw new IllegalArgumentException(
                    "correct must be in [0, min(gold, found)], was " + correct + " of " + gold + " and " + found);
        }
    }

    /** correct / found; 0 where nothing was found. */
    public double precision() {
        return found == 0 ? 0 : (double) correct / found;
    }

    /** correct / gold; 0 where there is no gold. */
    public double recall() {
        return gold == 0 ? 0 : (double) correct / gold;
    }

    /** Harmonic mean of precision and recall, 2 correct / (gold + found); 0 where neither has a span. */
    public double f1() {
        return gold + found == 0 ? 0 : 2.0 * correct / (gold + found);
    }

    SpanCounts plus(long moreGold, long moreFound, long moreCorrect) {
        return new SpanCounts(gold + moreGold, found + moreFound, correct + moreCorrect);
    }
}
