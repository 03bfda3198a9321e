package org.mtlfarm.standalone.queue;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.standalone.broker.TestBroker;
import org.mtlfarm.standalone.faults.ScriptedGang;
import org.mtlfarm.worker.queue.WorkerCounters;
import org.mtlfarm.worker.queue.WorkerService;
import org.mtlfarm.worker.queue.WorkerSettings;

import static org.assertj.core.api.Assertions.assertThat;

/** A worker of many slots whose runs make their steps together; whole farms of them are broken by {@code FaultScheduleTest}. */
@ExtendWith(TestBroker.class)
class GangTest {
    private static final WorkGroup GROUP = WorkGroup.WORKERS.withRecordLock(Duration.ofSeconds(30));
    private static final int SLOTS = 16;

    /** Only so that what has stopped fails the test rather than hangs it. */
    private static final long PATIENCE_NANOS = Duration.ofMinutes(5).toNanos();

    @Test
    void membersThatAreCancelledLeaveTheOthersTheirStepsAndWhatIsStoppedIsAllGivenBack(TestBroker broker)
            throws Exception {
        KafkaSettings kafka = broker.emptied(GROUP);
        List<Run> unwanted = QueuedRuns.some(5, "unwanted");
        List<Run> wanted = QueuedRuns.some(SLOTS - 5, "wanted");
        List<Run> endless = QueuedRuns.some(SLOTS, "endless");
        Set<String> never = Stream.concat(unwanted.stream(), endless.stream())
                .map(run -> RunKey.of(run).toString())
                .collect(Collectors.toSet());
        ScriptedGang gang = new ScriptedGang(Duration.ofMillis(2), never, Set.of());
        List<Run> first = Stream.concat(unwanted.stream(), wanted.stream()).toList();
        QueuedRuns.plan(kafka, unwanted, "unwanted", false);
        QueuedRuns.enqueue(kafka, first);
        try (EveryRunFinishedOnce once = new EveryRunFinishedOnce(kafka, GROUP, first);
                RunningWorkers workers = new RunningWorkers(kafka)) {
            WorkerService worker =
                    workers.start(WorkerSettings.of(SLOTS).withGroup(GROUP).withDrain(Duration.ZERO), gang);
            await(() -> workers.sum(WorkerCounters::trained) > 0);
            QueuedRuns.plan(kafka, unwanted, "unwanted", true);

            once.await().assertHolds();

            for (Run run : unwanted) {
                assertThat(result(once, run).getOutcome()).isEqualTo(Outcome.CANCELLED);
            }
            for (Run run : wanted) {
                assertThat(result(once, run).getTest().getF1())
                        .as("F1 of %s, alone", RunKey.of(run))
                        .isEqualTo(ScriptedGang.f1(run));
            }
            assertThat(gang.largest()).as("runs in a step").isGreaterThan(1);

            QueuedRuns.enqueue(kafka, endless);
            await(() -> workers.sum(counters -> counters.busy()) == SLOTS);
            worker.stop(Duration.ZERO);
            assertThat(worker.awaitEnd(Duration.ofNanos(PATIENCE_NANOS))).isTrue();
            assertThat(workers.sum(WorkerCounters::givenBack)).isEqualTo(SLOTS);
        }
    }

    private static RunResult result(EveryRunFinishedOnce once, Run run) {
        return once.results(run).get(0);
    }

    private static void await(BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - start).as("nanoseconds waited").isLessThan(PATIENCE_NANOS);
            LockSupport.parkNanos(1_000_000);
        }
    }
}
