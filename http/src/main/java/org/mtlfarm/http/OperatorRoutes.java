package org.mtlfarm.http;

import java.util.List;
import java.util.Set;

import org.mtlfarm.metrics.FarmMetrics;

/**
 * What whoever runs the services asks of each: its meters for Prometheus, whether the process is to be left alone, whether it
 * does its work. The last two are asked by what starts and stops processes, and need no token.
 */
public final class OperatorRoutes {
    static final String LIVE = "/health/live";
    static final String READY = "/health/ready";

    private static final String TEXT = "text/plain; charset=utf-8";

    private OperatorRoutes() {}

    public static List<Route> of(FarmMetrics metrics) {
        return List.of(
                Route.of("/metrics", FarmMetrics.CONTENT_TYPE, Set.of(), (request, query) -> {
                    request.header("Cache-Control", "no-store");
                    request.result(metrics.scrape());
                }),
                Route.of(LIVE, TEXT, Set.of(), (request, query) -> request.result("alive\n")),
                Route.of(READY, TEXT, Set.of(), (request, query) -> {
                    if (!metrics.isReady()) {
                        throw Problem.unavailable(
                                "the service does not do its work: it starts, stops or waits for Kafka");
                    }
                    request.result("ready\n");
                }));
    }
}
