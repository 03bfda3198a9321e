package org.mtlfarm.worker.training;

import java.util.List;

import org.junit.jupiter.api.Test;

import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.OtherTask;
import org.mtlfarm.schemas.OtherTasks;
import org.mtlfarm.schemas.Strategy;
import org.mtlfarm.worker.training.TokenShares.Share;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TokenSharesTest {
    @Test
    void alternatingTasksOwnNeighbouringStretches() {
        assertThat(TokenShares.of(Experiments.of(3, 20, settings -> {}), 60))
                .containsExactly(
                        new Share(List.of(0), 0, 20), new Share(List.of(1), 20, 20), new Share(List.of(2), 40, 20));
    }

    @Test
    void inAnUnbalancedExperimentTheRealTaskComesFirst() {
        assertThat(TokenShares.of(Experiments.unbalanced(3, 15, 30, settings -> {}), 75))
                .containsExactly(
                        new Share(List.of(0), 0, 15), new Share(List.of(1), 15, 30), new Share(List.of(2), 45, 30));
    }

    @Test
    void jointTasksLabelTheSameTokens() {
        assertThat(TokenShares.of(joint(3, 20, 20), 20)).containsExactly(new Share(List.of(0, 1, 2), 0, 20));
    }

    @Test
    void moreTokensThanTheCorpusHasAreRefusedWithTheArithmetic() {
        assertRefused(Experiments.of(4, 2000, settings -> {}), 7999, "T x n = 4 x 2000 = 8000 > 7999");
        assertRefused(
                Experiments.unbalanced(3, 100, 2000, settings -> {}),
                4000,
                "n_real + (T - 1) x n_synthetic = 100 + 2 x 2000 = 4100 > 4000");
        assertRefused(joint(3, 20, 20), 19, "n = 20 > 19");
        assertRefused(Experiments.of(1_000_000, 1_000_000, settings -> {}), 19, "= 1000000000000 > 19");
    }

    @Test
    void aTaskWithLessThanABatchIsRefused() {
        assertRefused(
                Experiments.unbalanced(2, 30, 9, settings -> {}),
                1000,
                "task 1 gets no step: its 9 tokens are less than one batch of 10");
    }

    @Test
    void tasksThatDifferHaveStretchesOfTheirOwnSizes() {
        Experiment mixed = OtherTasks.with(
                Experiments.of(1, 15, settings -> {}), List.of(OtherTasks.drawn(0.9, 30), OtherTasks.drawn(0.2, 10)));
        assertThat(TokenShares.of(mixed, 55))
                .containsExactly(
                        new Share(List.of(0), 0, 15), new Share(List.of(1), 15, 30), new Share(List.of(2), 45, 10));
        assertRefused(mixed, 54, "15 of the real task + alpha 0.9 (30 tokens), alpha 0.2 (10 tokens) = 55 > 54");
        assertRefused(
                OtherTasks.with(
                        Experiments.of(1, 15, settings -> settings.setStrategy(Strategy.JOINT)), mixed.getOthers()),
                1000,
                "found 15 and 30");
    }

    @Test
    void aTaskOnATextOfItsOwnTakesNoneOfTheCorpuss() {
        Experiment mixed = OtherTasks.with(
                Experiments.of(1, 15, settings -> {}),
                List.of(new OtherTask(null, 30, "file=pos.txt", "h"), OtherTasks.drawn(0.2, 10)));
        assertThat(TokenShares.of(mixed, 25))
                .containsExactly(
                        new Share(List.of(0), 0, 15), new Share(List.of(1), 0, 30), new Share(List.of(2), 15, 10));
    }

    @Test
    void jointTasksOfDifferentSizesAreRefused() {
        assertRefused(joint(2, 20, 30), 1000, "found 20 and 30");
    }

    private static Experiment joint(int tasks, int real, int synthetic) {
        return Experiments.unbalanced(tasks, real, synthetic, settings -> settings.setStrategy(Strategy.JOINT));
    }

    private static void assertRefused(Experiment experiment, int corpusTokens, String message) {
        assertThatThrownBy(() -> TokenShares.of(experiment, corpusTokens))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(message);
    }
}
