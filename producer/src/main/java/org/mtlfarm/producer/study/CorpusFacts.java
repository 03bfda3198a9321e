package org.mtlfarm.producer.study;

import java.util.List;

/**
 * What planning must know of a corpus and its vectors.
 *
 * @param corpusHash SHA-256, in hex, of the corpus's content
 * @param vectorsHash SHA-256, in hex, of the vectors kept for it
 * @param trainTokens tokens of its training part
 * @param labels what a network predicts, {@code O} first
 * @param labelCounts [labels], training tokens of each
 * @param wordDimension numbers a word vector
 * @param warnings what a user should know, such as vectors that cover few of the words
 */
public record CorpusFacts(
        String corpusHash,
        String vectorsHash,
        long trainTokens,
        List<String> labels,
        long[] labelCounts,
        int wordDimension,
        List<String> warnings) {
    public CorpusFacts {
        labels = List.copyOf(labels);
        labelCounts = labelCounts.clone();
        warnings = List.copyOf(warnings);
        if (labels.size() != labelCounts.length) {
            throw new IllegalArgumentException(
                    "every label needs a count, had " + labels.size() + " and " + labelCounts.length);
        }
        if (trainTokens < 0 || wordDimension < 1) {
            throw new IllegalArgumentException("trainTokens must be at least 0 and wordDimension at least 1, were "
                    + trainTokens + " and " + wordDimension);
        }
    }

    @Override
    public long[] labelCounts() {
        return labelCounts.clone();
    }
}
