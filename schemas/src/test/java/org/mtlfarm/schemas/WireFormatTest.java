package org.mtlfarm.schemas;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.RandomData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.mtlfarm.schemas.registry.FakeRegistry;
import org.mtlfarm.schemas.registry.RegistrySettings;
import org.mtlfarm.schemas.registry.RegistryUnavailableException;
import org.mtlfarm.schemas.registry.SchemaRegistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Both wire formats, against each other and against bytes that are no message. */
class WireFormatTest {
    private static final long SEED = Long.getLong("wire.seed", 20_240_712L);

    private final FakeRegistry server = new FakeRegistry();
    private final WireFormat registered = format();

    @AfterEach
    void close() {
        server.close();
    }

    @ParameterizedTest
    @EnumSource
    void whatOneFormatWritesTheOtherReads(Topics topic) throws Exception {
        eitherReadsWhatTheOtherWrites(topic, type(topic));
    }

    private <T extends SpecificRecord> void eitherReadsWhatTheOtherWrites(Topics topic, Class<T> type)
            throws Exception {
        AvroCodec<T> withRegistry = registered.codec(topic, type);
        AvroCodec<T> without = WireFormat.SINGLE_OBJECT.codec(topic, type);
        for (Object written : new RandomData(topic.schema(), 20, SEED, false)) {
            T message = without.decode(singleObject(topic.schema(), (GenericRecord) written));
            byte[] single = without.encode(message);
            byte[] confluent = withRegistry.encode(message);
            assertThat(single).startsWith(0xC3, 0x01);
            assertThat(confluent[0]).isZero();
            // Behind their prefixes they are the same record, as any other Avro library reads it.
            assertThat(Arrays.copyOfRange(confluent, 5, confluent.length))
                    .isEqualTo(Arrays.copyOfRange(single, 10, single.length));
            // Compared as bytes: a random double may be one that equals nothing.
            assertThat(without.encode(withRegistry.decode(confluent))).isEqualTo(single);
            assertThat(without.encode(withRegistry.decode(single))).isEqualTo(single);
            assertThatThrownBy(() -> without.decode(confluent))
                    .isInstanceOf(UnreadableMessageException.class)
                    .hasMessageContaining("set --schema-registry");
        }
        assertThat(server.ids(topic.subject())).hasSize(1);
    }

    @Test
    void preparingRegistersEveryTopicUnderItsNameWithFullCompatibility() {
        registered.prepare();
        for (Topics topic : Topics.values()) {
            assertThat(server.ids(topic.topicName() + "-value")).hasSize(1);
            assertThat(server.compatibility(topic.topicName() + "-value")).isEqualTo("FULL_TRANSITIVE");
        }
    }

    @Test
    void aMessageOfANewerSchemaInTheRegistryIsReadByItsRules() throws Exception {
        Schema newer = withField("addedLater", Schema.create(Schema.Type.LONG), 42L);
        GenericRecord written = random(newer);
        Progress read = codec().decode(confluent(newer, written));
        assertThat(read.getWorker()).isEqualTo(written.get("worker"));
    }

    @Test
    void aRegistryThatIsAwayMakesNoMessageUnreadable() {
        WireFormat impatient = WireFormat.registered(new SchemaRegistry(
                RegistrySettings.of(server.url()).withPatience(Duration.ofSeconds(5), Duration.ZERO)));
        server.disturb(FakeRegistry.Disorder.ERROR_503, Integer.MAX_VALUE);
        byte[] bytes = {0, 0, 0, 0, 1, 2, 3};
        assertThatThrownBy(
                        () -> impatient.codec(Topics.PROGRESS, Progress.class).decode(bytes))
                .isInstanceOf(RegistryUnavailableException.class);
        server.disturb(FakeRegistry.Disorder.ERROR_503, 0);
        assertThatThrownBy(
                        () -> impatient.codec(Topics.PROGRESS, Progress.class).decode(bytes))
                .isInstanceOf(UnreadableMessageException.class);
    }

    @Test
    void anotherMessagesIdIsNoMessageOfThisTopic() {
        registered.prepare();
        int run = server.ids(Topics.RUNS.subject()).get(0);
        assertThatThrownBy(() -> codec().decode(new byte[] {0, 0, 0, 0, (byte) run, 0, 0}))
                .isInstanceOf(UnreadableMessageException.class)
                .hasMessageContaining("schema " + run + " is of org.mtlfarm.schemas.Run");
    }

