package org.mtlfarm.schemas.registry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;

/** A schema registry in memory that answers the calls the farm makes, keeps FULL_TRANSITIVE, and can be out of order. */
public final class FakeRegistry implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    static {
        // Head and body leave in two packets, and the second one would wait for the first one's confirmation: 40 ms.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    /** How it answers instead of doing its work. */
    public enum Disorder {
        ERROR_503(503, "{\"error_code\":50301,\"message\":\"the leader is away\"}"),
        NOT_JSON(200, "<html>a proxy's page</html>"),
        SILENCE(0, ""),
        HEADERS_ONLY(200, "");

        private final int status;
        private final String body;

        Disorder(int status, String body) {
            this.status = status;
            this.body = body;
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> texts = new ArrayList<>();
    private final Map<String, List<Integer>> subjects = new HashMap<>();
    private final Map<String, String> compatibilities = new HashMap<>();
    private Disorder disorder;
    private int disorders;
    private String wantedAuthorization;
    private boolean readOnly;

    public FakeRegistry() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Method and path of every request so far. */
    public List<String> requests() {
        return requests;
    }

    /** The next requests, that many, are answered in this way. */
    public synchronized void disturb(Disorder chosen, int times) {
        disorder = chosen;
        disorders = times;
    }

    public synchronized void demand(String authorization) {
        wantedAuthorization = authorization;
    }

    /** Has every later change refused. */
    public synchronized void freeze() {
        readOnly = true;
    }

    /** Registers a schema, of whatever kind, under no subject. */
    public synchronized int add(String schema) {
        texts.add(schema);
        return texts.size();
    }

    public synchronized String compatibility(String subject) {
        return compatibilities.get(subject);
    }

    public synchronized List<Integer> ids(String subject) {
        return List.copyOf(subjects.getOrDefault(subject, List.of()));
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        requests.add(exchange.getRequestMethod() + " " + path);
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Disorder now;
        synchronized (this) {
            now = disorders > 0 ? disorder : null;
            disorders--;
        }
        if (now == Disorder.SILENCE || now == Disorder.HEADERS_ONLY) {
            if (now == Disorder.HEADERS_ONLY) {
                exchange.sendResponseHeaders(200, 100);
                exchange.getResponseBody().write('{');
                exchange.getResponseBody().flush();
            }
            await();
            return;
        }
        if (now != null) {
            send(exchange, now.status, now.body);
            return;
        }
        synchronized (this) {
            if (wantedAuthorization != null
                    && !wantedAuthorization.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                send(exchange, 401, "{\"error_code\":401,\"message\":\"Unauthorized\"}");
                return;
            }
            work(exchange, path, body);
        }
    }

    private void work(HttpExchange exchange, String path, String body) throws IOException {
        String deed = exchange.getRequestMethod() + " " + path;
        Matcher id = Pattern.compile("GET /schemas/ids/(\\d+)").matcher(deed);
        Matcher lookUp = Pattern.compile("POST /subjects/([^/]+)").matcher(deed);
        Matcher register = Pattern.compile("POST /subjects/([^/]+)/versions").matcher(deed);
        Matcher config = Pattern.compile("(GET|PUT) /config/([^/]+)").matcher(deed);
        boolean changes = register.matches() || deed.startsWith("PUT");
        if (readOnly && changes) {
            send(exchange, 403, "{\"error_code\":40301,\"message\":\"User is denied operation Write\"}");
        } else if (id.matches()) {
            int number = Integer.parseInt(id.group(1));
            if (number < 1 || number > texts.size()) {
                send(exchange, 404, "{\"error_code\":40403,\"message\":\"Schema not found\"}");
            } else {
                send(exchange, 200, texts.get(number - 1));
            }
        } else if (lookUp.matches()) {
            String text = schemaIn(body);
            Integer known = ids(lookUp.group(1)).stream()
                    .filter(one -> texts.get(one - 1).equals(text))
                    .findFirst()
                    .orElse(null);
            send(
                    exchange,
                    known == null ? 404 : 200,
                    known == null
                            ? "{\"error_code\":40403,\"message\":\"Schema not found\"}"
                            : "{\"id\":" + known + "}");
        } else if (register.matches()) {
            register(exchange, register.group(1), schemaIn(body));
        } else if (config.matches()) {
            config(exchange, config.group(2), config.group(1).equals("PUT") ? body : null);
        } else {
            send(exchange, 404, "{\"error_code\":404,\"message\":\"HTTP 404 Not Found\"}");
        }
    }

    private void register(HttpExchange exchange, String subject, String text) throws IOException {
        Schema schema =
                new Schema.Parser().parse(JSON.readTree(text).path("schema").asText());
        for (int earlier : ids(subject)) {
            Schema old = new Schema.Parser()
                    .parse(JSON.readTree(texts.get(earlier - 1)).path("schema").asText());
            if (!reads(schema, old) || !reads(old, schema)) {
                send(
                        exchange,
                        409,
                        "{\"error_code\":409,\"message\":\"Schema being registered is incompatible with version 1\\nof it\"}");
                return;
            }
        }
        int id = texts.contains(text) ? texts.indexOf(text) + 1 : add(text);
        subjects.computeIfAbsent(subject, name -> new ArrayList<>()).add(id);
        send(exchange, 200, "{\"id\":" + id + "}");
    }

    private void config(HttpExchange exchange, String subject, String body) throws IOException {
        if (body != null) {
            compatibilities.put(
                    subject, JSON.readTree(body).path("compatibility").asText());
            send(exchange, 200, body);
        } else if (compatibilities.containsKey(subject)) {
            send(exchange, 200, "{\"compatibilityLevel\":\"" + compatibilities.get(subject) + "\"}");
        } else {
            send(exchange, 404, "{\"error_code\":40408,\"message\":\"no subject-level compatibility\"}");
        }
    }

    private static boolean reads(Schema reader, Schema writer) {
        return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
                        .getType()
                == SchemaCompatibilityType.COMPATIBLE;
    }

    private static String schemaIn(String body) throws IOException {
        JsonNode json = JSON.readTree(body);
        return JSON.createObjectNode()
                .put("schema", json.path("schema").asText())
                .toString();
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/vnd.schemaregistry.v1+json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private void await() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
