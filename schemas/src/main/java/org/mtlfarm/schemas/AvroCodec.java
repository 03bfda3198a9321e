package org.mtlfarm.schemas;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ClassSecurityValidator;

/**
 * Messages to bytes and back in Avro's single-object encoding: two marker bytes, the writer schema's 8-byte fingerprint,
 * then the record. A message of a schema that differs from the reader's is read by Avro's resolution rules, provided the
 * writer's schema is known here. Safe for use by several threads.
 */
public final class AvroCodec<T extends SpecificRecord> {
    static {
        // Avro makes objects of no class that it was not told to trust; beside what is trusted already, these messages
        // are.
        ClassSecurityValidator.setGlobal(ClassSecurityValidator.composite(
                ClassSecurityValidator.getGlobal(),
                candidate -> candidate.getPackageName().equals(AvroCodec.class.getPackageName())));
    }

    private final Class<T> type;
    private final BinaryMessageEncoder<T> encoder;
    private final BinaryMessageDecoder<T> decoder;

    private AvroCodec(Class<T> type, Schema readerSchema, Schema... writerSchemas) {
        SpecificData data = SpecificData.getForClass(type);
        this.type = type;
        this.encoder = new BinaryMessageEncoder<>(data, readerSchema);
        this.decoder = new BinaryMessageDecoder<>(data, readerSchema);
        ReleasedSchemas.of(readerSchema.getName()).forEach(decoder::addSchema);
        Arrays.stream(writerSchemas).forEach(decoder::addSchema);
        // The decoder keeps a schema by its fingerprint, which names and types make: docs and defaults are the compiled
        // one's.
        decoder.addSchema(readerSchema);
    }

    /**
     * Lets Avro make these messages, as every codec does: to be called by who builds a message before there is any codec,
     * since a builder's enumerated defaults are made by Avro.
     */
    public static void trustMessages() {
        // Done by the static initialiser above, which runs before this, once.
    }

    /**
     * A codec for one kind of message. It reads what the compiled schema wrote and what any released one did.
     *
     * @param writerSchemas further schemas, newer ones for example, whose messages are to be understood as well
     */
    public static <T extends SpecificRecord> AvroCodec<T> of(Class<T> type, Schema... writerSchemas) {
        return new AvroCodec<>(type, SpecificData.get().getSchema(type), writerSchemas);
    }

    public byte[] encode(T message) {
        try {
            ByteBuffer bytes = encoder.encode(message);
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            return copy;
        } catch (IOException e) {
            throw new AvroRuntimeException("cannot encode a " + type.getSimpleName(), e);
        }
    }

    /** The message in the bytes; throws {@link UnreadableMessageException} if they hold no such message. */
    public T decode(byte[] bytes) {
        if (bytes == null) {
            throw new UnreadableMessageException(type, "no bytes", null);
        }
        try {
            return decoder.decode(bytes);
        } catch (IOException | RuntimeException e) {
            throw new UnreadableMessageException(type, bytes.length + " bytes: " + e.getMessage(), e);
        }
    }
}
