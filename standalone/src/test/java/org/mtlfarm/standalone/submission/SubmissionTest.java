package org.mtlfarm.standalone.submission;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.mtlfarm.producer.farm.FarmMeters;
import org.mtlfarm.producer.farm.FarmStatus;
import org.mtlfarm.producer.farm.FarmView;
import org.mtlfarm.producer.farm.Reconciler;
import org.mtlfarm.producer.farm.Reconciler.Reconciliation;
import org.mtlfarm.producer.farm.ReconcilerService;
import org.mtlfarm.producer.farm.StudySubmitter;
import org.mtlfarm.producer.farm.Submission;
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
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.Sources;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.standalone.broker.TestBroker;

import static org.assertj.core.api.Assertions.assertThat;

/** Submitting, reconciling and telling the status on a real broker with a real share group. */
@ExtendWith(TestBroker.class)
class SubmissionTest {
    private static final WorkGroup GROUP = WorkGroup.WORKERS;
    private static final Clock CLOCK = Clock.systemUTC();
    private static final StudyPlan FOUR_RUNS = plan("s", "runs: 2\ngrid: {tasks: 2, tokens: 500, alpha: [0.6, 0.9]}");

    @Test
    void whatTheQueueDropsWithoutAResultIsEnqueuedAgainAndNothingElse(TestBroker broker) throws Exception {
        KafkaSettings kafka = broker.emptied(GROUP);
        try (FarmView view = FarmView.open(kafka, GROUP);
                Producer<String, byte[]> producer = new KafkaProducer<>(kafka.producer())) {
            StudySubmitter submitter = new StudySubmitter(producer, view, CLOCK);
            Reconciler reconciler = new Reconciler(producer, view, CLOCK, Duration.ZERO);

            assertThat(submitter.submit(FOUR_RUNS)).isEqualTo(new Submission(2, 0, 4, 0, 0, 0));
            assertThat(submitter.submit(FOUR_RUNS)).isEqualTo(new Submission(0, 2, 0, 0, 4, 0));
            assertThat(reconciler.reconcile(Optional.empty())).isEqualTo(new Reconciliation(0, 0));
            assertThat(status(view).queued()).isEqualTo(4);

            trainOneAndDropTheOthers(kafka, producer);

            FarmStatus dropped = status(view);
            assertThat(dropped.runsDone()).isEqualTo(1);
            assertThat(dropped.partial()).isEqualTo(1);
            assertThat(dropped.missing()).isEqualTo(3);
            assertThat(reconciler.reconcile(Optional.empty())).isEqualTo(new Reconciliation(3, 0));
            assertThat(reconciler.reconcile(Optional.empty())).isEqualTo(new Reconciliation(0, 0));
            assertThat(status(view).queued()).isEqualTo(3);
            assertThat(submitter.submit(FOUR_RUNS)).isEqualTo(new Submission(0, 2, 0, 1, 3, 0));
        }
    }

    @Test
    void twoProducersAtOnceLeaveEveryRunQueuedAndPlannedOnce(TestBroker broker) throws Exception {
        KafkaSettings kafka = broker.emptied(GROUP);
        List<CompletableFuture<Submission>> both = List.of(
                CompletableFuture.supplyAsync(() -> submitAlone(kafka)),
                CompletableFuture.supplyAsync(() -> submitAlone(kafka)));
        both.forEach(CompletableFuture::join);

        try (FarmView view = FarmView.open(kafka, GROUP)) {
            FarmStatus status = status(view);
            assertThat(status.planned()).isEqualTo(2);
            assertThat(status.runsPlanned()).isEqualTo(4);
            assertThat(status.queued()).isEqualTo(4);
            assertThat(view.refresh().plans()).hasSize(2);
            assertThat(queueEnd(kafka)).as("records on the queue").isEqualTo(4);
            assertThat(submitAlone(kafka)).isEqualTo(new Submission(0, 2, 0, 0, 4, 0));
        }
    }

    @Test
    void ofTwoReconcilersAtWorkOneEnqueuesWhatADeadProducerLeftAndTheOtherTakesOver(TestBroker broker)
            throws Exception {
        KafkaSettings kafka = broker.emptied(GROUP);
        try (Producer<String, byte[]> producer = new KafkaProducer<>(kafka.producer());
                FarmView oneView = FarmView.open(kafka, GROUP);
                FarmView otherView = FarmView.open(kafka, GROUP)) {
            plan(producer, FOUR_RUNS);
            Running one = Running.start(kafka, oneView, new Reconciler(producer, oneView, CLOCK, Duration.ZERO));
            Running other = Running.start(kafka, otherView, new Reconciler(producer, otherView, CLOCK, Duration.ZERO));
            awaitQueueEnd(kafka, 4);
            one.stop();
            plan(producer, plan("later", "runs: 3\ngrid: {tasks: 2, tokens: 700, alpha: 0.6}"));
            awaitQueueEnd(kafka, 7);
            other.stop();

            assertThat(queueEnd(kafka)).as("records on the queue").isEqualTo(7);
        }
    }

