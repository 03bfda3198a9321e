package org.mtlfarm.http;

import java.net.BindException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.util.JavalinLogger;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A service's HTTP server: {@link RequestGuard}, then its event streams, then its routes. Memory and threads are bounded
 * whatever is asked of it: 32 threads, request lines and headers of 8 kB together, no bodies, a bound on connections.
 */
public final class FarmHttpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FarmHttpServer.class);

    private static final int THREADS = 32;
    private static final int HEADER_BYTES = 8 * 1024;

    /** Connections beside those of event streams. */
    private static final int CONNECTIONS = 512;

    /** What may wait to be accepted: as many clients may come at once when a server is back. */
    private static final int BACKLOG = 1024;

    private final Javalin javalin;
    private final HttpSettings settings;

    private final AccessToken actionKey;

    private FarmHttpServer(Javalin javalin, HttpSettings settings, AccessToken actionKey) {
        this.javalin = javalin;
        this.settings = settings;
        this.actionKey = actionKey;
    }

    /**
     * Starts a server; its streams are closed with it.
     *
     * @throws HttpFailedException if the port cannot be had
     */
    public static FarmHttpServer start(HttpSettings settings, List<Route> routes, List<EventStream> streams) {
        JavalinLogger.enabled = false;
        AccessToken actionKey = settings.token().orElseGet(AccessToken::random);
        Javalin javalin = Javalin.create(config -> configure(config, settings, routes, streams, actionKey));
        try {
            javalin.start();
        } catch (RuntimeException e) {
            stopQuietly(javalin);
            throw new HttpFailedException(
                    "cannot serve HTTP on " + settings.host() + ":" + settings.port() + ": " + reason(e), e);
        }
        return new FarmHttpServer(javalin, settings, actionKey);
    }

    public int port() {
        return javalin.port();
    }

    /** Where this server can be reached from its own machine: {@code http://127.0.0.1:8471}. */
    public String url() {
        return "http://" + authority(isOnAllAddresses() ? "localhost" : settings.host(), port());
    }

    /**
     * What a request for an action must bear where no token was given: made for this process, so that who reads on this machine
     * may not act as well. Empty where there is a token, which does for both.
     */
    public Optional<String> actionKey() {
        return settings.token().isPresent() ? Optional.empty() : Optional.of(actionKey.secret());
    }

    /** {@code host:port} at which other machines can reach it, if they can at all. */
    public String address() {
        return authority(isOnAllAddresses() ? machine() : settings.host(), port());
    }

    private boolean isOnAllAddresses() {
        return settings.host().equals("0.0.0.0") || settings.host().equals("::");
    }

    private static String machine() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return HttpSettings.LOOPBACK;
        }
    }

    /** An IPv6 address in brackets. */
    private static String authority(String host, int port) {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    /** Cuts all connections and lets go of the port. */
    @Override
    public void close() {
        stopQuietly(javalin);
    }

    /** Cuts a connection whose answer has begun and cannot be ended as it should: the client must not take it for whole. */
    public static void cut(Context request, Throwable reason) {
        ServletContextRequest.getServletContextRequest(request.req())
                .getServletChannel()
                .abort(reason);
    }

    private static void configure(
            JavalinConfig config,
            HttpSettings settings,
            List<Route> routes,
            List<EventStream> streams,
            AccessToken actionKey) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.http.compressionStrategy = CompressionStrategy.NONE;
        QueuedThreadPool threads =
                new QueuedThreadPool(THREADS, 4, (int) Duration.ofMinutes(1).toMillis());
        threads.setName("http");
        threads.setReservedThreads(0);
        config.jetty.threadPool = threads;
        config.jetty.modifyServer(server -> guard(
                server,
                new RequestGuard(
                        settings,
                        routes.stream().filter(Route::action).map(Route::path).collect(Collectors.toSet()),
                        actionKey),
                settings,
                streams));
        config.jetty.modifyHttpConfiguration(FarmHttpServer::limit);
        config.jetty.modifyServletContextHandler(handler -> handler.setErrorHandler(new ProblemPages()));
        config.jetty.addConnector((server, http) -> connector(server, http, settings));
        // Javalin answers its own exceptions itself unless they are named.
        config.routes.exception(HttpResponseException.class, FarmHttpServer::answerFailure);
        config.routes.exception(Exception.class, FarmHttpServer::answerFailure);
        for (Route route : routes) {
            if (route.action()) {
                config.routes.post(route.path(), route::handle);
            } else {
                config.routes.get(route.path(), route::handle);
                config.routes.head(route.path(), route::handle);
            }
        }
    }

    private static void guard(Server server, RequestGuard guard, HttpSettings settings, List<EventStream> streams) {
        org.eclipse.jetty.server.Handler.Wrapper last = guard;
        for (EventStream stream : streams) {
            last.setHandler(stream);
            last = stream;
        }
        server.setHandler(guard);
        server.setErrorHandler(new ProblemPages());
        server.setStopTimeout(0);
        NetworkConnectionLimit limit = new NetworkConnectionLimit(CONNECTIONS + settings.mostStreams(), server);
        limit.setEndPointIdleTimeout(settings.idle().toMillis());
        server.addBean(limit);
    }

    private static void limit(HttpConfiguration http) {
        http.setSendServerVersion(false);
        http.setSendXPoweredBy(false);
        http.setRequestHeaderSize(HEADER_BYTES);
        http.setUriCompliance(UriCompliance.DEFAULT);
        http.setMaxUnconsumedRequestContentReads(4);
    }

    private static ServerConnector connector(Server server, HttpConfiguration http, HttpSettings settings) {
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(settings.host());
        connector.setPort(settings.port());
        connector.setIdleTimeout(settings.idle().toMillis());
        connector.setAcceptQueueSize(BACKLOG);
        return connector;
    }

    private static void answerFailure(Exception failure, Context request) {
        if (request.res().isCommitted()) {
            LOG.debug("{} {} broke off", request.method(), request.path(), failure);
            cut(request, failure);
            return;
        }
        Problem problem = problem(failure, request);
        request.res().resetBuffer();
        request.status(problem.status());
        request.contentType(Problem.CONTENT_TYPE);
        request.header("Cache-Control", "no-store");
        if (problem.status() == 503) {
            request.header("Retry-After", Problem.RETRY_AFTER_SECONDS);
        }
        request.result(problem.body());
    }

    private static Problem problem(Exception failure, Context request) {
        if (failure instanceof Problem problem) {
            return problem;
        }
        if (failure instanceof HttpResponseException answer) {
            return answer.getStatus() == 404
                    ? Problem.notFound(
                            "nothing is served at " + Query.shortened(request.path()) + "; see /openapi.json")
                    : Problem.of(answer.getStatus(), answer.getMessage());
        }
        if (failure instanceof CancellationException || failure instanceof EofException) {
            return Problem.unavailable("the server is stopping");
        }
        LOG.error("{} {} failed", request.method(), request.path(), failure);
        return Problem.of(500, "the server failed; its log says why");
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && !(cause instanceof BindException)) {
            cause = cause.getCause();
        }
        return cause instanceof BindException
                ? cause.getMessage() + "; choose another with --http-port, or none with --http-port off"
                : cause.getClass().getSimpleName() + ": " + cause.getMessage();
    }

    private static void stopQuietly(Javalin javalin) {
        try {
            javalin.stop();
        } catch (RuntimeException e) {
            LOG.warn("the HTTP server did not stop in good order: {}", e.toString());
        }
    }
}
