package org.mtlfarm.standalone.findings;

import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;

import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.OtherTask;
import org.mtlfarm.schemas.OtherTasks;
import org.mtlfarm.standalone.report.KnownStudy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** A score of 0.2, 0.1 more with each related task and 0.03 less with each that tells nothing. */
class OneMoreTaskTest {
    private static final OtherTask GOOD = OtherTasks.drawn(0.95, 1000);
    private static final OtherTask BAD = OtherTasks.drawn(0.1, 1000);

    private static Average average(List<OtherTask> others) {
        Experiment one = Experiment.newBuilder(OtherTasks.with(KnownStudy.experiment(1, 1000, 1, 30), others))
                .setExperimentId("x" + others)
                .build();
        long good = others.stream().filter(GOOD::equals).count();
        return Average.newBuilder()
                .setExperiment(one)
                .setRunsDone(5)
                .setComplete(true)
                .setF1Mean(0.2 + 0.1 * good - 0.03 * (others.size() - good))
                .setF1Std(0.001)
                .setF1Min(0)
                .setF1Max(1)
                .setF1DevMean(0)
                .setAmiMean(others.isEmpty() ? 1 : 0.6 * good / others.size())
                .setUpdatedAt(Instant.EPOCH)
                .build();
    }

    @Test
    void eachKindOfTaskIsToldByWhatItAddsToWhateverIsThere() {
        List<OneMoreTask> added = OneMoreTask.of(List.of(
                average(List.of()),
                average(List.of(GOOD)),
                average(List.of(GOOD, GOOD)),
                average(List.of(BAD)),
                average(List.of(GOOD, BAD)),
                average(List.of(BAD, GOOD, GOOD)),
                average(List.of(OtherTasks.drawn(0.95, 500), BAD))));
        assertThat(added).hasSize(3);
        assertThat(added.get(0).task()).isEqualTo(GOOD);
        assertThat(added.get(0).ami()).isCloseTo(0.6, within(1e-12));
        assertThat(added.get(0).effect().value()).isCloseTo(0.1, within(1e-12));
        assertThat(added.get(0).pairs()).hasSize(4);
        OneMoreTask bad =
                added.stream().filter(one -> one.task().equals(BAD)).findFirst().orElseThrow();
        assertThat(bad.ami()).isCloseTo(0, within(1e-12));
        assertThat(bad.effect().value()).isCloseTo(-0.03, within(1e-12));
        assertThat(bad.pairs()).hasSize(3);
        assertThat(Sentences.of(bad))
                .startsWith("One more task, alpha 0.1 (1000 tokens), AMI 0, changes F1 by −0.030")
                .endsWith("down in 3.");
        assertThat(added.stream().filter(one -> one.task().getTokens() == 500))
                .singleElement()
                .satisfies(one -> assertThat(one.pairs()).hasSize(1));
    }

    @Test
    void whereAllTasksAreAlikeTheNumberOfTasksTellsIt() {
        assertThat(OneMoreTask.of(List.of(average(List.of()), average(List.of(GOOD)), average(List.of(GOOD, GOOD)))))
                .isEmpty();
    }
}
