package org.mtlfarm.worker.corpus;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import org.mtlfarm.schemas.InvalidInputException;

/**
 * The lines of a UTF-8 text file, with any line ends and with or without a byte order mark. A file that is missing, or
 * that is not text, is refused with the line where that shows.
 */
public final class Utf8Lines {
    /** Takes a line and its number, counted from 1. */
    @FunctionalInterface
    public interface Taker {
        void take(int number, String line);
    }

    private static final int BUFFER = 1 << 16;
    private static final int LONGEST_LINE = 1 << 24;
    private static final int[] BYTE_ORDER_MARK = {0xEF, 0xBB, 0xBF};

    private final Path file;
    private final Taker taker;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    private byte[] line = new byte[256];
    private int length;
    private int number = 1;

    private Utf8Lines(Path file, Taker taker) {
        this.file = file;
        this.taker = taker;
    }

    /**
     * Hands every line, without its end, to the taker.
     *
     * @throws InvalidInputException if the file is missing, a folder, unreadable, or not UTF-8 text
     */
    public static void read(Path file, Taker taker) {
        requireReadable(file);
        try (InputStream in = Files.newInputStream(file)) {
            new Utf8Lines(file, taker).read(in);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " could not be read: " + e.getMessage(), e);
        }
    }

    /** Throws {@link InvalidInputException} unless there is a file that may be read. */
    public static void requireReadable(Path file) {
        if (!Files.exists(file)) {
            throw new InvalidInputException(file + ": expected a file, found none");
        }
        if (Files.isDirectory(file)) {
            throw new InvalidInputException(file + ": expected a file, found a folder");
        }
        if (!Files.isReadable(file)) {
            throw new InvalidInputException(file + ": expected a readable file, but reading it is not permitted");
        }
    }

    private void read(InputStream in) throws IOException {
        byte[] buffer = new byte[BUFFER];
        boolean afterCarriageReturn = false;
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            for (int i = 0; i < count; i++) {
                byte b = buffer[i];
                if (b == '\n' && afterCarriageReturn) {
                    afterCarriageReturn = false;
                } else if (b == '\n' || b == '\r') {
                    afterCarriageReturn = b == '\r';
                    endLine();
                } else {
                    afterCarriageReturn = false;
                    append(b);
                }
            }
        }
        if (length > 0) {
            endLine();
        }
    }

    private void append(byte b) {
        if (b == 0) {
            throw new InvalidInputException(file + ":" + number + ": expected UTF-8 text, found a zero byte");
        }
        if (length == line.length) {
            if (length >= LONGEST_LINE) {
                throw new InvalidInputException(
                        file + ":" + number + ": expected lines of text, found one of over " + LONGEST_LINE + " bytes");
            }
            line = Arrays.copyOf(line, 2 * length);
        }
        line[length++] = b;
    }

    private void endLine() {
        int start = number == 1 && startsWithByteOrderMark() ? BYTE_ORDER_MARK.length : 0;
        taker.take(number, decode(start));
        number++;
        length = 0;
    }

    private boolean startsWithByteOrderMark() {
        for (int i = 0; i < BYTE_ORDER_MARK.length; i++) {
            if (i >= length || (line[i] & 0xFF) != BYTE_ORDER_MARK[i]) {
                return false;
            }
        }
        return true;
    }

    private String decode(int start) {
        try {
            return decoder.decode(ByteBuffer.wrap(line, start, length - start)).toString();
        } catch (CharacterCodingException e) {
            throw new InvalidInputException(
                    file + ":" + number + ": expected UTF-8 text, found bytes that are not UTF-8", e);
        }
    }
}
