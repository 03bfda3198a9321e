package org.mtlfarm.regressor.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.micrometer.core.instrument.Gauge;

import org.mtlfarm.http.EventStream;
import org.mtlfarm.http.FarmHttpServer;
import org.mtlfarm.http.HttpSettings;
import org.mtlfarm.http.OperatorRoutes;
import org.mtlfarm.http.Problem;
import org.mtlfarm.http.Query;
import org.mtlfarm.http.Route;
import org.mtlfarm.http.ServedBeside;
import org.mtlfarm.http.TopicFollower;
import org.mtlfarm.metrics.FarmMetrics;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Topics;

/**
 * The formulas over HTTP: what they are, what they were, what they predict. It reads the topics itself, so that it answers
 * also while a fit is at work, and every regressor answers alike.
 */
public final class RegressorHttp implements AutoCloseable {
    /** Where a lone regressor is looked for. */
    public static final int USUAL_PORT = 8472;

    /** The formulas as they change. */
    public static final String EVENTS = "/formulas/events";

    private static final int USUAL_HISTORY = 100;

    private final KnownFormulas formulas = new KnownFormulas();
    private final FactorValues factors = new FactorValues();
    private final KnownForecasts forecasts = new KnownForecasts();
    private final EventStream events;
    private final FarmHttpServer server;
    private volatile TopicFollower formulaTopic;
    private volatile TopicFollower averageTopic;

    private RegressorHttp(HttpSettings settings, FarmMetrics metrics, ServedBeside beside) {
        this.events = EventStream.of(
                EVENTS,
                settings,
                Topics.FORMULAS,
                Formula.class,
                "formula",
                formula -> FormulaJson.whole(formula).toString());
        List<Route> all = new ArrayList<>(routes());
        all.addAll(OperatorRoutes.of(metrics));
        this.server = FarmHttpServer.start(settings, beside.routesAnd(all), beside.streamsAnd(events));
        Gauge.builder("farm.regressor.event.clients", events, EventStream::clients)
                .description("Clients that follow the formulas")
                .register(metrics.registry());
    }

    /**
     * Takes the port.
     *
     * @param metrics of this process, served as well
     * @param beside what is served as well
     * @throws org.mtlfarm.http.HttpFailedException if it cannot be had
     */
    public static RegressorHttp start(HttpSettings settings, FarmMetrics metrics, ServedBeside beside) {
        return new RegressorHttp(settings, metrics, beside);
    }

    /** With nothing beside. */
    public static RegressorHttp start(HttpSettings settings, FarmMetrics metrics) {
        return start(settings, metrics, ServedBeside.NOTHING);
    }

    /** Begins to answer: the topics are there. */
    public void serve(KafkaSettings kafka) {
        averageTopic = TopicFollower.start(
                "averages",
                Topics.AVERAGES,
                Average.class,
                kafka,
                message -> factors.take(message.key(), message.value()));
        formulaTopic = TopicFollower.start(
                "formulas",
                Topics.FORMULAS,
                Formula.class,
                kafka,
                message -> formulas.take(message.key(), message.value(), message.partition(), message.offset()));
        events.open(kafka);
    }

    /** Where a browser finds it. */
    public String url() {
        return server.url();
    }

    /** The same, with the key that the page needs to act where there is no token. */
    public String pageUrl() {
        return server.url() + server.actionKey().map(key -> "/#key=" + key).orElse("/");
    }

    @Override
    public void close() {
        events.close();
        close(formulaTopic);
        close(averageTopic);
        server.close();
    }

    private static void close(TopicFollower follower) {
        if (follower != null) {
            follower.close();
        }
    }

    /** All that is served but the events. */
    List<Route> routes() {
        return List.of(
                Route.file("/", "text/html; charset=utf-8", RegressorHttp.class, "index.html"),
                Route.file("/page.js", "text/javascript; charset=utf-8", RegressorHttp.class, "page.js"),
                Route.file("/page.css", "text/css; charset=utf-8", RegressorHttp.class, "page.css"),
                Route.file("/openapi.json", Route.JSON, RegressorHttp.class, "openapi.json"),
                Route.of("/formulas", Route.JSON, Set.of("study"), ready(this::list)),
                Route.of(
                        "/formulas/{id}",
                        Route.JSON,
                        Set.of(),
                        ready((request, query) ->
                                json(request, FormulaJson.whole(formulas.withId(request.pathParam("id")))))),
                Route.of("/formulas/{id}/front", Route.JSON, Set.of(), ready(this::front)),
                Route.of("/formulas/{id}/history", Route.JSON, Set.of("limit"), ready(this::history)),
                Route.withAnyParameters("/formulas/{id}/predict", Route.JSON, ready(this::predict)));
    }

    private Route.Answer ready(Route.Answer answer) {
        return (request, query) -> {
            TopicFollower first = formulaTopic;
            TopicFollower second = averageTopic;
            if (first == null || second == null || !first.isReady() || !second.isReady()) {
                throw Problem.unavailable("the formulas are not read yet");
            }
            answer.to(request, query);
        };
    }

    private void list(Context request, Query query) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("formulas");
        formulas.all(query.text("study")).forEach(formula -> list.add(FormulaJson.summary(formula)));
        json(request, json);
    }

    private void front(Context request, Query query) {
        Formula formula = formulas.withId(request.pathParam("id"));
        ObjectNode json = FormulaJson.summary(formula);
        json.set("front", FormulaJson.front(formula));
        json(request, json);
    }

    private void history(Context request, Query query) {
        int limit = query.integer("limit", 1, KnownFormulas.LONGEST_HISTORY).orElse(USUAL_HISTORY);
        String id = request.pathParam("id");
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", id);
        json.putArray("history").addAll(formulas.history(id, limit));
        json(request, json);
    }

    private void predict(Context request, Query query) {
        Formula formula = formulas.withId(request.pathParam("id"));
        Prediction prediction = new Prediction(formula, query);
        List<Average> rows = factors.of(formula.getExperiments());
        json(request, prediction.json(rows, forecasts.of(formula, rows)));
    }

    private static void json(Context request, JsonNode json) {
        request.result(json.toString() + "\n");
    }
}
