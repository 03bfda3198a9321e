package org.mtlfarm.worker.vectors;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

import org.mtlfarm.schemas.InvalidInputException;

/**
 * Reads word vectors from text, GloVe's or word2vec's and fastText's with their header line, gzipped or not, and keeps
 * those that are wanted. A word and its numbers stand in a line, parted by spaces or tabs. The file is streamed.
 *
 * <p>A word is found wherever in the file it stands, before or after itself in lower case. Of a word that stands there
 * twice, the first counts. Words with spaces in them are understood: the last numbers of the line are the vector. Every line
 * is checked, wanted or not.
 */
final class TextVectors {
    private static final int BUFFER = 1 << 20;
    private static final int LONGEST_LINE = 1 << 24;
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    private static final byte[] ZIP = {'P', 'K', 3, 4};

    private final Path file;
    private final WordForms forms;
    private final float[][] found;
    private byte[] buffer = new byte[BUFFER];
    private int dimension;
    private long dimensionLine;
    private long headerWords = -1;
    private long lineNumber;
    private long words;
    private long emptyLine;
    private long notUtf8;
    private long firstNotUtf8;

    private TextVectors(Path file, Set<String> words) {
        this.file = file;
        this.forms = new WordForms(words);
        this.found = new float[forms.count()][];
    }

    /**
     * The vectors of some words.
     *
     * @param words a corpus's distinct words
     * @throws InvalidInputException if the file is empty, binary, damaged, or has a line that is not a word and as
     *     many numbers as the others, with the line
     */
    static LoadedVectors load(Path file, Set<String> words) {
        TextVectors loader = new TextVectors(file, words);
        try (InputStream in = open(file)) {
            loader.read(in);
        } catch (EOFException | ZipException e) {
            throw new InvalidInputException(
                    file + ": expected a whole gzip file, found a damaged one after line " + loader.lineNumber + ": "
                            + e.getMessage(),
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " could not be read: " + e.getMessage(), e);
        }
        return loader.result();
    }

