package org.mtlfarm.standalone.report;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

import org.apache.avro.AvroRuntimeException;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.JsonEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;

import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.RunResult;

/** A run's result as a line of JSON and back, in the JSON encoding that Avro's specification defines. */
public final class ResultJson {
    private ResultJson() {}

    public static String line(RunResult result) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            JsonEncoder encoder = EncoderFactory.get().jsonEncoder(RunResult.getClassSchema(), bytes);
            new SpecificDatumWriter<>(RunResult.class).write(result, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("a result cannot be written as JSON", e);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /**
     * Reads a line.
     *
     * @param where file and line, for the message
     */
    public static RunResult parse(String line, String where) {
        try {
            return new SpecificDatumReader<>(RunResult.class)
                    .read(null, DecoderFactory.get().jsonDecoder(RunResult.getClassSchema(), line));
        } catch (IOException | AvroRuntimeException e) {
            throw new InvalidInputException(where + ": expected a result as results.jsonl holds it, found " + e.getMessage(), e);
        }
    }
}
