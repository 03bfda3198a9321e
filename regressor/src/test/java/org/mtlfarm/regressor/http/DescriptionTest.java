package org.mtlfarm.regressor.http;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

import org.mtlfarm.http.HttpSettings;
import org.mtlfarm.http.Route;
import org.mtlfarm.metrics.FarmMetrics;
import org.mtlfarm.schemas.AverageColumn;

import static org.assertj.core.api.Assertions.assertThat;

/** The OpenAPI description against what is served. */
class DescriptionTest {
    private final TreeMap<String, JsonNode> described = new TreeMap<>();

    DescriptionTest() throws IOException {
        JsonNode paths = new ObjectMapper()
                .readTree(RegressorHttp.class.getResourceAsStream("openapi.json"))
                .get("paths");
        paths.properties()
                .forEach(path -> described.put(path.getKey(), path.getValue().get("get")));
    }

    @Test
    void everyRouteIsDescribedWithItsParametersAndItsType() {
        try (RegressorHttp http = RegressorHttp.start(HttpSettings.local(), FarmMetrics.of("test", "0"))) {
            Set<String> served =
                    new TreeSet<>(http.routes().stream().map(Route::path).toList());
            served.add(RegressorHttp.EVENTS);
            assertThat(described.keySet()).isEqualTo(served);
            for (Route route : http.routes()) {
                JsonNode description = described.get(route.path());
                assertThat(parameters(description, "query"))
                        .as(route.path())
                        .isEqualTo(new TreeSet<>(route.parameters()
                                .orElse(AverageColumn.names(false).stream().collect(Collectors.toSet()))));
                assertThat(description
                                .at("/responses/200/content")
                                .properties()
                                .iterator()
                                .next()
                                .getKey())
                        .as(route.path())
                        .isEqualTo(route.contentType().split(";")[0]);
            }
        }
    }

    @Test
    void everyDescribedPathAnswersAsDescribed() throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        try (RegressorHttp http = RegressorHttp.start(HttpSettings.local(), FarmMetrics.of("test", "0"))) {
            for (String path : described.keySet()) {
                String example = path.replace("{id}", "0123456789ab");
                HttpResponse<String> answer = client.send(
                        HttpRequest.newBuilder(URI.create(http.url() + example)).build(),
                        HttpResponse.BodyHandlers.ofString());
                assertThat(answer.statusCode()).as(path).isIn(200, 503);
                JsonNode response = described.get(path).get("responses").get("" + answer.statusCode());
                assertThat(response)
                        .as("%s: %d is described", path, answer.statusCode())
                        .isNotNull();
            }
        }
    }

    private static Set<String> parameters(JsonNode description, String in) {
        Set<String> names = new TreeSet<>();
        for (JsonNode parameter : description.path("parameters")) {
            if (parameter.get("in").textValue().equals(in)) {
                names.add(parameter.get("name").textValue());
            }
        }
        return names;
    }
}
