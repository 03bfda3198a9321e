package org.mtlfarm.producer.farm;

import java.time.Duration;
import java.util.Optional;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.Topics;

import static org.assertj.core.api.Assertions.assertThat;

class ReconcilerTest {
    private static final Duration LOCK = Duration.ofSeconds(30);
    private static final Optional<String> EVERYTHING = Optional.empty();

    private final RecordedFarm farm = new RecordedFarm();
    private final Reconciler reconciler = new Reconciler(farm.producer, farm.view, farm.clock, LOCK);
    private final Plan plan = Messages.plan("s", "e1");

    @BeforeEach
    void aPlanOfTwoRuns() {
        farm.add(
                Topics.PLAN.topicName(),
                PlanKey.of(plan).toString(),
                AvroCodec.of(Plan.class).encode(plan));
    }

    @Test
    void plannedRunsThatWereNeverEnqueuedAreEnqueuedOnce() {
        assertThat(reconcile()).isEqualTo(new Reconciler.Reconciliation(2, 0));
        assertThat(reconcile()).isEqualTo(new Reconciler.Reconciliation(0, 0));

        assertThat(farm.runs()).extracting(Run::getAttempt).containsExactly(0, 0);
        assertThat(farm.runs())
                .extracting(Run::getSeed)
                .containsExactly(new RunKey("e1", 0).seed(), new RunKey("e1", 1).seed());
    }

    @Test
    void aRunThatWaitsLongOnTheQueueIsLeftAlone() {
        reconcile();
        farm.passTime(Duration.ofDays(30));

        assertThat(reconcile()).isEqualTo(new Reconciler.Reconciliation(0, 0));
    }

    @Test
    void aRunWithAResultOrAFinalFailureIsLeftAlone() {
        reconcile();
        farm.publish(Messages.result(farm.runs().get(0), Outcome.TRAINED));
        farm.publish(Messages.result(farm.runs().get(1), Outcome.FAILED));
        farm.dropQueue();
        farm.passTime(LOCK);

        assertThat(reconcile()).isEqualTo(new Reconciler.Reconciliation(0, 0));
    }

    @Test
    void aRunThatTheQueueDroppedIsEnqueuedAgainAtMostOnceALockPeriod() {
        reconcile();
        farm.dropQueue();
        farm.passTime(LOCK.minusMillis(1));
        assertThat(reconcile()).isEqualTo(new Reconciler.Reconciliation(0, 0));

        farm.passTime(Duration.ofMillis(1));
        assertThat(reconcile()).isEqualTo(new Reconciler.Reconciliation(2, 0));
        assertThat(farm.runs().get(2).getAttempt()).isEqualTo(1);
    }

    @Test
    void howLongAgoARunWasEnqueuedIsToldByTheBrokersStampsWhateverTheOwnClockSays() {
        Reconciler steady = new Reconciler(farm.producer, farm.view, farm.view.brokersClock(), LOCK);
        farm.stampAt(Messages.START);
        farm.deliver();
        assertThat(steady.reconcile(EVERYTHING)).isEqualTo(new Reconciler.Reconciliation(2, 0));
        farm.dropQueue();
        assertThat(steady.reconcile(EVERYTHING)).isEqualTo(new Reconciler.Reconciliation(0, 0));

        farm.stampAt(Messages.START.plus(LOCK));
        farm.add(Topics.RESULTS.topicName(), "of another run", new byte[0]);
        assertThat(steady.reconcile(EVERYTHING)).isEqualTo(new Reconciler.Reconciliation(2, 0));
    }

    @Test
    void aRunThatIsInTrainingThoughTheQueueDroppedItIsLeftAlone() {
        reconcile();
        farm.dropQueue();
        farm.passTime(LOCK);
        farm.publish(Messages.progress(farm.runs().get(0), 10, 5, farm.clock.instant()));

        assertThat(reconcile()).isEqualTo(new Reconciler.Reconciliation(1, 0));
    }

    @Test
    void aRunThatKillsEveryWorkerIsGivenUpAfterItsTries() {
        for (int tries = 0; tries < Messages.MAX_ATTEMPTS; tries++) {
            assertThat(reconcile()).isEqualTo(new Reconciler.Reconciliation(2, 0));
            farm.dropQueue();
            farm.passTime(LOCK);
        }

        assertThat(reconcile()).isEqualTo(new Reconciler.Reconciliation(0, 2));
        assertThat(reconcile()).isEqualTo(new Reconciler.Reconciliation(0, 0));
        assertThat(farm.deadLetters()).hasSize(2).allSatisfy(letter -> {
            assertThat(letter.getReason()).contains("last of 3 tries");
            assertThat(letter.getRun().getAttempt()).isEqualTo(3);
            assertThat(letter.getRun().getHistory()).hasSize(3);
        });
        assertThat(farm.results()).extracting(RunResult::getOutcome).containsExactly(Outcome.FAILED, Outcome.FAILED);
        assertThat(FarmStatus.of(farm.state(), EVERYTHING, farm.clock.instant()).failed())
                .isEqualTo(2);
    }

