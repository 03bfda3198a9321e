package org.mtlfarm.standalone.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;

import org.mtlfarm.producer.farm.FarmView;
import org.mtlfarm.producer.farm.StudySubmitter;
import org.mtlfarm.regressor.search.FitSettings;
import org.mtlfarm.regressor.service.RegressorService;
import org.mtlfarm.regressor.service.RegressorSettings;
import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.TopicSetup;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.worker.queue.RunTraining;
import org.mtlfarm.worker.queue.WorkerListener;
import org.mtlfarm.worker.queue.WorkerService;
import org.mtlfarm.worker.queue.WorkerSettings;

/**
 * A part of the farm in a process of its own, with work that takes no processor time: {@code worker BOOTSTRAP ENDLESS_RUNS
 * CRASHING_RUNS}, {@code gang} with the same, {@code regressor BOOTSTRAP} or {@code submit BOOTSTRAP}. It ends with its parent at the latest.
 */
final class FarmChild {
    static final WorkGroup GROUP = WorkGroup.WORKERS.withRecordLock(Duration.ofSeconds(2));

    /** Told on standard input: die, as by kill -9, when the next result is on its topic and not yet acknowledged. */
    static final String DIE_BEFORE_ACKNOWLEDGING = "die before acknowledging";

    /** Told on standard input: let the slot that takes the next run stand still past its lock. */
    static final String STALL_A_SLOT = "stall a slot";

    private static final int SLOTS = 2;

    /** Two such workers have not room for all of the study's runs at once: slots take runs until near its end. */
    private static final int GANG_SLOTS = 24;

    private static final int KILLED = 137;

    private final AtomicBoolean dieBeforeAcknowledging = new AtomicBoolean();
    private final AtomicBoolean stallASlot = new AtomicBoolean();

    private FarmChild() {}

    public static void main(String[] arguments) {
        AvroCodec.trustMessages();
        FarmChild child = new FarmChild();
        Thread parent = new Thread(child::listen, "parent");
        parent.setDaemon(true);
        parent.start();
        KafkaSettings kafka = KafkaSettings.of(arguments[1]);
        switch (arguments[0]) {
            case "worker" -> child.work(kafka, SLOTS, new ScriptedTraining(runs(arguments[2]), runs(arguments[3])));
            case "gang" ->
                child.work(
                        kafka,
                        GANG_SLOTS,
                        new ScriptedGang(Duration.ofMillis(5), runs(arguments[2]), runs(arguments[3])));
            case "regressor" -> fit(kafka);
            case "submit" -> submit(kafka);
            default -> throw new IllegalArgumentException("there is no part " + arguments[0]);
        }
        System.exit(0);
    }

    /** Until the end of the input, which is the end of the parent. */
    private void listen() {
        try (BufferedReader said = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                switch (line) {
                    case DIE_BEFORE_ACKNOWLEDGING -> dieBeforeAcknowledging.set(true);
                    case STALL_A_SLOT -> stallASlot.set(true);
                    default -> throw new IllegalStateException("nothing is meant by " + line);
                }
            }
        } catch (IOException e) {
            // As good as the end.
        }
        Runtime.getRuntime().halt(KILLED);
    }

    private void work(KafkaSettings kafka, int slots, RunTraining training) {
        WorkerListener listener = new WorkerListener() {
            @Override
            public void started(Run run) {
                if (stallASlot.getAndSet(false)) {
                    FaultyFarm.pause(GROUP.recordLock().multipliedBy(2));
                }
            }

            @Override
            public void finished(Run run, RunResult result) {
                if (dieBeforeAcknowledging.get()) {
                    Runtime.getRuntime().halt(KILLED);
                }
            }
        };
        WorkerService worker = new WorkerService(
                kafka,
                WorkerSettings.of(slots).withGroup(GROUP).withRetryBackOff(Duration.ofMillis(200)),
                training,
                listener,
                Clock.systemUTC());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            worker.stop();
            try {
                worker.awaitEnd(Duration.ofSeconds(40));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        worker.run();
    }

    private static void fit(KafkaSettings kafka) {
        TopicSetup.ensure(kafka, GROUP);
        FitSettings little = FitSettings.defaults().withEffort(1_000_000).withThreads(1);
        new RegressorService(
                        kafka, new RegressorSettings(little, little, Duration.ofMillis(500), Duration.ofSeconds(2)))
                .run();
    }

    private static void submit(KafkaSettings kafka) {
        TopicSetup.ensure(kafka, GROUP);
        try (FarmView view = FarmView.open(kafka, GROUP);
                Producer<String, byte[]> producer = new KafkaProducer<>(kafka.producer())) {
            new StudySubmitter(producer, view, Clock.systemUTC()).submit(FireStudy.plan());
        }
    }

    private static Set<String> runs(String listed) {
        return Set.of(listed.split(","));
    }
}
