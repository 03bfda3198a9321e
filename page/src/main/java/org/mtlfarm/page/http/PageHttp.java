package org.mtlfarm.page.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;

import org.mtlfarm.http.EventStream;
import org.mtlfarm.http.Gzip;
import org.mtlfarm.http.HttpSettings;
import org.mtlfarm.http.Problem;
import org.mtlfarm.http.Query;
import org.mtlfarm.http.Route;
import org.mtlfarm.http.ServedBeside;
import org.mtlfarm.http.StaticFile;
import org.mtlfarm.page.FormulaBook;
import org.mtlfarm.page.FormulaFacts;
import org.mtlfarm.page.LiveFarm;
import org.mtlfarm.page.LiveStudy;
import org.mtlfarm.producer.farm.Reconciler;
import org.mtlfarm.schemas.AveragesCsv;
import org.mtlfarm.schemas.BrokerUnavailableException;
import org.mtlfarm.schemas.FormulasJson;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.WorkGroup;

/** Serves the page, on a server that serves other things as well. Until {@link #serve} it answers that it is not ready. */
public final class PageHttp implements AutoCloseable {
    /** A page that hears nothing for three of these takes its connection for dead. */
    private static final Duration BEAT = Duration.ofSeconds(5);

    private static final String SCRIPT = "text/javascript; charset=utf-8";
    private static final String STYLE = "text/css; charset=utf-8";
    private static final int MOST_CANDIDATES = 1_000;

    private static final List<String> SCRIPTS = List.of(
            "main.js",
            "live.js",
            "dom.js",
            "map.js",
            "plots.js",
            "against.js",
            "laws.js",
            "whatif.js",
            "runs.js",
            "actions.js");

    /** Those that formulas are set in; a browser asks for the ones that it needs. */
    private static final List<String> FONTS = List.of(
            "Main-Regular",
            "Main-Italic",
            "Math-Italic",
            "Size1-Regular",
            "Size2-Regular",
            "Size3-Regular",
            "Size4-Regular");

    private final EventStream events;
    private volatile LiveFarm farm;
    private volatile FormulaFacts facts;

    private PageHttp(HttpSettings settings) {
        this.events = EventStream.ofChannels(
                "/live/events",
                settings,
                BEAT,
                Set.of("study"),
                query -> study(query).channel());
    }

    /** What a server with these settings is to serve. */
    public static PageHttp of(HttpSettings settings) {
        return new PageHttp(settings);
    }

    /** Begins to answer: the topics are there. */
    public void serve(KafkaSettings kafka, WorkGroup group) {
        LiveFarm opened = new LiveFarm(kafka, group, Clock.systemUTC(), () -> events.clients() > 0);
        facts = new FormulaFacts(opened);
        opened.start();
        farm = opened;
    }

    @Override
    public void close() {
        events.close();
        LiveFarm opened = farm;
        if (opened != null) {
            opened.close();
        }
    }

    public ServedBeside served() {
        List<Route> routes = new ArrayList<>();
        routes.add(Route.page("/", PageHttp.class, "index.html"));
        routes.add(Route.file("/page/page.css", STYLE, PageHttp.class, "page.css"));
        routes.add(Route.file("/page/icon.svg", "image/svg+xml", PageHttp.class, "icon.svg"));
        SCRIPTS.forEach(name -> routes.add(Route.file("/page/" + name, SCRIPT, PageHttp.class, name)));
        routes.add(library("/page/uplot/uplot.js", SCRIPT, "uplot", "uPlot.iife.min.js"));
        routes.add(library("/page/uplot/uplot.css", STYLE, "uplot", "uPlot.min.css"));
        routes.add(library("/page/katex/katex.js", SCRIPT, "katex", "katex.min.js"));
        routes.add(library("/page/katex/katex.css", STYLE, "katex", "katex-swap.min.css"));
        FONTS.forEach(name -> routes.add(library(
                "/page/katex/fonts/KaTeX_" + name + ".woff2",
                "font/woff2",
                "katex",
                "fonts/KaTeX_" + name + ".woff2")));

        routes.add(Route.of("/live/studies", Route.JSON, Set.of(), this::studies));
        routes.add(Route.of(
                "/live/state",
                Route.JSON,
                Set.of("study"),
                (request, query) -> Gzip.answer(request, study(query).whole().getBytes(StandardCharsets.UTF_8))));
        routes.add(Route.of("/live/averages.csv", Route.CSV, Set.of("study"), this::averages));
        routes.add(Route.of("/live/formulas.json", Route.JSON, Set.of("study"), this::formulas));
        routes.add(Route.of("/live/formula", Route.JSON, Set.of("id", "candidate"), this::formula));
        routes.add(Route.withAnyParameters("/live/predict", Route.JSON, this::predict));

        routes.add(action(
                "pause",
                (farmer, study) -> JsonNodeFactory.instance.objectNode().put("experiments", farmer.pause(study))));
        routes.add(action("resume", (farmer, study) -> {
            Reconciler.Resumption done = farmer.resume(study);
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("experiments", done.experiments())
                    .put("enqueued", done.enqueued());
        }));
        routes.add(action(
                "retry",
                (farmer, study) -> JsonNodeFactory.instance
                        .objectNode()
                        .put("enqueued", farmer.retry(java.util.Optional.of(study)))));
        routes.add(action("cancel", (farmer, study) -> {
            Reconciler.Cancellation done = farmer.cancel(study);
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("experiments", done.experiments())
                    .put("stillQueued", done.stillQueued());
        }));
        return new ServedBeside(routes, List.of(events));
    }

