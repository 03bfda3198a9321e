package org.mtlfarm.worker.vectors;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.worker.corpus.Utf8Lines;

/**
 * Reads word vectors from a file, text or a model of fastText, and keeps those that are wanted. Which of the two it is
 * shows in its first bytes, not in its name. What is held in memory grows with the words wanted, not with the file.
 *
 * <p>A word is looked up as it is, and in lower case if the file does not have it so. One that is still not found is
 * composed from its subwords if the file is a model that has them.
 */
public final class VectorsLoader {
    private VectorsLoader() {}

    /**
     * The vectors of some words.
     *
     * @param words a corpus's distinct words
     * @throws InvalidInputException if the file is missing, empty, of another kind, damaged or cut off, with where that shows
     */
    public static LoadedVectors load(Path file, Set<String> words) {
        Utf8Lines.requireReadable(file);
        return isModel(file) ? FastTextModel.load(file, words) : TextVectors.load(file, words);
    }

    private static boolean isModel(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return FastTextModel.startsWith(in.readNBytes(Integer.BYTES));
        } catch (IOException e) {
            throw new UncheckedIOException(file + " could not be read: " + e.getMessage(), e);
        }
    }
}
