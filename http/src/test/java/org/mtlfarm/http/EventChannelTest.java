package org.mtlfarm.http;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EventChannelTest {
    private int state;
    private final EventChannel channel = new EventChannel(() -> "whole " + state);

    private void change() {
        channel.change("patch", () -> {
            state++;
            return Optional.of("to " + state);
        });
    }

    /** What a client that has read up to an id is sent. */
    private String behind(String id) {
        EventRing.Cursor cursor = new EventRing.Cursor(channel.placeOf(id));
        java.nio.ByteBuffer next = channel.ring().next(cursor);
        if (next == null) {
            next = channel.snapshot(cursor.position());
        }
        return StandardCharsets.UTF_8.decode(next).toString();
    }

    @Test
    void whoComesAnewGetsTheWholeAndWhoComesBackWhatHeMissed() {
        change();
        String id = channel.read(at -> at);
        change();
        change();
        assertThat(behind("")).contains("event: snapshot", "whole 3");
        assertThat(behind(id)).contains("to 2", "to 3").doesNotContain("whole", "to 1");
        assertThat(behind(channel.read(at -> at))).isEmpty();
    }

    @Test
    void anIdOfAnotherProcessOrOneFromTheFutureMeansNothingHere() {
        change();
        String anothers = new EventChannel(() -> "").read(at -> at);
        assertThat(behind(anothers)).contains("whole 1");
        String id = channel.read(at -> at);
        assertThat(behind(id.replaceFirst("0:\\d+", "0:900"))).contains("whole 1");
    }

    @Test
    void whoFallsBehindWhatIsHeldGetsTheWhole() {
        change();
        String id = channel.read(at -> at);
        for (int i = 0; i < 5_000; i++) {
            change();
        }
        assertThat(behind(id)).contains("event: snapshot", "whole 5001");
    }

    @Test
    void whatChangesNothingIsNotTold() {
        change();
        String id = channel.read(at -> at);
        channel.change("patch", Optional::empty);
        assertThat(channel.<String>read(at -> at)).isEqualTo(id);
    }
}
