package org.mtlfarm.schemas.registry;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client of Confluent's REST calls, as Confluent's registry, Apicurio ({@code /apis/ccompat/v7}), Karapace and Redpanda
 * answer them. What was answered once is not asked again. Safe for use by several threads.
 */
public final class SchemaRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(SchemaRegistry.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    /** Ids of nobody, for example of bytes that happen to look like a message: remembered so that each is asked for once in a while. */
    private static final int MOST_UNKNOWN = 10_000;

    private static final long UNKNOWN_NANOS = Duration.ofSeconds(30).toNanos();

    private static final int LONGEST_REASON = 300;

    private final RegistrySettings settings;
    private final LongSupplier nanoTime;
    private final HttpClient http;
    private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();
    private final Map<String, Map<Schema, Integer>> ids = new ConcurrentHashMap<>();
    private final Map<Integer, Unknown> unknown = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Unknown> eldest) {
            return size() > MOST_UNKNOWN;
        }
    };
    private volatile int preferred;

    private record Unknown(String reason, long sinceNanos) {}

    private record Answer(int status, String body) {}

    public SchemaRegistry(RegistrySettings settings) {
        this(settings, System::nanoTime);
    }

    SchemaRegistry(RegistrySettings settings, LongSupplier nanoTime) {
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.http = HttpClient.newBuilder()
                .connectTimeout(settings.requestTimeout())
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
    }

    /** Where it is, as people may see it. */
    public String address() {
        return settings.address();
    }

    /**
     * The id of a subject's schema. A schema that the subject does not have yet is registered, under the settings'
     * compatibility; nothing is written where the subject has both.
     *
     * @throws RegistryRefusedException if access is refused, or the schema is not compatible with the subject's others
     * @throws RegistryUnavailableException if the registry does not answer within the settings' patience
     */
    public int id(String subject, Schema schema) {
        Map<Schema, Integer> known = ids.computeIfAbsent(subject, name -> new ConcurrentHashMap<>());
        Integer id = known.get(schema);
        if (id == null) {
            // One at a time: services start their threads together.
            synchronized (known) {
                id = known.get(schema);
                if (id == null) {
                    id = lookUpOrRegister(subject, schema);
                    known.put(schema, id);
                    schemas.putIfAbsent(id, schema);
                }
            }
        }
        return id;
    }

    /**
     * The schema of an id.
     *
     * @throws UnknownSchemaException if there is none, or it is not Avro's
     * @throws RegistryUnavailableException if the registry does not answer within the settings' patience
     */
    public Schema schema(int id) throws UnknownSchemaException {
        Schema schema = schemas.get(id);
        if (schema != null) {
            return schema;
        }
        synchronized (unknown) {
            Unknown found = unknown.get(id);
            if (found != null && nanoTime.getAsLong() - found.sinceNanos() < UNKNOWN_NANOS) {
                throw new UnknownSchemaException(found.reason());
            }
        }
        try {
            schema = ask(id);
            schemas.put(id, schema);
            return schema;
        } catch (UnknownSchemaException e) {
            synchronized (unknown) {
                unknown.remove(id);
                unknown.put(id, new Unknown(e.getMessage(), nanoTime.getAsLong()));
            }
            throw e;
        }
    }

    private Schema ask(int id) throws UnknownSchemaException {
        String path = "/schemas/ids/" + id;
        Answer answer = call("GET", path, null);
        if (answer.status() == 404) {
            throw new UnknownSchemaException("the schema registry at " + address() + " has no schema " + id);
        }
        JsonNode found = json("GET " + path, accepted("GET " + path, answer));
        String type = found.path("schemaType").asText("AVRO");
        if (!type.equals("AVRO") || !found.path("references").isEmpty()) {
            throw new UnknownSchemaException("schema " + id + " of the schema registry at " + address() + " is "
                    + (type.equals("AVRO") ? "made of several" : "of type " + type));
        }
        try {
            return new Schema.Parser().parse(found.path("schema").asText());
        } catch (AvroRuntimeException e) {
            throw new UnknownSchemaException("schema " + id + " of the schema registry at " + address()
                    + " is none of Avro: " + firstLine(e.getMessage()));
        }
    }

    private int lookUpOrRegister(String subject, Schema schema) {
        String subjectPath = "/subjects/" + URLEncoder.encode(subject, StandardCharsets.UTF_8);
        String body = object().put("schema", schema.toString()).toString();
        Answer there = call("POST", subjectPath, body);
        if (there.status() != 404) {
            int id = idIn("POST " + subjectPath, there);
            try {
                ensureCompatibility(subject);
            } catch (RegistryRefusedException e) {
                if (!e.isForbidden()) {
                    throw e;
                }
                LOG.warn("the compatibility of {} stays as it is: {}", subject, e.getMessage());
            }
            return id;
        }
        if (errorCode(there) == 0) {
            throw new RegistryRefusedException(
                    "expected a schema registry at " + address() + ", found something that answers POST " + subjectPath
                            + " with 404 (Apicurio's is at /apis/ccompat/v7)",
                    404);
        }
        ensureCompatibility(subject);
        String path = subjectPath + "/versions";
        Answer registered = call("POST", path, body);
        if (registered.status() == 409 || registered.status() == 422) {
            throw new RegistryRefusedException(
                    "the schema registry at " + address() + " refuses the schema of " + subject + " ("
                            + settings.compatibility() + "): " + reason(registered),
                    registered.status());
        }
        int id = idIn("POST " + path, registered);
        LOG.info("registered the schema of {} at {}: id {}", subject, address(), id);
        return id;
    }

    private void ensureCompatibility(String subject) {
        String path = "/config/" + URLEncoder.encode(subject, StandardCharsets.UTF_8);
        String wanted = settings.compatibility().name();
        Answer now = call("GET", path, null);
        if (now.status() != 404
                && json("GET " + path, accepted("GET " + path, now))
                        .path("compatibilityLevel")
                        .asText()
                        .equals(wanted)) {
            return;
        }
        accepted(
                "PUT " + path,
                call("PUT", path, object().put("compatibility", wanted).toString()));
    }

    private int idIn(String deed, Answer answer) {
        JsonNode id = json(deed, accepted(deed, answer)).path("id");
        if (!id.canConvertToInt() || !id.isNumber()) {
            throw new RegistryRefusedException(
                    "expected an id from the schema registry at " + address() + " after " + deed + ", found none",
                    answer.status());
        }
        return id.asInt();
    }

    /** The body of an answer that is a yes. */
    private String accepted(String deed, Answer answer) {
        int status = answer.status();
        if (status / 100 == 2) {
            return answer.body();
        }
        if (status == 401 || status == 403) {
            throw new RegistryRefusedException(
                    "the schema registry at " + address() + " refuses access (" + status + " to " + deed
                            + "): give it http://USER:PASSWORD@HOST:PORT or a token",
                    status);
        }
        throw new RegistryRefusedException(
                "the schema registry at " + address() + " answers " + deed + " with " + status + ": " + reason(answer),
                status);
    }

    private JsonNode json(String deed, String body) {
        try {
            JsonNode json = JSON.readTree(body);
            if (json != null && json.isObject()) {
                return json;
            }
        } catch (JsonProcessingException e) {
            // Said below, as of what is JSON and not an object.
        }
        throw new RegistryRefusedException(
                "expected JSON from the schema registry at " + address() + " after " + deed + ", found \""
                        + firstLine(body) + "\"",
                200);
    }

    /** Repeats what fails for a reason that may pass, at each URL in turn, until the patience is over. */
    private Answer call(String method, String path, String body) {
        long start = System.nanoTime();
        long pauseNanos = FIRST_PAUSE.toNanos();
        while (true) {
            String failure;
            Throwable cause = null;
            try {
                Answer answer = once(method, path, body);
                if (!mayPass(answer.status())) {
                    return answer;
                }
                failure = answer.status() + " " + reason(answer);
            } catch (IOException e) {
                failure = e.getMessage() == null ? e.getClass().getSimpleName() : firstLine(e.getMessage());
                cause = e;
            }
            preferred = (preferred + 1) % settings.urls().size();
            if (System.nanoTime() - start + pauseNanos > settings.patience().toNanos()) {
                throw new RegistryUnavailableException(
                        "no schema registry answers at " + address() + " within "
                                + settings.patience().toSeconds() + " s: " + failure,
                        cause);
            }
            LockSupport.parkNanos(pauseNanos);
            pauseNanos = Math.min(2 * pauseNanos, LONGEST_PAUSE.toNanos());
        }
    }

    private static boolean mayPass(int status) {
        return status >= 500 || status == 429 || status == 408;
    }

    private Answer once(String method, String path, String body) throws IOException {
        URI base = settings.urls().get(preferred);
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .header("Accept", CONTENT_TYPE + ", application/json")
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (body != null) {
            request.header("Content-Type", CONTENT_TYPE);
        }
        settings.authorization().ifPresent(secret -> request.header("Authorization", secret));
        CompletableFuture<HttpResponse<String>> answering =
                http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
        try {
            // HttpClient's own time-out ends with the headers; a body may come for ever.
            HttpResponse<String> answer =
                    answering.get(settings.requestTimeout().toMillis(), TimeUnit.MILLISECONDS);
            return new Answer(answer.statusCode(), answer.body());
        } catch (TimeoutException e) {
            answering.cancel(true);
            throw new IOException(
                    "no answer to " + method + " " + path + " in "
                            + settings.requestTimeout().toMillis() + " ms",
                    e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw new IOException(method + " " + path + ": " + said(cause), cause);
        } catch (InterruptedException e) {
            answering.cancel(true);
            Thread.currentThread().interrupt();
            throw new RegistryUnavailableException("interrupted while asking the schema registry at " + address(), e);
        }
    }

    private static String said(Throwable failure) {
        return failure.getMessage() == null
                ? failure instanceof java.net.ConnectException
                        ? "connection refused"
                        : failure.getClass().getSimpleName()
                : firstLine(failure.getMessage());
    }

    private static int errorCode(Answer answer) {
        try {
            JsonNode json = JSON.readTree(answer.body());
            return json == null ? 0 : json.path("error_code").asInt();
        } catch (JsonProcessingException e) {
            return 0;
        }
    }

    /** The registry's own message, or the beginning of what it said. */
    private static String reason(Answer answer) {
        try {
            JsonNode json = JSON.readTree(answer.body());
            if (json != null && json.path("message").isTextual()) {
                return firstLine(json.path("message").asText());
            }
        } catch (JsonProcessingException e) {
            // Not JSON: what it said as it is.
        }
        return firstLine(answer.body());
    }

    private static String firstLine(String text) {
        String line = text == null ? "" : text.strip().replaceAll("\\s*\\R\\s*", " ");
        return line.length() <= LONGEST_REASON ? line : line.substring(0, LONGEST_REASON) + " ...";
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
