package org.mtlfarm.standalone.aggregator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

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
import org.mtlfarm.standalone.broker.BrokerSettings;
import org.mtlfarm.standalone.broker.EmbeddedBroker;

/**
 * How fast the aggregator starts, answers, takes results in and restores, on an embedded broker in the same process. Run by
 * hand: {@code mvn -pl standalone -am test-compile}, then this class with the module's test class path and, as its one
 * argument, the number of experiments (5 results each).
 */
public final class AggregatorMeasurement {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int SINGLE_RESULTS = 31;

    private final AvroCodec<RunResult> codec = AvroCodec.of(RunResult.class);
    private final KafkaSettings kafka;
    private final Path broker;
    private final Path state;

    private AggregatorMeasurement(KafkaSettings kafka, Path directory) {
        this.kafka = kafka;
        this.broker = directory.resolve("broker");
        this.state = directory.resolve("state");
    }

    public static void main(String[] arguments) throws IOException {
        Path directory = Files.createTempDirectory("aggregator-measurement");
        try (EmbeddedBroker broker = EmbeddedBroker.start(BrokerSettings.in(directory.resolve("broker")))) {
            AggregatorMeasurement measurement =
                    new AggregatorMeasurement(KafkaSettings.of(broker.bootstrapServers()), directory);
            measurement.run(Integer.parseInt(arguments[0]));
        } finally {
            delete(directory);
        }
        System.exit(0);
    }

    private void run(int experiments) throws IOException {
        for (int commitMillis : new int[] {100, 10}) {
            AggregatorService service = start("start, commits every " + commitMillis + " ms", commitMillis);
            answerToSingleResults("single" + commitMillis + "-");
            service.close();
        }
        AggregatorService service = start("start on the same directory", 100);
        takeIn(experiments);
        service.close();
        tellDisk();
        delete(state);
        start("start with the directory lost, restore of " + experiments + " experiments", 100)
                .close();
        EveryAverageEqualsItsRecomputation.on(kafka);
        System.out.println("every average equals its recomputation");
    }

    private AggregatorService start(String what, int commitMillis) {
        long begin = System.nanoTime();
        AggregatorService service = AggregatorService.start(AggregatorSettings.builder(kafka, state)
                .commitInterval(Duration.ofMillis(commitMillis))
                .build());
        service.awaitRunning(PATIENCE);
        System.out.printf("%s: %.2f s to running%n", what, seconds(begin));
        return service;
    }

    /** What every topic, its partitions together, and the stores take. */
    private void tellDisk() throws IOException {
        Map<String, Long> bytes = new TreeMap<>();
        try (Stream<Path> partitions = Files.list(broker.resolve("log"))) {
            for (Path partition : partitions.filter(Files::isDirectory).toList()) {
                bytes.merge(partition.getFileName().toString().replaceFirst("-\\d+$", ""), bytes(partition), Long::sum);
            }
        }
        bytes.put("the stores", bytes(state));
        bytes.forEach((topic, size) -> {
            if (size > 1 << 20) {
                System.out.printf("on disk: %s: %.1f MB%n", topic, size / 1e6);
            }
        });
    }

    private static long bytes(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().endsWith("index"))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    private void answerToSingleResults(String name) {
        double[] millis = new double[SINGLE_RESULTS];
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(kafka.producer());
                TopicReader<Average> averages = TopicReader.open(Topics.AVERAGES, Average.class, kafka)) {
            averages.readToEnd();
            for (int i = 0; i < SINGLE_RESULTS; i++) {
                long begin = System.nanoTime();
                publish(producer, SampleResults.trained(name + i, 0, 0.5));
                averages.next(PATIENCE);
                millis[i] = 1000 * seconds(begin);
            }
        }
        Arrays.sort(millis);
        System.out.printf(
                "result to committed average, one at a time: median %.0f ms, longest of %d %.0f ms%n",
                millis[SINGLE_RESULTS / 2], SINGLE_RESULTS, millis[SINGLE_RESULTS - 1]);
    }

    private void takeIn(int experiments) {
        Set<String> missing = new HashSet<>();
        long begin = System.nanoTime();
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(kafka.producer());
                TopicReader<Average> averages = TopicReader.open(Topics.AVERAGES, Average.class, kafka)) {
            for (int run = 0; run < 5; run++) {
                for (int experiment = 0; experiment < experiments; experiment++) {
                    publish(producer, SampleResults.trained("e" + experiment, run, 1.0 / (run + 3)));
                }
            }
            for (int experiment = 0; experiment < experiments; experiment++) {
                missing.add("e" + experiment);
            }
            while (!missing.isEmpty()) {
                averages.next(PATIENCE).stream()
                        .filter(message -> message.value().getComplete())
                        .forEach(message -> missing.remove(message.key()));
            }
        }
        double took = seconds(begin);
        System.out.printf(
                "%d results taken in, published and averages read as well, in %.1f s: %.0f a second%n",
                5 * experiments, took, 5 * experiments / took);
    }

    private void publish(KafkaProducer<String, byte[]> producer, RunResult result) {
        producer.send(new ProducerRecord<>(
                Topics.RESULTS.topicName(),
                result.getExperiment().getExperimentId() + "/" + result.getRunIndex(),
                codec.encode(result)));
    }

    private static double seconds(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
