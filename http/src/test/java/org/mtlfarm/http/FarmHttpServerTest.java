package org.mtlfarm.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.mtlfarm.metrics.FarmMetrics;
import org.mtlfarm.schemas.InvalidInputException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A real server, asked by a real client or, where that is too polite, by a bare socket. */
@Timeout(60)
class FarmHttpServerTest {
    private static final String TOKEN = "a-token-that-nobody-guesses";
    private static final String PROBLEM = "application/problem+json; charset=utf-8";

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private FarmHttpServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void anAnswerSaysWhatItIsAndThatBrowsersShallMakeNothingElseOfIt() throws Exception {
        start(HttpSettings.local());
        HttpResponse<String> answer = get("/number?twice=21");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("42\n");
        assertThat(header(answer, "Content-Type")).isEqualToIgnoringCase("application/json;charset=utf-8");
        assertThat(header(answer, "X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(header(answer, "Content-Security-Policy")).startsWith("default-src 'none'");
        assertThat(header(answer, "Cache-Control")).isEqualTo("no-store");
        assertThat(answer.headers().firstValue("Server")).isEmpty();
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
    }

    @Test
    void headAnswersAsGetDoesWithoutTheBody() throws Exception {
        start(HttpSettings.local());
        HttpResponse<String> answer = send(request("/number?twice=21").method("HEAD", none()));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(header(answer, "Content-Type")).isEqualToIgnoringCase("application/json;charset=utf-8");
        assertThat(answer.body()).isEmpty();
        assertThat(send(request("/number?x=1").method("HEAD", none())).statusCode())
                .isEqualTo(400);
    }

    @Test
    void mistakesAreToldInOneLineOfJson() throws Exception {
        start(HttpSettings.local());
        isProblem(get("/nothing/here"), 404, "/openapi.json");
        isProblem(get("/number?thrice=1"), 400, "unknown parameter 'thrice': there are twice");
        isProblem(get("/number?twice=1&twice=2"), 400, "found it 2 times");
        isProblem(get("/number?twice=many"), 400, "twice: expected a whole number in [0, 1000], found 'many'");
        isProblem(get("/number?twice=1001"), 400, "[0, 1000]");
        isProblem(send(request("/number").header("Accept", "text/html")), 406, "application/json");
        isProblem(send(request("/number").POST(none())), 405, "GET or HEAD");
        isProblem(send(request("/number").DELETE()), 405, "GET or HEAD");
        isProblem(
                send(request("/number").method("GET", HttpRequest.BodyPublishers.ofString("x"))), 413, "takes a body");
        assertThat(raw("GET /number?twice=%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 400")
                .contains("twice: expected percent-encoded UTF-8");
        isProblem(get("/fails"), 500, "its log says why");
        assertThat(get("/fails").body()).doesNotContain("Exception", "secret", "at org.");
    }

    @Test
    void whatJettyTurnsAwayIsToldInTheSameWay() throws Exception {
        start(HttpSettings.local());
        for (String bad : List.of(
                "GET /%2e%2e/etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /" + "a".repeat(9000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "a".repeat(9000) + "\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "\0\1\2 nonsense\r\n\r\n")) {
            String answer = raw(bad);
            assertThat(answer)
                    .as("answer to %.40s", bad)
                    .startsWith("HTTP/1.1 4")
                    .contains(PROBLEM, "nosniff");
            assertThat(answer).doesNotContain("Exception", "\tat ", "Jetty");
        }
    }

    @Test
    void acceptIsReadAsItsStandardHasIt() {
        assertThat(Acceptable.allows(null, Route.JSON)).isTrue();
        assertThat(Acceptable.allows("text/html, */*;q=0.1", Route.JSON)).isTrue();
        assertThat(Acceptable.allows("application/*", Route.JSON)).isTrue();
        assertThat(Acceptable.allows("*/*, application/json;q=0", Route.JSON)).isFalse();
        assertThat(Acceptable.allows("application/*;q=0.000, application/json", Route.JSON))
                .isTrue();
        assertThat(Acceptable.allows("text/csv", Route.JSON)).isFalse();
    }

    @Test
    void aNameThatWasReboundToLoopbackIsTurnedAway() throws Exception {
        start(HttpSettings.local().with(Set.of("farm.example"), Set.of(), 10));
        assertThat(raw("GET /number HTTP/1.1\r\nHost: attacker.example\r\n\r\n"))
                .startsWith("HTTP/1.1 421");
        assertThat(raw("GET /number HTTP/1.1\r\nHost: 127.0.0.1.attacker.example\r\n\r\n"))
                .startsWith("HTTP/1.1 421");
        for (String own : List.of("localhost", "127.0.0.1", "[::1]:80", "farm.example:443")) {
            assertThat(raw("GET /number HTTP/1.1\r\nHost: " + own + "\r\nConnection: close\r\n\r\n"))
                    .as(own)
                    .startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void withATokenNothingIsToldWithoutIt() throws Exception {
        start(HttpSettings.on("127.0.0.1", 0, Optional.of(AccessToken.of(TOKEN, "test")), false));
        isProblem(get("/number"), 401, "Authorization: Bearer");
        isProblem(get("/nothing"), 401, "Authorization: Bearer");
        assertThat(header(get("/number"), "WWW-Authenticate")).contains("Bearer");
        for (String wrong : List.of(
                "Bearer " + TOKEN + "x", "Bearer", "Bearer ", "Basic " + TOKEN, TOKEN, "Bearer  ", "Digest " + TOKEN)) {
            assertThat(send(request("/number").header("Authorization", wrong)).statusCode())
                    .as(wrong)
                    .isEqualTo(401);
        }
        String basic = Base64.getEncoder().encodeToString(("me:" + TOKEN).getBytes(StandardCharsets.UTF_8));
        for (String right : List.of("Bearer " + TOKEN, "bearer " + TOKEN, "Basic " + basic)) {
            assertThat(send(request("/number").header("Authorization", right)).statusCode())
                    .as(right)
                    .isEqualTo(200);
        }
    }

    @Test
    void onlyPagesThatWereNamedMayRead() throws Exception {
        start(HttpSettings.on("127.0.0.1", 0, Optional.of(AccessToken.of(TOKEN, "test")), false)
                .with(Set.of(), Set.of("https://notebook.example"), 10));
        String preflight = "OPTIONS /number HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Access-Control-Request-Method: GET\r\nOrigin: ";
        assertThat(raw(preflight + "https://notebook.example\r\n\r\n"))
                .startsWith("HTTP/1.1 204")
                .contains("Access-Control-Allow-Origin: https://notebook.example", "Last-Event-ID");
        assertThat(raw(preflight + "https://other.example\r\n\r\n"))
                .startsWith("HTTP/1.1 401")
                .doesNotContain("Access-Control-Allow");
    }

    @Test
    void anAnswerThatBreaksOffIsNotTakenForWhole() throws Exception {
        start(HttpSettings.local());
        assertThatThrownBy(() -> get("/breaks-off")).isInstanceOf(IOException.class);
    }

    @Test
    void whatDoesNotChangeNeedNotBeFetchedTwice() throws Exception {
        start(HttpSettings.local());
        String tag = header(get("/file"), "ETag");
        HttpResponse<String> again = send(request("/file").header("If-None-Match", tag));
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        assertThat(send(request("/file").header("If-None-Match", "\"other\"")).statusCode())
                .isEqualTo(200);
    }

    @Test
    void aTakenPortIsToldWithWhatToDo() {
        start(HttpSettings.local());
        HttpSettings same = HttpSettings.on("127.0.0.1", server.port(), Optional.empty(), false);
        assertThatThrownBy(() -> FarmHttpServer.start(same, List.of(), List.of()))
                .isInstanceOf(HttpFailedException.class)
                .hasMessageContaining("127.0.0.1:" + server.port())
                .hasMessageContaining("--http-port");
    }

    @Test
    void othersMayReachItOnlyWithATokenOrOnExplicitDemand() {
        assertThatThrownBy(() -> HttpSettings.on("0.0.0.0", 0, Optional.empty(), false))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("--http-token-file");
        HttpSettings.on("0.0.0.0", 0, Optional.empty(), true);
        HttpSettings.on("0.0.0.0", 0, Optional.of(AccessToken.of(TOKEN, "test")), false);
    }

    @Test
    void aTokenIsNeverTold(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("token"), TOKEN + "\n");
        assertThat(AccessToken.in(file).bearer()).isEqualTo("Bearer " + TOKEN);
        assertThat(HttpSettings.on("127.0.0.1", 0, Optional.of(AccessToken.in(file)), false)
                        .toString())
                .doesNotContain(TOKEN);
        assertThatThrownBy(() -> AccessToken.of("too short", "FARM_HTTP_TOKEN"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("FARM_HTTP_TOKEN: expected a token of 16")
                .hasMessageNotContaining("too short");
        assertThatThrownBy(() -> AccessToken.in(folder.resolve("none"))).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void whoeverStartsProcessesAsksForTheirHealthWithoutTheTokenAndForNothingElse() throws Exception {
        boolean[] working = {false};
        try (FarmMetrics metrics = FarmMetrics.of("test", "1.0")) {
            metrics.readyWhen(() -> working[0]);
            server = FarmHttpServer.start(
                    HttpSettings.on("127.0.0.1", 0, Optional.of(AccessToken.of(TOKEN, "test")), false),
                    OperatorRoutes.of(metrics),
                    List.of());
            assertThat(get("/health/live").statusCode()).isEqualTo(200);
            isProblem(get("/health/ready"), 503, "does not do its work");
            working[0] = true;
            assertThat(get("/health/ready").statusCode()).isEqualTo(200);
            isProblem(get("/metrics"), 401, "Bearer");
            isProblem(get("/health/live/../../metrics"), 401, "Bearer");
        }
    }

    @Test
    void prometheusIsToldOfTheProcessInItsOwnFormat() throws Exception {
        try (FarmMetrics metrics = FarmMetrics.of("test", "1.0")) {
            server = FarmHttpServer.start(HttpSettings.local(), OperatorRoutes.of(metrics), List.of());
            HttpResponse<String> answer = send(request("/metrics")
                    .header(
                            "Accept",
                            "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"));
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(header(answer, "Content-Type")).startsWith("text/plain");
            assertThat(answer.body())
                    .contains("farm_build_info{")
                    .contains("service=\"test\"")
                    .containsPattern("process_cpu_seconds_total [0-9.]*[1-9]")
                    .containsPattern("process_resident_memory_bytes [1-9]")
                    .contains("jvm_memory_used_bytes{", "farm_ready 0.0", "process_files_open_files");
        }
    }

    private void start(HttpSettings settings) {
        server = FarmHttpServer.start(
                settings,
                List.of(
                        Route.of(
                                "/number",
                                Route.JSON,
                                Set.of("twice"),
                                (request, query) -> request.result(
                                        2 * query.integer("twice", 0, 1000).orElse(1) + "\n")),
                        Route.of("/fails", Route.JSON, Set.of(), (request, query) -> {
                            throw new IllegalStateException("a secret of the server");
                        }),
                        Route.of("/breaks-off", Route.CSV, Set.of(), (request, query) -> {
                            request.res().getOutputStream().write("a,b\n1,2\n".getBytes(StandardCharsets.UTF_8));
                            request.res().flushBuffer();
                            throw new IllegalStateException("the rest is gone");
                        }),
                        Route.file("/file", Route.JSON, FarmHttpServerTest.class, "/org/mtlfarm/http/page.txt")),
                List.of());
    }

    private static void isProblem(HttpResponse<String> answer, int status, String detail) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(header(answer, "Content-Type")).isEqualToIgnoringCase(PROBLEM.replace(" ", ""));
        assertThat(answer.body()).contains("\"status\":" + status, detail).hasLineCount(1);
        assertThat(header(answer, "Cache-Control")).isEqualTo("no-store");
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(request(path));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server.url() + path)).timeout(Duration.ofSeconds(30));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest.BodyPublisher none() {
        return HttpRequest.BodyPublishers.noBody();
    }

    private static String header(HttpResponse<String> answer, String name) {
        return answer.headers().firstValue(name).orElseThrow().replace("; ", ";");
    }

    /** What comes back until the server closes the connection. */
    private String raw(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            if (!request.contains("Connection: close")) {
                socket.shutdownOutput();
            }
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}
