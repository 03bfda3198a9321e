package org.mtlfarm.http;

import java.nio.ByteBuffer;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** What Jetty itself turns away, answered as everything else is: a problem in one line, no stack trace, no HTML. */
final class ProblemPages extends ErrorHandler {
    @Override
    public boolean errorPageForMethod(String method) {
        return true;
    }

    @Override
    protected void generateResponse(
            Request request, Response response, int code, String message, Throwable cause, Callback callback) {
        SecurityHeaders.putInto(response.getHeaders());
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, Problem.CONTENT_TYPE);
        if (code == HttpStatus.SERVICE_UNAVAILABLE_503) {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, Problem.RETRY_AFTER_SECONDS);
        }
        String detail =
                code >= HttpStatus.INTERNAL_SERVER_ERROR_500 ? HttpStatus.getMessage(code) : detail(code, message);
        response.write(true, ByteBuffer.wrap(Problem.body(code, detail)), callback);
    }

    /** Jetty's reasons name what it found wrong in the request; the causes' class names are not for clients. */
    private static String detail(int code, String message) {
        return message == null || message.contains("Exception") ? HttpStatus.getMessage(code) : message;
    }
}
