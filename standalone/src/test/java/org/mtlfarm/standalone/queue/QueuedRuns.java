package org.mtlfarm.standalone.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.Sources;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.schemas.TrainingSettings;

/** Runs for tests, five to an experiment, and a way to put them on the queue. */
final class QueuedRuns {
    static final int MAX_ATTEMPTS = 3;

    /** Comes first: Avro builds no message before a codec has told it to trust them. */
    private static final AvroCodec<Run> CODEC = AvroCodec.of(Run.class);

    private QueuedRuns() {}

    static List<Run> some(int count) {
        return some(count, "experiment");
    }

    static List<Run> some(int count, String experiments) {
        List<Run> runs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            runs.add(run(experiments + "-" + i / 5, i % 5));
        }
        return runs;
    }

    static void enqueue(KafkaSettings kafka, List<Run> runs) throws ExecutionException, InterruptedException {
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(kafka.producer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (Run run : runs) {
                sent.add(producer.send(new ProducerRecord<>(
                        Topics.RUNS.topicName(), RunKey.of(run).toString(), CODEC.encode(run))));
            }
            for (Future<RecordMetadata> record : sent) {
                record.get();
            }
        }
    }

    /** Puts the runs' experiments on the plan, or takes them off it. */
    static void plan(KafkaSettings kafka, List<Run> runs, String study, boolean cancelled)
            throws ExecutionException, InterruptedException {
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(kafka.producer())) {
            for (Run run : runs) {
                Plan plan = Plan.newBuilder()
                        .setStudy(study)
                        .setExperiment(run.getExperiment())
                        .setSources(run.getSources())
                        .setCancelled(cancelled)
                        .setPlannedAt(Instant.EPOCH)
                        .build();
                producer.send(new ProducerRecord<>(
                                Topics.PLAN.topicName(),
                                study + "/" + run.getExperiment().getExperimentId(),
                                AvroCodec.of(Plan.class).encode(plan)))
                        .get();
            }
        }
    }

    static void enqueueBytes(KafkaSettings kafka, byte[] bytes) throws ExecutionException, InterruptedException {
        enqueueBytes(kafka, "none", bytes);
    }

    static void enqueueBytes(KafkaSettings kafka, String key, byte[] bytes)
            throws ExecutionException, InterruptedException {
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(kafka.producer())) {
            producer.send(new ProducerRecord<>(Topics.RUNS.topicName(), key, bytes))
                    .get();
        }
    }

    /** All records of a key that were ever put on the queue's topic. */
    static List<byte[]> values(KafkaSettings kafka, String key) {
        List<byte[]> values = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(kafka.consumer())) {
            List<TopicPartition> partitions = IntStream.range(0, Topics.RUNS.partitions())
                    .mapToObj(partition -> new TopicPartition(Topics.RUNS.topicName(), partition))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    if (record.key().equals(key)) {
                        values.add(record.value());
                    }
                }
            }
        }
        return values;
    }

    private static Run run(String experimentId, int runIndex) {
        Experiment experiment = Experiment.newBuilder()
                .setExperimentId(experimentId)
                .setCorpusHash("corpus")
                .setVectorsHash("vectors")
                .setTasks(2)
                .setTokensReal(1000)
                .setTokensSynthetic(1000)
                .setAlpha(0.9)
                .setSharedLayers(2)
                .setTraining(
                        TrainingSettings.newBuilder().setEpochs(3).setHidden(10).build())
                .build();
        return Run.newBuilder()
                .setExperiment(experiment)
                .setRunIndex(runIndex)
                .setSeed(new RunKey(experimentId, runIndex).seed())
                .setStudy("test")
                .setSources(Sources.newBuilder()
                        .setCorpus("builtin")
                        .setVectors("builtin")
                        .build())
                .setMaxAttempts(MAX_ATTEMPTS)
                .setEnqueuedAt(Instant.EPOCH)
                .build();
    }
}
