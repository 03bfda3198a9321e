package org.mtlfarm.worker.corpus;

/**
 * Running text with a tag a token, one part of a corpus.
 *
 * @param words [tokens]
 * @param tags [tokens], IO in a training part ({@code I-PER}), IOB2 in a scored part ({@code B-PER I-PER})
 * @param sentenceStarts positions at which sentences begin, ascending, the first 0; empty only for an empty text
 */
public record TaggedText(String[] words, String[] tags, int[] sentenceStarts) {
    public TaggedText {
        if (words.length != tags.length) {
            throw new IllegalArgumentException(
                    "words and tags must be as many, were " + words.length + " and " + tags.length);
        }
        if (words.length > 0 && (sentenceStarts.length == 0 || sentenceStarts[0] != 0)) {
            throw new IllegalArgumentException("the first sentence must start at 0");
        }
    }

    public int tokens() {
        return words.length;
    }

    public int sentences() {
        return sentenceStarts.length;
    }
}
