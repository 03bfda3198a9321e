package org.mtlfarm.standalone.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.avro.Schema;
import org.apache.avro.SchemaFormatter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.ReleasedSchemas;
import org.mtlfarm.schemas.Topics;

/** {@code farm schemas}. */
@Command(
        name = "schemas",
        description = {
            "The Avro schemas of the farm's topics, the released ones too, by the fingerprints in messages' bytes 3 to 10.",
            "--out writes each as TOPIC-FINGERPRINT.avsc, for readers in other languages."
        })
final class SchemasCommand implements Runnable {
    @Mixin
    private Output output;

    @Option(names = "--out", paramLabel = "DIR", description = "Folder for the schemas; made if absent.")
    private Path out;

    @Override
    public void run() {
        ObjectNode json = Output.object();
        ArrayNode list = json.putArray("schemas");
        StringBuilder text = new StringBuilder();
        for (Topics topic : Topics.values()) {
            schemas(topic).forEach((fingerprint, schema) -> {
                list.addObject()
                        .put("topic", topic.topicName())
                        .put("subject", topic.subject())
                        .put("message", schema.getFullName())
                        .put("fingerprint", fingerprint);
                text.append(String.format("%-18s %-12s %s%n", topic.topicName(), schema.getName(), fingerprint));
                if (out != null) {
                    write(out.resolve(topic.topicName() + "-" + fingerprint + ".avsc"), schema);
                }
            });
        }
        output.print(json, text.toString());
    }

    /** Of different fingerprints, the present one last. */
    private static Map<String, Schema> schemas(Topics topic) {
        Map<String, Schema> schemas = new LinkedHashMap<>();
        for (Schema released : ReleasedSchemas.of(topic.schema().getName())) {
            schemas.put(HexFormat.of().formatHex(AvroCodec.fingerprint(released)), released);
        }
        String present = HexFormat.of().formatHex(AvroCodec.fingerprint(topic.schema()));
        schemas.remove(present);
        schemas.put(present, topic.schema());
        return schemas;
    }

    private static void write(Path file, Schema schema) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, SchemaFormatter.format("json/pretty", schema) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot write " + file + ": " + e.getClass().getSimpleName() + ": " + e.getMessage(), e);
        }
    }
}
