package org.mtlfarm.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The ring against a plain list of what was put into it. */
class EventRingTest {
    private static final Pattern EVENT = Pattern.compile("id: (\\S+)\nevent: e\ndata: (\\d+)/(\\d+)\n\n");
    private static final String TOPIC = "topic-1";

    private record Sent(int partition, long offset) {}

    private record Received(String id, Sent sent) {}

    /** Two servers read the same topic in different orders; a client goes from one to the other after any event. */
    @Property(tries = 300)
    void whoGoesOnBehindAnyIdOnAnyServerGetsTheRestOnce(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int partitions) {
        Random random = new Random(seed);
        List<List<Sent>> topic = topic(random, partitions);
        EventRing here = new EventRing(1000, 1 << 20, TopicPosition.start(TOPIC, partitions));
        EventRing there = new EventRing(1000, 1 << 20, TopicPosition.start(TOPIC, partitions));
        fill(here, topic, random);
        fill(there, topic, random);
        TopicPosition from = TopicPosition.start(TOPIC, partitions);
        for (int partition = 0; partition < partitions; partition++) {
            from.advance(partition, random.nextInt(20));
        }
        List<Received> all = read(here, new EventRing.Cursor(from));
        assertThat(all.stream().map(Received::sent))
                .containsExactlyInAnyOrderElementsOf(topic.stream()
                        .flatMap(List::stream)
                        .filter(one -> one.offset >= from.of(one.partition))
                        .toList());
        for (int read = 0; read < all.size(); read++) {
            TopicPosition last = TopicPosition.parse(all.get(read).id, partitions);
            assertThat(last.topicId()).isEqualTo(TOPIC);
            List<Sent> rest = all.subList(read + 1, all.size()).stream()
                    .map(Received::sent)
                    .toList();
            assertThat(read(there, new EventRing.Cursor(last)).stream().map(Received::sent))
                    .containsExactlyInAnyOrderElementsOf(rest);
        }
    }

    @Test
    void aReaderWhoseNextEventIsGoneIsToldSo() {
        EventRing ring = new EventRing(4, 1 << 20, TopicPosition.start(TOPIC, 1));
        EventRing.Cursor reader = new EventRing.Cursor(ring.head());
        for (int offset = 0; offset < 4; offset++) {
            ring.add(0, offset, "e", "0/" + offset);
        }
        EventRing.Cursor slow = new EventRing.Cursor(TopicPosition.start(TOPIC, 1));
        assertThat(read(ring, reader)).hasSize(4);
        ring.add(0, 4, "e", "0/4");
        assertThat(ring.next(slow)).isNull();
        assertThat(read(ring, reader)).hasSize(1);
        // Having read the topic to where the ring begins, he comes back.
        slow.position().advance(0, 1);
        assertThat(read(ring, slow)).hasSize(4);
    }

    @Test
    void theRingHoldsNoMoreBytesThanItMay() {
        EventRing ring = new EventRing(1000, 1000, TopicPosition.start(TOPIC, 1));
        for (int offset = 0; offset < 100; offset++) {
            ring.add(0, offset, "e", "0/" + offset);
        }
        TopicPosition early = TopicPosition.start(TOPIC, 1);
        early.advance(0, 50);
        assertThat(ring.next(new EventRing.Cursor(early))).isNull();
        early.advance(0, 90);
        assertThat(read(ring, new EventRing.Cursor(early))).hasSize(10);
    }

    @Test
    void whatIsNoIdIsRefused() {
        for (String wrong : List.of("7", "0:1", "0:1@", "@x", "0:1,@x", "0:-1@x", "a:1@x", "0:1@x y", "0:1 @x")) {
            assertThatThrownBy(() -> TopicPosition.parse(wrong, 4)).as(wrong).isInstanceOf(Problem.class);
        }
        assertThat(TopicPosition.parse("0:17,1:4@topic-1", 2)).hasToString("0:17,1:4@topic-1");
        assertThat(TopicPosition.parse("9:17@topic-1", 2)).hasToString("0:0,1:0@topic-1");
    }

    /** Offsets have holes: transactions' ends, and what compaction took. */
    private static List<List<Sent>> topic(Random random, int partitions) {
        List<List<Sent>> topic = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            List<Sent> records = new ArrayList<>();
            long offset = 0;
            for (int i = random.nextInt(12); i > 0; i--) {
                offset += 1 + random.nextInt(3);
                records.add(new Sent(partition, offset));
            }
            topic.add(records);
        }
        return topic;
    }

    private static void fill(EventRing ring, List<List<Sent>> topic, Random random) {
        int[] at = new int[topic.size()];
        List<Integer> open = new ArrayList<>();
        for (int partition = 0; partition < topic.size(); partition++) {
            open.add(partition);
        }
        while (!open.isEmpty()) {
            Integer partition = open.get(random.nextInt(open.size()));
            if (at[partition] == topic.get(partition).size()) {
                open.remove(partition);
            } else {
                Sent next = topic.get(partition).get(at[partition]++);
                ring.add(partition, next.offset, "e", partition + "/" + next.offset);
            }
        }
    }

    private static List<Received> read(EventRing ring, EventRing.Cursor cursor) {
        List<Received> received = new ArrayList<>();
        for (ByteBuffer chunk = ring.next(cursor); chunk.hasRemaining(); chunk = ring.next(cursor)) {
            Matcher events = EVENT.matcher(StandardCharsets.UTF_8.decode(chunk));
            while (events.find()) {
                received.add(new Received(
                        events.group(1), new Sent(Integer.parseInt(events.group(2)), Long.parseLong(events.group(3)))));
            }
        }
        return received;
    }
}
