package org.mtlfarm.standalone.queue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.TopicSetup;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.standalone.broker.BrokerProcess;
import org.mtlfarm.standalone.broker.BrokerSettings;
import org.mtlfarm.worker.queue.WorkerCounters;
import org.mtlfarm.worker.queue.WorkerSettings;

/**
 * Many workers that join a farm at once, on a queue that is full already, by hand: {@code JoinMeasurement WORKERS RUNS}. No
 * training ends before every worker has a run: all have joined then. Fails if a run is lost or done twice.
 */
final class JoinMeasurement {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private JoinMeasurement() {}

    public static void main(String[] arguments) throws Exception {
        int workers = Integer.parseInt(arguments[0]);
        int runs = Integer.parseInt(arguments[1]);
        Path directory = Files.createTempDirectory("join-measurement");
        try (BrokerProcess broker = BrokerProcess.start(BrokerSettings.in(directory))) {
            KafkaSettings kafka = KafkaSettings.of(broker.bootstrapServers());
            TopicSetup.ensure(kafka, WorkGroup.WORKERS);
            System.out.println(joinAtOnce(kafka, workers, runs));
        }
    }

    private static String joinAtOnce(KafkaSettings kafka, int workerCount, int runCount) throws Exception {
        List<Run> runs = QueuedRuns.some(runCount);
        QueuedRuns.enqueue(kafka, runs);
        CountDownLatch joined = new CountDownLatch(workerCount);
        FakeTraining training = new FakeTraining((run, cancelled) -> {
            joined.countDown();
            if (!joined.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException(joined.getCount() + " workers have not joined within " + PATIENCE);
            }
        });
        long begin = System.nanoTime();
        try (RunningWorkers workers = new RunningWorkers(kafka);
                EveryRunFinishedOnce once = new EveryRunFinishedOnce(kafka, WorkGroup.WORKERS, runs)) {
            for (int i = 0; i < workerCount; i++) {
                workers.start(WorkerSettings.of(1), training);
            }
            if (!joined.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException(joined.getCount() + " of " + workerCount + " workers have not joined");
            }
            double joinedAfter = (System.nanoTime() - begin) / 1e9;
            once.await(PATIENCE).assertHolds();
            return String.format(
                    java.util.Locale.ROOT,
                    "%d workers joined at once, each with a run after %.1f s; %d runs done after %.1f s, none lost, none"
                            + " twice; locks lost %d, unconfirmed %d",
                    workerCount,
                    joinedAfter,
                    runCount,
                    (System.nanoTime() - begin) / 1e9,
                    workers.sum(WorkerCounters::leasesLost),
                    workers.sum(WorkerCounters::unconfirmed));
        }
    }
}
