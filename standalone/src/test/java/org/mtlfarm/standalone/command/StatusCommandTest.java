package org.mtlfarm.standalone.command;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import picocli.CommandLine;

import org.mtlfarm.producer.study.CorpusCatalogue;
import org.mtlfarm.producer.study.CorpusFacts;
import org.mtlfarm.producer.study.Planner;
import org.mtlfarm.producer.study.StudyPlan;
import org.mtlfarm.producer.study.StudyReader;
import org.mtlfarm.schemas.AmiNormalisation;
import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.Provenance;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.Sources;
import org.mtlfarm.schemas.TopicReader;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.standalone.broker.TestBroker;
import org.mtlfarm.standalone.run.FarmConnection;
import org.mtlfarm.worker.queue.ProgressListener;
import org.mtlfarm.worker.queue.RunTraining;
import org.mtlfarm.worker.queue.WorkerListener;
import org.mtlfarm.worker.queue.WorkerService;
import org.mtlfarm.worker.queue.WorkerSettings;

import static org.assertj.core.api.Assertions.assertThat;

/** What {@code farm status --json} says while a small study goes through all states, with a real worker on a real queue. */
@ExtendWith(TestBroker.class)
class StatusCommandTest {
    private static final long PATIENCE_SECONDS = 300;
    private static final WorkGroup GROUP = WorkGroup.WORKERS;

    /** Experiments of one run each. */
    private static final StudyPlan STUDY =
            plan("runs: 1\nmaxAttempts: 1\ngrid: {tasks: 2, tokens: [100, 200, 300, 400], alpha: 0.9}");

    private KafkaSettings kafka;

    @Test
    void everyRunIsInExactlyOneStateFromTheQueueToTheEnd(TestBroker broker) throws Exception {
        kafka = broker.emptied(GROUP);
        try (FarmConnection farm = FarmConnection.open(kafka, GROUP, Clock.systemUTC())) {
            farm.submitter().submit(STUDY);
            assertThat(status("queued", 4)).isEqualTo(states(0, 0, 4, 0, 0, 0));

            Script script = new Script();
            WorkerService worker =
                    new WorkerService(kafka, WorkerSettings.of(1), script, WorkerListener.NONE, Clock.systemUTC());
            Thread thread = new Thread(worker::run);
            thread.start();
            try {
                assertThat(script.endless.await(PATIENCE_SECONDS, TimeUnit.SECONDS))
                        .isTrue();
                // One is trained, one has failed, one is in training, one waits.
                assertThat(status("running", 1)).isEqualTo(states(1, 1, 1, 1, 0, 0));
                assertThat(failures()).containsExactly("IllegalStateException: out of luck");

                deleteTheQueue();
                assertThat(farm.reconciler().cancel("states").experiments()).isEqualTo(4);
                awaitCancelled();
            } finally {
                worker.stop();
                thread.join();
            }
            // Wanted again by a record of the plan alone: what the queue has lost is nowhere.
            for (Plan plan : STUDY.plans(Instant.now())) {
                send(plan);
            }
            assertThat(status("missing", 1)).isEqualTo(states(1, 1, 0, 0, 1, 1));
            assertThat(status("cancelled", 1)).isEqualTo(states(1, 1, 0, 0, 1, 1));
        }
    }

    /** In the order in which a status tells them; their sum is what is planned. */
    private static List<Integer> states(int done, int failed, int queued, int running, int missing, int cancelled) {
        return List.of(done, failed, queued, running, missing, cancelled);
    }

    /** Once it says so of that state, or when patience ends: an acknowledgement takes a moment to be known. */
    private List<Integer> status(String state, int expected) throws Exception {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        JsonNode status = json();
        while (status.get(state).asInt() != expected && System.nanoTime() - deadlineNanos < 0) {
            LockSupport.parkNanos(100_000_000);
            status = json();
        }
        List<Integer> states = states(
                status.get("runsDone").asInt(),
                status.get("failed").asInt(),
                status.get("queued").asInt(),
                status.get("running").asInt(),
                status.get("missing").asInt(),
                status.get("cancelled").asInt());
        assertThat(states.stream().mapToInt(Integer::intValue).sum())
                .as("sum of all states")
                .isEqualTo(status.get("runsPlanned").asInt())
                .isEqualTo(4);
        assertThat(status.get("failures")).hasSize(status.get("failed").asInt());
        assertThat(status.get("complete").asInt()).isEqualTo(states.get(0));
        return states;
    }

