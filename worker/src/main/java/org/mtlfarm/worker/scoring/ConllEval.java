package org.mtlfarm.worker.scoring;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.worker.corpus.ConllLines;

/**
 * Counts spans as the conlleval script of the CoNLL shared tasks (E. Tjong Kim Sang, version of 2004-01-26) does, a token
 * at a time. Where spans start and end is decided by pairs of neighbouring tags, so any mixture of IO, IOB1, IOB2 and IOE
 * is understood as there; {@code S-}, and an {@code E-} followed by {@code B-}, which it does not know, are read as its
 * Python successor does: every E and S ends a span, every B and S starts one. BILOU's {@code L-} and {@code U-} are E and
 * S.
 */
public final class ConllEval {
    /** First column of lines that the script takes for sentence breaks. */
    private static final String BOUNDARY = "-X-";

    private static final String KNOWN_PREFIXES = "OBIESLU[].";

    private record Tag(char prefix, String type) {
        private static final Tag OUTSIDE = new Tag('O', "");

        private static Tag parse(String text) {
            int hyphen = text.indexOf('-');
            String prefix = hyphen < 0 ? text : text.substring(0, hyphen);
            if (prefix.length() != 1 || KNOWN_PREFIXES.indexOf(prefix.charAt(0)) < 0) {
                throw new IllegalArgumentException(
                        "expected a tag, O or one of B I E S L U, a hyphen and a type, found " + text);
            }
            char letter = prefix.charAt(0) == 'L' ? 'E' : prefix.charAt(0) == 'U' ? 'S' : prefix.charAt(0);
            return new Tag(letter, hyphen < 0 ? "" : text.substring(hyphen + 1));
        }

        /** Whether a span ends between the tag before and this one. */
        private boolean endsSpanOf(Tag before) {
            return switch (before.prefix) {
                case 'O', '.' -> false;
                case 'E', 'S', '[', ']' -> true;
                default -> prefix == 'B' || prefix == 'S' || prefix == 'O' || !type.equals(before.type);
            };
        }

        /** Whether a span starts between the tag before and this one. */
        private boolean startsSpanAfter(Tag before) {
            return switch (prefix) {
                case 'O', '.' -> false;
                case 'S', '[', ']' -> true;
                case 'B' -> "BIOES".indexOf(before.prefix) >= 0 || !type.equals(before.type);
                default ->
                    before.prefix == 'O' || before.prefix == 'E' || before.prefix == 'S' || !type.equals(before.type);
            };
        }
    }

    private final Map<String, Tag> parsed = new HashMap<>();
    private final TreeMap<String, SpanCounts> types = new TreeMap<>();
    private Tag lastGold = Tag.OUTSIDE;
    private Tag lastPredicted = Tag.OUTSIDE;
    private boolean correctSoFar;
    private long tokens;
    private long correctTokens;

    /**
     * The scores of a file of CoNLL columns, the last two gold and predicted; blank lines, and lines whose first column is
     * {@code -X-}, end sentences.
     *
     * @throws InvalidInputException if it cannot be read as that, with the line
     */
    public static ConllScores ofFile(Path file) {
        ConllLines lines = new ConllLines(file, BOUNDARY);
        String[][] columns = lines.columns();
        int[] numbers = lines.lineNumbers();
        int[] starts = lines.sentenceStarts();
        ConllEval eval = new ConllEval();
        int sentence = 0;
        for (int i = 0; i < columns.length; i++) {
            if (sentence < starts.length && starts[sentence] == i) {
                eval.sentenceBreak();
                sentence++;
            }
            String[] fields = columns[i];
            try {
                eval.token(fields[fields.length - 2], fields[fields.length - 1]);
            } catch (IllegalArgumentException e) {
                throw new InvalidInputException(file + ":" + numbers[i] + ": " + e.getMessage(), e);
            }
        }
        return eval.scores();
    }

    /** Takes the next token; throws {@link IllegalArgumentException} if one of the two is no tag. */
    public void token(String gold, String predicted) {
        Tag goldTag = parsed.computeIfAbsent(gold, Tag::parse);
        Tag predictedTag = parsed.computeIfAbsent(predicted, Tag::parse);
        step(goldTag, predictedTag);
        tokens++;
        if (goldTag.equals(predictedTag)) {
            correctTokens++;
        }
    }

    /** Ends the sentence: spans end here, and what follows starts anew. */
    public void sentenceBreak() {
        step(Tag.OUTSIDE, Tag.OUTSIDE);
    }

    /** The scores of what was taken so far, taken for the whole text. */
    public ConllScores scores() {
        TreeMap<String, SpanCounts> closed = new TreeMap<>(types);
        if (correctSoFar) {
            closed.computeIfPresent(lastGold.type, (type, counts) -> counts.plus(0, 0, 1));
        }
        SpanCounts overall = SpanCounts.NONE;
        for (SpanCounts counts : closed.values()) {
            overall = overall.plus(counts.gold(), counts.found(), counts.correct());
        }
        return new ConllScores(tokens, correctTokens, overall, closed);
    }

    private void step(Tag gold, Tag predicted) {
        boolean goldEnds = gold.endsSpanOf(lastGold);
        boolean predictedEnds = predicted.endsSpanOf(lastPredicted);
        if (correctSoFar) {
            if (goldEnds && predictedEnds && lastPredicted.type.equals(lastGold.type)) {
                correctSoFar = false;
                count(lastGold.type, 0, 0, 1);
            } else if (goldEnds != predictedEnds || !predicted.type.equals(gold.type)) {
                correctSoFar = false;
            }
        }
        boolean goldStarts = gold.startsSpanAfter(lastGold);
        boolean predictedStarts = predicted.startsSpanAfter(lastPredicted);
        if (goldStarts && predictedStarts && predicted.type.equals(gold.type)) {
            correctSoFar = true;
        }
        if (goldStarts) {
            count(gold.type, 1, 0, 0);
        }
        if (predictedStarts) {
            count(predicted.type, 0, 1, 0);
        }
        lastGold = gold;
        lastPredicted = predicted;
    }

    private void count(String type, int gold, int found, int correct) {
        types.put(type, types.getOrDefault(type, SpanCounts.NONE).plus(gold, found, correct));
    }
}
