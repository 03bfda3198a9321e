package org.mtlfarm.schemas;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ClassSecurityValidator;

import org.mtlfarm.schemas.registry.SchemaRegistry;
import org.mtlfarm.schemas.registry.UnknownSchemaException;

/**
 * Messages of one kind to bytes and back. Written in one {@link WireFormat}, read in both, by the first bytes: a message of
 * a schema that differs from the reader's is read by Avro's resolution rules. Safe for use by several threads.
 */
public final class AvroCodec<T extends SpecificRecord> {
    /** The two bytes that begin a message in Avro's single-object encoding; the fingerprint follows, lowest byte first. */
    private static final byte[] SINGLE_OBJECT = {(byte) 0xC3, 0x01};

    private static final int SINGLE_OBJECT_PREFIX = SINGLE_OBJECT.length + Long.BYTES;

    /** The byte that begins a message in Confluent's wire format; the schema's id follows, highest byte first. */
    private static final byte REGISTERED = 0;

    private static final int REGISTERED_PREFIX = 1 + Integer.BYTES;

    static {
        // Avro makes objects of no class that it was not told to trust; beside what is trusted already, these messages
        // are.
        ClassSecurityValidator.setGlobal(ClassSecurityValidator.composite(
                ClassSecurityValidator.getGlobal(),
                candidate -> candidate.getPackageName().equals(AvroCodec.class.getPackageName())));
    }

    private final Class<T> type;
    private final SpecificData data;
    private final Schema schema;
    private final DatumWriter<T> writer;
    private final Supplier<byte[]> prefix;
    private final Map<Long, DatumReader<T>> byFingerprint = new HashMap<>();
    private final Map<Integer, DatumReader<T>> byId = new ConcurrentHashMap<>();
    /** Null where there is none. */
    private final SchemaRegistry registry;

    /**
     * @param subject in the registry; null, as the registry, where messages are written as single objects
     */
    private AvroCodec(Class<T> type, List<Schema> writerSchemas, String subject, SchemaRegistry registry) {
        this.type = type;
        this.data = SpecificData.getForClass(type);
        this.schema = SpecificData.get().getSchema(type);
        this.writer = new SpecificDatumWriter<>(schema, data);
        this.registry = registry;
        byte[] singleObject = singleObjectPrefix(schema);
        this.prefix = registry == null ? () -> singleObject : () -> registeredPrefix(registry.id(subject, schema));
        List<Schema> known = new ArrayList<>(ReleasedSchemas.of(schema.getName()));
        known.addAll(writerSchemas);
        // A schema is kept by its fingerprint, which names and types make: docs and defaults are the compiled one's.
        known.add(schema);
        known.forEach(written -> byFingerprint.put(SchemaNormalization.parsingFingerprint64(written), reader(written)));
    }

    /**
     * Lets Avro make these messages, as every codec does: to be called by who builds a message before there is any codec,
     * since a builder's enumerated defaults are made by Avro.
     */
    public static void trustMessages() {
        // Done by the static initialiser above, which runs before this, once.
    }

    /**
     * A codec for one kind of message as a single object. It reads what the compiled schema wrote and what any released one
     * did.
     *
     * @param writerSchemas further schemas, newer ones for example, whose messages are to be understood as well
     */
    public static <T extends SpecificRecord> AvroCodec<T> of(Class<T> type, Schema... writerSchemas) {
        return new AvroCodec<>(type, List.of(writerSchemas), null, null);
    }

    /** A codec that writes with the id that a registry has for the compiled schema under that subject. */
    static <T extends SpecificRecord> AvroCodec<T> registered(Class<T> type, String subject, SchemaRegistry registry) {
        return new AvroCodec<>(type, List.of(), Objects.requireNonNull(subject), Objects.requireNonNull(registry));
    }

