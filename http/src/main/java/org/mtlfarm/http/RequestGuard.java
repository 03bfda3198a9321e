package org.mtlfarm.http;

import java.nio.ByteBuffer;
import java.util.Set;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Stands before everything that a service serves: who may ask, under which name, from which page, and how. What it lets
 * through is a GET or HEAD without a body, or an action's POST without one from a page of this server or a program. Any thread.
 */
final class RequestGuard extends Handler.Wrapper {
    private static final String METHODS = "GET, HEAD";

    /** No page of another origin can send it without being asked, which it is not allowed. */
    private static final String ACTION_HEADER = "X-Farm-Action";

    private final HttpSettings settings;
    private final Set<String> actions;
    private final AccessToken actionKey;

    /**
     * @param actions paths that are asked for by POST
     * @param actionKey what such a request must bear
     */
    RequestGuard(HttpSettings settings, Set<String> actions, AccessToken actionKey) {
        this.settings = settings;
        this.actions = Set.copyOf(actions);
        this.actionKey = actionKey;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        SecurityHeaders.putInto(response.getHeaders());
        String host = Request.getServerName(request);
        if (settings.isLoopback() && !settings.isOwnName(host == null ? "" : host)) {
            return refuse(
                    response,
                    callback,
                    HttpStatus.MISDIRECTED_REQUEST_421,
                    "this server answers to localhost; other names are given with --http-allow-host");
        }
        boolean mayRead = allowOrigin(request, response);
        if (mayRead
                && request.getMethod().equals("OPTIONS")
                && request.getHeaders().contains("Access-Control-Request-Method")) {
            return answerPreflight(response, callback);
        }
        if (settings.token().isPresent()
                && !isHealth(request)
                && !settings.token().get().isBorneBy(request.getHeaders().get(HttpHeader.AUTHORIZATION))) {
            response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer realm=\"farm\", Basic realm=\"farm\"");
            return refuse(
                    response,
                    callback,
                    HttpStatus.UNAUTHORIZED_401,
                    "expected the header 'Authorization: Bearer TOKEN' with the server's token");
        }
        if (request.getMethod().equals("POST") && actions.contains(Request.getPathInContext(request))) {
            if (!actionKey.isBorneBy(request.getHeaders().get(HttpHeader.AUTHORIZATION))) {
                // No Basic here: a browser that was not asked for a token to read shall not ask its user for a
                // password.
                response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer realm=\"farm\"");
                return refuse(
                        response,
                        callback,
                        HttpStatus.UNAUTHORIZED_401,
                        "expected the header 'Authorization: Bearer KEY' with the server's token, or the key that it printed");
            }
            if (!isOwn(request)) {
                return refuse(
                        response,
                        callback,
                        HttpStatus.FORBIDDEN_403,
                        "expected an action from this server's page, or from a program with the header "
                                + ACTION_HEADER);
            }
        } else if (!request.getMethod().equals("GET") && !request.getMethod().equals("HEAD")) {
            response.getHeaders().put(HttpHeader.ALLOW, METHODS);
            return refuse(
                    response, callback, HttpStatus.METHOD_NOT_ALLOWED_405, "everything here is only read: GET or HEAD");
        }
        if (request.getLength() > 0 || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING)) {
            return refuse(response, callback, HttpStatus.PAYLOAD_TOO_LARGE_413, "nothing here takes a body");
        }
        return super.handle(request, response, callback);
    }

    /** Whether no other site's page has had its browser send this, with what the browser knows of this server. */
    private static boolean isOwn(Request request) {
        String site = request.getHeaders().get("Sec-Fetch-Site");
        if (site != null && !site.equals("same-origin")) {
            return false;
        }
        String origin = request.getHeaders().get(HttpHeader.ORIGIN);
        String host = request.getHeaders().get(HttpHeader.HOST);
        // A proxy may have put another host there; then the browser's word above must do.
        boolean sameHost =
                origin == null || origin.substring(origin.indexOf("//") + 2).equalsIgnoreCase(host);
        return request.getHeaders().contains(ACTION_HEADER) && (site != null || sameHost);
    }

    private static boolean isHealth(Request request) {
        String path = Request.getPathInContext(request);
        return path.equals(OperatorRoutes.LIVE) || path.equals(OperatorRoutes.READY);
    }

    /** Whether the request comes from a page that may read the answer. */
    private boolean allowOrigin(Request request, Response response) {
        if (settings.origins().isEmpty()) {
            return false;
        }
        response.getHeaders().add(HttpHeader.VARY, "Origin");
        HttpField origin = request.getHeaders().getField(HttpHeader.ORIGIN);
        if (origin == null || !settings.origins().contains(origin.getValue())) {
            return false;
        }
        response.getHeaders().put("Access-Control-Allow-Origin", origin.getValue());
        response.getHeaders().put("Access-Control-Expose-Headers", "ETag, Retry-After");
        response.getHeaders().put("Cross-Origin-Resource-Policy", "cross-origin");
        return true;
    }

    private static boolean answerPreflight(Response response, Callback callback) {
        response.setStatus(HttpStatus.NO_CONTENT_204);
        response.getHeaders().put("Access-Control-Allow-Methods", METHODS);
        response.getHeaders().put("Access-Control-Allow-Headers", "Authorization, Last-Event-ID, If-None-Match");
        response.getHeaders().put("Access-Control-Max-Age", "600");
        response.write(true, null, callback);
        return true;
    }

    static boolean refuse(Response response, Callback callback, int status, String detail) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, Problem.CONTENT_TYPE);
        if (status == HttpStatus.SERVICE_UNAVAILABLE_503) {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, Problem.RETRY_AFTER_SECONDS);
        }
        response.write(true, ByteBuffer.wrap(Problem.body(status, detail)), callback);
        return true;
    }
}
