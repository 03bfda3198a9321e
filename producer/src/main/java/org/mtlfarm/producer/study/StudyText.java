package org.mtlfarm.producer.study;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.mtlfarm.schemas.InvalidInputException;

/** The text of a study's file, or a clear word on why it has none. */
final class StudyText {
    /** Far above any study, far below a corpus or vectors named by mistake. */
    private static final int MOST_BYTES = 2_000_000;

    private StudyText() {}

    /** Throws {@link InvalidInputException} for what is no text, {@link UncheckedIOException} for what cannot be read. */
    static String read(Path file) {
        if (!Files.exists(file)) {
            throw mistake(file, "no such file");
        }
        if (Files.isDirectory(file)) {
            throw mistake(file, "a folder");
        }
        if (!Files.isReadable(file)) {
            throw mistake(file, "a file that this user may not read");
        }
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MOST_BYTES + 1);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        }
        if (bytes.length > MOST_BYTES) {
            throw mistake(file, "more than " + StudyMistakes.thousands(MOST_BYTES) + " bytes");
        }
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] >= 0 && bytes[i] < ' ' && bytes[i] != '\n' && bytes[i] != '\r' && bytes[i] != '\t') {
                throw mistake(file, "binary data (byte " + bytes[i] + " at offset " + i + ")");
            }
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new InvalidInputException(file + ": expected a study, YAML text in UTF-8, found other bytes", e);
        }
    }

    private static InvalidInputException mistake(Path file, String found) {
        return new InvalidInputException(file + ": expected a study, YAML text in UTF-8, found " + found);
    }
}
