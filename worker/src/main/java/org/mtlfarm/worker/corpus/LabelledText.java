package org.mtlfarm.worker.corpus;

import java.util.List;

/**
 * A text with the labels of a task beside the real one.
 *
 * @param text its tags in IO
 * @param labels what a network predicts: {@code O} first if it occurs or there are spans, then the types sorted
 * @param warnings what a person should know of, a sentence each
 */
public record LabelledText(TaggedText text, List<String> labels, List<String> warnings) {
    public LabelledText {
        labels = List.copyOf(labels);
        warnings = List.copyOf(warnings);
    }
}
