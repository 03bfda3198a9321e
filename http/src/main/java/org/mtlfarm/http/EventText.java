package org.mtlfarm.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A record of a topic as the event that is sent of it, encoded once for all who read it.
 *
 * @param after how far one has read the topic who reads it as this server does and has read this record
 * @param bytes the event with {@code after} as its id
 * @param bodyAt where its id's line ends
 */
record EventText(int partition, long offset, TopicPosition after, byte[] bytes, int bodyAt) {
    /** An event whose data is one line. */
    static EventText of(int partition, long offset, TopicPosition after, String name, String data) {
        byte[] id = id(after);
        byte[] body = ("event: " + name + "\ndata: " + data + "\n\n").getBytes(StandardCharsets.UTF_8);
        byte[] bytes = new byte[id.length + body.length];
        System.arraycopy(id, 0, bytes, 0, id.length);
        System.arraycopy(body, 0, bytes, id.length, body.length);
        return new EventText(partition, offset, after.copy(), bytes, id.length);
    }

    /** The event for a reader who, having read it, has read that far. */
    void writeTo(ByteArrayOutputStream out, TopicPosition position) {
        if (position.equals(after)) {
            out.write(bytes, 0, bytes.length);
        } else {
            byte[] id = id(position);
            out.write(id, 0, id.length);
            out.write(bytes, bodyAt, bytes.length - bodyAt);
        }
    }

    private static byte[] id(TopicPosition position) {
        return ("id: " + position + "\n").getBytes(StandardCharsets.US_ASCII);
    }
}
