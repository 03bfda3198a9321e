package org.mtlfarm.schemas;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.RandomData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Old and new readers and writers work together: the farm is upgraded while it runs, and topics keep what old ones wrote. */
class SchemaCompatibilityTest {
    private static final long SEED = 20_240_711L;

    @ParameterizedTest
    @EnumSource
    void everyReleasedSchemaReadsAndIsReadByThePresentOne(Topics topic) {
        List<Schema> released = ReleasedSchemas.of(topic.schema().getName());
        assertThat(released).isNotEmpty();
        for (Schema schema : released) {
            assertReads(topic.schema(), schema);
            assertReads(schema, topic.schema());
        }
    }

    /** What is written today must be readable by whatever is built tomorrow: {@code farm schemas --out} writes what is missing. */
    @ParameterizedTest
    @EnumSource
    void thePresentSchemaIsKeptWithTheReleasedOnes(Topics topic) {
        assertThat(ReleasedSchemas.of(topic.schema().getName()))
                .extracting(AvroCodec::fingerprint)
                .as("store " + topic.schema().getName() + ".avsc in the next folder of src/main/resources/schemas")
                .contains(AvroCodec.fingerprint(topic.schema()));
    }

    @ParameterizedTest
    @EnumSource
    void aFieldThatANewerVersionAddsIsPassedOverByOldReadersAndGivenItsDefaultByNewOnes(Topics topic) throws Exception {
        Schema present = topic.schema();
        Schema newer = changed(
                present,
                fields -> fields.add(new Schema.Field(
                        "addedLater", Schema.create(Schema.Type.LONG), "Something that came later.", 42L)));

        GenericRecord written = random(newer);
        GenericRecord seenByOld = readByPresent(present, newer, written);
        assertSameFields(present, seenByOld, written);

        GenericRecord old = random(present);
        GenericRecord seenByNew = readGeneric(newer, present, encode(present, old));
        assertThat(seenByNew.get("addedLater")).isEqualTo(42L);
        assertSameFields(present, seenByNew, old);
    }

    @ParameterizedTest
    @EnumSource
    void aFieldThatANewerVersionDropsIsGivenItsDefaultByOldReadersAndPassedOverByNewOnes(Topics topic)
            throws Exception {
        Schema present = topic.schema();
        for (Schema.Field dropped : present.getFields()) {
            if (!dropped.hasDefaultValue()) {
                continue;
            }
            Schema newer =
                    changed(present, fields -> fields.removeIf(f -> f.name().equals(dropped.name())));

            GenericRecord written = random(newer);
            GenericRecord seenByOld = readByPresent(present, newer, written);
            assertThat(seenByOld.get(dropped.name()))
                    .isEqualTo(GenericData.get().getDefaultValue(dropped));
            assertSameFields(newer, seenByOld, written);

            GenericRecord old = random(present);
            assertSameFields(newer, readGeneric(newer, present, encode(present, old)), old);
        }
    }

    @Test
    void anOutcomeThatOnlyANewerVersionKnowsIsUnknownToOldReaders() throws IOException {
        Schema present = RunResult.getClassSchema();
        Schema newer = new Schema.Parser()
                .parse(present.toString().replace("\"CANCELLED\",\"UNKNOWN\"", "\"CANCELLED\",\"UNKNOWN\",\"PAUSED\""));
        GenericRecord written = random(newer);
        written.put(
                "outcome", new GenericData.EnumSymbol(newer.getField("outcome").schema(), "PAUSED"));
        RunResult seenByOld = AvroCodec.of(RunResult.class, newer).decode(encode(newer, written));
        assertThat(seenByOld.getOutcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(seenByOld.getWorker()).isEqualTo(written.get("worker"));
    }

    @Test
    void aChangeThatOldReadersCannotFollowIsNoticed() {
        Schema present = Run.getClassSchema();
        Schema withoutDefault = changed(
                present,
                fields -> fields.add(
                        new Schema.Field("addedLater", Schema.create(Schema.Type.LONG), "Without a default.", null)));
        assertThat(SchemaCompatibility.checkReaderWriterCompatibility(withoutDefault, present)
                        .getType())
                .isEqualTo(SchemaCompatibilityType.INCOMPATIBLE);
        Schema withoutSeed =
                changed(present, fields -> fields.removeIf(field -> field.name().equals("seed")));
        assertThat(SchemaCompatibility.checkReaderWriterCompatibility(present, withoutSeed)
                        .getType())
                .isEqualTo(SchemaCompatibilityType.INCOMPATIBLE);
    }

    @Test
    void aReaderKnowsTheSchemasOfEveryRelease() throws IOException {
        for (Schema released : ReleasedSchemas.of("RunResult")) {
            byte[] bytes = encode(released, random(released));
            assertThat(AvroCodec.of(RunResult.class).decode(bytes)).isNotNull();
        }
    }

    private static void assertReads(Schema reader, Schema writer) {
        SchemaCompatibility.SchemaPairCompatibility both =
                SchemaCompatibility.checkReaderWriterCompatibility(reader, writer);
        assertThat(both.getType())
                .as(() -> both.getResult().getIncompatibilities().toString())
                .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
    }

    private static void assertSameFields(Schema schema, GenericRecord actual, GenericRecord expected) {
        for (Schema.Field field : schema.getFields()) {
            assertThat(GenericData.get().compare(actual.get(field.name()), expected.get(field.name()), field.schema()))
                    .as(field.name())
                    .isZero();
        }
    }

    private static Schema changed(Schema record, Consumer<List<Schema.Field>> change) {
        List<Schema.Field> fields = new ArrayList<>();
        record.getFields().forEach(field -> fields.add(new Schema.Field(field, field.schema())));
        change.accept(fields);
        return Schema.createRecord(record.getName(), record.getDoc(), record.getNamespace(), false, fields);
    }

    private static GenericRecord random(Schema schema) {
        return (GenericRecord) new RandomData(schema, 1, SEED, false).iterator().next();
    }

    /** What the compiled class makes of a message of another schema, as it would write it. */
    private static GenericRecord readByPresent(Schema present, Schema writer, GenericRecord message) throws Exception {
        Class<?> type = Class.forName(present.getFullName());
        byte[] bytes = encode(writer, message);
        return readGeneric(present, present, rewritten(type.asSubclass(SpecificRecord.class), writer, bytes));
    }

    private static <T extends SpecificRecord> byte[] rewritten(Class<T> type, Schema writer, byte[] bytes) {
        AvroCodec<T> codec = AvroCodec.of(type, writer);
        return codec.encode(codec.decode(bytes));
    }

    private static GenericRecord readGeneric(Schema reader, Schema writer, byte[] bytes) throws IOException {
        BinaryMessageDecoder<GenericRecord> decoder = new BinaryMessageDecoder<>(GenericData.get(), reader);
        decoder.addSchema(writer);
        return decoder.decode(bytes);
    }

    private static byte[] encode(Schema schema, GenericRecord message) throws IOException {
        ByteBuffer bytes = new BinaryMessageEncoder<GenericRecord>(GenericData.get(), schema).encode(message);
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return copy;
    }
}
