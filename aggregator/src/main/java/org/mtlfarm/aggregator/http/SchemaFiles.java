package org.mtlfarm.aggregator.http;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.mtlfarm.http.Problem;
import org.mtlfarm.http.StaticFile;
import org.mtlfarm.schemas.ReleasedSchemas;
import org.mtlfarm.schemas.Topics;

/** The Avro schemas of all topics: what is written now, and what released versions wrote. */
final class SchemaFiles {
    private final ObjectNode list = JsonNodeFactory.instance.objectNode();
    private final Map<String, StaticFile> files = new TreeMap<>();

    SchemaFiles() {
        ArrayNode schemas = list.putArray("schemas");
        for (Topics topic : Topics.values()) {
            String name = topic.schema().getName();
            files.put(name, file(topic.schema().toString()));
            ObjectNode schema = schemas.addObject()
                    .put("name", name)
                    .put("topic", topic.topicName())
                    .put("path", "/schemas/" + name);
            ArrayNode released = schema.putArray("released");
            int version = 0;
            for (org.apache.avro.Schema old : ReleasedSchemas.of(name)) {
                String path = name + "/" + ++version;
                files.put(path, file(old.toString()));
                released.add("/schemas/" + path);
            }
        }
    }

    ObjectNode list() {
        return list;
    }

    StaticFile named(String name) {
        StaticFile file = files.get(name);
        if (file == null) {
            throw Problem.notFound("no such schema; see /schemas");
        }
        return file;
    }

    private static StaticFile file(String text) {
        return new StaticFile((text + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
