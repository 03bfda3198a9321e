package org.mtlfarm.schemas;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

import org.apache.avro.Schema;

/**
 * The messages' schemas as they were in every version of the farm that was released: what topics may still hold. They are
 * files {@code schemas/v1/Plan.avsc} on the class path; a test keeps the compiled schemas compatible with all of them, as
 * reader and as writer.
 */
public final class ReleasedSchemas {
    private ReleasedSchemas() {}

    /** Schemas of one kind of message, the oldest first; empty for a kind that was not released yet. */
    public static List<Schema> of(String message) {
        List<Schema> schemas = new ArrayList<>();
        for (int version = 1; isReleased(version); version++) {
            String file = folder(version) + message + ".avsc";
            try (InputStream in = ReleasedSchemas.class.getResourceAsStream(file)) {
                // A kind of message that came with a later version has no file in the earlier ones.
                if (in != null) {
                    schemas.add(new Schema.Parser().parse(in));
                }
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + file + " on the class path", e);
            }
        }
        return schemas;
    }

    /** The first message ever: a version that holds it is one. */
    private static boolean isReleased(int version) {
        return ReleasedSchemas.class.getResource(folder(version) + "Plan.avsc") != null;
    }

    private static String folder(int version) {
        return "/schemas/v" + version + "/";
    }
}
