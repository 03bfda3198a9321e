package org.mtlfarm.schemas;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.apache.avro.SchemaFormatter;

/** Keeps the topics' schemas as they are now, a file a message, in the folder that is the one argument. */
public final class SchemaRelease {
    private SchemaRelease() {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createDirectories(Path.of(arguments[0]));
        for (Topics topic : Topics.values()) {
            Path file = folder.resolve(topic.schema().getName() + ".avsc");
            Files.writeString(file, SchemaFormatter.format("json/pretty", topic.schema()) + "\n");
        }
    }
}
