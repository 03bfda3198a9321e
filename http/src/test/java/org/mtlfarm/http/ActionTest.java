package org.mtlfarm.http;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** Who may have a real server do something. */
@Timeout(60)
class ActionTest {
    private static final String TOKEN = "a-token-that-nobody-guesses";

    private final AtomicInteger done = new AtomicInteger();
    private FarmHttpServer server;

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void whereThereIsNoTokenAKeyIsMadeAndNothingIsDoneWithoutIt() throws Exception {
        start(HttpSettings.local());
        String key = server.actionKey().orElseThrow();
        assertThat(status(action().header("X-Farm-Action", "go"))).isEqualTo(401);
        assertThat(status(action().header("X-Farm-Action", "go").header("Authorization", "Bearer " + key + "x")))
                .isEqualTo(401);
        assertThat(done).hasValue(0);
        assertThat(status(own(key))).isEqualTo(200);
        assertThat(done).hasValue(1);
    }

    @Test
    void aTokenDoesForReadingAndActing() throws Exception {
        start(HttpSettings.on(HttpSettings.LOOPBACK, 0, Optional.of(AccessToken.of(TOKEN, "test")), false));
        assertThat(server.actionKey()).isEmpty();
        assertThat(status(own(TOKEN))).isEqualTo(200);
    }

    @Test
    void anotherSitesPageCanDoNothingEvenWithTheBrowsersKey() throws Exception {
        start(HttpSettings.local());
        String key = server.actionKey().orElseThrow();
        assertThat(status(action().header("Authorization", "Bearer " + key)))
                .as("what a form can send")
                .isEqualTo(403);
        assertThat(status(own(key).header("Sec-Fetch-Site", "cross-site"))).isEqualTo(403);
        assertThat(status(own(key).header("Sec-Fetch-Site", "same-site"))).isEqualTo(403);
        assertThat(status(own(key).header("Origin", "http://127.0.0.1:1"))).isEqualTo(403);
        assertThat(status(own(key).header("Origin", "null"))).isEqualTo(403);
        assertThat(done).hasValue(0);
        assertThat(status(own(key).header("Origin", server.url()))).isEqualTo(200);
    }

    @Test
    void onlyActionsAreAskedForByPost() throws Exception {
        start(HttpSettings.local());
        String key = server.actionKey().orElseThrow();
        assertThat(status(request("/read")
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .header("Authorization", "Bearer " + key)
                        .header("X-Farm-Action", "go")))
                .isEqualTo(405);
        assertThat(status(request("/actions/go"))).isEqualTo(404);
        assertThat(status(request("/actions/go")
                        .POST(HttpRequest.BodyPublishers.ofString("a body"))
                        .header("Authorization", "Bearer " + key)
                        .header("X-Farm-Action", "go")))
                .isEqualTo(413);
        assertThat(done).hasValue(0);
    }

    private void start(HttpSettings settings) {
        server = FarmHttpServer.start(
                settings,
                List.of(
                        Route.of("/read", Route.JSON, Set.of(), (request, query) -> request.result("{}")),
                        Route.action("/actions/go", Set.of(), (request, query) -> {
                            done.incrementAndGet();
                            request.result("{}");
                        })),
                List.of());
    }

    private HttpRequest.Builder own(String key) {
        return action().header("Authorization", "Bearer " + key).header("X-Farm-Action", "go");
    }

    private HttpRequest.Builder action() {
        return request("/actions/go").POST(HttpRequest.BodyPublishers.noBody());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server.url() + path)).timeout(Duration.ofSeconds(30));
    }

    private static int status(HttpRequest.Builder request) throws Exception {
        return HttpClient.newHttpClient()
                .send(request.build(), HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }
}
