package org.mtlfarm.standalone.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.mtlfarm.producer.study.Study;
import org.mtlfarm.producer.study.StudyReader;
import org.mtlfarm.schemas.InvalidInputException;

/** Studies by file, or by the name of one that comes with the farm. */
public final class Studies {
    private Studies() {}

    /** Reads a study; throws {@link InvalidInputException} with all of its mistakes, or if there is none. */
    public static Study read(String nameOrFile) {
        Path file = Path.of(nameOrFile);
        if (nameOrFile.matches("[A-Za-z0-9-]+") && !Files.exists(file)) {
            return shipped(nameOrFile);
        }
        return StudyReader.read(file);
    }

    private static Study shipped(String name) {
        try (InputStream study = Studies.class.getResourceAsStream("/studies/" + name + ".yaml")) {
            if (study == null) {
                throw new InvalidInputException("expected a study's file, or the name of one in the folder studies (quick,"
                        + " smoke, wikigold), found '" + name + "'");
            }
            String text = new String(study.readAllBytes(), StandardCharsets.UTF_8);
            return StudyReader.parse(text, "studies/" + name + ".yaml", Path.of("").toAbsolutePath());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the study " + name, e);
        }
    }
}
