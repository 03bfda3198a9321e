package org.mtlfarm.worker.scoring;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

import org.mtlfarm.schemas.SpanScores;

/**
 * What conlleval counts in a text.
 *
 * @param correctTokens tokens whose predicted tag is the gold tag
 * @param overall spans of all types
 * @param types spans by type, types sorted; those that occur in the gold or the predicted tags
 */
public record ConllScores(long tokens, long correctTokens, SpanCounts overall, SortedMap<String, SpanCounts> types) {
    public ConllScores {
        types = Collections.unmodifiableSortedMap(new TreeMap<>(types));
    }

    /** Share of tokens whose tag is right; 0 for an empty text. */
    public double accuracy() {
        return tokens == 0 ? 0 : (double) correctTokens / tokens;
    }

    /** The overall scores as a message. */
    public SpanScores toSpanScores() {
        return SpanScores.newBuilder()
                .setPrecision(overall.precision())
                .setRecall(overall.recall())
                .setF1(overall.f1())
                .setGold(overall.gold())
                .setFound(overall.found())
                .setCorrect(overall.correct())
                .build();
    }

    /** What the original script prints, to the letter, its last line end included. */
    public String text() {
        StringBuilder text = new StringBuilder();
        text.append("processed ").append(tokens).append(" tokens with ").append(overall.gold());
        text.append(" phrases; found: ").append(overall.found());
        text.append(" phrases; correct: ").append(overall.correct()).append(".\n");
        if (tokens > 0) {
            text.append("accuracy: ").append(percent(correctTokens, tokens)).append("%; ");
            appendRatios(text, overall);
            text.append('\n');
        }
        types.forEach((type, counts) -> {
            // The script lists a type without a name once for each of gold and found that has it.
            int times = type.isEmpty() && counts.gold() > 0 && counts.found() > 0 ? 2 : 1;
            for (int i = 0; i < times; i++) {
                text.append("%17s: ".formatted(type));
                appendRatios(text, counts);
                text.append("  ").append(counts.found()).append('\n');
            }
        });
        return text.toString();
    }

    private static void appendRatios(StringBuilder text, SpanCounts counts) {
        double precision = ratio(counts.correct(), counts.found());
        double recall = ratio(counts.correct(), counts.gold());
        double sum = precision + recall;
        text.append("precision: ").append(fixed(precision)).append("%; ");
        text.append("recall: ").append(fixed(recall)).append("%; ");
        text.append("FB1: ").append(fixed(sum > 0 ? 2 * precision * recall / sum : 0));
    }

    private static String percent(long part, long whole) {
        return fixed(ratio(part, whole));
    }

    /** In percent, by the script's own operations, so that the last digit printed is its as well. */
    private static double ratio(long part, long whole) {
        return whole == 0 ? 0 : (double) (100 * part) / whole;
    }

    /** As C's {@code %6.2f}: the binary value rounded exactly, halves to even; Java's own rounds halves up. */
    private static String fixed(double value) {
        return "%6s"
                .formatted(new BigDecimal(value)
                        .setScale(2, RoundingMode.HALF_EVEN)
                        .toPlainString());
    }
}
