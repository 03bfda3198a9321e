package org.mtlfarm.schemas;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.IdentityHashMap;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.JsonProperties;
import org.apache.avro.Schema;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.io.JsonEncoder;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;

/** A message as a line of JSON and back, in the JSON encoding that Avro's specification defines. */
public final class AvroJson {
    static {
        AvroCodec.trustMessages();
    }

    /** What writing a schema takes is worked out once a thread, rather than for every message. */
    private static final ThreadLocal<Map<Schema, JsonEncoder>> ENCODERS = ThreadLocal.withInitial(IdentityHashMap::new);

    private static final ObjectMapper JSON = new ObjectMapper();

    private AvroJson() {}

    public static String line(SpecificRecord message) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Map<Schema, JsonEncoder> encoders = ENCODERS.get();
        // Taken out while in use: one that failed half-way is not used again.
        JsonEncoder held = encoders.remove(message.getSchema());
        try {
            JsonEncoder encoder =
                    held == null ? EncoderFactory.get().jsonEncoder(message.getSchema(), bytes) : held.configure(bytes);
            new SpecificDatumWriter<SpecificRecord>(message.getSchema()).write(message, encoder);
            encoder.flush();
            encoders.put(message.getSchema(), encoder);
        } catch (IOException e) {
            throw new UncheckedIOException("a message cannot be written as JSON", e);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /**
     * Reads a run's result, also one that an older or newer version wrote: fields that came later have their defaults, unknown
     * ones are left out.
     *
     * @param where file and line, for the message
     */
    public static RunResult result(String line, String where) {
        try {
            return new SpecificDatumReader<>(RunResult.class)
                    .read(
                            null,
                            DecoderFactory.get()
                                    .jsonDecoder(
                                            RunResult.getClassSchema(),
                                            resolved(JSON.readTree(line), RunResult.getClassSchema())
                                                    .toString()));
        } catch (IOException | AvroRuntimeException e) {
            throw new InvalidInputException(
                    where + ": expected a run's result in Avro's JSON, found " + e.getMessage(), e);
        }
    }

    /** With just the fields of the schema. Avro's own decoder takes JSON of that very schema alone. */
    private static JsonNode resolved(JsonNode value, Schema schema) {
        return switch (schema.getType()) {
            case RECORD -> value.isObject() ? resolvedRecord(value, schema) : value;
            case ARRAY -> {
                ArrayNode elements = JSON.createArrayNode();
                value.forEach(element -> elements.add(resolved(element, schema.getElementType())));
                yield value.isArray() ? elements : value;
            }
            case UNION -> {
                ObjectNode branch = JSON.createObjectNode();
                for (Schema type : schema.getTypes()) {
                    if (value.has(type.getFullName())) {
                        branch.set(type.getFullName(), resolved(value.get(type.getFullName()), type));
                    }
                }
                yield branch.isEmpty() ? value : branch;
            }
            default -> value;
        };
    }

    private static JsonNode resolvedRecord(JsonNode value, Schema schema) {
        ObjectNode fields = JSON.createObjectNode();
        for (Schema.Field field : schema.getFields()) {
            if (value.has(field.name())) {
                fields.set(field.name(), resolved(value.get(field.name()), field.schema()));
            } else if (field.hasDefaultValue()) {
                Object standard = field.defaultVal();
                fields.set(
                        field.name(),
                        standard == JsonProperties.NULL_VALUE ? JSON.nullNode() : JSON.valueToTree(standard));
            }
        }
        return fields;
    }
}
