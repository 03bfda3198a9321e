package org.mtlfarm.worker.queue;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SuspectsTest {
    @Test
    void aRunIsASuspectWhenItIsHandedOutForTheThirdTime() {
        assertThat(Suspects.isOne(2)).isFalse();
        assertThat(Suspects.isOne(3)).isTrue();
        assertThat(Suspects.isOne(4)).isTrue();
    }

    @Test
    void suspectsOfAWorkerOfFewSlotsTrainOneAtATime() {
        Suspects suspects = new Suspects(31);
        assertThat(suspects.enter(3)).isTrue();
        assertThat(suspects.enter(3)).isFalse();
        assertThat(suspects.enter(4)).isFalse();
        suspects.leave(3);
        assertThat(suspects.enter(4)).isTrue();
        assertThat(suspects.enter(3)).isFalse();
        suspects.leave(4);
        assertThat(suspects.enter(3)).isTrue();
    }

    @Test
    void thoseOfAGangTrainInGroupsAndOnesThatHaveSeenAGroupEndTrainAlone() {
        Suspects suspects = new Suspects(64);
        for (int i = 0; i < 4; i++) {
            assertThat(suspects.enter(3)).isTrue();
        }
        assertThat(suspects.enter(3)).isFalse();
        suspects.leave(3);
        assertThat(suspects.enter(4)).as("beside a group").isFalse();
        assertThat(suspects.enter(3)).isTrue();
        for (int i = 0; i < 4; i++) {
            suspects.leave(3);
        }
        assertThat(suspects.enter(4)).isTrue();
        assertThat(suspects.enter(3)).as("beside one that trains alone").isFalse();
        assertThat(suspects.enter(4)).isFalse();
    }

    @Test
    void whoeverWaitsHearsWhenOneLeaves() {
        Suspects suspects = new Suspects(1);
        List<Boolean> room = new ArrayList<>();
        suspects.onLeave(() -> room.add(suspects.hasRoom(3)));
        assertThat(suspects.enter(4)).isTrue();
        assertThat(suspects.hasRoom(3)).isFalse();
        suspects.leave(4);
        assertThat(room).containsExactly(true);
    }
}
