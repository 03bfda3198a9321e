package org.mtlfarm.standalone.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

import org.mtlfarm.aggregator.AggregatorService;
import org.mtlfarm.aggregator.AggregatorSettings;
import org.mtlfarm.aggregator.SampleResults;
import org.mtlfarm.aggregator.http.AggregatorHttp;
import org.mtlfarm.http.HttpSettings;
import org.mtlfarm.metrics.FarmMetrics;
import org.mtlfarm.regressor.http.RegressorHttp;
import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.Candidate;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.Sources;
import org.mtlfarm.schemas.TopicSetup;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.standalone.broker.BrokerSettings;
import org.mtlfarm.standalone.broker.EmbeddedBroker;

/**
 * Two aggregators and a regressor that serve a small farm's results until the standard input ends: something for {@code
 * benchmarks/http fuzz} to ask. Prints a line {@code served AGGREGATOR REGRESSOR} with their addresses.
 */
public final class ServedFarm {
    private static final int EXPERIMENTS = 300;
    private static final String FORMULA = "f1 ~ tokens, ami where tasks > 1";

    private ServedFarm() {}

    public static void main(String[] arguments) throws IOException {
        AvroCodec.trustMessages();
        Path directory = Files.createTempDirectory("served-farm");
        EmbeddedBroker broker = EmbeddedBroker.start(BrokerSettings.in(directory.resolve("broker")));
        KafkaSettings kafka = KafkaSettings.of(broker.bootstrapServers());
        TopicSetup.ensure(kafka, WorkGroup.WORKERS);
        AggregatorHttp first = aggregator(kafka, directory.resolve("first"));
        aggregator(kafka, directory.resolve("second"));
        publish(kafka);
        RegressorHttp regressor = RegressorHttp.start(HttpSettings.local(), FarmMetrics.of("test", "0"));
        regressor.serve(kafka);
        System.out.println("served " + first.url() + " " + regressor.url());
        while (System.in.read() >= 0) {
            // Only the end of the input says something.
        }
        Runtime.getRuntime().halt(0);
    }

    private static AggregatorHttp aggregator(KafkaSettings kafka, Path state) {
        AggregatorHttp http = AggregatorHttp.start(HttpSettings.local(), Optional.empty(), FarmMetrics.of("test", "0"));
        AggregatorService service = AggregatorService.start(
                AggregatorSettings.builder(kafka, state).address(http.address()).build());
        http.serve(service.queries(), kafka);
        service.awaitRunning(Duration.ofMinutes(2));
        return http;
    }

    private static void publish(KafkaSettings kafka) {
        AvroCodec<RunResult> results = AvroCodec.of(RunResult.class);
        AvroCodec<Plan> plans = AvroCodec.of(Plan.class);
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(kafka.producer())) {
            for (int i = 0; i < EXPERIMENTS; i++) {
                String id = "e" + i;
                for (int run = 0; run < 5; run++) {
                    producer.send(new ProducerRecord<>(
                            Topics.RESULTS.topicName(),
                            id + "/" + run,
                            results.encode(SampleResults.trained(id, run, 1.0 / (run + 2)))));
                }
                Plan plan = Plan.newBuilder()
                        .setStudy("quick")
                        .setExperiment(SampleResults.experiment(id, 2))
                        .setSources(new Sources("builtin", "builtin"))
                        .setPlannedAt(Instant.EPOCH)
                        .build();
                producer.send(new ProducerRecord<>(Topics.PLAN.topicName(), "quick/" + id, plans.encode(plan)));
            }
            Candidate law = new Candidate("sqrt(tokens)*ami/(1 - ami)", "\\sqrt{n}", 9, 0.01, 0.02, Double.NaN);
            Formula formula = Formula.newBuilder()
                    .setStudy("quick")
                    .setSpecification(FORMULA)
                    .setTarget("f1")
                    .setFeatures(List.of("tokens", "ami"))
                    .setCondition("tasks > 1")
                    .setRows(3)
                    .setExperiments(List.of("e0", "e1", "e2"))
                    .setBest(law)
                    .setFront(List.of(law))
                    .setSeed(1)
                    .setSeconds(0.1)
                    .setFittedAt(Instant.now())
                    .build();
            producer.send(new ProducerRecord<>(
                    Topics.FORMULAS.topicName(),
                    "quick/" + FORMULA,
                    AvroCodec.of(Formula.class).encode(formula)));
        }
    }
}
