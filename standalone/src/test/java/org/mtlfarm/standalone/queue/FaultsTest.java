package org.mtlfarm.standalone.queue;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.TopicSetup;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.standalone.broker.EmbeddedBroker;
import org.mtlfarm.standalone.broker.TestBroker;
import org.mtlfarm.worker.queue.WorkerCounters;
import org.mtlfarm.worker.queue.WorkerSettings;

import static org.assertj.core.api.Assertions.assertThat;

/** Workers and brokers that die or stand still, as processes do. */
@ExtendWith(TestBroker.class)
class FaultsTest {
    private static final WorkGroup GROUP = WorkGroup.WORKERS.withRecordLock(Duration.ofSeconds(30));

    @TempDir
    Path directory;

    @Test
    void aWorkerKilledBetweenResultAndAcknowledgementRepeatsThatRunAndLosesNone(TestBroker broker) throws Exception {
        KafkaSettings kafka = broker.emptied(GROUP);
        List<Run> runs = QueuedRuns.some(5);
        QueuedRuns.enqueue(kafka, runs);
        Process dying = DyingWorker.start(DyingWorker.Fate.DIES_BEFORE_ACKNOWLEDGING, kafka, GROUP);
        assertThat(dying.waitFor(300, TimeUnit.SECONDS)).isTrue();
        try (EveryRunFinishedOnce once = new EveryRunFinishedOnce(kafka, GROUP, runs);
                RunningWorkers workers = new RunningWorkers(kafka)) {
            workers.start(settings(GROUP), new FakeTraining());

            once.await().assertNoneLost();

            assertThat(once.repeated()).hasSize(1);
        }
    }

    @Test
    void aRunThatKilledItsWorkerOnceTooOftenIsGivenUpByTheNextOneUntrained(TestBroker broker) throws Exception {
        WorkGroup twice = new WorkGroup(GROUP.groupId(), GROUP.recordLock(), 2);
        KafkaSettings kafka = broker.emptied(twice);
        List<Run> runs = QueuedRuns.some(1).stream()
                .map(run -> Run.newBuilder(run).setMaxAttempts(1).build())
                .toList();
        QueuedRuns.enqueue(kafka, runs);
        Process dying = DyingWorker.start(DyingWorker.Fate.DIES_TRAINING, kafka, twice);
        assertThat(dying.waitFor(300, TimeUnit.SECONDS)).isTrue();
        FakeTraining training = new FakeTraining();
        try (EveryRunFinishedOnce once = new EveryRunFinishedOnce(kafka, twice, runs);
                RunningWorkers workers = new RunningWorkers(kafka)) {
            workers.start(settings(twice), training);

            once.await().assertHolds();

            RunResult result = once.results(runs.get(0)).get(0);
            assertThat(result.getOutcome()).isEqualTo(Outcome.FAILED);
            assertThat(result.getReason()).isEqualTo("its worker ended or lost the lock 1 times");
            assertThat(training.tries).isEmpty();
        }
    }

    @Test
    void suspectsThatCannotTrainBesideOneThatEndsItsWorkerDoNotPayForItsDeath(TestBroker broker) throws Exception {
        WorkGroup fourTimes = new WorkGroup(GROUP.groupId(), GROUP.recordLock(), 4);
        KafkaSettings kafka = broker.emptied(fourTimes);
        List<Run> suspects = QueuedRuns.some(3).stream()
                .map(run -> Run.newBuilder(run)
                        .setEarlierDeliveries(2)
                        .setMaxAttempts(1)
                        .build())
                .toList();
        QueuedRuns.enqueue(kafka, suspects);
        Process dying = DyingWorker.start(DyingWorker.Fate.TRAINS_UNTIL_CANCELLED, kafka, fourTimes, 3);
        try (TopicWatch<Run> queue = new TopicWatch<>(kafka, Topics.RUNS, Run.class);
                EveryRunFinishedOnce watch = new EveryRunFinishedOnce(kafka, fourTimes, suspects);
                BufferedReader said = dying.inputReader(StandardCharsets.UTF_8)) {
            assertThat(said.readLine()).isEqualTo(DyingWorker.TRAINING);
            assertThat(queue.await(5)).extracting(Run::getEarlierDeliveries).containsExactly(2, 2, 2, 2, 2);
            // The copies are there; what they replace has yet to be acknowledged.
            watch.awaitQueued(3);
        } finally {
            dying.destroyForcibly();
        }
        FakeTraining training = new FakeTraining();
        try (EveryRunFinishedOnce once = new EveryRunFinishedOnce(kafka, fourTimes, suspects);
                RunningWorkers workers = new RunningWorkers(kafka)) {
            workers.start(settings(fourTimes).withSlots(3), training);

            once.await().assertHolds();

            assertThat(suspects)
                    .extracting(run -> once.results(run).get(0).getOutcome())
                    .containsExactlyInAnyOrder(Outcome.FAILED, Outcome.TRAINED, Outcome.TRAINED);
        }
    }

