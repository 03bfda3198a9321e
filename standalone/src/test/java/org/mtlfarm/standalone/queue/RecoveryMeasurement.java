package org.mtlfarm.standalone.queue;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.TopicSetup;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.standalone.broker.BrokerProcess;
import org.mtlfarm.standalone.broker.TestBroker;
import org.mtlfarm.worker.queue.WorkerSettings;

/**
 * How long after its worker was killed, or stood still, a run begins in another one, by hand: {@code RecoveryMeasurement
 * TRIALS}. With the default lock of 30 s.
 */
final class RecoveryMeasurement {
    private RecoveryMeasurement() {}

    public static void main(String[] arguments) throws Exception {
        int trials = Integer.parseInt(arguments[0]);
        Path directory = Files.createTempDirectory("recovery-measurement");
        try (BrokerProcess broker = BrokerProcess.start(TestBroker.settings(directory))) {
            KafkaSettings kafka = KafkaSettings.of(broker.bootstrapServers());
            TopicSetup.ensure(kafka, WorkGroup.WORKERS);
            for (int trial = 0; trial < trials; trial++) {
                System.out.printf("killed: %.2f s%n", secondsUntilElsewhere(kafka, "KILL", trial));
            }
            System.out.printf("standing still: %.2f s%n", secondsUntilElsewhere(kafka, "STOP", trials));
        }
    }

    private static double secondsUntilElsewhere(KafkaSettings kafka, String signal, int trial) throws Exception {
        List<Run> runs = QueuedRuns.some(1, signal + trial);
        Process first = DyingWorker.start(DyingWorker.Fate.TRAINS_UNTIL_CANCELLED, kafka, WorkGroup.WORKERS);
        CountDownLatch elsewhere = new CountDownLatch(1);
        FakeTraining training = new FakeTraining((run, cancelled) -> elsewhere.countDown());
        try (RunningWorkers workers = new RunningWorkers(kafka);
                BufferedReader said = first.inputReader(StandardCharsets.UTF_8)) {
            QueuedRuns.enqueue(kafka, runs);
            said.readLine();
            workers.start(WorkerSettings.of(1), training);
            // Until it waits on the queue: the run is held, so nothing tells.
            TimeUnit.SECONDS.sleep(5);
            long begin = System.nanoTime();
            new ProcessBuilder("kill", "-" + signal, Long.toString(first.pid()))
                    .start()
                    .waitFor();
            elsewhere.await();
            double seconds = (System.nanoTime() - begin) / 1e9;
            while (training.tries(runs.get(0)) > 0 && workers.sum(counters -> counters.trained()) == 0) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
            return seconds;
        } finally {
            first.destroyForcibly().waitFor();
        }
    }
}
