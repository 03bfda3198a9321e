package org.mtlfarm.standalone.http;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.mtlfarm.aggregator.AggregatorService;
import org.mtlfarm.aggregator.AggregatorSettings;
import org.mtlfarm.aggregator.SampleResults;
import org.mtlfarm.aggregator.http.AggregatorHttp;
import org.mtlfarm.http.HttpSettings;
import org.mtlfarm.metrics.FarmMetrics;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.AveragesCsv;
import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.AvroJson;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.Sources;
import org.mtlfarm.schemas.TopicReader;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.standalone.broker.TestBroker;

import static org.assertj.core.api.Assertions.assertThat;

/** Two aggregators that share the experiments, on a real broker, asked over HTTP. */
@ExtendWith(TestBroker.class)
class AggregatorHttpTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final AvroCodec<RunResult> codec = AvroCodec.of(RunResult.class);
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final TestBroker broker;
    private final List<AutoCloseable> open = new ArrayList<>();
    private KafkaSettings kafka;
    private KafkaProducer<String, byte[]> producer;

    @TempDir
    private Path directory;

    AggregatorHttpTest(TestBroker broker) {
        this.broker = broker;
    }

    @BeforeEach
    void emptyTheTopics() throws ExecutionException, InterruptedException {
        kafka = broker.emptied(WorkGroup.WORKERS);
        producer = new KafkaProducer<>(kafka.producer());
    }

    @AfterEach
    void closeAll() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
        producer.close();
    }

    @Test
    void whicheverAggregatorIsAskedItAnswersForAllExperiments() throws Exception {
        for (int i = 0; i < 60; i++) {
            publish("e" + i, 1 + i % 3, 0, i % 2 == 0 ? 5 : 3);
        }
        plan("quick", "e7");
        plan("quick", "e8");
        AggregatorHttp first = aggregator("first");
        AggregatorHttp second = aggregator("second");
        Map<String, Average> averages = averages(60, 60 * 4);
        for (AggregatorHttp asked : List.of(first, second)) {
            awaitAll(asked, 60);
            for (String id : List.of("e0", "e1", "e2", "e3", "e4", "e5", "e6", "e7")) {
                assertThat(text(asked, "/experiments/" + id)).isEqualTo(AvroJson.line(averages.get(id)) + "\n");
            }
            assertThat(status(asked, "/experiments/nobody")).isEqualTo(404);
            assertThat(pages(asked, "limit=7")).containsExactlyElementsOf(new TreeSet<>(averages.keySet()));
            assertThat(pages(asked, "limit=1000&complete=true&tasks=1")).hasSize(10);
            assertThat(pages(asked, "limit=2&study=quick")).containsExactly("e7", "e8");
            assertThat(status(asked, "/experiments?study=nobody")).isEqualTo(404);
            assertThat(text(asked, "/averages.csv"))
                    .isEqualTo(AveragesCsv.header() + "\n"
                            + averages.values().stream()
                                    .map(average -> AveragesCsv.row(average) + "\n")
                                    .collect(Collectors.joining()));
            assertThat(text(asked, "/averages.jsonl?complete=false").lines()).hasSize(30);
        }
    }

    @Test
    void anEventStreamGoesOnAtTheOtherAggregatorWhereItWasCutOff() throws Exception {
        AggregatorHttp first = aggregator("first");
        AggregatorHttp second = aggregator("second");
        for (int i = 0; i < 40; i++) {
            publish("before" + i, 2, 0, 1);
        }
        averages(40, 40);
        String lastId;
        try (EventClients clients = clients(first, "", 1, 0)) {
            EventClients.Client one = clients.clients().get(0);
            await(() -> one.events == 40);
            lastId = one.lastId;
        }
        for (int i = 0; i < 30; i++) {
            publish("after" + i, 2, 0, 1);
        }
        try (EventClients clients = clients(second, lastId, 3, 0);
                EventClients fromNow = new EventClients(
                        URI.create(second.url() + AggregatorHttp.EVENTS + "?from=now"), "", 1, 0, () -> 0)) {
            clients.clients().forEach(one -> await(() -> one.events == 30));
            await(() -> !fromNow.clients().get(0).status.isEmpty());
            publish("last", 2, 0, 1);
            clients.clients().forEach(one -> await(() -> one.events == 31));
            Map<String, Average> averages = averages(71, 71);
            long expected = averages.entrySet().stream()
                    .filter(one -> !one.getKey().startsWith("before"))
                    .mapToLong(one -> EventClients.hash(AvroJson.line(one.getValue())))
                    .sum();
            assertThat(clients.clients())
                    .allSatisfy(one -> assertThat(one.hashes).isEqualTo(expected));
            await(() -> fromNow.clients().get(0).events >= 1);
        }
        assertThat(get(first, AggregatorHttp.EVENTS, "Last-Event-ID", "nonsense")
                        .statusCode())
                .isEqualTo(400);
        assertThat(get(first, AggregatorHttp.EVENTS, "Accept", "application/json")
                        .statusCode())
                .isEqualTo(406);
    }

    /** Forty-five clients that read, five that do not: what these have not taken waits on the topic, not in memory. */
    @Test
    void clientsThatDoNotReadHoldUpNobodyAndLoseNothing() throws Exception {
        AggregatorHttp http = aggregator("first");
        int experiments = 4000;
        try (EventClients clients = clients(http, "", 50, 5)) {
            for (int i = 0; i < experiments; i++) {
                producer.send(record("e" + i, 2, 0));
            }
            producer.flush();
            clients.clients().subList(5, 50).forEach(one -> await(() -> one.events == experiments));
            assertThat(clients.clients().subList(0, 5)).allMatch(one -> one.events == 0);
            clients.wakeTheLazy();
            clients.clients().forEach(one -> await(() -> one.events == experiments));
            long expected = clients.clients().get(49).hashes;
            assertThat(clients.clients()).allMatch(one -> one.hashes == expected);
            assertThat(averages(experiments, experiments).values().stream()
                            .mapToLong(average -> EventClients.hash(AvroJson.line(average)))
                            .sum())
                    .isEqualTo(expected);
            assertThat(http.eventClients()).isEqualTo(50);
        }
        // Nobody has said goodbye: that they are gone is noticed when the heartbeats find no one.
        await(() -> http.eventClients() == 0);
    }

    @Test
    void beyondTheNumberOfStreamsAClientIsToldToComeAgain() throws Exception {
        AggregatorHttp http = aggregator("first", HttpSettings.local().with(Set.of(), Set.of(), 3));
        try (EventClients clients = clients(http, "", 3, 0)) {
            clients.clients().forEach(one -> await(() -> !one.status.isEmpty()));
            HttpResponse<String> answer = get(http, AggregatorHttp.EVENTS, "Accept", "*/*");
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        }
    }

    @Test
    void beforeTheAggregatorRunsItSaysSo() throws Exception {
        AggregatorHttp http = AggregatorHttp.start(HttpSettings.local(), Optional.empty(), FarmMetrics.of("test", "0"));
        open.add(http);
        assertThat(status(http, "/experiments")).isEqualTo(503);
        assertThat(status(http, "/experiments/e0")).isEqualTo(503);
        assertThat(status(http, AggregatorHttp.EVENTS)).isEqualTo(503);
        assertThat(status(http, "/schemas/Average/1")).isEqualTo(200);
        assertThat(status(http, "/schemas/Nothing")).isEqualTo(404);
    }

    private AggregatorHttp aggregator(String name) {
        return aggregator(name, HttpSettings.local().with(Duration.ofMillis(200), Duration.ofSeconds(40)));
    }

    private AggregatorHttp aggregator(String name, HttpSettings settings) {
        AggregatorHttp http = AggregatorHttp.start(settings, Optional.empty(), FarmMetrics.of("test", "0"));
        open.add(http);
        AggregatorService service = AggregatorService.start(AggregatorSettings.builder(kafka, directory.resolve(name))
                .address(http.address())
                .build());
        open.add(service);
        http.serve(service.queries(), kafka);
        service.awaitRunning(PATIENCE);
        await(() -> status(http, "/experiments") == 200 && status(http, "/studies") == 200);
        return http;
    }

    private EventClients clients(AggregatorHttp http, String lastEventId, int count, int lazy) throws IOException {
        await(() -> {
            try {
                return client.send(
                                        HttpRequest.newBuilder(URI.create(http.url() + AggregatorHttp.EVENTS))
                                                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                                                .build(),
                                        HttpResponse.BodyHandlers.discarding())
                                .statusCode()
                        == 200;
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        return new EventClients(
                URI.create(http.url() + AggregatorHttp.EVENTS), lastEventId, count, lazy, System::currentTimeMillis);
    }

    private void publish(String experimentId, int tasks, int from, int to) {
        for (int run = from; run < to; run++) {
            producer.send(record(experimentId, tasks, run));
        }
        producer.flush();
    }

    private ProducerRecord<String, byte[]> record(String experimentId, int tasks, int run) {
        RunResult sample = SampleResults.trained(experimentId, run, 1.0 / (run + 3));
        List<Double> ami = new ArrayList<>(List.of(1.0));
        while (ami.size() < tasks) {
            ami.add(0.5);
        }
        RunResult result = RunResult.newBuilder(sample)
                .setExperiment(SampleResults.experiment(experimentId, tasks))
                .setAmi(ami)
                .build();
        return new ProducerRecord<>(Topics.RESULTS.topicName(), experimentId + "/" + run, codec.encode(result));
    }

    private void plan(String study, String experimentId) {
        Plan plan = Plan.newBuilder()
                .setStudy(study)
                .setExperiment(SampleResults.experiment(experimentId, 2))
                .setSources(new Sources("builtin", "builtin"))
                .setPlannedAt(java.time.Instant.EPOCH)
                .build();
        producer.send(new ProducerRecord<>(
                Topics.PLAN.topicName(),
                study + "/" + experimentId,
                AvroCodec.of(Plan.class).encode(plan)));
        producer.flush();
    }

    /** The averages on the topic, when there are so many, of so many runs together. */
    private Map<String, Average> averages(int experiments, int runs) {
        Map<String, Average> averages = new TreeMap<>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try (TopicReader<Average> reader = TopicReader.open(Topics.AVERAGES, Average.class, kafka)) {
            while (averages.size() < experiments
                    || averages.values().stream().mapToInt(Average::getRunsDone).sum() < runs) {
                assertThat(System.nanoTime())
                        .as("averages so far: %d", averages.size())
                        .isLessThan(deadline);
                reader.next(Duration.ofSeconds(1)).forEach(message -> averages.put(message.key(), message.value()));
            }
        }
        return averages;
    }

    private void awaitAll(AggregatorHttp http, int experiments) {
        await(() -> status(http, "/averages.csv") == 200
                && text(http, "/averages.csv").lines().count() == experiments + 1);
    }

    private List<String> pages(AggregatorHttp http, String query) throws IOException {
        List<String> ids = new ArrayList<>();
        String after = "";
        do {
            JsonNode page = JSON.readTree(text(http, "/experiments?" + query + after));
            StreamSupport.stream(page.get("experiments").spliterator(), false)
                    .map(one -> one.get("experiment").get("experimentId").textValue())
                    .forEach(ids::add);
            after = page.get("next").isNull()
                    ? ""
                    : "&after=" + page.get("next").textValue();
        } while (!after.isEmpty());
        return ids;
    }

    private int status(AggregatorHttp http, String path) {
        return get(http, path, "Accept", "*/*").statusCode();
    }

    private String text(AggregatorHttp http, String path) {
        HttpResponse<String> answer = get(http, path, "Accept", "*/*");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    private HttpResponse<String> get(AggregatorHttp http, String path, String header, String value) {
        try {
            return client.send(
                    HttpRequest.newBuilder(URI.create(http.url() + path))
                            .header(header, value)
                            .timeout(Duration.ofSeconds(60))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(path, e);
        }
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }
}
