package org.mtlfarm.producer.study;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.mtlfarm.schemas.InvalidInputException;

/** Finds the file of a study that a user has named. */
public final class StudyFiles {
    private static final String ENDING = ".yaml";

    private StudyFiles() {}

    /**
     * The file of a study: a path is taken as it is, a bare name such as {@code quick} is that of a study in the folder.
     *
     * @throws InvalidInputException if the name is neither, with the names there are
     */
    public static Path find(String nameOrFile, Path folder) {
        Path path;
        try {
            path = Path.of(nameOrFile);
        } catch (InvalidPathException e) {
            throw new InvalidInputException("expected a study's name or file, found '" + nameOrFile + "'", e);
        }
        boolean bareName = path.getNameCount() == 1 && nameOrFile.indexOf('.') < 0 && !nameOrFile.isEmpty();
        if (!bareName || Files.isRegularFile(path)) {
            return path;
        }
        Path named = folder.resolve(nameOrFile + ENDING);
        if (Files.isRegularFile(named)) {
            return named;
        }
        List<String> names = names(folder);
        String meant = Spelling.nearest(nameOrFile, names)
                .map(name -> "; did you mean " + name + "?")
                .orElse("");
        throw new InvalidInputException("expected a study's file or one of the studies "
                + (names.isEmpty() ? "(none)" : String.join(", ", names)) + " in " + folder + ", found '" + nameOrFile
                + "'" + meant);
    }

    /** The names of the studies in a folder, in alphabetical order. */
    public static List<String> names(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(ENDING))
                    .map(name -> name.substring(0, name.length() - ENDING.length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + folder + ": " + e.getMessage(), e);
        }
    }
}
