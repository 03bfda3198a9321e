package org.mtlfarm.schemas;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Who reads a topic in another language has nothing but its schema to go by. */
class SchemaDocumentationTest {
    private final Map<String, Schema> named = new LinkedHashMap<>();

    SchemaDocumentationTest() {
        for (Topics topic : Topics.values()) {
            walk(topic.schema());
        }
    }

    @Test
    void everyRecordEveryFieldAndEveryEnumSaysWhatItIs() {
        List<String> silent = new ArrayList<>();
        for (Schema schema : named.values()) {
            if (isBlank(schema.getDoc())) {
                silent.add(schema.getName());
            }
            if (schema.getType() == Schema.Type.RECORD) {
                schema.getFields().stream()
                        .filter(field -> isBlank(field.doc()))
                        .forEach(field -> silent.add(schema.getName() + "." + field.name()));
            }
        }
        assertThat(silent).as("without a doc comment in farm.avdl").isEmpty();
    }

    @Test
    void everyEnumHasASymbolThatStandsForThoseOfNewerWriters() {
        assertThat(named.values().stream().filter(schema -> schema.getType() == Schema.Type.ENUM))
                .isNotEmpty()
                .allSatisfy(schema -> assertThat(schema.getEnumDefault()).isNotNull());
    }

    private void walk(Schema schema) {
        switch (schema.getType()) {
            case RECORD -> {
                if (named.putIfAbsent(schema.getFullName(), schema) == null) {
                    schema.getFields().forEach(field -> walk(field.schema()));
                }
            }
            case ENUM, FIXED -> named.putIfAbsent(schema.getFullName(), schema);
            case ARRAY -> walk(schema.getElementType());
            case MAP -> walk(schema.getValueType());
            case UNION -> schema.getTypes().forEach(this::walk);
            default -> {}
        }
    }

    private static boolean isBlank(String doc) {
        return doc == null || doc.isBlank();
    }
}