    /** A file of a WebJar. */
    private static Route library(String path, String contentType, String library, String name) {
        String resource = "META-INF/resources/webjars/" + library + "/" + WebJars.version(library) + "/dist/" + name;
        try (InputStream in = PageHttp.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("expected " + resource + " on the class path");
            }
            StaticFile file = new StaticFile(in.readAllBytes());
            return Route.of(path, contentType, Set.of(), (request, query) -> file.answer(request));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource, e);
        }
    }

    private LiveFarm farm() {
        LiveFarm opened = farm;
        if (opened == null || opened.names().isEmpty()) {
            throw Problem.unavailable("the farm is not read yet");
        }
        return opened;
    }

    private LiveStudy study(Query query) {
        LiveFarm read = farm();
        return unlessAway(() -> read.study(name(read, query)));
    }

    private static String name(LiveFarm read, Query query) {
        String name = query.text("study").orElseThrow(() -> Problem.badRequest("expected the parameter study"));
        if (!read.names().orElseThrow().contains(name)) {
            throw Problem.notFound("no study is named '" + Query.shortened(name) + "'; see /live/studies");
        }
        return name;
    }

    private static <T> T unlessAway(java.util.function.Supplier<T> work) {
        try {
            return work.get();
        } catch (BrokerUnavailableException e) {
            throw Problem.unavailable(e.getMessage());
        }
    }

    private void studies(Context request, Query query) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        farm().names().orElseThrow().forEach(json.putArray("studies")::add);
        json(request, json);
    }

    private void averages(Context request, Query query) {
        LiveFarm read = farm();
        String study = name(read, query);
        StringBuilder text = new StringBuilder(AveragesCsv.header()).append('\n');
        AveragesCsv.sorted(read.averages(study))
                .forEach(average -> text.append(AveragesCsv.row(average)).append('\n'));
        Gzip.answer(request, text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private void formulas(Context request, Query query) {
        LiveFarm read = farm();
        String study = name(read, query);
        Gzip.answer(
                request,
                (FormulasJson.of(read.formulas().of(study).stream()
                                        .map(FormulaBook.Entry::formula)
                                        .toList()) + "\n")
                        .getBytes(StandardCharsets.UTF_8));
    }

    private void formula(Context request, Query query) {
        farm();
        json(request, facts.json(id(query), candidate(query)));
    }

    private void predict(Context request, Query query) {
        farm();
        Map<String, Double> at = new LinkedHashMap<>();
        for (String name : query.names()) {
            if (!name.equals("id") && !name.equals("candidate")) {
                at.put(name, query.number(name).orElseThrow());
            }
        }
        json(request, facts.predict(id(query), candidate(query), at));
    }

    private static String id(Query query) {
        return query.text("id").orElseThrow(() -> Problem.badRequest("expected the parameter id"));
    }

    private static int candidate(Query query) {
        return query.integer("candidate", 0, MOST_CANDIDATES)
                .orElseThrow(() -> Problem.badRequest("expected the parameter candidate"));
    }

    private Route action(String name, BiFunction<Reconciler, String, JsonNode> action) {
        return Route.action("/actions/" + name, Set.of("study"), (request, query) -> {
            LiveFarm read = farm();
            String study = name(read, query);
            json(request, unlessAway(() -> read.act(farmer -> action.apply(farmer, study))));
        });
    }

    private static void json(Context request, JsonNode json) {
        Gzip.answer(request, (json + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
