package org.mtlfarm.regressor.table;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SplitTest {
    @Test
    void aTenthIsHeldOutAndEveryRowIsOnOneSide() {
        Split split = Split.of(1002, 3);
        assertThat(split.heldOut()).hasSize(100).isSorted();
        assertThat(split.training()).hasSize(902).isSorted();
        assertThat(IntStream.concat(Arrays.stream(split.training()), Arrays.stream(split.heldOut()))
                        .distinct())
                .hasSize(1002);
    }

    @Test
    void theSameSeedDrawsTheSameRowsAndAnotherSeedOthers() {
        assertThat(Split.of(100, 5).heldOut()).isEqualTo(Split.of(100, 5).heldOut());
        assertThat(Split.of(100, 5).heldOut()).isNotEqualTo(Split.of(100, 6).heldOut());
    }

    @Test
    void everyRowIsHeldOutAboutAsOften() {
        int[] times = new int[50];
        for (long seed = 0; seed < 4000; seed++) {
            for (int row : Split.of(50, seed).heldOut()) {
                times[row]++;
            }
        }
        // 400 expected, standard deviation 19.
        assertThat(Arrays.stream(times).boxed())
                .allSatisfy(count -> assertThat(count).isBetween(310, 490));
    }

    @Test
    void groupsStayTogether() {
        double[] values = new double[100];
        String[] groups = new String[100];
        Arrays.setAll(groups, r -> "g" + r % 20);
        Table table = new Table("t", java.util.List.of("a"), new double[][] {values}, "b", values, null, groups);
        Split split = Split.of(table, 1);
        Set<String> out = new HashSet<>();
        Arrays.stream(split.heldOut()).forEach(r -> out.add(groups[r]));
        assertThat(out).hasSize(2);
        assertThat(split.heldOut()).hasSize(10);
        assertThat(Arrays.stream(split.training())).noneMatch(r -> out.contains(groups[r]));
    }
}
