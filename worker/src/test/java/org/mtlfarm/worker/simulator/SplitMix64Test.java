package org.mtlfarm.worker.simulator;

import java.util.HashSet;
import java.util.Set;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SplitMix64Test {
    @Test
    void itGivesTheNumbersOfTheAlgorithmsReferenceProgram() {
        SplitMix64 random = new SplitMix64(1234567);

        assertThat(new long[] {random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong()})
                .containsExactly(
                        6457827717110365317L,
                        3203168211198807973L,
                        Long.parseUnsignedLong("9817491932198370423"),
                        4593380528125082431L);
    }

    @Test
    void streamsOfNeighbouringSeedsAndNumbersAllDiffer() {
        Set<Long> first = new HashSet<>();
        for (long seed = 0; seed < 100; seed++) {
            for (long stream = 0; stream < 100; stream++) {
                first.add(SplitMix64.ofStream(seed, stream).nextLong());
            }
        }
        assertThat(first).hasSize(10_000);
    }
}
