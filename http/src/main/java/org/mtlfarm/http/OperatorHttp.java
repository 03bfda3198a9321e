package org.mtlfarm.http;

import java.util.List;

import org.mtlfarm.metrics.FarmMetrics;

/** A server for {@link OperatorRoutes} alone, of a service that has nothing else to serve. */
public final class OperatorHttp implements AutoCloseable {
    private final FarmHttpServer server;

    private OperatorHttp(FarmHttpServer server) {
        this.server = server;
    }

    /**
     * Takes the port and answers.
     *
     * @throws HttpFailedException if the port cannot be had
     */
    public static OperatorHttp start(HttpSettings settings, FarmMetrics metrics) {
        return new OperatorHttp(FarmHttpServer.start(settings, OperatorRoutes.of(metrics), List.of()));
    }

    /** Where it answers. */
    public String url() {
        return server.url();
    }

    @Override
    public void close() {
        server.close();
    }
}
