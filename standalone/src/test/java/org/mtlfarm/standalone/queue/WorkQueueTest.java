package org.mtlfarm.standalone.queue;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.mtlfarm.schemas.DeadLetter;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Progress;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.standalone.broker.TestBroker;
import org.mtlfarm.worker.queue.EverythingRefusedException;
import org.mtlfarm.worker.queue.RefusedHereException;
import org.mtlfarm.worker.queue.WorkerCounters;
import org.mtlfarm.worker.queue.WorkerListener;
import org.mtlfarm.worker.queue.WorkerService;
import org.mtlfarm.worker.queue.WorkerSettings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@ExtendWith(TestBroker.class)
class WorkQueueTest {
    private static final WorkGroup GROUP = WorkGroup.WORKERS.withRecordLock(Duration.ofSeconds(30));
    /** Only so that what has stopped fails the test rather than hangs it; busy machines are slow. */
    private static final long PATIENCE_SECONDS = 300;

    private static final WorkGroup QUICK_LOCK = GROUP.withRecordLock(Duration.ofSeconds(4));

    @Test
    void fiftyRunsAreEachFinishedOnceByTwoWorkersOfTwoSlots(TestBroker broker) throws Exception {
        KafkaSettings kafka = broker.emptied(GROUP);
        List<Run> runs = QueuedRuns.some(50);
        // Each slot has to be in a run at the same time as the other three.
        CountDownLatch fourAtOnce = new CountDownLatch(4);
        FakeTraining training = new FakeTraining((run, cancelled) -> {
            fourAtOnce.countDown();
            assertThat(fourAtOnce.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        });
        try (EveryRunFinishedOnce once = new EveryRunFinishedOnce(kafka, GROUP, runs);
                RunningWorkers workers = new RunningWorkers(kafka)) {
            workers.start(settings(2), training);
            workers.start(settings(2), training);
            QueuedRuns.enqueue(kafka, runs);

            once.await().assertHolds();

            assertThat(training.tries).hasSize(50);
            assertThat(workers.sum(WorkerCounters::trained)).isEqualTo(50);
            assertThat(workers.sum(WorkerCounters::unconfirmed)).isZero();
        }
    }

    @Test
    void aRunLongerThanItsLockIsRenewedAndNobodyElseGetsIt(TestBroker broker) throws Exception {
        KafkaSettings kafka = broker.emptied(QUICK_LOCK);
        List<Run> runs = QueuedRuns.some(1);
        RunningWorkers workers = new RunningWorkers(kafka);
        // Five renewals a third of the lock apart are more than one lock.
        FakeTraining training = new FakeTraining((run, cancelled) -> {
            while (workers.sum(WorkerCounters::renewals) < 5 && !cancelled.getAsBoolean()) {
                LockSupport.parkNanos(1_000_000);
            }
        });
        try (workers;
                EveryRunFinishedOnce once = new EveryRunFinishedOnce(kafka, QUICK_LOCK, runs)) {
            workers.start(settings(1).withGroup(QUICK_LOCK), training);
            workers.start(settings(1).withGroup(QUICK_LOCK), training);
            QueuedRuns.enqueue(kafka, runs);

            once.await().assertHolds();

            assertThat(training.tries).hasSize(1);
            assertThat(workers.sum(WorkerCounters::leasesLost)).isZero();
        }
    }

    @Test
    void aRecordThatIsNoRunIsSkippedAndCounted(TestBroker broker) throws Exception {
        KafkaSettings kafka = broker.emptied(GROUP);
        List<Run> runs = QueuedRuns.some(4);
        try (EveryRunFinishedOnce once = new EveryRunFinishedOnce(kafka, GROUP, runs);
                RunningWorkers workers = new RunningWorkers(kafka)) {
            QueuedRuns.enqueueBytes(kafka, new byte[] {1, 2, 3});
            QueuedRuns.enqueueBytes(kafka, null);
            QueuedRuns.enqueue(kafka, runs);
            workers.start(settings(1), new FakeTraining());

            once.await().assertHolds();

            assertThat(workers.sum(WorkerCounters::unreadable)).isEqualTo(2);
        }
    }

    @Test
    void aRunThatANewerVersionHasWrittenIsLeftToAWorkerOfThatVersion(TestBroker broker) throws Exception {
        KafkaSettings kafka = broker.emptied(GROUP);
        List<Run> runs = QueuedRuns.some(4);
        byte[] newer = {(byte) 0xC3, 1, 9, 8, 7, 6, 5, 4, 3, 2, 1};
        try (EveryRunFinishedOnce once = new EveryRunFinishedOnce(kafka, GROUP, runs);
                RunningWorkers workers = new RunningWorkers(kafka)) {
            QueuedRuns.enqueueBytes(kafka, "newer/0", newer);
            WorkerService worker = workers.start(settings(1), new FakeTraining());
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (worker.counters().givenBack() < GROUP.deliveryLimit() + 1) {
                assertThat(deadline - System.nanoTime()).isPositive();
                TimeUnit.MILLISECONDS.sleep(50);
            }
            QueuedRuns.enqueue(kafka, runs);

            once.awaitResults(Duration.ofSeconds(PATIENCE_SECONDS)).assertHolds();

            assertThat(worker.counters().unreadable()).isZero();
            // The broker lets go of a record that was given back so often: a copy has taken its place.
            assertThat(QueuedRuns.values(kafka, "newer/0"))
                    .hasSizeGreaterThan(1)
                    .allSatisfy(value -> assertThat(value).isEqualTo(newer));
        }
    }

    @Test
    void aRunThatFailsIsTriedAgainAndMaySucceed(TestBroker broker) throws Exception {
        KafkaSettings kafka = broker.emptied(GROUP);
        List<Run> runs = QueuedRuns.some(1);
        AtomicInteger tries = new AtomicInteger();
        FakeTraining training = new FakeTraining((run, cancelled) -> {
            assertThat(run.getAttempt()).isEqualTo(tries.get());
            if (tries.incrementAndGet() < 3) {
                throw new OutOfMemoryError("not really");
            }
        });
        try (EveryRunFinishedOnce once = new EveryRunFinishedOnce(kafka, GROUP, runs);
                RunningWorkers workers = new RunningWorkers(kafka)) {
            QueuedRuns.enqueue(kafka, runs);
            workers.start(settings(1), training);

            once.await().assertHolds();

            RunResult result = once.results(runs.get(0)).get(0);
            assertThat(result.getOutcome()).isEqualTo(Outcome.TRAINED);
            assertThat(result.getAttempt()).isEqualTo(3);
            assertThat(workers.sum(WorkerCounters::retried)).isEqualTo(2);
        }
    }

    @Test
    void aRunThatAlwaysFailsIsGivenUpWithItsReasonAfterAllItsTries(TestBroker broker) throws Exception {
        KafkaSettings kafka = broker.emptied(GROUP);
        List<Run> runs = QueuedRuns.some(3);
        Run bad = runs.get(1);
        FakeTraining training = new FakeTraining((run, cancelled) -> {
            if (run.getRunIndex() == 1) {
                throw new IllegalStateException("the second line\nis not for the reason");
            }
        });
        try (EveryRunFinishedOnce once = new EveryRunFinishedOnce(kafka, GROUP, runs);
                TopicWatch<DeadLetter> deadLetters = new TopicWatch<>(kafka, Topics.DEAD_LETTERS, DeadLetter.class);
                RunningWorkers workers = new RunningWorkers(kafka)) {
            QueuedRuns.enqueue(kafka, runs);
            workers.start(settings(2), training);

            once.await().assertHolds();

            RunResult result = once.results(bad).get(0);
            assertThat(result.getOutcome()).isEqualTo(Outcome.FAILED);
            assertThat(result.getReason()).isEqualTo("java.lang.IllegalStateException: the second line");
            assertThat(result.getAttempt()).isEqualTo(QueuedRuns.MAX_ATTEMPTS);
            assertThat(training.tries(bad)).isEqualTo(QueuedRuns.MAX_ATTEMPTS);
            assertThat(deadLetters.await(1)).singleElement().satisfies(letter -> {
                assertThat(letter.getRun().getExperiment()).isEqualTo(bad.getExperiment());
                assertThat(letter.getRun().getAttempt()).isEqualTo(QueuedRuns.MAX_ATTEMPTS);
                assertThat(letter.getReason()).isEqualTo(result.getReason());
                assertThat(letter.getRun().getHistory())
                        .hasSize(QueuedRuns.MAX_ATTEMPTS)
                        .allSatisfy(made -> {
                            assertThat(made.getReason()).isEqualTo(result.getReason());
                            assertThat(made.getWorker()).isEqualTo("test-worker");
                        });
            });
        }
    }

    @Test
    void aRunThatNobodyCanTrainFailsAtItsFirstTry(TestBroker broker) throws Exception {
        KafkaSettings kafka = broker.emptied(GROUP);
        List<Run> runs = QueuedRuns.some(1);
        FakeTraining training = new FakeTraining((run, cancelled) -> {
            throw new InvalidInputException("3000 tokens asked, 2000 there");
        });
        try (EveryRunFinishedOnce once = new EveryRunFinishedOnce(kafka, GROUP, runs);
                RunningWorkers workers = new RunningWorkers(kafka)) {
            QueuedRuns.enqueue(kafka, runs);
            workers.start(settings(1), training);

            once.await().assertHolds();

            assertThat(once.results(runs.get(0)).get(0).getReason()).isEqualTo("3000 tokens asked, 2000 there");
            assertThat(training.tries).hasSize(1);
        }
    }

    @Test
    void aRunRefusedByOneWorkerMoreOftenThanTheBrokerDeliversIsTrainedByAnother(TestBroker broker) throws Exception {
        KafkaSettings kafka = broker.emptied(GROUP);
        List<Run> runs = QueuedRuns.some(1);
        CountDownLatch refusals = new CountDownLatch(2 * GROUP.deliveryLimit());
        FakeTraining refusing = new FakeTraining((run, cancelled) -> {
            refusals.countDown();
            throw new RefusedHereException("expected corpus A, found B");
        });
        try (EveryRunFinishedOnce once = new EveryRunFinishedOnce(kafka, GROUP, runs);
                RunningWorkers workers = new RunningWorkers(kafka)) {
            WorkerService without = workers.start(settings(1), refusing);
            QueuedRuns.enqueue(kafka, runs);
            assertThat(refusals.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            workers.start(settings(1), new FakeTraining());

            once.await().assertHolds();

            assertThat(once.results(runs.get(0)).get(0).getAttempt()).isEqualTo(1);
            assertThat(without.counters().refused()).isGreaterThanOrEqualTo(2 * GROUP.deliveryLimit());
            assertThat(without.counters().failed()).isZero();
        }
    }

    @Test
    void runsHandedOutThriceAreNotTrainedBesideEachOtherInOneProcess(TestBroker broker) throws Exception {
        KafkaSettings kafka = broker.emptied(GROUP);
        List<Run> runs = QueuedRuns.some(3);
        AtomicInteger inTraining = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Map<RunKey, Integer> deliveries = new ConcurrentHashMap<>();
        FakeTraining training = new FakeTraining((run, cancelled) -> {
            if (deliveries.merge(RunKey.of(run), 1, Integer::sum) < 3) {
                throw new RefusedHereException("as if its worker had ended");
            }
            most.accumulateAndGet(inTraining.incrementAndGet(), Math::max);
            TimeUnit.SECONDS.sleep(3);
            inTraining.decrementAndGet();
        });
        try (EveryRunFinishedOnce once = new EveryRunFinishedOnce(kafka, GROUP, runs);
                RunningWorkers workers = new RunningWorkers(kafka)) {
            workers.start(settings(3), training);
            QueuedRuns.enqueue(kafka, runs);

            once.await().assertHolds();

            assertThat(most).hasValue(1);
        }
    }

    @Test
    void aRunThatNeverEndsHasFailedWhenItsTriesHavePassedItsDeadline(TestBroker broker) throws Exception {
        KafkaSettings kafka = broker.emptied(GROUP);
        List<Run> runs = QueuedRuns.some(1).stream()
                .map(run -> Run.newBuilder(run)
                        .setDeadlineSeconds(1)
                        .setMaxAttempts(2)
                        .build())
                .toList();
        FakeTraining endless = new FakeTraining(WorkQueueTest::untilCancelled);
        try (EveryRunFinishedOnce once = new EveryRunFinishedOnce(kafka, GROUP, runs);
                RunningWorkers workers = new RunningWorkers(kafka)) {
            QueuedRuns.enqueue(kafka, runs);
            workers.start(settings(1), endless);

            once.await().assertHolds();

            RunResult result = once.results(runs.get(0)).get(0);
            assertThat(result.getOutcome()).isEqualTo(Outcome.FAILED);
            assertThat(result.getReason()).isEqualTo("its deadline of 1 s passed");
            assertThat(endless.tries).hasSize(2);
        }
    }

    @Test
    void aCancelledStudysRunsStopAndAreCancelledUnlessAnotherStudyWantsThem(TestBroker broker) throws Exception {
        KafkaSettings kafka = broker.emptied(GROUP);
        List<Run> runs = QueuedRuns.some(10);
        List<Run> shared = runs.subList(5, 10);
        QueuedRuns.plan(kafka, runs, "test", false);
        QueuedRuns.plan(kafka, shared, "other", false);
        CountDownLatch inFlight = new CountDownLatch(2);
        FakeTraining training = new FakeTraining((run, cancelled) -> {
            inFlight.countDown();
            if (!shared.contains(run)) {
                untilCancelled(run, cancelled);
            }
        });
        try (EveryRunFinishedOnce once = new EveryRunFinishedOnce(kafka, GROUP, runs);
                RunningWorkers workers = new RunningWorkers(kafka)) {
            QueuedRuns.enqueue(kafka, runs);
            workers.start(settings(2), training);
            assertThat(inFlight.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            QueuedRuns.plan(kafka, runs, "test", true);

            once.await().assertHolds();

            assertThat(runs.subList(0, 5))
                    .allSatisfy(run ->
                            assertThat(once.results(run).get(0).getOutcome()).isEqualTo(Outcome.CANCELLED));
            assertThat(shared)
                    .allSatisfy(run ->
                            assertThat(once.results(run).get(0).getOutcome()).isEqualTo(Outcome.TRAINED));
            assertThat(workers.sum(WorkerCounters::cancelled)).isEqualTo(5);
            assertThat(training.tries).hasSizeLessThanOrEqualTo(2 + 5);
        }
    }

    @Test
    void aWorkerThatIsToEndWhenIdleFinishesEveryRunAndEnds(TestBroker broker) throws Exception {
        KafkaSettings kafka = broker.emptied(GROUP);
        List<Run> runs = QueuedRuns.some(5);
        try (EveryRunFinishedOnce once = new EveryRunFinishedOnce(kafka, GROUP, runs);
                RunningWorkers workers = new RunningWorkers(kafka)) {
            QueuedRuns.enqueue(kafka, runs);
            WorkerService worker = workers.start(settings(2).withIdleExit(Duration.ofSeconds(3)), new FakeTraining());

            assertThat(worker.awaitEnd(Duration.ofSeconds(PATIENCE_SECONDS))).isTrue();

            once.await().assertHolds();
        }
    }

    @Test
    void aWorkerThatIsToEndWhenIdleEndsSoonOnAnEmptyQueue(TestBroker broker) throws Exception {
        KafkaSettings kafka = broker.emptied(GROUP);
        List<String> said = new CopyOnWriteArrayList<>();
        try (RunningWorkers workers = new RunningWorkers(kafka)) {
            WorkerService worker =
                    workers.start(settings(1).withIdleExit(Duration.ofMillis(200)), new FakeTraining(), endsIdle(said));

            assertThat(worker.awaitEnd(Duration.ofSeconds(PATIENCE_SECONDS))).isTrue();

            // Not the other reason, for which it would have waited a minute.
            assertThat(said).singleElement().asString().endsWith("none is left on the queue");
        }
    }

    @Test
    void aWorkerWithoutARunStaysWhileAnotherHasOneThatMayComeBackAndThenTrainsIt(TestBroker broker) throws Exception {
        KafkaSettings kafka = broker.emptied(GROUP);
        List<Run> runs = QueuedRuns.some(2);
        CountDownLatch inFlight = new CountDownLatch(1);
        FakeTraining endless = new FakeTraining((run, cancelled) -> {
            inFlight.countDown();
            untilCancelled(run, cancelled);
        });
        List<String> said = new CopyOnWriteArrayList<>();
        try (EveryRunFinishedOnce once = new EveryRunFinishedOnce(kafka, GROUP, runs);
                RunningWorkers workers = new RunningWorkers(kafka)) {
            WorkerService busy = workers.start(settings(1), endless);
            QueuedRuns.enqueue(kafka, runs);
            assertThat(inFlight.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            CountDownLatch one = new CountDownLatch(1);
            FakeTraining training = new FakeTraining((run, cancelled) -> one.countDown());
            WorkerService ending =
                    workers.start(settings(1).withIdleExit(Duration.ofMillis(200)), training, endsIdle(said));
            assertThat(one.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            // Far beyond its idle time, and far within the lock's.
            assertThat(ending.awaitEnd(Duration.ofSeconds(2))).isFalse();
            busy.stop();

            assertThat(ending.awaitEnd(Duration.ofSeconds(PATIENCE_SECONDS))).isTrue();

            once.await().assertHolds();
            assertThat(training.tries).hasSize(2);
            assertThat(said).singleElement().asString().endsWith("none is left on the queue");
        }
    }

    @Test
    void aWorkerThatIsToEndWhenIdleAndHasRefusedWhatIsLeftFailsWithTheReason(TestBroker broker) throws Exception {
        WorkGroup quick = GROUP.withRecordLock(Duration.ofSeconds(1));
        KafkaSettings kafka = broker.emptied(quick);
        QueuedRuns.enqueue(kafka, QueuedRuns.some(2));
        FakeTraining refusing = new FakeTraining((run, cancelled) -> {
            throw new RefusedHereException("expected corpus A, found B");
        });
        WorkerService worker = new WorkerService(
                kafka,
                settings(2).withGroup(quick).withIdleExit(Duration.ofMillis(200)),
                refusing,
                WorkerListener.NONE,
                Clock.systemUTC());

        assertThatThrownBy(worker::run)
                .isInstanceOf(EverythingRefusedException.class)
                .hasMessageMatching(
                        "runs are left that this worker cannot train: in \\d+ s it has refused what it was offered,"
                                + " \\d+ times?, lastly: expected corpus A, found B");
        assertThat(worker.counters().refused()).isPositive();
    }

    private static WorkerListener endsIdle(List<String> said) {
        return new WorkerListener() {
            @Override
            public void endsIdle(String reason) {
                said.add(reason);
            }
        };
    }

    @Test
    void aStopGivesBackWhatIsInFlightToAnotherWorkerAtOnce(TestBroker broker) throws Exception {
        KafkaSettings kafka = broker.emptied(GROUP);
        List<Run> runs = QueuedRuns.some(4);
        CountDownLatch inFlight = new CountDownLatch(2);
        FakeTraining endless = new FakeTraining((run, cancelled) -> {
            inFlight.countDown();
            untilCancelled(run, cancelled);
        });
        try (EveryRunFinishedOnce once = new EveryRunFinishedOnce(kafka, GROUP, runs);
                RunningWorkers workers = new RunningWorkers(kafka)) {
            QueuedRuns.enqueue(kafka, runs);
            WorkerService stopped = workers.start(settings(2), endless);
            assertThat(inFlight.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            stopped.stop();
            assertThat(stopped.awaitEnd(Duration.ofSeconds(PATIENCE_SECONDS))).isTrue();
            workers.start(settings(1), new FakeTraining());

            once.await().assertHolds();

            assertThat(stopped.counters().givenBack()).isEqualTo(2);
            assertThat(stopped.counters().busy()).isZero();
        }
    }

    @Test
    void aDrainLetsRunsInFlightFinishAndTakesNoOther(TestBroker broker) throws Exception {
        KafkaSettings kafka = broker.emptied(GROUP);
        List<Run> runs = QueuedRuns.some(6);
        CountDownLatch inFlight = new CountDownLatch(2);
        CountDownLatch stopping = new CountDownLatch(1);
        FakeTraining training = new FakeTraining((run, cancelled) -> {
            inFlight.countDown();
            stopping.await();
        });
        try (EveryRunFinishedOnce once = new EveryRunFinishedOnce(kafka, GROUP, runs);
                RunningWorkers workers = new RunningWorkers(kafka)) {
            QueuedRuns.enqueue(kafka, runs);
            WorkerService draining = workers.start(settings(2).withDrain(Duration.ofMinutes(1)), training);
            assertThat(inFlight.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            draining.stop();
            stopping.countDown();
            assertThat(draining.awaitEnd(Duration.ofSeconds(PATIENCE_SECONDS))).isTrue();
            assertThat(draining.counters().trained()).isEqualTo(2);
            assertThat(draining.counters().givenBack()).isZero();
            workers.start(settings(1), new FakeTraining());

            once.await().assertHolds();
        }
    }

    @Test
    void theListenerHearsEveryRunStartAndFinish(TestBroker broker) throws Exception {
        KafkaSettings kafka = broker.emptied(GROUP);
        List<Run> runs = QueuedRuns.some(5);
        Set<Integer> started = ConcurrentHashMap.newKeySet();
        CountDownLatch finished = new CountDownLatch(5);
        WorkerListener listener = new WorkerListener() {
            @Override
            public void started(Run run) {
                started.add(run.getRunIndex());
            }

            @Override
            public void finished(Run run, RunResult result) {
                assertThat(result.getRunIndex()).isEqualTo(run.getRunIndex());
                finished.countDown();
            }
        };
        try (EveryRunFinishedOnce once = new EveryRunFinishedOnce(kafka, GROUP, runs);
                RunningWorkers workers = new RunningWorkers(kafka)) {
            workers.start(settings(2), new FakeTraining(), listener);
            QueuedRuns.enqueue(kafka, runs);

            once.await().assertHolds();

            assertThat(finished.getCount()).isZero();
            assertThat(started).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
        }
    }

    @Test
    void theProgressOfARunIsToldAtItsStartAndAtItsEnd(TestBroker broker) throws Exception {
        KafkaSettings kafka = broker.emptied(GROUP);
        List<Run> runs = QueuedRuns.some(1);
        CountDownLatch startIsTold = new CountDownLatch(1);
        try (EveryRunFinishedOnce once = new EveryRunFinishedOnce(kafka, GROUP, runs);
                TopicWatch<Progress> progress = new TopicWatch<>(kafka, Topics.PROGRESS, Progress.class);
                RunningWorkers workers = new RunningWorkers(kafka)) {
            workers.start(settings(1), new FakeTraining((run, cancelled) -> startIsTold.await()));
            QueuedRuns.enqueue(kafka, runs);

            List<Progress> told = new ArrayList<>(progress.await(1));
            startIsTold.countDown();
            told.addAll(progress.await(1));
            once.await().assertHolds();

            assertThat(told).extracting(Progress::getStep).containsExactly(0L, 1L);
            assertThat(told).extracting(Progress::getWorker).containsOnly("test-worker");
        }
    }

    private static void untilCancelled(Run run, BooleanSupplier cancelled) {
        while (!cancelled.getAsBoolean()) {
            LockSupport.parkNanos(1_000_000);
        }
        throw new CancellationException();
    }

    private static WorkerSettings settings(int slots) {
        return new WorkerSettings(
                "test-worker",
                slots,
                Duration.ZERO,
                GROUP,
                Duration.ofMillis(20),
                Duration.ofMillis(5),
                Optional.empty());
    }
}
