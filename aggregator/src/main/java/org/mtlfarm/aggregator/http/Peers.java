package org.mtlfarm.aggregator.http;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;

import org.mtlfarm.http.AccessToken;
import org.mtlfarm.http.Problem;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.AvroCodec;

/**
 * The other aggregators, asked for what they hold. A question carries a mark, so that nobody passes it on: two processes that
 * for a moment each believe that the other has an experiment must not ask each other in a circle.
 */
final class Peers {
    /** Marks a question from another aggregator. */
    static final String HOP = "Farm-Hop";

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /**
     * Questions under way at a time: fewer than the server has threads, so that however many requests wait here for
     * others, threads are left to answer the others' questions.
     */
    private static final int QUESTIONS = 12;

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private final Semaphore questions = new Semaphore(QUESTIONS);
    private final AvroCodec<Average> codec = AvroCodec.of(Average.class);
    private final Optional<AccessToken> token;

    Peers(Optional<AccessToken> token) {
        this.token = token;
    }

    /** The answer of another aggregator to the same question. */
    HttpResponse<byte[]> experiment(String address, String experimentId) {
        return ask(() -> send(address, "/experiments/" + encoded(experimentId)).join());
    }

    /**
     * Pages of others.
     *
     * @param parameters of each one's question
     * @return by address
     */
    Map<String, Page> pages(Map<String, Map<String, String>> parameters) {
        if (parameters.isEmpty()) {
            return Map.of();
        }
        return ask(() -> {
            Map<String, CompletableFuture<HttpResponse<byte[]>>> asked = parameters.entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey,
                            one -> send(one.getKey(), "/internal/averages?" + query(one.getValue()))));
            CompletableFuture.allOf(asked.values().toArray(CompletableFuture[]::new))
                    .join();
            return asked.entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, one -> page(one.getValue().join())));
        });
    }

    /** Averages and the parts that they were looked for in. */
    record Page(List<Average> averages, String parts) {}

    byte[] encode(List<Average> averages) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        for (Average average : averages) {
            byte[] message = codec.encode(average);
            out.writeInt(message.length);
            out.write(message);
        }
        return bytes.toByteArray();
    }

    private Page page(HttpResponse<byte[]> response) {
        if (response.statusCode() != 200) {
            throw Problem.unavailable(
                    "the aggregator at " + response.uri().getAuthority() + " answered " + response.statusCode());
        }
        List<Average> averages = new ArrayList<>();
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(response.body()));
        try {
            while (in.available() > 0) {
                averages.add(codec.decode(in.readNBytes(in.readInt())));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Page(averages, response.headers().firstValue("Farm-Parts").orElse(""));
    }

    private interface Question<T> {
        T answer();
    }

    private <T> T ask(Question<T> question) {
        if (!questions.tryAcquire()) {
            throw Problem.unavailable("too many questions to other aggregators are under way");
        }
        try {
            return question.answer();
        } catch (java.util.concurrent.CompletionException e) {
            throw Problem.unavailable("another aggregator does not answer: "
                    + e.getCause().getClass().getSimpleName());
        } finally {
            questions.release();
        }
    }

    private CompletableFuture<HttpResponse<byte[]>> send(String address, String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + address + path))
                .timeout(PATIENCE)
                .header(HOP, "1");
        token.ifPresent(held -> request.header("Authorization", held.bearer()));
        return client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String query(Map<String, String> parameters) {
        return parameters.entrySet().stream()
                .map(one -> one.getKey() + "=" + encoded(one.getValue()))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
