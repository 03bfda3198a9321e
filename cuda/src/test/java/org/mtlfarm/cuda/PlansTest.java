package org.mtlfarm.cuda;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import org.mtlfarm.schemas.Readout;
import org.mtlfarm.worker.network.NetworkShape;

import static org.assertj.core.api.Assertions.assertThat;

/** Launch plan and memory plan on paper, for the authors' network. */
class PlansTest {
    /** Distinct words of a batch of running text, as the worker's measurements have it: 420 of 700. */
    private static final int[] WORDS = {420, 70};

    private final MemoryPlan memory = new MemoryPlan(GangTiming.AUTHORS, GangTiming.AUTHORS_BATCH);

    private StepPlan plan(StepKind kind) {
        return new StepPlan(memory, kind, WORDS, new StepPlan.Operands(memory));
    }

    @Test
    void theAuthorsNetworkTakesTwoGigaflopAStepInSixtyLaunches() {
        StepPlan plan = plan(StepKind.ONE_TASK);
        assertThat(plan.flops()).isBetween(1_800_000_000L, 2_100_000_000L);
        assertThat(plan.launches()).isLessThanOrEqualTo(60);
        assertThat(plan.leastBytes()).isEqualTo(24L * memory.movedParameters());
        assertThat(plan.bytes()).isBetween(plan.leastBytes(), 4 * plan.leastBytes());
    }

    @Test
    void aPredictionDoesTheForwardPartAlone() {
        assertThat(plan(StepKind.PREDICTION).flops())
                .isLessThan(plan(StepKind.ONE_TASK).flops() * 2 / 5);
    }

    @Test
    void anEightyGigabyteCardHoldsAThousandMembers() {
        assertThat(memory.bytesOfMember()).isBetween(30_000_000L, 60_000_000L);
        assertThat(memory.membersThatFit(80_000_000_000L, 12_000_000_000L)).isEqualTo(MemoryPlan.MOST_LANES);
        assertThat(memory.membersThatFit(8_000_000_000L, 1_000_000_000L)).isBetween(100, 240);
        assertThat(memory.membersThatFit(1_000_000, 2_000_000)).isZero();
    }

    @Test
    void everyParameterThatHasAnInfluenceIsMovedOnceAndOnlyHeadsBelongToATask() {
        int[] moved = new int[memory.layout.size()];
        int[] tables = memory.tables();
        int first = tables.length - 4 * memory.pieces;
        for (int piece = 0; piece < memory.pieces; piece++) {
            int from = tables[first + 4 * piece];
            int count = tables[first + 4 * piece + 1];
            assertThat(count).isBetween(1, MemoryPlan.PIECE);
            for (int i = from; i < from + count; i++) {
                moved[i]++;
            }
        }
        assertThat(Arrays.stream(moved).max().orElseThrow()).isEqualTo(1);
        assertThat(Arrays.stream(moved).sum()).isEqualTo(memory.movedParameters());
        assertThat(memory.layout.size() - memory.movedParameters()).isEqualTo(300 * 1200);
    }

    @Test
    void operandsOfProductsAreAligned() {
        StepPlan.Operands operands = new StepPlan.Operands(memory);
        for (StepKind kind : StepKind.values()) {
            new StepPlan(memory, kind, WORDS, operands);
        }
        assertThat(Arrays.stream(operands.offsets()).filter(offset -> offset % 4 != 0))
                .isEmpty();
    }

    @Test
    void arraysOfAMemberDoNotOverlap() {
        MemoryPlan small = new MemoryPlan(new NetworkShape(3, 5, 2, List.of(5, 2, 3), Readout.CENTER), 7);
        StepPlan.Operands operands = new StepPlan.Operands(small);
        assertThat(Arrays.stream(operands.offsets()).max().orElseThrow() * 4L).isLessThan(small.bytesOfMember());
        assertThat(small.directions.stream()
                        .map(direction -> direction.levels())
                        .collect(Collectors.toList()))
                .containsExactly(4, 4);
    }

    @Test
    void plansCanBeRead() {
        assertThat(memory.describe()).contains("hidden 300", "1,", "MB");
        assertThat(plan(StepKind.ONE_TASK).describe())
                .contains("product  x W      [1200, 300] x [300, 420]", "kernel   adam", "launches");
    }
}
