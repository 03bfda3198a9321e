package org.mtlfarm.standalone.aggregator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.mtlfarm.aggregator.AggregatorFailedException;
import org.mtlfarm.aggregator.AggregatorService;
import org.mtlfarm.aggregator.AggregatorSettings;
import org.mtlfarm.aggregator.EveryAverageEqualsItsRecomputation;
import org.mtlfarm.aggregator.SampleResults;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.TopicReader;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.standalone.broker.TestBroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The aggregator against a real broker, its process and its disk lost on the way. */
@ExtendWith(TestBroker.class)
class AggregatorServiceTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Where aggregators note rebuilds. */
    private static final TopicPartition NUMBERED = new TopicPartition(Topics.RESULTS.topicName(), 0);

    private final AvroCodec<RunResult> codec = AvroCodec.of(RunResult.class);
    private final TestBroker broker;
    private KafkaSettings kafka;
    private KafkaProducer<String, byte[]> producer;

    @TempDir
    private Path directory;

    AggregatorServiceTest(TestBroker broker) {
        this.broker = broker;
    }

    @BeforeEach
    void emptyTheTopics() throws ExecutionException, InterruptedException {
        kafka = broker.emptied(WorkGroup.WORKERS);
        producer = new KafkaProducer<>(kafka.producer());
    }

    @AfterEach
    void closeTheProducer() {
        producer.close();
    }

    @Test
    void resultsOnAllPartitionsBecomeAveragesOfTheirExperiments() {
        try (AggregatorService service = AggregatorService.start(settings("state"))) {
            service.awaitRunning(PATIENCE);
            publish(runs("a", 0, 5));
            publish(runs("b", 0, 5));
            publishBytes("c/0", new byte[] {1, 2, 3});
            publish(runs("c", 0, 5));
            awaitComplete(Set.of("a", "b", "c"));
            assertThat(service.recordsSetAside()).isOne();
        }
        EveryAverageEqualsItsRecomputation.on(kafka);
    }

    @Test
    void transactionsThatKafkaHasLeftOpenForEverAreEndedAndEveryAverageRebuilt() throws Exception {
        try (AggregatorService service = AggregatorService.start(settings("state"))) {
            service.awaitRunning(PATIENCE);
            publish(runs("a", 0, 5));
            awaitComplete(Set.of("a"));
            for (int partition = 0; partition < Topics.AVERAGES.partitions(); partition++) {
                ForgottenTransaction.leaveOn(
                        kafka,
                        new TopicPartition(Topics.AVERAGES.topicName(), partition),
                        settings("state").applicationId() + "-forgotten-" + partition);
            }

            long before = averages("a");
            publish(runs("b", 0, 5));

            awaitComplete(Set.of("a", "b"));
            awaitAverages("a", before + 1);
        }
        EveryAverageEqualsItsRecomputation.on(kafka);
    }

    @Test
    void aRebuildThatItsProcessDidNotLiveToEndIsMadeByTheNextOne() throws Exception {
        try (AggregatorService service = AggregatorService.start(settings("state"))) {
            service.awaitRunning(PATIENCE);
            publish(runs("a", 0, 5));
            awaitComplete(Set.of("a"));
        }
        long before = averages("a");
        noteRebuild(1);

        try (AggregatorService service = AggregatorService.start(settings("state"))) {
            service.awaitRunning(PATIENCE);
            publish(runs("b", 0, 5));
            awaitComplete(Set.of("a", "b"));
            awaitAverages("a", before + 1);
        }
        assertThat(rebuilds()).isEqualTo(2);
        EveryAverageEqualsItsRecomputation.on(kafka);
    }

    @Test
    void ofTwoAggregatorsBothMakeRoomForARebuildOneMakesItAndBothGoOn() throws Exception {
        try (AggregatorService one = AggregatorService.start(settings("one"));
                AggregatorService other = AggregatorService.start(settings("other"))) {
            one.awaitRunning(PATIENCE);
            other.awaitRunning(PATIENCE);
            Set<String> ids = new HashSet<>();
            for (int i = 0; i < 8; i++) {
                ids.add("e" + i);
                publish(runs("e" + i, 0, 5));
            }
            awaitComplete(ids);
            Map<String, Long> before = new HashMap<>();
            for (String id : ids) {
                before.put(id, averages(id));
            }

            noteRebuild(1);

            for (String id : ids) {
                awaitAverages(id, before.get(id) + 1);
                publish(runs(id + "-later", 0, 5));
            }
            awaitComplete(ids.stream().map(id -> id + "-later").collect(Collectors.toSet()));
            assertThat(rebuilds()).isEqualTo(2);
            await(() -> one.isRunning() && other.isRunning());
        }
        EveryAverageEqualsItsRecomputation.on(kafka);
    }

    @Test
    void storesFromBeforeARebuildThatAnotherMadeMeanwhileAreForgotten() throws Exception {
        try (AggregatorService one = AggregatorService.start(settings("one"))) {
            one.awaitRunning(PATIENCE);
            publish(runs("a", 0, 5));
            awaitComplete(Set.of("a"));
        }
        try (AggregatorService one = AggregatorService.start(settings("one"))) {
            one.awaitRunning(PATIENCE);
        }
        Path stores = directory.resolve("one").resolve(settings("one").applicationId());
        Path mark = Files.writeString(stores.resolve("mark"), "from before");
        try (AggregatorService one = AggregatorService.start(settings("one"))) {
            one.awaitRunning(PATIENCE);
            assertThat(mark).as("what nobody has rebuilt").exists();
        }
        try (AggregatorService other = AggregatorService.startAnew(settings("other"))) {
            other.awaitRunning(PATIENCE);
            publish(runs("b", 0, 5));
            awaitComplete(Set.of("a", "b"));
        }
        // As Kafka forgets it after a week, unless told otherwise.
        try (Admin admin = Admin.create(kafka.admin())) {
            admin.deleteConsumerGroups(List.of(noted())).all().get();
        }
        try (AggregatorService one = AggregatorService.start(settings("one"))) {
            one.awaitRunning(PATIENCE);
            assertThat(mark).doesNotExist();
            publish(runs("c", 0, 5));
            awaitComplete(Set.of("a", "b", "c"));
        }
        EveryAverageEqualsItsRecomputation.on(kafka);
    }

    @Test
    void aNoteThatIsTakenBackLeavesThoseThatMadeRoomAtWork() throws Exception {
        try (AggregatorService one = AggregatorService.start(settings("one"));
                AggregatorService other = AggregatorService.start(settings("other"))) {
            one.awaitRunning(PATIENCE);
            other.awaitRunning(PATIENCE);
            noteRebuild(1);
            await(() -> !one.isRunning() || !other.isRunning());
            noteRebuild(2);

            publish(runs("a", 0, 5));
            awaitComplete(Set.of("a"));
            await(() -> one.isRunning() && other.isRunning());
            assertThat(rebuilds() % 2).isZero();
        }
        EveryAverageEqualsItsRecomputation.on(kafka);
    }

    /** As an aggregator notes that it has begun one: {@code Rebuild}. */
    private void noteRebuild(long number) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(kafka.admin())) {
            admin.alterConsumerGroupOffsets(noted(), Map.of(NUMBERED, new OffsetAndMetadata(number)))
                    .all()
                    .get();
        }
    }

    private long rebuilds() throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(kafka.admin())) {
            return admin.listConsumerGroupOffsets(noted())
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .get(NUMBERED)
                    .offset();
        }
    }

    private String noted() {
        return settings("state").applicationId() + "-rebuild";
    }

    /** Records of an experiment on the averages' topic. */
    private long averages(String id) {
        AtomicLong records = new AtomicLong();
        try (TopicReader<Average> reader = TopicReader.open(Topics.AVERAGES, Average.class, kafka)) {
            reader.readToEnd(message -> {
                if (message.key().equals(id)) {
                    records.incrementAndGet();
                }
            });
        }
        return records.get();
    }

    private void awaitAverages(String id, long records) {
        await(() -> averages(id) >= records);
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(deadline - System.nanoTime()).as("nanoseconds left").isPositive();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    @Test
    void anAggregatorKilledAndItsDiskLostGivesTheSameAverages() throws IOException {
        Path state = directory.resolve("state");
        try (AggregatorChild child = AggregatorChild.start(kafka, state)) {
            publish(runs("a", 0, 5));
            publish(runs("b", 0, 3));
            awaitComplete(Set.of("a"));
            child.kill();
        }
        delete(state);
        publish(runs("b", 2, 5));
        publish(runs("a", 0, 2));
        try (AggregatorService service = AggregatorService.start(settings("state"))) {
            service.awaitRunning(PATIENCE);
            awaitComplete(Set.of("a", "b"));
            publish(runs("c", 0, 5));
            Average last = awaitComplete(Set.of("c")).get("c");
            assertThat(last.getRunsDone()).isEqualTo(5);
        }
        EveryAverageEqualsItsRecomputation.on(kafka);
    }

    @Test
    void ofTwoAggregatorsOneGoesOnAloneWhenTheOtherIsKilled() throws IOException {
        Set<String> ids = new HashSet<>();
        try (AggregatorService first = AggregatorService.start(settings("first"))) {
            first.awaitRunning(PATIENCE);
            try (AggregatorChild second = AggregatorChild.start(kafka, directory.resolve("second"))) {
                publishExperiments(ids, "together", 20);
                awaitComplete(ids);
                second.kill();
            }
            publishExperiments(ids, "alone", 20);
            awaitComplete(ids);
        }
        EveryAverageEqualsItsRecomputation.on(kafka);
    }

    @Test
    void aLostChangelogIsRebuiltFromTheResults() throws ExecutionException, InterruptedException {
        try (AggregatorService service = AggregatorService.start(settings("state"))) {
            service.awaitRunning(PATIENCE);
            publish(runs("a", 0, 4));
            publish(runs("b", 0, 5));
            awaitComplete(Set.of("b"));
        }
        try (Admin admin = Admin.create(kafka.admin())) {
            admin.deleteTopics(List.of("farm-aggregator-experiments-changelog"))
                    .all()
                    .get();
        }
        publish(runs("a", 4, 5));
        try (AggregatorService service = AggregatorService.start(settings("state"))) {
            service.awaitRunning(PATIENCE);
            assertThat(awaitComplete(Set.of("a")).get("a").getRunsDone()).isEqualTo(5);
        }
        EveryAverageEqualsItsRecomputation.on(kafka);
    }

    @Test
    void startingAnewTakesEveryResultInOnceMore() {
        try (AggregatorService service = AggregatorService.start(settings("state"))) {
            service.awaitRunning(PATIENCE);
            publish(runs("a", 0, 5));
            publish(runs("a", 0, 2));
            awaitComplete(Set.of("a"));
        }
        publish(runs("b", 0, 5));
        try (AggregatorService service = AggregatorService.startAnew(settings("state"))) {
            service.awaitRunning(PATIENCE);
            Map<String, Average> averages = awaitComplete(Set.of("a", "b"));
            assertThat(averages.get("a").getRunsDone()).isEqualTo(5);
            assertThat(averages.get("b").getRunsDone()).isEqualTo(5);
        }
        EveryAverageEqualsItsRecomputation.on(kafka);
    }

    @Test
    void aSecondAggregatorOnTheSameDirectoryIsRefusedWithItsHolder() {
        try (AggregatorService first = AggregatorService.start(settings("state"))) {
            first.awaitRunning(PATIENCE);
            assertThatThrownBy(() -> AggregatorService.start(settings("state")))
                    .isInstanceOf(AggregatorFailedException.class)
                    .hasMessage("another aggregator (process "
                            + ProcessHandle.current().pid() + ") already uses the state directory "
                            + directory.resolve("state"));
            assertThat(first.ended()).isNotDone();
        }
    }

    private AggregatorSettings settings(String state) {
        return AggregatorSettings.of(kafka, directory.resolve(state));
    }

    private void publishExperiments(Set<String> ids, String name, int count) {
        for (int i = 0; i < count; i++) {
            ids.add(name + i);
            publish(runs(name + i, 0, 5));
        }
    }

    private static List<RunResult> runs(String experimentId, int from, int to) {
        List<RunResult> results = new ArrayList<>();
        for (int run = from; run < to; run++) {
            results.add(SampleResults.trained(experimentId, run, 1.0 / (run + 3)));
        }
        return results;
    }

    private void publish(List<RunResult> results) {
        results.forEach(result -> publishBytes(
                result.getExperiment().getExperimentId() + "/" + result.getRunIndex(), codec.encode(result)));
    }

    private void publishBytes(String key, byte[] bytes) {
        producer.send(new ProducerRecord<>(Topics.RESULTS.topicName(), key, bytes));
        producer.flush();
    }

    /** The complete averages, when all of these are among them. */
    private Map<String, Average> awaitComplete(Set<String> ids) {
        Map<String, Average> complete = new java.util.TreeMap<>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try (TopicReader<Average> averages = TopicReader.open(Topics.AVERAGES, Average.class, kafka)) {
            while (!complete.keySet().containsAll(ids)) {
                averages.next(Duration.ofNanos(deadline - System.nanoTime())).stream()
                        .map(TopicReader.Message::value)
                        .filter(Average::getComplete)
                        .forEach(average -> complete.put(average.getExperiment().getExperimentId(), average));
                assertThat(System.nanoTime())
                        .as("complete by now: %s", complete.keySet())
                        .isLessThan(deadline);
            }
        }
        return complete;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
