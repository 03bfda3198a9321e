package org.mtlfarm.producer.farm;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunKey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FarmStateTest {
    private static final Instant NOW = Messages.START.plusSeconds(60);

    private final FarmState state = new FarmState(Duration.ofSeconds(30));
    private final Plan plan = Messages.plan("s", "e1");
    private final Run run = Messages.run(plan, 0);

    @Test
    void aStudyThatNobodySubmittedIsAnsweredWithThoseThatWere() {
        assertThatThrownBy(() -> state.requireStudy("t"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("expected the name of a study that was submitted (so far none was), found t");
        state.plan(plan, 0);

        state.requireStudy("s");
        assertThatThrownBy(() -> state.requireStudy("t"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("expected the name of a study that was submitted (s), found t");
    }

    @Test
    void aPlannedRunThatNobodyEnqueuedIsMissing() {
        state.plan(plan, 0);

        assertThat(standing()).isEqualTo(RunStanding.MISSING);
    }

    @Test
    void aRunIsQueuedUntilTheQueueIsDoneWithItsRecord() {
        state.enqueued(run, 1, 5);
        assertThat(standing()).isEqualTo(RunStanding.QUEUED);

        state.queueStart(Map.of(0, 100L, 1, 5L));
        assertThat(standing()).isEqualTo(RunStanding.QUEUED);

        state.queueStart(Map.of(1, 6L));
        assertThat(standing()).isEqualTo(RunStanding.MISSING);
    }

    @Test
    void aRunIsRunningWhileItsProgressIsFresh() {
        state.enqueued(run, 0, 0);
        state.progress(Messages.progress(run, 10, 5, NOW.minusSeconds(30)));
        assertThat(standing()).isEqualTo(RunStanding.RUNNING);

        assertThat(state.standing(RunKey.of(run), NOW.plusSeconds(1))).isEqualTo(RunStanding.QUEUED);
    }

    @Test
    void progressOfATryThatFailedIsNotThatOfTheNext() {
        state.enqueued(run, 0, 0);
        state.progress(Messages.progress(run, 10, 5, NOW.minusSeconds(2)));
        state.enqueued(Messages.again(run, 1, NOW.minusSeconds(1)), 0, 1);

        assertThat(standing()).isEqualTo(RunStanding.QUEUED);
    }

    @Test
    void aRunThatIsTrainedThoughTheQueueDroppedItIsRunning() {
        state.enqueued(run, 0, 0);
        state.queueStart(Map.of(0, 1L));
        state.progress(Messages.progress(run, 10, 5, NOW));

        assertThat(standing()).isEqualTo(RunStanding.RUNNING);
    }

    @Test
    void theFirstResultThatCountsDecidesHoweverManyFollow() {
        state.enqueued(run, 0, 0);
        state.result(Messages.result(run, Outcome.DIVERGED));
        state.result(Messages.result(run, Outcome.TRAINED));
        state.result(Messages.result(run, Outcome.FAILED));

        assertThat(standing()).isEqualTo(RunStanding.DONE);
        assertThat(state.counted(RunKey.of(run))).contains(Outcome.DIVERGED);
    }

    @Test
    void aFailureIsFinalUntilTheRunIsEnqueuedAfterIt() {
        Run third = Messages.again(run, 2, Messages.START);
        state.enqueued(third, 0, 0);
        state.result(Messages.result(third, Outcome.FAILED));
        state.deadLetter(Messages.deadLetter(third, "it crashed"));
        assertThat(standing()).isEqualTo(RunStanding.FAILED);
        assertThat(state.failure(RunKey.of(run)).orElseThrow().reason()).isEqualTo("it crashed");

        // A copy of an earlier try, enqueued by a second producer, says nothing.
        state.enqueued(run, 0, 1);
        assertThat(standing()).isEqualTo(RunStanding.FAILED);

        state.enqueued(Messages.again(run, 3, Messages.START), 0, 2);
        assertThat(standing()).isEqualTo(RunStanding.QUEUED);

        state.result(Messages.result(run, Outcome.TRAINED));
        assertThat(standing()).isEqualTo(RunStanding.DONE);
    }

    @Test
    void aCancelledRunIsNoFailure() {
        state.enqueued(run, 0, 0);
        state.result(Messages.result(run, Outcome.CANCELLED));

        assertThat(standing()).isEqualTo(RunStanding.CANCELLED);
    }

    @Test
    void anOutcomeOfANewerFarmCountsForNothing() {
        state.enqueued(run, 0, 0);
        state.result(Messages.result(run, Outcome.UNKNOWN));

        assertThat(standing()).isEqualTo(RunStanding.QUEUED);
    }

    @Test
    void anExperimentThatTwoStudiesWantIsWantedOnceWithTheMostRuns() {
        state.plan(plan, 0);
        state.plan(Plan.newBuilder(Messages.plan("t", "e1")).setRuns(7).build(), 1);
        state.plan(Plan.newBuilder(Messages.plan("u", "e2")).setCancelled(true).build(), 2);

        assertThat(state.wanted(Optional.empty())).extracting(Plan::getRuns).containsExactly(7);
        assertThat(state.wanted(Optional.of("s"))).containsExactly(plan);
        assertThat(state.wanted(Optional.of("u"))).isEmpty();
        assertThat(state.plans()).hasSize(3);
    }

    private RunStanding standing() {
        return state.standing(RunKey.of(run), NOW);
    }
}