    /**
     * The message's bytes.
     *
     * @throws org.mtlfarm.schemas.registry.RegistryUnavailableException if a registry is to say the schema's id, for the first
     *     time, and does not answer
     */
    public byte[] encode(T message) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try {
            bytes.write(prefix.get());
            BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
            writer.write(message, encoder);
            encoder.flush();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new AvroRuntimeException("cannot encode a " + type.getSimpleName(), e);
        }
    }

    /**
     * The message in the bytes.
     *
     * @throws UnreadableMessageException if they hold no such message
     * @throws org.mtlfarm.schemas.registry.RegistryUnavailableException if nobody can say at the moment: a registry is to
     *     have the schema, and does not answer
     */
    public T decode(byte[] bytes) {
        if (bytes == null) {
            throw new UnreadableMessageException(type, "no bytes", null);
        }
        if (startsAsSingleObject(bytes)) {
            long fingerprint = ByteBuffer.wrap(bytes, SINGLE_OBJECT.length, Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .getLong();
            DatumReader<T> reader = byFingerprint.get(fingerprint);
            if (reader == null) {
                throw UnreadableMessageException.ofUnknownSchema(
                        type, bytes.length + " bytes: of the unknown schema " + Long.toHexString(fingerprint));
            }
            return read(reader, bytes, SINGLE_OBJECT_PREFIX);
        }
        if (bytes.length >= REGISTERED_PREFIX && bytes[0] == REGISTERED) {
            int id = ByteBuffer.wrap(bytes, 1, Integer.BYTES).getInt();
            return read(reader(id, bytes.length), bytes, REGISTERED_PREFIX);
        }
        throw unreadable(bytes.length, "in neither wire format");
    }

    /** Whether they look like a message in the wire format that needs a registry to be read. */
    static boolean needsRegistry(byte[] bytes) {
        return bytes != null && bytes.length >= REGISTERED_PREFIX && bytes[0] == REGISTERED;
    }

    private static boolean startsAsSingleObject(byte[] bytes) {
        return bytes.length >= SINGLE_OBJECT_PREFIX && bytes[0] == SINGLE_OBJECT[0] && bytes[1] == SINGLE_OBJECT[1];
    }

    private T read(DatumReader<T> reader, byte[] bytes, int from) {
        try {
            BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(bytes, from, bytes.length - from, null);
            T message = reader.read(null, decoder);
            if (decoder.isEnd()) {
                return message;
            }
        } catch (IOException | RuntimeException e) {
            throw new UnreadableMessageException(type, bytes.length + " bytes: " + e.getMessage(), e);
        } catch (StackOverflowError e) {
            // A writer's schema may nest, in what this reader passes over, as deep as it likes.
            throw unreadable(bytes.length, "nested too deep");
        }
        throw unreadable(bytes.length, "some are behind the message");
    }

    private DatumReader<T> reader(int id, int length) {
        DatumReader<T> reader = byId.get(id);
        if (reader != null) {
            return reader;
        }
        if (registry == null) {
            throw new UnreadableMessageException(
                    type,
                    length + " bytes of schema " + id + " of a registry: set --schema-registry to read them",
                    null);
        }
        Schema written = schema(id, length);
        if (!written.getFullName().equals(schema.getFullName())) {
            throw unreadable(length, "schema " + id + " is of " + written.getFullName());
        }
        if (EmptyItems.in(written)) {
            throw unreadable(length, "schema " + id + " has lists of items that take no bytes");
        }
        reader = reader(written);
        byId.put(id, reader);
        return reader;
    }

    private Schema schema(int id, int length) {
        try {
            return registry.schema(id);
        } catch (UnknownSchemaException e) {
            throw unreadable(length, e.getMessage());
        }
    }

    private UnreadableMessageException unreadable(int length, String reason) {
        return new UnreadableMessageException(type, length + " bytes: " + reason, null);
    }

    private DatumReader<T> reader(Schema written) {
        return new SpecificDatumReader<>(written, schema, data);
    }

    /** Eight bytes that name a schema in single objects: its CRC-64-AVRO, lowest byte first. */
    public static byte[] fingerprint(Schema schema) {
        return ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(SchemaNormalization.parsingFingerprint64(schema))
                .array();
    }

    private static byte[] singleObjectPrefix(Schema schema) {
        return ByteBuffer.allocate(SINGLE_OBJECT_PREFIX)
                .put(SINGLE_OBJECT)
                .put(fingerprint(schema))
                .array();
    }

    private static byte[] registeredPrefix(int id) {
        return ByteBuffer.allocate(REGISTERED_PREFIX).put(REGISTERED).putInt(id).array();
    }
}