    private List<String> failures() throws Exception {
        return json().findValuesAsText("reason").stream()
                .map(reason -> reason.replace("java.lang.", ""))
                .toList();
    }

    private JsonNode json() throws Exception {
        CommandLine line = FarmCommand.commandLine(Map.of());
        StringWriter out = new StringWriter();
        line.setOut(new PrintWriter(out));
        assertThat(line.execute("status", "--json", "--bootstrap-servers", kafka.bootstrapServers()))
                .isZero();
        return new ObjectMapper().readTree(out.toString());
    }

    private void deleteTheQueue() throws Exception {
        try (Admin admin = Admin.create(kafka.admin())) {
            admin.deleteRecords(
                            Map.of(new TopicPartition(Topics.RUNS.topicName(), 0), RecordsToDelete.beforeOffset(-1L)))
                    .all()
                    .get();
        }
    }

    private void awaitCancelled() {
        try (TopicReader<RunResult> results = TopicReader.open(Topics.RESULTS, RunResult.class, kafka)) {
            long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (System.nanoTime() - deadlineNanos < 0) {
                for (TopicReader.Message<RunResult> message : results.next(Duration.ofSeconds(1))) {
                    if (message.value().getOutcome() == Outcome.CANCELLED) {
                        return;
                    }
                }
            }
        }
        throw new AssertionError("the run in training was not cancelled");
    }

    private void send(Plan plan) throws Exception {
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(kafka.producer())) {
            producer.send(new ProducerRecord<>(
                            Topics.PLAN.topicName(),
                            plan.getStudy() + "/" + plan.getExperiment().getExperimentId(),
                            AvroCodec.of(Plan.class).encode(plan)))
                    .get();
        }
    }

    /** The first run is trained, the second fails, the third goes on until it is cancelled. */
    private static final class Script implements RunTraining {
        private final CountDownLatch endless = new CountDownLatch(1);
        private final AtomicInteger taken = new AtomicInteger();

        @Override
        public RunResult train(Run run, ProgressListener progress, BooleanSupplier cancelled) {
            int number = taken.incrementAndGet();
            if (number == 2) {
                throw new IllegalStateException("out of luck");
            }
            while (number == 3 && !cancelled.getAsBoolean()) {
                progress.progressed(1, 2, 0, 1, 1, 1);
                endless.countDown();
                LockSupport.parkNanos(10_000_000);
            }
            if (cancelled.getAsBoolean()) {
                throw new CancellationException();
            }
            return RunResult.newBuilder()
                    .setExperiment(run.getExperiment())
                    .setRunIndex(run.getRunIndex())
                    .setStudy(run.getStudy())
                    .setOutcome(Outcome.TRAINED)
                    .setSteps(2)
                    .setTrainSeconds(0)
                    .setScoreSeconds(0)
                    .setFinalLoss(1)
                    .setWorker("")
                    .setProvenance(provenance(run))
                    .setFinishedAt(Instant.EPOCH)
                    .build();
        }

        @Override
        public Provenance provenance(Run run) {
            return new Provenance(
                    run.getSeed(), "scripted", "1", "1", "c", "v", "builtin", "builtin", "17", "Linux", "x86");
        }
    }

    private static StudyPlan plan(String text) {
        return Planner.plan(StudyReader.parse("study: states\n" + text, "x.yaml", Path.of("/")), new CorpusCatalogue() {
            @Override
            public CorpusFacts describe(Sources sources) {
                return new CorpusFacts("c", "v", 10_000, List.of("O"), new long[] {10_000}, 50, List.of());
            }

            @Override
            public double alphaForAmi(Sources sources, double ami, AmiNormalisation normalisation) {
                throw new IllegalStateException("this study names alphas");
            }
        });
    }
}
