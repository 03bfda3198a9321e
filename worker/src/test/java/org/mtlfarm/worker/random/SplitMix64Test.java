package org.mtlfarm.worker.random;

import java.util.HashSet;
import java.util.Set;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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

    @Test
    void streamsOfOtherNamesOrSeedsAreOthers() {
        long first = SplitMix64.named(1, "train").nextLong();

        assertThat(SplitMix64.named(1, "train").nextLong()).isEqualTo(first);
        assertThat(SplitMix64.named(1, "test").nextLong()).isNotEqualTo(first);
        assertThat(SplitMix64.named(2, "train").nextLong()).isNotEqualTo(first);
    }

    @Test
    void gaussiansHaveMeanZeroAndVarianceOne() {
        SplitMix64 random = new SplitMix64(5);
        int draws = 100_000;
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < draws; i++) {
            double x = random.nextGaussian();
            sum += x;
            squares += x * x;
        }

        double fiveStandardErrors = 5 / Math.sqrt(draws);
        assertThat(sum / draws).isCloseTo(0, within(fiveStandardErrors));
        assertThat(squares / draws).isCloseTo(1, within(fiveStandardErrors * Math.sqrt(2)));
    }
}
