package org.mtlfarm.worker.builtin;

import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class SplitMix64Test {
    @Test
    void itsStreamIsThatOfTheJdksSplittableRandom() {
        SplitMix64 ours = new SplitMix64(1234567);
        SplittableRandom jdks = new SplittableRandom(1234567);

        for (int i = 0; i < 1000; i++) {
            assertThat(ours.nextLong()).isEqualTo(jdks.nextLong());
        }
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
