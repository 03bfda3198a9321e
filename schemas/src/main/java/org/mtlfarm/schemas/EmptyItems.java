package org.mtlfarm.schemas;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

import org.apache.avro.Schema;

/**
 * Lists of items that take no bytes: a message of a few bytes can claim 2^63 of them, and a reader that passes over the list
 * passes over each. Everything else that a message claims is bounded by its length, which Avro checks.
 */
final class EmptyItems {
    private final Set<Schema> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    private EmptyItems() {}

    static boolean in(Schema schema) {
        return new EmptyItems().occurIn(schema);
    }

    private boolean occurIn(Schema schema) {
        if (!seen.add(schema)) {
            return false;
        }
        return switch (schema.getType()) {
            case RECORD -> schema.getFields().stream().anyMatch(field -> occurIn(field.schema()));
            case ARRAY -> takesNoBytes(schema.getElementType(), Set.of()) || occurIn(schema.getElementType());
            // A key takes one byte at least.
            case MAP -> occurIn(schema.getValueType());
            case UNION -> schema.getTypes().stream().anyMatch(this::occurIn);
            default -> false;
        };
    }

    /** @param within records that are being looked at: one that contains itself takes bytes, or has no end */
    private static boolean takesNoBytes(Schema schema, Set<String> within) {
        return switch (schema.getType()) {
            case NULL -> true;
            case FIXED -> schema.getFixedSize() == 0;
            case RECORD -> {
                if (within.contains(schema.getFullName())) {
                    yield false;
                }
                Set<String> deeper = new java.util.HashSet<>(within);
                deeper.add(schema.getFullName());
                yield schema.getFields().stream().allMatch(field -> takesNoBytes(field.schema(), deeper));
            }
            default -> false;
        };
    }
}
