package org.mtlfarm.standalone.queue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import picocli.CommandLine;

import org.mtlfarm.producer.farm.FarmStatus;
import org.mtlfarm.producer.farm.FarmView;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.TopicReader;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.standalone.broker.TestBroker;
import org.mtlfarm.standalone.command.FarmCommandLine;
import org.mtlfarm.standalone.run.FarmConnection;
import org.mtlfarm.worker.queue.WorkerCounters;
import org.mtlfarm.worker.queue.WorkerSettings;

import static org.assertj.core.api.Assertions.assertThat;

/** A study of one experiment with five runs, paused and resumed by the commands, with a real worker on a real queue. */
@ExtendWith(TestBroker.class)
class PauseTest {
    private static final WorkGroup GROUP = WorkGroup.WORKERS;
    private static final long PATIENCE_SECONDS = 60;

    private KafkaSettings kafka;

    @Test
    void whatTrainsIsFinishedAndTheRestWaitsUntilTheStudyIsResumedWithoutATryCounted(TestBroker broker)
            throws Exception {
        kafka = broker.emptied(GROUP);
        List<Run> runs = QueuedRuns.some(5);
        QueuedRuns.plan(kafka, List.of(runs.get(0)), "test", false);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch paused = new CountDownLatch(1);
        FakeTraining training = new FakeTraining((run, cancelled) -> {
            begun.countDown();
            paused.await();
        });
        try (FarmConnection farm = FarmConnection.existing(kafka, GROUP, Clock.systemUTC());
                RunningWorkers workers = new RunningWorkers(kafka)) {
            farm.reconciler().reconcile(Optional.empty());
            workers.start(WorkerSettings.of(1), training);
            assertThat(begun.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();

            assertThat(farm("pause")).contains("1 experiments paused");
            paused.countDown();
            await(() -> workers.sum(WorkerCounters::putAside) == 4);
            await(() -> status(farm.view()).runsDone() == 1);
            assertThat(status(farm.view()).paused()).isEqualTo(4);
            assertThat(farm.reconciler().reconcile(Optional.empty()).enqueued()).isZero();
            assertThat(training.tries).hasSize(1);

            assertThat(farm("resume")).contains("1 experiments resumed, 4 runs enqueued");
            await(() -> status(farm.view()).isFinished());
            assertThat(status(farm.view()).runsDone()).isEqualTo(5);
            assertThat(training.tries).hasSize(5).doesNotHaveDuplicates();
        }
        try (TopicReader<RunResult> results = TopicReader.open(Topics.RESULTS, RunResult.class, kafka)) {
            assertThat(results.readToEnd())
                    .extracting(message -> message.value().getAttempt())
                    .containsExactly(1, 1, 1, 1, 1);
        }
    }

    private static FarmStatus status(FarmView view) {
        return FarmStatus.of(view.refresh(), Optional.of("test"), Instant.now());
    }

    private String farm(String command) {
        CommandLine line = FarmCommandLine.of(Map.of());
        StringWriter out = new StringWriter();
        line.setOut(new PrintWriter(out));
        assertThat(line.execute(command, "test", "--bootstrap-servers", kafka.bootstrapServers()))
                .isZero();
        return out.toString();
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).as("out of patience").isNegative();
            LockSupport.parkNanos(20_000_000);
        }
    }
}
