package org.mtlfarm.standalone.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

import org.mtlfarm.aggregator.ExperimentSlots;
import org.mtlfarm.aggregator.SampleResults;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.TopicSetup;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.standalone.broker.BrokerSettings;
import org.mtlfarm.standalone.broker.EmbeddedBroker;

/** How long {@code farm results} takes for so many averages, start of its Java included; by hand, with their number. */
public final class ResultsMeasurement {
    private ResultsMeasurement() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        int rows = Integer.parseInt(arguments[0]);
        Path directory = Files.createTempDirectory("results-measurement");
        try (EmbeddedBroker broker = EmbeddedBroker.start(BrokerSettings.in(directory.resolve("broker")))) {
            KafkaSettings kafka = KafkaSettings.of(broker.bootstrapServers());
            TopicSetup.ensure(kafka, WorkGroup.WORKERS);
            publish(kafka, rows);
            for (String format : List.of("csv", "json", "csv", "json")) {
                Path out = directory.resolve("out");
                long begin = System.nanoTime();
                int status = new ProcessBuilder(command(kafka, format))
                        .redirectOutput(out.toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start()
                        .waitFor();
                double seconds = (System.nanoTime() - begin) / 1e9;
                long lines;
                try (Stream<String> all = Files.lines(out)) {
                    lines = all.count();
                }
                System.out.printf(
                        Locale.ROOT,
                        "%s: exit %d, %d lines, %.1f MB, %.1f s%n",
                        format,
                        status,
                        lines,
                        Files.size(out) / 1e6,
                        seconds);
            }
        } finally {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file :
                        files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        System.exit(0);
    }

    private static List<String> command(KafkaSettings kafka, String format) {
        return new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseParallelGC",
                "-cp",
                System.getProperty("java.class.path"),
                "org.mtlfarm.standalone.command.FarmCommand",
                "results",
                "--bootstrap-servers",
                kafka.bootstrapServers(),
                "--format",
                format));
    }

    private static void publish(KafkaSettings kafka, int rows) {
        AvroCodec<Average> codec = AvroCodec.of(Average.class);
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(kafka.producer())) {
            for (int row = 0; row < rows; row++) {
                String id = String.format(Locale.ROOT, "%032x", row * 0x9E3779B97F4A7C15L);
                ExperimentSlots slots = ExperimentSlots.empty(SampleResults.experiment(id, 2));
                for (int run = 0; run < 5; run++) {
                    slots = slots.with(SampleResults.trained(id, run, 1.0 / (row % 1000 + run + 1)), Instant.EPOCH);
                }
                producer.send(new ProducerRecord<>(Topics.AVERAGES.topicName(), id, codec.encode(slots.average())));
            }
        }
    }
}