    private static InputStream open(Path file) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER);
        try {
            byte[] magic = peek(in, 4);
            if (magic[0] == 0x1F && (magic[1] & 0xFF) == 0x8B) {
                in = new BufferedInputStream(new GZIPInputStream(in, BUFFER));
            }
            refuseKnownBinaries(file, peek(in, 4));
            if (Arrays.equals(peek(in, BYTE_ORDER_MARK.length), BYTE_ORDER_MARK)) {
                in.skipNBytes(BYTE_ORDER_MARK.length);
            }
            return in;
        } catch (IOException | RuntimeException e) {
            in.close();
            throw e;
        }
    }

    /** The next bytes, which stay to be read; zeros beyond the end. */
    private static byte[] peek(InputStream in, int count) throws IOException {
        in.mark(count);
        byte[] bytes = Arrays.copyOf(in.readNBytes(count), count);
        in.reset();
        return bytes;
    }

    private static void refuseKnownBinaries(Path file, byte[] magic) {
        String expected =
                file + ": expected vectors as text (.vec or .txt), gzipped or not, or a fastText model (.bin), found ";
        if (FastTextModel.startsWith(magic)) {
            throw new InvalidInputException(expected + "a gzipped model; unpack it (gunzip)");
        }
        if (Arrays.equals(magic, ZIP)) {
            throw new InvalidInputException(expected + "a zip archive; unpack it");
        }
    }

    private void read(InputStream in) throws IOException {
        int start = 0;
        int scanned = 0;
        int filled = 0;
        while (true) {
            int lineEnd = indexOfLineFeed(scanned, filled);
            if (lineEnd >= 0) {
                line(start, lineEnd);
                start = lineEnd + 1;
                scanned = start;
                continue;
            }
            System.arraycopy(buffer, start, buffer, 0, filled - start);
            filled -= start;
            scanned = filled;
            start = 0;
            if (filled == buffer.length) {
                grow();
            }
            int count = in.read(buffer, filled, buffer.length - filled);
            if (count < 0) {
                break;
            }
            filled += count;
        }
        if (filled > start) {
            line(start, filled);
        }
    }

    private int indexOfLineFeed(int from, int to) {
        for (int i = from; i < to; i++) {
            if (buffer[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private void grow() {
        if (buffer.length >= LONGEST_LINE) {
            lineNumber++;
            throw mistake("expected a line of a word and its numbers, found one of over " + LONGEST_LINE + " bytes");
        }
        buffer = Arrays.copyOf(buffer, 2 * buffer.length);
    }

    private void line(int start, int lineEnd) {
        lineNumber++;
        int end = lineEnd;
        while (end > start && (buffer[end - 1] == '\r' || isBlank(buffer[end - 1]))) {
            end--;
        }
        if (end == start) {
            emptyLine = emptyLine == 0 ? lineNumber : emptyLine;
            return;
        }
        if (emptyLine > 0) {
            throw mistake(emptyLine, "expected a word and its numbers, found an empty line");
        }
        int wordEnd = start;
        while (wordEnd < end && !isBlank(buffer[wordEnd])) {
            wordEnd++;
        }
        int width = NumberScan.count(buffer, wordEnd, end);
        if (lineNumber == 1 && isHeader(start, wordEnd, end, width)) {
            return;
        }
        if (width != dimension || width == 0) {
            wordEnd = unusual(start, end);
        }
        words++;
        take(start, wordEnd, end);
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    /** Two whole numbers and nothing else: how many words there are, and numbers a word. */
    private boolean isHeader(int start, int wordEnd, int end, int width) {
        if (width != 1 || !isWhole(start, wordEnd) || !isWhole(nextField(wordEnd, end), end)) {
            return false;
        }
        String[] fields = text(start, end).split("[ \t]+");
        try {
            headerWords = Long.parseLong(fields[0]);
            dimension = Integer.parseInt(fields[1]);
        } catch (NumberFormatException e) {
            throw mistake("expected a header of two numbers, found " + shortened(text(start, end)));
        }
        if (dimension < 1) {
            throw mistake("expected a header with at least 1 number a word, found " + text(start, end));
        }
        dimensionLine = 1;
        return true;
    }

    private boolean isWhole(int start, int end) {
        for (int i = start; i < end; i++) {
            if (buffer[i] < '0' || buffer[i] > '9') {
                return false;
            }
        }
        return end > start;
    }

    private int nextField(int from, int end) {
        int i = from;
        while (i < end && isBlank(buffer[i])) {
            i++;
        }
        return i;
    }

    /**
     * Where the word of a line ends that is not one field and as many numbers as before: the first line, which says how
     * many there are, or one with spaces in its word. Throws if it is neither.
     */
    private int unusual(int start, int end) {
        refuseZeroBytes(start, end);
        int numbersStart = end;
        int numbers = 0;
        for (int i = end; i > start; ) {
            int fieldStart = i;
            while (fieldStart > start && !isBlank(buffer[fieldStart - 1])) {
                fieldStart--;
            }
            // The first field is the word, whatever it looks like.
            if (fieldStart == start || NumberScan.count(buffer, fieldStart, i) != 1) {
                break;
            }
            numbers++;
            numbersStart = fieldStart;
            i = fieldStart;
            while (i > start && isBlank(buffer[i - 1])) {
                i--;
            }
        }
        if (dimension == 0 && numbers > 0) {
            dimension = numbers;
            dimensionLine = lineNumber;
        }
        if (numbers != dimension || numbers == 0) {
            throw notAVector(start, end, numbers);
        }
        int wordEnd = numbersStart;
        while (wordEnd > start && isBlank(buffer[wordEnd - 1])) {
            wordEnd--;
        }
        return wordEnd;
    }

    private InvalidInputException notAVector(int start, int end, int numbers) {
        String[] fields = text(start, end).split("[ \t]+");
        if (dimension == 0) {
            return mistake("expected a word and its numbers, found " + shortened(text(start, end)));
        }
        if (fields.length - 1 >= dimension && numbers < dimension) {
            return mistake("expected a number, found " + shortened(fields[fields.length - 1 - numbers]));
        }
        return mistake("expected a word and " + dimension + " numbers, as in line " + dimensionLine + ", found "
                + Math.max(numbers, fields.length <= dimension ? fields.length - 1 : numbers));
    }

    private void refuseZeroBytes(int start, int end) {
        for (int i = start; i < end; i++) {
            if (buffer[i] == 0) {
                throw mistake(
                        "expected text, found a zero byte; a binary model that is not fastText's must be exported as text, .vec");
            }
        }
    }

    private void take(int start, int wordEnd, int end) {
        int position = forms.find(buffer, start, wordEnd);
        if (position == WordForms.ABSENT) {
            noteIfNotUtf8(start, wordEnd);
        } else if (found[position] == null) {
            found[position] = numbers(wordEnd, end);
        }
    }

    private float[] numbers(int wordEnd, int end) {
        float[] numbers = new float[dimension];
        int from = wordEnd;
        for (int i = 0; i < dimension; i++) {
            from = nextField(from, end);
            int to = from;
            while (to < end && !isBlank(buffer[to])) {
                to++;
            }
            String field = text(from, to);
            numbers[i] = Float.parseFloat(field);
            if (Float.isInfinite(numbers[i])) {
                throw mistake("expected a number within the range of 32-bit floating point, found " + field);
            }
            from = to;
        }
        return numbers;
    }

    private void noteIfNotUtf8(int start, int end) {
        if (!Utf8.isProper(buffer, start, end)) {
            firstNotUtf8 = notUtf8 == 0 ? lineNumber : firstNotUtf8;
            notUtf8++;
        }
    }

    private LoadedVectors result() {
        if (words == 0) {
            throw new InvalidInputException(file + ": expected lines of a word and its numbers, found "
                    + (lineNumber == 0 ? "an empty file" : "none"));
        }
        WordForms.Rows rows = forms.rows(position -> found[position] != null, position -> false);
        float[] table = rows.table(file.toString(), dimension);
        for (int row = 1; row < rows.forms().length; row++) {
            System.arraycopy(found[rows.forms()[row]], 0, table, row * dimension, dimension);
        }
        WordVectors vectors = new WordVectors(dimension, table, rows.byWord());
        return new LoadedVectors(vectors, rows.exact(), rows.lowerCased(), rows.composed(), words, warnings());
    }

    private List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        if (headerWords >= 0 && headerWords != words) {
            warnings.add(file + ": its header says " + headerWords + " words, it has " + words);
        }
        if (notUtf8 > 0) {
            warnings.add(file + ": " + notUtf8 + " words are not UTF-8, the first in line " + firstNotUtf8
                    + ": they match no word of the corpus");
        }
        return warnings;
    }

    private String text(int start, int end) {
        return new String(buffer, start, end - start, StandardCharsets.UTF_8);
    }

    private static String shortened(String text) {
        String printable = text.replaceAll("\\p{Cntrl}", "?");
        return printable.length() <= 60 ? printable : printable.substring(0, 60) + "...";
    }

    private InvalidInputException mistake(String what) {
        return mistake(lineNumber, what);
    }

    private InvalidInputException mistake(long line, String what) {
        return new InvalidInputException(file + ":" + line + ": " + what);
    }
}