    @Test
    void aFailedRunIsRetriedWithAllItsTriesToComeAndOnlyOnce() {
        reconcile();
        Run last = Messages.again(farm.runs().get(0), 2, farm.clock.instant());
        farm.publish(Messages.result(last, Outcome.FAILED));
        farm.deliver();

        assertThat(reconciler.retry(EVERYTHING)).isEqualTo(1);
        farm.deliver();
        assertThat(reconciler.retry(EVERYTHING)).isZero();

        Run retried = farm.runs().get(2);
        assertThat(retried.getAttempt()).isEqualTo(3);
        assertThat(retried.getMaxAttempts()).isEqualTo(6);
        assertThat(farm.state().standing(RunKey.of(retried), farm.clock.instant()))
                .isEqualTo(RunStanding.QUEUED);
    }

    @Test
    void aCancelledStudyIsNoLongerWantedButItsQueuedRunsAreTold() {
        reconcile();
        farm.publish(Messages.result(farm.runs().get(0), Outcome.TRAINED));
        farm.deliver();

        assertThat(reconciler.cancel("s")).isEqualTo(new Reconciler.Cancellation(1, 1));
        farm.dropQueue();
        farm.passTime(LOCK);

        assertThat(reconcile()).isEqualTo(new Reconciler.Reconciliation(0, 0));
        assertThat(FarmStatus.of(farm.state(), EVERYTHING, farm.clock.instant()).planned())
                .isZero();
    }

    @Test
    void cancellingLeavesWhatAnotherStudyWants() {
        Plan other = Messages.plan("t", "e1");
        farm.add(
                Topics.PLAN.topicName(),
                PlanKey.of(other).toString(),
                AvroCodec.of(Plan.class).encode(other));
        reconcile();
        farm.deliver();

        assertThat(reconciler.cancel("s")).isEqualTo(new Reconciler.Cancellation(1, 0));
        assertThat(farm.state().wanted(EVERYTHING)).extracting(Plan::getStudy).containsExactly("t");
    }

    @Test
    void aRunThatWasCancelledThoughAStudyWantsItIsEnqueuedAgain() {
        reconcile();
        farm.publish(Messages.result(farm.runs().get(0), Outcome.CANCELLED));
        assertThat(reconcile()).isEqualTo(new Reconciler.Reconciliation(0, 0));

        farm.passTime(LOCK);
        assertThat(reconcile()).isEqualTo(new Reconciler.Reconciliation(1, 0));
        assertThat(reconcile()).isEqualTo(new Reconciler.Reconciliation(0, 0));
    }

    @Test
    void aPausedStudysRunsAreLeftAloneAndGoOnWithTheTriesTheyHad() {
        reconcile();
        farm.deliver();
        assertThat(reconciler.pause("s")).isEqualTo(1);
        farm.dropQueue();
        farm.passTime(LOCK);

        assertThat(reconcile()).isEqualTo(new Reconciler.Reconciliation(0, 0));
        FarmStatus paused = FarmStatus.of(farm.state(), EVERYTHING, farm.clock.instant());
        assertThat(paused.paused()).isEqualTo(2);
        assertThat(paused.isFinished()).isFalse();

        assertThat(reconciler.resume("s").experiments()).isEqualTo(1);
        assertThat(reconcile()).isEqualTo(new Reconciler.Reconciliation(2, 0));
        assertThat(farm.runs()).extracting(Run::getAttempt).containsExactly(0, 0, 0, 0);

        // What the queue drops after that was no putting aside.
        farm.passTime(LOCK.multipliedBy(2));
        farm.deliver();
        farm.add(
                Topics.RUNS.topicName(),
                RunKey.of(farm.runs().get(0)).toString(),
                AvroCodec.of(Run.class).encode(Messages.again(farm.runs().get(0), 0, farm.clock.instant())));
        farm.dropQueue();
        farm.passTime(LOCK.multipliedBy(2));
        reconcile();
        assertThat(farm.runs().get(4).getAttempt()).isEqualTo(1);
    }

    @Test
    void whatAnotherStudyWantsIsNotPausedWithThisOne() {
        Plan other = Messages.plan("t", "e1");
        farm.add(
                Topics.PLAN.topicName(),
                PlanKey.of(other).toString(),
                AvroCodec.of(Plan.class).encode(other));
        assertThat(reconciler.pause("s")).isEqualTo(1);

        assertThat(reconcile()).isEqualTo(new Reconciler.Reconciliation(2, 0));
        assertThat(farm.state().isPaused("s")).isTrue();
        assertThat(farm.state().isPaused("t")).isFalse();
    }

    private Reconciler.Reconciliation reconcile() {
        farm.deliver();
        return reconciler.reconcile(EVERYTHING);
    }
}
