package org.mtlfarm.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A state that this process keeps, as events: its changes one after the other, the latest of them held for who comes back, and
 * the whole for who comes anew or too late. Whoever applies a snapshot and the changes behind it has the state, whenever he
 * came. An id is the number of changes so far and names this channel: another process's ids mean nothing here. Any thread.
 */
public final class EventChannel {
    private static final int RING_EVENTS = 4_096;
    private static final long RING_BYTES = 4L * 1024 * 1024;

    private final String name = UUID.randomUUID().toString().replace("-", "");
    private final EventRing ring;
    private final Supplier<String> whole;
    private final Set<Runnable> listeners = new CopyOnWriteArraySet<>();
    /** Begins with 1, so that 0 is before everything. */
    private long next = 1;

    /** @param whole the state on one line, asked for while it does not change */
    public EventChannel(Supplier<String> whole) {
        this.whole = whole;
        this.ring = new EventRing(RING_EVENTS, RING_BYTES, new TopicPosition(name, new long[] {1}));
    }

    /**
     * Changes the state and tells of it.
     *
     * @param change what it came to, on one line; empty if nothing has changed
     */
    public void change(String eventName, Supplier<Optional<String>> change) {
        synchronized (this) {
            Optional<String> told = change.get();
            if (told.isEmpty()) {
                return;
            }
            ring.add(0, next++, eventName, told.get());
        }
        listeners.forEach(Runnable::run);
    }

    /** Looks at the state, which does not change meanwhile, under the id behind which its changes come. */
    public synchronized <T> T read(Function<String, T> reader) {
        return reader.apply(head().toString());
    }

    void tell(Runnable listener) {
        listeners.add(listener);
    }

    EventRing ring() {
        return ring;
    }

    /** Where a client goes on that has read up to an id; before everything if that says nothing here. */
    synchronized TopicPosition placeOf(String id) {
        TopicPosition start = new TopicPosition(name, new long[] {0});
        if (id.isEmpty()) {
            return start;
        }
        TopicPosition place = TopicPosition.parse(id, 1);
        return place.topicId().equals(name) && !place.isBeyond(head()) ? place : start;
    }

    /** The event that tells the whole; the position is moved there. */
    synchronized ByteBuffer snapshot(TopicPosition position) {
        position.advance(0, next);
        String text = "id: " + head() + "\nevent: snapshot\ndata: " + whole.get() + "\n\n";
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private TopicPosition head() {
        return new TopicPosition(name, new long[] {next});
    }
}
