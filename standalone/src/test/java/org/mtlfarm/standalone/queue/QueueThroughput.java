package org.mtlfarm.standalone.queue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.TopicSetup;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.standalone.broker.BrokerProcess;
import org.mtlfarm.standalone.broker.BrokerSettings;
import org.mtlfarm.worker.queue.WorkerCounters;
import org.mtlfarm.worker.queue.WorkerSettings;

/**
 * Runs a second through the queue with an empty training, by hand: {@code QueueThroughput WORKERS SLOTS RUNS}. As many runs come
 * first and are not counted: Java compiles both sides meanwhile, and how long that takes says nothing of a farm that runs for
 * days. Afterwards runs come one at a time to workers that wait: how long until one has begun.
 */
final class QueueThroughput {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int SINGLE_RUNS = 200;

    private QueueThroughput() {}

    public static void main(String[] arguments) throws Exception {
        int workerCount = Integer.parseInt(arguments[0]);
        int slots = Integer.parseInt(arguments[1]);
        List<Run> runs = QueuedRuns.some(Integer.parseInt(arguments[2]));
        Path directory = Files.createTempDirectory("queue-throughput");
        BlockingQueue<Long> beginnings = new LinkedBlockingQueue<>();
        FakeTraining training = new FakeTraining((run, cancelled) -> beginnings.add(System.nanoTime()));
        try (BrokerProcess broker = BrokerProcess.start(BrokerSettings.in(directory))) {
            KafkaSettings kafka = KafkaSettings.of(broker.bootstrapServers());
            TopicSetup.ensure(kafka, WorkGroup.WORKERS);
            try (RunningWorkers workers = new RunningWorkers(kafka);
                    EveryRunFinishedOnce once = new EveryRunFinishedOnce(kafka, WorkGroup.WORKERS, runs)) {
                for (int i = 0; i < workerCount; i++) {
                    workers.start(WorkerSettings.of(slots).withDrain(Duration.ZERO), training);
                }
                warmUp(kafka, runs.size());
                System.err.println("warmed up");
                long before = workers.sum(WorkerCounters::trained);
                Duration cpuBefore = cpu(ProcessHandle.current().pid());
                Duration brokersBefore = cpu(broker.pid());
                long start = System.nanoTime();
                QueuedRuns.enqueue(kafka, runs);
                double enqueued = (System.nanoTime() - start) / 1e9;
                once.await(PATIENCE);
                double seconds = (System.nanoTime() - start) / 1e9;
                System.out.printf(
                        "%d workers of %d slots, one broker process beside them, after a warm-up of as many runs: %d runs in %.2f s (enqueued in %.2f s), %.0f a second; processor time a run:"
                                + " workers %.2f ms, broker %.2f ms; trained %d, repeated %d,"
                                + " unexpected %d, locks lost %d, unconfirmed %d%n",
                        workerCount,
                        slots,
                        runs.size(),
                        seconds,
                        enqueued,
                        runs.size() / seconds,
                        cpu(ProcessHandle.current().pid()).minus(cpuBefore).toMillis() / (double) runs.size(),
                        cpu(broker.pid()).minus(brokersBefore).toMillis() / (double) runs.size(),
                        workers.sum(WorkerCounters::trained) - before,
                        once.repeated().size(),
                        workers.sum(WorkerCounters::unexpected),
                        workers.sum(WorkerCounters::leasesLost),
                        workers.sum(WorkerCounters::unconfirmed));
                long[] waits = waits(kafka, beginnings);
                System.out.printf(
                        "a run put on the queue begins after %.1f ms (median of %d, one at a time), %.1f ms at the 95th percentile%n",
                        waits[waits.length / 2] / 1e6, waits.length, waits[waits.length * 95 / 100] / 1e6);
            }
        }
    }

    /** Nanoseconds from a run's sending to its beginning, shortest first. */
    private static long[] waits(KafkaSettings kafka, BlockingQueue<Long> beginnings) throws Exception {
        long[] waits = new long[SINGLE_RUNS];
        AvroCodec<Run> codec = AvroCodec.of(Run.class);
        List<Run> runs = QueuedRuns.some(SINGLE_RUNS, "single");
        beginnings.clear();
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(kafka.producer())) {
            for (int i = 0; i < SINGLE_RUNS; i++) {
                long sent = System.nanoTime();
                producer.send(new ProducerRecord<>(
                        Topics.RUNS.topicName(), RunKey.of(runs.get(i)).toString(), codec.encode(runs.get(i))));
                waits[i] = beginnings.poll(PATIENCE.toMinutes(), TimeUnit.MINUTES) - sent;
            }
        }
        Arrays.sort(waits);
        return waits;
    }

    private static Duration cpu(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .orElse(Duration.ZERO);
    }

    /** Until the slots are in the group and the code of both sides is compiled. */
    private static void warmUp(KafkaSettings kafka, int count) throws Exception {
        List<Run> runs = QueuedRuns.some(count, "warm-up");
        try (EveryRunFinishedOnce once = new EveryRunFinishedOnce(kafka, WorkGroup.WORKERS, runs)) {
            QueuedRuns.enqueue(kafka, runs);
            once.await(PATIENCE);
        }
    }
}
