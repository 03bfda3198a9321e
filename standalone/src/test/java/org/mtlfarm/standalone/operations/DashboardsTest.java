package org.mtlfarm.standalone.operations;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

import org.mtlfarm.aggregator.http.AggregatorHttp;
import org.mtlfarm.http.HttpSettings;
import org.mtlfarm.metrics.FarmMetrics;
import org.mtlfarm.producer.farm.FarmMeters;
import org.mtlfarm.regressor.http.RegressorHttp;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.standalone.broker.BrokerMeters;
import org.mtlfarm.standalone.broker.TestBroker;
import org.mtlfarm.standalone.run.FarmConnection;
import org.mtlfarm.standalone.stream.SmallFarm;
import org.mtlfarm.worker.network.CardEngine;
import org.mtlfarm.worker.network.CardUse;
import org.mtlfarm.worker.network.Model;
import org.mtlfarm.worker.network.NetworkShape;
import org.mtlfarm.worker.queue.WorkerListener;
import org.mtlfarm.worker.queue.WorkerMeters;

import static org.assertj.core.api.Assertions.assertThat;

/** What dashboards and alerts ask for, against what a farm that has done a study tells Prometheus. */
@ExtendWith(TestBroker.class)
class DashboardsTest {
    private static final Path DOCKER = Path.of("..", "docker");
    private static final Pattern METRIC = Pattern.compile("\\b(?:farm|kafka|process|jvm)_[a-z0-9_]+\\b");

    @Test
    void everyMetricAskedForIsToldAndEveryOneOfTheFarmsIsAskedFor(TestBroker broker, @TempDir Path directory)
            throws Exception {
        Set<String> asked = asked();
        Set<String> told = told(broker.emptied(WorkGroup.WORKERS), directory);

        assertThat(asked).hasSizeGreaterThan(50);
        assertThat(told).as("told").containsAll(asked);
        assertThat(asked)
                .as("asked for")
                .containsAll(told.stream()
                        .filter(name -> name.startsWith("farm_"))
                        .filter(name -> !name.matches("farm_\\w+_seconds_(max|sum|count|bucket)"))
                        .toList());
    }

    private static Set<String> told(KafkaSettings kafka, Path directory) throws Exception {
        try (FarmMetrics metrics = FarmMetrics.of("test", "0");
                AggregatorHttp aggregator = AggregatorHttp.start(HttpSettings.local(), Optional.empty(), metrics);
                RegressorHttp regressor = RegressorHttp.start(HttpSettings.local(), metrics)) {
            assertThat(aggregator.url()).isNotEqualTo(regressor.url());
            BrokerMeters.bind(metrics.registry());
            SmallFarm.submit(kafka);
            SmallFarm.train(kafka, SmallFarm.RUNS, metrics.registry());
            new WorkerMeters(metrics.registry(), WorkerListener.NONE, Clock.systemUTC()).of(new StandInCard());
            SmallFarm.averageAndFit(kafka, directory, metrics.registry());
            FarmMeters meters = new FarmMeters(metrics.registry());
            try (FarmConnection farm = FarmConnection.existing(kafka, WorkGroup.WORKERS, Clock.systemUTC())) {
                meters.take(farm.view().refresh(), Instant.now());
            }
            awaitACollection(metrics);
            return metrics.scrape()
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.replaceAll("[{ ].*", ""))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** Its meters are there after the first one, which a short test may end before. */
    private static void awaitACollection(FarmMetrics metrics) throws InterruptedException {
        long start = System.nanoTime();
        while (!metrics.scrape().contains("jvm_gc_pause_seconds_count")
                && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(60)) {
            System.gc();
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    private static Set<String> asked() throws IOException {
        Set<String> names = new TreeSet<>();
        try (Stream<Path> dashboards = Files.list(DOCKER.resolve("grafana/dashboards"))) {
            for (Path dashboard : dashboards.toList()) {
                JsonNode json = new ObjectMapper().readTree(dashboard.toFile());
                names.addAll(names(json.findValuesAsText("expr")));
                names.addAll(names(List.of(json.path("templating").toString())));
            }
        }
        Map<String, List<Map<String, List<Map<String, Object>>>>> alerts =
                new Yaml().load(Files.readString(DOCKER.resolve("prometheus/alerts.yml")));
        for (Map<String, List<Map<String, Object>>> group : alerts.get("groups")) {
            names.addAll(names(group.get("rules").stream()
                    .map(rule -> rule.get("expr").toString())
                    .toList()));
        }
        return names;
    }

    private static Set<String> names(List<String> expressions) {
        return expressions.stream()
                .flatMap(expression -> METRIC.matcher(expression).results().map(MatchResult::group))
                .collect(Collectors.toSet());
    }

    /** In the place of a GPU, which the machine of a test does not have. */
    private static final class StandInCard implements CardEngine {
        @Override
        public CardUse use() {
            return new CardUse("0", 0.5, 1, 2, 3, 4, 12);
        }

        @Override
        public String name() {
            return "stand-in";
        }

        @Override
        public String version() {
            return "1";
        }

        @Override
        public Model open(NetworkShape shape, int batch, double learningRate, float[] vectors, float[] parameters) {
            throw new IllegalStateException("nothing is trained here");
        }
    }
}