    @Test
    void bytesBehindAMessageMakeItNone() throws Exception {
        byte[] bytes = singleObject(Topics.PROGRESS.schema(), random(Topics.PROGRESS.schema()));
        assertThatThrownBy(() -> codec().decode(Arrays.copyOf(bytes, bytes.length + 1)))
                .isInstanceOf(UnreadableMessageException.class)
                .hasMessageContaining("behind the message");
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void listsOfItemsThatTakeNoBytesAreRefused() throws Exception {
        Schema empty = Schema.createArray(Schema.create(Schema.Type.NULL));
        Schema nested = Schema.createArray(SchemaBuilder.record("E")
                .fields()
                .name("nothing")
                .type()
                .nullType()
                .noDefault()
                .endRecord());
        Schema pairs = Schema.createMap(empty);
        for (Schema list : List.of(empty, nested, pairs)) {
            Schema newer = withField("emptyItems", list, null);
            byte[] bytes = confluent(newer, random(newer));
            assertThatThrownBy(() -> codec().decode(bytes))
                    .isInstanceOf(UnreadableMessageException.class)
                    .hasMessageContaining("items that take no bytes");
        }
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aMessageNestedAMillionTimesIsUnreadable() throws Exception {
        Schema chain = new Schema.Parser()
                .parse("{\"type\":\"record\",\"name\":\"Chain\",\"fields\":"
                        + "[{\"name\":\"next\",\"type\":[\"null\",\"Chain\"]}]}");
        Schema newer = withField("chain", chain, null);
        GenericRecord written = random(newer);
        written.put("chain", new GenericData.Record(chain));
        byte[] flat = confluent(newer, written);
        // The last byte ends the chain (branch 0); branch 1, as many times, goes one deeper each.
        byte[] deep = Arrays.copyOf(flat, flat.length + 1_000_000);
        Arrays.fill(deep, flat.length - 1, deep.length - 1, (byte) 2);
        assertThatThrownBy(() -> codec().decode(deep))
                .isInstanceOf(UnreadableMessageException.class)
                .hasMessageContaining("nested too deep");
    }

    /** Seconds of it in the build; {@code -Dwire.fuzz.seconds=600 -Dwire.seed=...} for as long as one likes. */
    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void whateverTheBytesAreTheyAreAMessageOrRefused() throws Exception {
        Random random = new Random(SEED);
        System.out.println("wire.seed=" + SEED);
        registered.prepare();
        Map<Topics, AvroCodec<?>> codecs = new HashMap<>();
        Map<Topics, List<byte[]>> wellFormed = new HashMap<>();
        for (Topics topic : Topics.values()) {
            codecs.put(topic, registered.codec(topic, type(topic)));
            byte id = server.ids(topic.subject()).get(0).byteValue();
            List<byte[]> bytes = new ArrayList<>();
            for (Object message : new RandomData(topic.schema(), 20, random.nextLong(), false)) {
                byte[] single = singleObject(topic.schema(), (GenericRecord) message);
                bytes.add(single);
                bytes.add(prefixed(new byte[] {0, 0, 0, 0, id}, Arrays.copyOfRange(single, 10, single.length)));
            }
            wellFormed.put(topic, bytes);
        }
        long deadline = System.nanoTime()
                + Duration.ofSeconds(Long.getLong("wire.fuzz.seconds", 4)).toNanos();
        long messages = 0;
        long refused = 0;
        long slowestNanos = 0;
        while (System.nanoTime() < deadline) {
            Topics topic = Topics.values()[random.nextInt(Topics.values().length)];
            byte[] mutant = mutate(wellFormed.get(topic).get(random.nextInt(40)), random);
            long start = System.nanoTime();
            messages++;
            try {
                codecs.get(topic).decode(mutant);
            } catch (UnreadableMessageException e) {
                refused++;
                assertThat(e.getMessage()).startsWith("expected a ");
            }
            slowestNanos = Math.max(slowestNanos, System.nanoTime() - start);
        }
        System.out.println(
                messages + " messages, " + refused + " refused, the slowest took " + slowestNanos / 1_000_000 + " ms");
        assertThat(refused).isPositive();
        assertThat(messages - refused).isPositive();
    }

    /** Bytes changed, cut off, repeated, replaced by a length of up to 2^63, or all of them random. */
    private static byte[] mutate(byte[] bytes, Random random) {
        byte[] mutant = bytes.clone();
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(6)) {
            case 0 -> mutant[at] = (byte) random.nextInt();
            case 1 -> mutant = Arrays.copyOf(mutant, at);
            case 2 -> {
                for (int i = at; i < Math.min(mutant.length, at + 4); i++) {
                    mutant[i] = (byte) random.nextInt();
                }
            }
            case 3 -> {
                // A varint of five or ten bytes: a length or a count of more than there is memory for.
                byte[] huge = new byte[random.nextBoolean() ? 5 : 10];
                Arrays.fill(huge, (byte) 0xFF);
                huge[huge.length - 1] = (byte) (huge.length == 5 ? 0x0F : 0x01);
                huge[0] = (byte) (0xFE + random.nextInt(2));
                mutant =
                        prefixed(prefixed(Arrays.copyOf(bytes, at), huge), Arrays.copyOfRange(bytes, at, bytes.length));
            }
            case 4 -> mutant = prefixed(mutant, Arrays.copyOfRange(bytes, at, bytes.length));
            default -> {
                byte[] noise = new byte[random.nextInt(64)];
                random.nextBytes(noise);
                mutant = prefixed(Arrays.copyOf(bytes, Math.min(bytes.length, random.nextInt(12))), noise);
            }
        }
        return mutant;
    }

    private WireFormat format() {
        return WireFormat.registered(new SchemaRegistry(RegistrySettings.of(server.url())));
    }

    private AvroCodec<Progress> codec() {
        return registered.codec(Topics.PROGRESS, Progress.class);
    }

    private static Class<? extends SpecificRecord> type(Topics topic) throws ClassNotFoundException {
        return Class.forName(topic.schema().getFullName()).asSubclass(SpecificRecord.class);
    }

    private static Schema withField(String name, Schema type, Object defaultValue) {
        Schema present = Topics.PROGRESS.schema();
        List<Schema.Field> fields = new ArrayList<>();
        present.getFields().forEach(field -> fields.add(new Schema.Field(field, field.schema())));
        fields.add(new Schema.Field(name, type, "Added later.", defaultValue));
        return Schema.createRecord(present.getName(), present.getDoc(), present.getNamespace(), false, fields);
    }

    private static GenericRecord random(Schema schema) {
        GenericRecord record = new GenericData.Record(schema);
        for (Schema.Field field : schema.getFields()) {
            boolean list = field.schema().getType() == Schema.Type.ARRAY;
            boolean map = field.schema().getType() == Schema.Type.MAP;
            record.put(
                    field.name(),
                    list
                            ? Collections.emptyList()
                            : map
                                    ? Collections.emptyMap()
                                    : field.schema().getName().equals("Chain")
                                            ? new GenericData.Record(field.schema())
                                            : new RandomData(field.schema(), 1, SEED, false)
                                                    .iterator()
                                                    .next());
        }
        return record;
    }

    private byte[] confluent(Schema schema, GenericRecord message) throws Exception {
        int id = server.add("{\"schema\":" + quoted(schema.toString()) + "}");
        return prefixed(new byte[] {0, 0, 0, 0, (byte) id}, body(schema, message));
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static byte[] singleObject(Schema schema, GenericRecord message) throws Exception {
        java.nio.ByteBuffer bytes = new org.apache.avro.message.BinaryMessageEncoder<GenericRecord>(
                        GenericData.get(), schema)
                .encode(message);
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return copy;
    }

    private static byte[] body(Schema schema, GenericRecord message) throws Exception {
        byte[] single = singleObject(schema, message);
        byte[] body = Arrays.copyOfRange(single, 10, single.length);
        new GenericDatumReader<GenericRecord>(schema)
                .read(null, DecoderFactory.get().binaryDecoder(body, null));
        return body;
    }

    private static byte[] prefixed(byte[] prefix, byte[] rest) {
        byte[] all = Arrays.copyOf(prefix, prefix.length + rest.length);
        System.arraycopy(rest, 0, all, prefix.length, rest.length);
        return all;
    }
}