    @Test
    void aRunThatHasEndedItsWorkersIsASuspectFromTheStartOfItsNextTry(TestBroker broker) throws Exception {
        KafkaSettings kafka = broker.emptied(GROUP);
        List<Run> runs = QueuedRuns.some(1).stream()
                .map(run -> Run.newBuilder(run)
                        .setEarlierDeliveries(GROUP.deliveryLimit() - 1)
                        .setMaxAttempts(2)
                        .build())
                .toList();
        QueuedRuns.enqueue(kafka, runs);
        try (EveryRunFinishedOnce once = new EveryRunFinishedOnce(kafka, GROUP, runs);
                TopicWatch<Run> queue = new TopicWatch<>(kafka, Topics.RUNS, Run.class);
                RunningWorkers workers = new RunningWorkers(kafka)) {
            workers.start(settings(GROUP), new FakeTraining());

            once.await().assertHolds();

            assertThat(once.results(runs.get(0)).get(0).getOutcome()).isEqualTo(Outcome.TRAINED);
            assertThat(queue.await(2).get(1).getEarlierDeliveries()).isEqualTo(2);
        }
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "Windows has no SIGSTOP")
    void aWorkerThatStoodStillPastItsLockGivesUpTheRunThatAnotherHasFinished(TestBroker broker) throws Exception {
        WorkGroup quick = GROUP.withRecordLock(Duration.ofSeconds(4));
        KafkaSettings kafka = broker.emptied(quick);
        List<Run> runs = QueuedRuns.some(1);
        QueuedRuns.enqueue(kafka, runs);
        Process still = DyingWorker.start(DyingWorker.Fate.TRAINS_UNTIL_CANCELLED, kafka, quick);
        try (EveryRunFinishedOnce once = new EveryRunFinishedOnce(kafka, quick, runs);
                BufferedReader said = still.inputReader(StandardCharsets.UTF_8);
                RunningWorkers workers = new RunningWorkers(kafka)) {
            assertThat(said.readLine()).isEqualTo(DyingWorker.TRAINING);
            signal("STOP", still);
            workers.start(settings(quick), new FakeTraining());
            once.await();
            signal("CONT", still);

            assertThat(said.readLine()).isEqualTo(DyingWorker.CANCELLED);
            once.await().assertHolds();
        } finally {
            still.destroyForcibly();
        }
    }

    @Test
    void aBrokerThatRestartsUnderRunsInFlightLosesNone() throws Exception {
        WorkGroup quick = GROUP.withRecordLock(Duration.ofSeconds(2));
        List<Run> runs = QueuedRuns.some(6);
        CountDownLatch inFlight = new CountDownLatch(2);
        CountDownLatch restarted = new CountDownLatch(1);
        FakeTraining training = new FakeTraining((run, cancelled) -> {
            inFlight.countDown();
            restarted.await();
        });
        EmbeddedBroker broker = EmbeddedBroker.start(TestBroker.settings(directory));
        KafkaSettings kafka = KafkaSettings.of(broker.bootstrapServers());
        TopicSetup.ensure(kafka, quick);
        QueuedRuns.enqueue(kafka, runs);
        try (RunningWorkers workers = new RunningWorkers(kafka)) {
            workers.start(settings(quick).withSlots(2), training);
            assertThat(inFlight.await(300, TimeUnit.SECONDS)).isTrue();
            broker.close();
            broker = EmbeddedBroker.start(TestBroker.settings(directory));
            assertThat(broker.bootstrapServers()).isEqualTo(kafka.bootstrapServers());
            restarted.countDown();
            try (EveryRunFinishedOnce once = new EveryRunFinishedOnce(kafka, quick, runs)) {
                once.await().assertNoneLost();

                // What was in flight may have been handed out again, and nothing else.
                assertThat(once.repeated()).hasSizeLessThanOrEqualTo(2);
                assertThat(workers.sum(WorkerCounters::failed)).isZero();
            }
        } finally {
            broker.close();
        }
    }

    private static WorkerSettings settings(WorkGroup group) {
        return WorkerSettings.of(1).withGroup(group);
    }

    private static void signal(String name, Process process) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }
}
