package org.mtlfarm.http;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far somebody has read a topic: of each partition, the offset of the first record not yet read. Written {@code
 * 0:17,1:4@TOPIC}, with Kafka's id of the topic, it is the id of an event: every server that reads the topic understands
 * it, and a topic that was deleted and made anew under the same name is not mistaken for the old one.
 */
final class TopicPosition {
    private static final int LONGEST = 20_000;
    private static final Pattern TEXT =
            Pattern.compile("(\\d{1,5}:\\d{1,18}(?:,\\d{1,5}:\\d{1,18})*)@([A-Za-z0-9_-]{1,40})");

    private final String topicId;
    private final long[] next;

    TopicPosition(String topicId, long[] next) {
        this.topicId = topicId;
        this.next = next.clone();
    }

    /** Nothing read. */
    static TopicPosition start(String topicId, int partitions) {
        return new TopicPosition(topicId, new long[partitions]);
    }

    /**
     * Reads an id.
     *
     * @param partitions of the topic; those that the id does not name were not read
     * @throws Problem if it is none
     */
    static TopicPosition parse(String text, int partitions) {
        Optional<Matcher> parts = text.length() > LONGEST ? Optional.empty() : Optional.of(TEXT.matcher(text));
        if (parts.isEmpty() || !parts.get().matches()) {
            throw Problem.badRequest(
                    "Last-Event-ID: expected the id of an event from here, like 0:17,1:4@TOPIC, found '"
                            + Query.shortened(text) + "'");
        }
        long[] next = new long[partitions];
        for (String pair : parts.get().group(1).split(",")) {
            int colon = pair.indexOf(':');
            int partition = Integer.parseInt(pair.substring(0, colon));
            if (partition < partitions) {
                next[partition] = Long.parseLong(pair.substring(colon + 1));
            }
        }
        return new TopicPosition(parts.get().group(2), next);
    }

    String topicId() {
        return topicId;
    }

    int partitions() {
        return next.length;
    }

    long of(int partition) {
        return next[partition];
    }

    /** Records up to that one, not included, have been read. */
    void advance(int partition, long offset) {
        next[partition] = Math.max(next[partition], offset);
    }

    TopicPosition copy() {
        return new TopicPosition(topicId, next);
    }

    /** Whether it is beyond another one anywhere. */
    boolean isBeyond(TopicPosition other) {
        for (int partition = 0; partition < next.length; partition++) {
            if (next[partition] > other.next[partition]) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TopicPosition position
                && topicId.equals(position.topicId)
                && Arrays.equals(next, position.next);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(next);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int partition = 0; partition < next.length; partition++) {
            text.append(partition == 0 ? "" : ",").append(partition).append(':').append(next[partition]);
        }
        return text.append('@').append(topicId).toString();
    }
}
