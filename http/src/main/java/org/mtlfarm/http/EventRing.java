package org.mtlfarm.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * The latest events of a topic, held once for all readers, each of whom has but a cursor. Bounded in events and bytes: who
 * falls behind finds his next event gone and reads the topic itself until he has caught up. Any thread.
 */
final class EventRing {
    /** What is copied for one reader at a time. */
    static final int CHUNK_BYTES = 64 * 1024;

    private final EventText[] events;
    private final long mostBytes;
    private final TopicPosition head;
    /** Of each partition, the offset from which on every event is here. */
    private final TopicPosition kept;

    private long first;
    private long end;
    private long bytes;

    /** @param start where whoever fills it begins to read the topic */
    EventRing(int capacity, long mostBytes, TopicPosition start) {
        this.events = new EventText[capacity];
        this.mostBytes = mostBytes;
        this.head = start.copy();
        this.kept = start.copy();
    }

    /** Takes in a record; those of one partition come in order. */
    synchronized void add(int partition, long offset, String name, String data) {
        head.advance(partition, offset + 1);
        EventText event = EventText.of(partition, offset, head, name, data);
        while (end > first && (end - first == events.length || bytes + event.bytes().length > mostBytes)) {
            EventText gone = events[slot(first)];
            events[slot(first)] = null;
            kept.advance(gone.partition(), gone.offset() + 1);
            bytes -= gone.bytes().length;
            first++;
        }
        events[slot(end++)] = event;
        bytes += event.bytes().length;
    }

    /** How far the topic has been read into it. */
    synchronized TopicPosition head() {
        return head.copy();
    }

    /** A record was read that makes no event. */
    synchronized void pass(int partition, long offset) {
        head.advance(partition, offset + 1);
    }

    /**
     * What comes next for a reader.
     *
     * @return null if an event that he has not read is gone: he must read the topic
     */
    synchronized ByteBuffer next(Cursor cursor) {
        if (cursor.at < first) {
            if (kept.isBeyond(cursor.position)) {
                cursor.at = Cursor.OUTSIDE;
                return null;
            }
            cursor.at = first;
        }
        ArrayDeque<EventText> chosen = new ArrayDeque<>();
        int size = 0;
        while (cursor.at < end) {
            EventText event = events[slot(cursor.at)];
            boolean news = event.offset() >= cursor.position.of(event.partition());
            if (news && size > 0 && size + event.bytes().length > CHUNK_BYTES) {
                break;
            }
            cursor.at++;
            if (news) {
                chosen.add(event);
                size += event.bytes().length;
            }
        }
        return text(chosen, cursor.position, size);
    }

    /** The bytes of one event alone are everybody's; several are copied together. */
    private static ByteBuffer text(ArrayDeque<EventText> events, TopicPosition position, int size) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(size + 64);
        for (EventText event : events) {
            position.advance(event.partition(), event.offset() + 1);
            if (events.size() == 1 && position.equals(event.after())) {
                return ByteBuffer.wrap(event.bytes()).asReadOnlyBuffer();
            }
            event.writeTo(out, position);
        }
        return ByteBuffer.wrap(out.toByteArray());
    }

    private int slot(long number) {
        return (int) (number % events.length);
    }

    /** A reader's place; one thread at a time. */
    static final class Cursor {
        /** Not in the ring: where he is there, if anywhere, his position decides. */
        private static final long OUTSIDE = -1;

        private long at = OUTSIDE;
        private TopicPosition position;

        Cursor(TopicPosition position) {
            this.position = position.copy();
        }

        TopicPosition position() {
            return position;
        }
    }
}
