package org.mtlfarm.http;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.javalin.http.Context;

/**
 * One thing that a service serves: a path, what the answer is, and who makes it. GET answers with it, HEAD with its headers;
 * an action is asked for by POST, by who bears the server's {@linkplain FarmHttpServer#actionKey key} and is no other site's page.
 *
 * @param path as Javalin has it: {@code /experiments/{id}}
 * @param contentType of the answer
 * @param parameters that a query may have; empty where the answer decides by itself which there are
 * @param action whether asking for it changes something
 */
public record Route(String path, String contentType, Optional<Set<String>> parameters, boolean action, Answer answer) {
    public static final String JSON = "application/json; charset=utf-8";
    public static final String JSON_LINES = "application/x-ndjson; charset=utf-8";
    public static final String CSV = "text/csv; charset=utf-8; header=present";

    /** Makes the answer to a request; a {@link Problem} where there is none. */
    @FunctionalInterface
    public interface Answer {
        void to(Context request, Query query) throws IOException;
    }

    public static Route of(String path, String contentType, Set<String> parameters, Answer answer) {
        return new Route(path, contentType, Optional.of(Set.copyOf(parameters)), false, answer);
    }

    /** A route whose answer decides by itself which parameters there may be. */
    public static Route withAnyParameters(String path, String contentType, Answer answer) {
        return new Route(path, contentType, Optional.empty(), false, answer);
    }

    /** Something to do rather than to read; its answer is JSON. */
    public static Route action(String path, Set<String> parameters, Answer answer) {
        if (path.indexOf('{') >= 0) {
            throw new IllegalArgumentException("an action's path must be plain, was " + path);
        }
        return new Route(path, JSON, Optional.of(Set.copyOf(parameters)), true, answer);
    }

    /** A file on the class path of a class, the same as long as the process lives. */
    public static Route file(String path, String contentType, Class<?> beside, String name) {
        StaticFile file = StaticFile.read(beside, name);
        return of(path, contentType, Set.of(), (request, query) -> file.answer(request));
    }

    /** A file that is a page; its parameters are its own script's, and whatever they are it is the same. */
    public static Route page(String path, Class<?> beside, String name) {
        StaticFile file = StaticFile.read(beside, name);
        return withAnyParameters(path, "text/html; charset=utf-8", (request, query) -> file.answer(request));
    }

    void handle(Context request) throws IOException {
        List<String> accept = java.util.Collections.list(request.req().getHeaders("Accept"));
        if (!Acceptable.allows(accept.isEmpty() ? null : String.join(",", accept), contentType)) {
            throw Problem.notAcceptable(path + " is " + contentType.split(";", 2)[0]);
        }
        Query query = parameters
                .map(known -> new Query(request.queryParamMap(), known))
                .orElseGet(() -> Query.open(request.queryParamMap()));
        request.contentType(contentType);
        if (contentType.startsWith("text/html")) {
            request.header("Content-Security-Policy", SecurityHeaders.OWN);
        }
        answer.to(request, query);
    }
}