    private record Running(ReconcilerService service, CompletableFuture<Void> end) {
        static Running start(KafkaSettings kafka, FarmView view, Reconciler reconciler) {
            ReconcilerService service = ReconcilerService.of(
                    kafka,
                    "reconcilers",
                    () -> reconciler,
                    Duration.ofMillis(200),
                    new FarmMeters(new SimpleMeterRegistry()),
                    view::refresh,
                    CLOCK);
            return new Running(service, CompletableFuture.runAsync(service::run, task -> new Thread(task).start()));
        }

        void stop() {
            service.close();
            end.join();
        }
    }

    /** What a producer leaves that dies before it has enqueued a run. */
    private static void plan(Producer<String, byte[]> producer, StudyPlan study) throws Exception {
        for (Plan plan : study.plans(CLOCK.instant())) {
            producer.send(new ProducerRecord<>(
                            Topics.PLAN.topicName(),
                            plan.getStudy() + "/" + plan.getExperiment().getExperimentId(),
                            AvroCodec.of(Plan.class).encode(plan)))
                    .get();
        }
    }

    private static void awaitQueueEnd(KafkaSettings kafka, long end) {
        long deadlineNanos = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (queueEnd(kafka) < end) {
            assertThat(deadlineNanos - System.nanoTime()).as("nanoseconds left").isPositive();
            LockSupport.parkNanos(50_000_000);
        }
    }

    private static long queueEnd(KafkaSettings kafka) {
        TopicPartition queue = new TopicPartition(Topics.RUNS.topicName(), 0);
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(kafka.consumer())) {
            return consumer.endOffsets(List.of(queue)).get(queue);
        }
    }

    private static Submission submitAlone(KafkaSettings kafka) {
        try (FarmView view = FarmView.open(kafka, GROUP);
                Producer<String, byte[]> producer = new KafkaProducer<>(kafka.producer())) {
            return new StudySubmitter(producer, view, CLOCK).submit(FOUR_RUNS);
        }
    }

    private static FarmStatus status(FarmView view) {
        return FarmStatus.of(view.refresh(), Optional.of("s"), CLOCK.instant());
    }

    /** Takes all four runs, publishes a result of the first and acknowledges it, and rejects the other three. */
    private static void trainOneAndDropTheOthers(KafkaSettings kafka, Producer<String, byte[]> producer)
            throws Exception {
        String bytes = "org.apache.kafka.common.serialization.ByteArrayDeserializer";
        Properties properties = kafka.properties(Map.of(
                "group.id",
                GROUP.groupId(),
                "key.deserializer",
                bytes,
                "value.deserializer",
                bytes,
                "share.acknowledgement.mode",
                "explicit"));
        AvroCodec<Run> runs = AvroCodec.of(Run.class);
        List<Run> taken = new ArrayList<>();
        try (ShareConsumer<byte[], byte[]> worker = new KafkaShareConsumer<>(properties)) {
            worker.subscribe(List.of(Topics.RUNS.topicName()));
            while (taken.size() < 4) {
                for (ConsumerRecord<byte[], byte[]> record : worker.poll(Duration.ofSeconds(10))) {
                    Run run = runs.decode(record.value());
                    if (taken.isEmpty()) {
                        publish(producer, run);
                        worker.acknowledge(record, AcknowledgeType.ACCEPT);
                    } else {
                        worker.acknowledge(record, AcknowledgeType.REJECT);
                    }
                    taken.add(run);
                }
                worker.commitSync();
            }
        }
    }

    private static void publish(Producer<String, byte[]> producer, Run run) throws Exception {
        RunResult result = RunResult.newBuilder()
                .setExperiment(run.getExperiment())
                .setRunIndex(run.getRunIndex())
                .setStudy(run.getStudy())
                .setOutcome(Outcome.TRAINED)
                .setSteps(1)
                .setTrainSeconds(1)
                .setScoreSeconds(1)
                .setFinalLoss(1)
                .setWorker("test")
                .setProvenance(new Provenance(
                        run.getSeed(), "fused", "1", "1", "c", "v", "builtin", "builtin", "17", "Linux", "x86"))
                .setFinishedAt(Instant.EPOCH)
                .build();
        producer.send(new ProducerRecord<>(
                        Topics.RESULTS.topicName(),
                        RunKey.of(run).toString(),
                        AvroCodec.of(RunResult.class).encode(result)))
                .get();
    }

    private static StudyPlan plan(String name, String text) {
        return Planner.plan(
                StudyReader.parse("study: " + name + "\n" + text, "x.yaml", Path.of("/")), new CorpusCatalogue() {
                    @Override
                    public CorpusFacts describe(Sources sources) {
                        return new CorpusFacts("c", "v", 10_000, List.of("O"), new long[] {10_000}, 50, List.of());
                    }

                    @Override
                    public double alphaForAmi(Sources sources, double ami, AmiNormalisation normalisation) {
                        throw new IllegalStateException("these studies name alphas");
                    }
                });
    }
}
