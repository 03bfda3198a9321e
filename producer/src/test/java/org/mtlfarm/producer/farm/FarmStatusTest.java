package org.mtlfarm.producer.farm;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Plan;

import static org.assertj.core.api.Assertions.assertThat;

class FarmStatusTest {
    private static final Instant NOW = Messages.START.plusSeconds(60);

    private final FarmState state = new FarmState(Duration.ofSeconds(30));
    private final Plan first = plan("s", "e1");
    private final Plan second = plan("s", "e2");
    private final Plan third = plan("s", "e3");

    @Test
    void everyRunIsCountedOnceByItsStanding() {
        state.enqueued(Messages.run(first, 0), 0, 0);
        state.result(Messages.result(Messages.run(first, 0), Outcome.TRAINED));
        state.enqueued(Messages.run(first, 1), 0, 1);
        state.result(Messages.result(Messages.run(first, 1), Outcome.DIVERGED));
        state.enqueued(Messages.run(second, 0), 0, 2);
        state.result(Messages.result(Messages.run(second, 0), Outcome.TRAINED));
        state.enqueued(Messages.run(second, 1), 0, 3);
        state.deadLetter(Messages.deadLetter(Messages.run(second, 1), "its corpus is gone"));
        state.enqueued(Messages.run(third, 0), 0, 4);
        state.progress(Messages.progress(Messages.run(third, 0), 40, 8, NOW));

        FarmStatus status = FarmStatus.of(state, Optional.empty(), NOW);

        assertThat(status.planned()).isEqualTo(3);
        assertThat(status.complete()).isEqualTo(1);
        assertThat(status.partial()).isEqualTo(1);
        assertThat(status.failed()).isEqualTo(1);
        assertThat(status.running()).isEqualTo(1);
        assertThat(status.queued()).isZero();
        assertThat(status.missing()).isEqualTo(1);
        assertThat(status.runsPlanned()).isEqualTo(6);
        assertThat(status.runsDone()).isEqualTo(3);
        assertThat(status.diverged()).isEqualTo(1);
        assertThat(status.failures()).containsExactly(new FarmStatus.Failure("e2", 1, "its corpus is gone"));
        assertThat(status.stepsPlanned()).isEqualTo(6 * Messages.STEPS);
        assertThat(status.stepsDone()).isEqualTo(3 * Messages.STEPS + 40);
        assertThat(status.stepsLeft()).isEqualTo(160);
        // 60 steps of the run in training and 100 of the missing one, at 8 a second.
        assertThat(status.etaSeconds()).isEqualTo(20);
        assertThat(status.isFinished()).isFalse();
    }

    @Test
    void theEndIsUnknownWhileNothingIsInTraining() {
        state.enqueued(Messages.run(first, 0), 0, 0);

        FarmStatus status = FarmStatus.of(state, Optional.empty(), NOW);

        assertThat(status.etaSeconds()).isNull();
        assertThat(status.queued()).isEqualTo(1);
    }

    @Test
    void aFarmWithNothingLeftToDoIsFinishedThoughRunsFailed() {
        for (Plan plan : new Plan[] {first, second, third}) {
            state.result(Messages.result(Messages.run(plan, 0), Outcome.TRAINED));
            state.result(Messages.result(Messages.run(plan, 1), Outcome.FAILED));
        }
        state.queueStart(Map.of(0, 6L));

        FarmStatus status = FarmStatus.of(state, Optional.empty(), NOW);

        assertThat(status.isFinished()).isTrue();
        assertThat(status.etaSeconds()).isZero();
        assertThat(status.stepsLeft()).isZero();
        assertThat(status.complete()).isZero();
        assertThat(status.partial()).isEqualTo(3);
        assertThat(status.failures()).hasSize(3);
    }

    @Test
    void aStudyIsToldApartFromTheOthers() {
        plan("t", "e9");

        assertThat(FarmStatus.of(state, Optional.of("t"), NOW).planned()).isEqualTo(1);
        assertThat(FarmStatus.of(state, Optional.of("none"), NOW).isFinished()).isTrue();
    }

    private Plan plan(String study, String id) {
        Plan plan = Messages.plan(study, id);
        state.plan(plan, 0);
        return plan;
    }
}
