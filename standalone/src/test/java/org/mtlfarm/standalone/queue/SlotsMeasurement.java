package org.mtlfarm.standalone.queue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.TopicSetup;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.standalone.broker.BrokerProcess;
import org.mtlfarm.standalone.broker.BrokerSettings;
import org.mtlfarm.standalone.faults.ScriptedGang;
import org.mtlfarm.worker.queue.WorkerListener;
import org.mtlfarm.worker.queue.WorkerService;
import org.mtlfarm.worker.queue.WorkerSettings;

/**
 * What one worker process of so many slots costs beside its training, by hand: {@code SlotsMeasurement SLOTS...}. The worker is a
 * process of its own, first idle, then with a run in every slot (all of one gang whose steps cost nothing and take 20 ms); then it
 * is told to stop without a drain. Each state is watched for half a minute.
 */
final class SlotsMeasurement {
    private static final Duration WATCHED = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration STEP = Duration.ofMillis(20);
    private static final String BUSY = "busy";

    private SlotsMeasurement() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("worker")) {
            work(KafkaSettings.of(arguments[1]), Integer.parseInt(arguments[2]));
            return;
        }
        System.out.println("| slots | idle: memory, threads | processor, worker and broker | all have a run after"
                + " | busy: memory | processor, worker and broker | stopped after |");
        System.out.println("|---|---|---|---|---|---|---|");
        for (String slots : arguments) {
            measure(Integer.parseInt(slots));
        }
    }

    private static void measure(int slots) throws Exception {
        Path directory = Files.createTempDirectory("slots-measurement");
        try (BrokerProcess broker = BrokerProcess.start(BrokerSettings.in(directory))) {
            KafkaSettings kafka = KafkaSettings.of(broker.bootstrapServers());
            TopicSetup.ensure(kafka, WorkGroup.WORKERS);
            Path log = directory.resolve("worker.log");
            Process worker = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:+UseParallelGC",
                            "-cp",
                            System.getProperty("java.class.path"),
                            SlotsMeasurement.class.getName(),
                            "worker",
                            broker.bootstrapServers(),
                            Integer.toString(slots))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            try {
                LockSupport.parkNanos(WATCHED.toNanos());
                Watched idle = Watched.over(WATCHED, worker.pid(), broker.pid());
                long begin = System.nanoTime();
                QueuedRuns.enqueue(kafka, QueuedRuns.some(slots));
                while (!Files.readString(log).contains(BUSY)) {
                    if (System.nanoTime() - begin > PATIENCE.toNanos() || !worker.isAlive()) {
                        throw new IllegalStateException("not all slots have a run; the worker said "
                                + Files.readString(log).lines().limit(5).toList());
                    }
                    LockSupport.parkNanos(1_000_000);
                }
                double filled = (System.nanoTime() - begin) / 1e9;
                Watched busy = Watched.over(WATCHED, worker.pid(), broker.pid());
                long told = System.nanoTime();
                worker.destroy();
                boolean ended = worker.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                System.out.printf(
                        Locale.ROOT,
                        "| %d | %d MB, %d | %.1f %%, %.1f %% | %.1f s | %d MB | %.1f %%, %.1f %% | %s |%n",
                        slots,
                        idle.megabytes(),
                        idle.threads(),
                        idle.workersPercent(),
                        idle.brokersPercent(),
                        filled,
                        busy.megabytes(),
                        busy.workersPercent(),
                        busy.brokersPercent(),
                        ended ? String.format(Locale.ROOT, "%.1f s", (System.nanoTime() - told) / 1e9) : "never");
            } finally {
                worker.destroyForcibly();
            }
        }
    }

    /** Percent are of one core. */
    private record Watched(long megabytes, long threads, double workersPercent, double brokersPercent) {
        static Watched over(Duration time, long worker, long broker) throws IOException {
            Duration workerBefore = cpu(worker);
            Duration brokerBefore = cpu(broker);
            long begin = System.nanoTime();
            LockSupport.parkNanos(time.toNanos());
            double percentOfNanos = 100.0 / (System.nanoTime() - begin);
            return new Watched(
                    status(worker, "VmRSS") / 1024,
                    status(worker, "Threads"),
                    cpu(worker).minus(workerBefore).toNanos() * percentOfNanos,
                    cpu(broker).minus(brokerBefore).toNanos() * percentOfNanos);
        }

        private static Duration cpu(long pid) {
            return ProcessHandle.of(pid)
                    .flatMap(process -> process.info().totalCpuDuration())
                    .orElseThrow();
        }

        private static long status(long pid, String name) throws IOException {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                    .filter(line -> line.startsWith(name + ":"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void work(KafkaSettings kafka, int slots) {
        AvroCodec.trustMessages();
        Set<String> endless = QueuedRuns.some(slots).stream()
                .map(run -> RunKey.of(run).toString())
                .collect(Collectors.toSet());
        AtomicInteger started = new AtomicInteger();
        WorkerService worker = new WorkerService(
                kafka,
                WorkerSettings.of(slots),
                new ScriptedGang(STEP, endless, Set.of()),
                new WorkerListener() {
                    @Override
                    public void started(Run run) {
                        if (started.incrementAndGet() == slots) {
                            System.out.println(BUSY);
                        }
                    }
                },
                Clock.systemUTC());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            worker.stop();
            try {
                worker.awaitEnd(PATIENCE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        worker.run();
    }
}
