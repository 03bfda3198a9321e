package org.mtlfarm.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Reference data that may lie in a folder {@code shared} beside the repository; tests that use it are skipped without. */
public final class SharedData {
    private SharedData() {}

    /** A file or folder of it; where there is none, the test is skipped, and says so. */
    public static Path of(String name) {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.exists(folder.resolve("shared/data").resolve(name))) {
            folder = folder.getParent();
        }
        assumeTrue(folder != null, "skipped: there is no shared/data/" + name + " beside the repository");
        return folder.resolve("shared/data").resolve(name);
    }

    public static JsonNode json(String name) throws IOException {
        return new ObjectMapper().readTree(of(name).toFile());
    }
}
