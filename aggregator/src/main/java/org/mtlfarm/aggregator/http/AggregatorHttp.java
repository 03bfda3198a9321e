package org.mtlfarm.aggregator.http;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

import com.fasterxml.jackson.databind.JsonNode;
import io.javalin.http.Context;
import io.micrometer.core.instrument.Gauge;

import org.mtlfarm.aggregator.AverageQueries;
import org.mtlfarm.aggregator.SharesMovingException;
import org.mtlfarm.http.EventStream;
import org.mtlfarm.http.FarmHttpServer;
import org.mtlfarm.http.HttpSettings;
import org.mtlfarm.http.OperatorRoutes;
import org.mtlfarm.http.Problem;
import org.mtlfarm.http.Query;
import org.mtlfarm.http.Route;
import org.mtlfarm.http.ServedBeside;
import org.mtlfarm.metrics.FarmMetrics;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.AveragesCsv;
import org.mtlfarm.schemas.AvroJson;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Topics;

/**
 * The averages over HTTP, for who has no Kafka: lists, tables, events. Every aggregator answers for every experiment: what
 * another one holds it asks for. The server is there before the aggregator, whose address it is; until {@link #serve} it
 * answers that it is not ready.
 */
public final class AggregatorHttp implements AutoCloseable {
    /** Where a lone aggregator is looked for. */
    public static final int USUAL_PORT = 8471;

    /** The averages as they change. */
    public static final String EVENTS = "/averages/events";

    private static final int MOST_PAGE = 1000;
    private static final int USUAL_PAGE = 100;
    private static final int LONGEST_ID = 200;

    /** Whole tables under way at a time: each holds a thread as long as its reader takes. */
    private static final int TABLES = 8;

    private static final byte[] LINE_END = {'\n'};

    private final Studies studies = new Studies();
    private final SchemaFiles schemas = new SchemaFiles();
    private final Semaphore tables = new Semaphore(TABLES);
    private final Peers peers;
    private final EventStream events;
    private final FarmHttpServer server;
    private final String address;
    private volatile AverageQueries queries;

    private AggregatorHttp(
            HttpSettings settings, Optional<String> advertised, FarmMetrics metrics, ServedBeside beside) {
        this.peers = new Peers(settings.token());
        this.events = EventStream.of(EVENTS, settings, Topics.AVERAGES, Average.class, "average", AvroJson::line);
        List<Route> all = new ArrayList<>(routes());
        all.addAll(OperatorRoutes.of(metrics));
        this.server = FarmHttpServer.start(settings, beside.routesAnd(all), beside.streamsAnd(events));
        Gauge.builder("farm.aggregator.event.clients", events, EventStream::clients)
                .description("Clients that follow the averages")
                .register(metrics.registry());
        this.address = advertised.orElseGet(server::address);
    }

    /**
     * Takes the port.
     *
     * @param advertised {@code host:port} at which other aggregators reach this one; empty where that is what it is bound to
     * @param metrics of this process, served as well
     * @param beside what is served as well
     * @throws org.mtlfarm.http.HttpFailedException if the port cannot be had
     */
    public static AggregatorHttp start(
            HttpSettings settings, Optional<String> advertised, FarmMetrics metrics, ServedBeside beside) {
        return new AggregatorHttp(settings, advertised, metrics, beside);
    }

    /** With nothing beside. */
    public static AggregatorHttp start(HttpSettings settings, Optional<String> advertised, FarmMetrics metrics) {
        return start(settings, advertised, metrics, ServedBeside.NOTHING);
    }

    /** Begins to answer. */
    public void serve(AverageQueries averages, KafkaSettings kafka) {
        studies.open(kafka);
        events.open(kafka);
        queries = averages;
    }

    /** Where a browser finds it. */
    public String url() {
        return server.url();
    }

    /** The same, with the key that a page beside needs to act where there is no token. */
    public String pageUrl() {
        return server.url() + server.actionKey().map(key -> "/#key=" + key).orElse("/");
    }

    /** For {@link org.mtlfarm.aggregator.AggregatorSettings#address()}. */
    public String address() {
        return address;
    }

    /** Clients that follow the averages at this moment. */
    public int eventClients() {
        return events.clients();
    }

    @Override
    public void close() {
        events.close();
        studies.close();
        server.close();
    }

    /** All that is served but the events. */
    List<Route> routes() {
        return List.of(
                Route.file("/", "text/html; charset=utf-8", AggregatorHttp.class, "index.html"),
                Route.file("/page.js", "text/javascript; charset=utf-8", AggregatorHttp.class, "page.js"),
                Route.file("/page.css", "text/css; charset=utf-8", AggregatorHttp.class, "page.css"),
                Route.file("/openapi.json", Route.JSON, AggregatorHttp.class, "openapi.json"),
                Route.of("/experiments", Route.JSON, with("after", "limit"), ready(this::experiments)),
                Route.of("/experiments/{id}", Route.JSON, Set.of(), ready(this::experiment)),
                Route.of("/averages.csv", Route.CSV, AverageFilter.PARAMETERS, ready(this::csv)),
                Route.of("/averages.jsonl", Route.JSON_LINES, AverageFilter.PARAMETERS, ready(this::jsonLines)),
                Route.of("/internal/averages", "avro/binary", with("after", "limit"), ready(this::share)),
                Route.of("/studies", Route.JSON, Set.of(), (request, query) -> json(request, studies.json())),
                Route.of("/schemas", Route.JSON, Set.of(), (request, query) -> json(request, schemas.list())),
                Route.of(
                        "/schemas/{name}",
                        Route.JSON,
                        Set.of(),
                        (request, query) ->
                                schemas.named(request.pathParam("name")).answer(request)),
                Route.of(
                        "/schemas/{name}/{version}",
                        Route.JSON,
                        Set.of(),
                        (request, query) -> schemas.named(
                                        request.pathParam("name") + "/" + request.pathParam("version"))
                                .answer(request)));
    }

