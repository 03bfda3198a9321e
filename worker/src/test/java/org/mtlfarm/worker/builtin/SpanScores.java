package org.mtlfarm.worker.builtin;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.mtlfarm.worker.corpus.TaggedText;

/** Span F1 as conlleval counts it: types a token, read as IO, against IOB2 gold. */
final class SpanScores {
    private SpanScores() {}

    static double f1(TaggedText gold, String[] types) {
        Set<List<Object>> goldSpans = new HashSet<>();
        Set<List<Object>> foundSpans = new HashSet<>();
        int goldStart = 0;
        int foundStart = 0;
        for (int end = 1; end <= gold.tokens(); end++) {
            boolean last = end == gold.tokens();
            if (last || !gold.tags()[end].startsWith("I-")) {
                add(goldSpans, type(gold.tags()[goldStart]), goldStart, end);
                goldStart = end;
            }
            if (last || !types[end].equals(types[foundStart])) {
                add(foundSpans, types[foundStart], foundStart, end);
                foundStart = end;
            }
        }
        int gold1 = goldSpans.size();
        goldSpans.retainAll(foundSpans);
        return 2.0 * goldSpans.size() / (gold1 + foundSpans.size());
    }

    static String type(String tag) {
        return tag.equals("O") ? tag : tag.substring(2);
    }

    private static void add(Set<List<Object>> spans, String type, int start, int end) {
        if (!type.equals("O")) {
            spans.add(List.of(type, start, end));
        }
    }
}