    private static Set<String> with(String... more) {
        Set<String> all = new HashSet<>(AverageFilter.PARAMETERS);
        all.addAll(List.of(more));
        return all;
    }

    /** Nothing about averages is known before there is an aggregator, nor while shares move. */
    private Route.Answer ready(Route.Answer answer) {
        return (request, query) -> {
            if (queries == null) {
                throw Problem.unavailable("the aggregator is starting");
            }
            try {
                answer.to(request, query);
            } catch (SharesMovingException e) {
                throw Problem.unavailable(e.getMessage());
            }
        };
    }

    private ExperimentPages pages() {
        return new ExperimentPages(queries, peers, address);
    }

    private void experiments(Context request, Query query) throws IOException {
        int limit = query.integer("limit", 1, MOST_PAGE).orElse(USUAL_PAGE);
        List<Average> page = pages().page(AverageFilter.of(query, studies), query, after(query), limit + 1);
        StringBuilder json = new StringBuilder("{\"experiments\":[");
        List<Average> shown = page.size() > limit ? page.subList(0, limit) : page;
        for (int i = 0; i < shown.size(); i++) {
            json.append(i == 0 ? "\n" : ",\n").append(AvroJson.line(shown.get(i)));
        }
        json.append("\n],\"next\":")
                .append(page.size() > limit ? quoted(id(shown.get(limit - 1))) : "null")
                .append("}\n");
        request.result(json.toString());
    }

    private void experiment(Context request, Query query) {
        String id = id(request.pathParam("id"));
        Optional<String> holder = queries.elsewhere(id);
        if (holder.isEmpty()) {
            Average average =
                    queries.here(id).orElseThrow(() -> Problem.notFound("no experiment with this id has a result yet"));
            request.result(AvroJson.line(average) + "\n");
        } else if (request.header(Peers.HOP) != null) {
            throw Problem.unavailable("the experiments are being shared out anew");
        } else {
            HttpResponse<byte[]> answer = peers.experiment(holder.get(), id);
            if (answer.statusCode() == 404) {
                throw Problem.notFound("no experiment with this id has a result yet");
            } else if (answer.statusCode() != 200) {
                throw Problem.unavailable("the aggregator that has the experiment answered " + answer.statusCode());
            }
            request.result(answer.body());
        }
    }

    /** This process's own share, for another one that gathers them all. */
    private void share(Context request, Query query) throws IOException {
        Set<Integer> share = queries.ownShare();
        int limit = query.integer("limit", 1, MOST_PAGE + 1).orElse(USUAL_PAGE);
        List<Average> page = queries.page(share, after(query), limit, AverageFilter.of(query, studies));
        request.header("Farm-Parts", ExperimentPages.parts(share));
        request.result(peers.encode(page));
    }

    private void csv(Context request, Query query) {
        table(request, query, AveragesCsv.header() + "\n", AveragesCsv::row);
    }

    private void jsonLines(Context request, Query query) {
        table(request, query, "", AvroJson::line);
    }

    /** Row by row as the reader takes them: memory holds a page, however long the table and slow the reader. */
    private void table(Context request, Query query, String header, Function<Average, String> row) {
        if (!tables.tryAcquire()) {
            throw Problem.unavailable(TABLES + " tables are being read already");
        }
        try {
            AverageFilter filter = AverageFilter.of(query, studies);
            List<Average> page = pages().page(filter, query, "", MOST_PAGE);
            if (request.req().getMethod().equals("HEAD")) {
                return;
            }
            OutputStream out = request.res().getOutputStream();
            out.write(header.getBytes(StandardCharsets.UTF_8));
            while (!page.isEmpty()) {
                for (Average average : page) {
                    out.write(row.apply(average).getBytes(StandardCharsets.UTF_8));
                    out.write(LINE_END);
                }
                page = page.size() < MOST_PAGE
                        ? List.of()
                        : pages().page(filter, query, id(page.get(MOST_PAGE - 1)), MOST_PAGE);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            tables.release();
        }
    }

    private static String after(Query query) {
        return query.text("after")
                .filter(id -> !id.isEmpty())
                .map(AggregatorHttp::id)
                .orElse("");
    }

    private static String id(String text) {
        if (text.isEmpty() || text.length() > LONGEST_ID) {
            throw Problem.badRequest(
                    "expected an experiment's id of 1 to " + LONGEST_ID + " characters, found " + text.length());
        }
        return text;
    }

    private static String id(Average average) {
        return average.getExperiment().getExperimentId();
    }

    private static String quoted(String text) {
        return com.fasterxml.jackson.databind.node.JsonNodeFactory.instance
                .textNode(text)
                .toString();
    }

    private static void json(Context request, JsonNode json) {
        request.result(json.toString() + "\n");
    }
}
