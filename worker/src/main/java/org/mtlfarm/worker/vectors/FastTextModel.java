package org.mtlfarm.worker.vectors;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import org.mtlfarm.schemas.InvalidInputException;

/**
 * A model as fastText saves it ({@code .bin}), of format 11 or 12: settings, dictionary, a matrix with a row for each word
 * and then for each bucket of subwords, and a matrix of outputs that nobody needs here. A word's vector is the mean of its
 * own row and its subwords' rows, as fastText gives it; a word that the dictionary does not have is made of its subwords
 * alone. Labels of a supervised model are not words.
 *
 * <p>The dictionary is streamed; of the matrix, the rows needed are read, in the order in which they lie. Memory is what
 * the words asked for take, whatever the size of the model. Format: {@code Args}, {@code Dictionary} and {@code
 * DenseMatrix} of facebookresearch/fastText; all numbers little-endian.
 */
final class FastTextModel {
    private static final int MAGIC = 793712314;
    private static final int OLDEST = 11;
    private static final int NEWEST = 12;
    private static final int SUPERVISED = 3;
    private static final long NOT_PRUNED = -1;

    /** Beyond these a file is damaged rather than large. */
    private static final int MOST_NUMBERS_A_WORD = 1 << 22;

    private static final int LONGEST_SUBWORD = 100;

    /** Bytes of a word's entry beside the word: its zero byte, count and type. */
    private static final int ENTRY = 1 + Long.BYTES + 1;

    private static final int BUFFER = 1 << 20;

    /** Bytes that are read though not needed, rather than beginning a read anew. */
    private static final int GAP = 1 << 14;

    private final Path file;
    private final WordForms forms;
    private final int[] ids;
    private final LittleEndianFile in;
    private int dimension;
    private Subwords subwords;
    private int words;
    private long notUtf8;
    private long matrixStart;

    private FastTextModel(Path file, FileChannel channel, Set<String> words) throws IOException {
        this.file = file;
        this.forms = new WordForms(words);
        this.ids = new int[forms.count()];
        this.in = new LittleEndianFile(file, channel, BUFFER);
    }

    /** Whether a file that begins with these bytes says that it is a model of fastText. */
    static boolean startsWith(byte[] bytes) {
        return bytes.length >= Integer.BYTES
                && ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt() == MAGIC;
    }

    /**
     * The vectors of some words.
     *
     * @param words a corpus's distinct words
     * @throws InvalidInputException if the model is quantized or pruned, of another version, damaged or cut off
     */
    static LoadedVectors load(Path file, Set<String> words) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            FastTextModel model = new FastTextModel(file, channel, words);
            model.settings();
            model.dictionary();
            model.matrices();
            return model.vectors(words.size());
        } catch (IOException e) {
            throw new UncheckedIOException(file + " could not be read: " + e.getMessage(), e);
        }
    }

    private void settings() throws IOException {
        require(in.int32() == MAGIC, "the mark of a fastText model", "none");
        int version = in.int32();
        require(version == OLDEST || version == NEWEST, "a fastText model of version 11 or 12", "version " + version);
        dimension = in.int32();
        require(
                dimension >= 1 && dimension <= MOST_NUMBERS_A_WORD,
                "1 to " + MOST_NUMBERS_A_WORD + " numbers a word",
                dimension);
        in.skip(6 * Integer.BYTES); // window, epochs, least count, negatives, n-grams of words, loss
        int kind = in.int32();
        require(kind >= 1 && kind <= SUPERVISED, "a model of kind 1 to 3 (cbow, skipgram, supervised)", kind);
        int buckets = in.int32();
        int shortest = in.int32();
        int longest = in.int32();
        in.skip(Integer.BYTES + Double.BYTES); // rate of updates, threshold of sampling
        require(buckets >= 0, "at least 0 buckets of subwords", buckets);
        require(
                shortest >= 0 && shortest <= LONGEST_SUBWORD && longest >= 0 && longest <= LONGEST_SUBWORD,
                "subwords of 0 to " + LONGEST_SUBWORD + " characters",
                shortest + " to " + longest);
        // Supervised models of version 11 were trained without subwords, whatever they say.
        if (version == OLDEST && kind == SUPERVISED || shortest > longest) {
            longest = 0;
        }
        require(longest == 0 || buckets > 0, "buckets for the subwords", buckets);
        subwords = new Subwords(longest == 0 ? 0 : shortest, longest, buckets);
    }

    private void dictionary() throws IOException {
        Arrays.fill(ids, WordForms.ABSENT);
        int entries = in.int32();
        words = in.int32();
        int labels = in.int32();
        in.skip(Long.BYTES); // tokens of the training text
        long pruned = in.int64();
        require(
                words >= 0 && labels >= 0 && (long) words + labels == entries,
                "a dictionary of words and labels",
                entries + " entries of which " + words + " are words and " + labels + " labels");
        require(words > 0, "a dictionary with words", "none");
        require(pruned == NOT_PRUNED, "a whole fastText model", "a pruned one; only those that are not can be read");
        in.requireMore((long) ENTRY * entries, "its dictionary of " + entries + " entries");
        for (int i = 0; i < entries; i++) {
            int length = in.untilZero();
            boolean word = i < words;
            if (word) {
                note(i, length);
            }
            in.skip(length + 1 + Long.BYTES);
            int type = in.int8();
            if (type != (word ? 0 : 1)) {
                throw mistake("words and then labels in its dictionary", "type " + type + " at entry " + i);
            }
        }
    }

    private void note(int id, int length) {
        int form = forms.find(in.bytes(), in.start(), in.start() + length);
        if (form != WordForms.ABSENT) {
            ids[form] = id;
        } else if (!Utf8.isProper(in.bytes(), in.start(), in.start() + length)) {
            notUtf8++;
        }
    }

    private void matrices() throws IOException {
        int quantized = in.int8();
        require(
                quantized == 0,
                "a whole fastText model (.bin)",
                "a quantized one (.ftz); its vectors are not the model's");
        long rows = in.int64();
        long columns = in.int64();
        require(
                rows == (long) words + subwords.buckets() && columns == dimension,
                "a matrix of " + ((long) words + subwords.buckets()) + " x " + dimension + " numbers",
                rows + " x " + columns);
        matrixStart = in.position();
        in.skip(rows * columns * Float.BYTES);
        in.skip(1); // whether the outputs are quantized: only in a model that is
        long outputRows = in.int64();
        long outputColumns = in.int64();
        require(
                outputRows >= 0 && outputRows <= Integer.MAX_VALUE && outputColumns == dimension,
                "outputs of " + dimension + " numbers each",
                outputRows + " x " + outputColumns);
        in.skip(outputRows * outputColumns * Float.BYTES);
    }

    private LoadedVectors vectors(int asked) throws IOException {
        WordForms.Rows rows =
                forms.rows(form -> ids[form] != WordForms.ABSENT, form -> subwords.of(forms.form(form)).length > 0);
        float[] table = rows.table(file.toString(), dimension);
        int[] parts = new int[rows.forms().length];
        addRows(needed(rows, parts), table);
        for (int row = 1; row < parts.length; row++) {
            for (int i = row * dimension; i < (row + 1) * dimension; i++) {
                table[i] /= parts[row];
                if (!Float.isFinite(table[i])) {
                    throw mistake("numbers in its matrix", table[i] + " for the word " + forms.form(rows.forms()[row]));
                }
            }
        }
        WordVectors vectors = new WordVectors(dimension, table, rows.byWord());
        return new LoadedVectors(
                vectors, rows.exact(), rows.lowerCased(), rows.composed(), words, warnings(rows, asked));
    }

    /**
     * What is to be added to what: the matrix's row in the upper half, the table's in the lower, in the order of the
     * matrix's rows.
     *
     * @param parts [rows of the table], filled with how many rows are added to each
     */
    private long[] needed(WordForms.Rows rows, int[] parts) {
        long[] needed = new long[1024];
        int count = 0;
        for (int row = 1; row < parts.length; row++) {
            int form = rows.forms()[row];
            int[] buckets = subwords.of(forms.form(form));
            boolean known = ids[form] != WordForms.ABSENT;
            parts[row] = buckets.length + (known ? 1 : 0);
            if (count + parts[row] > needed.length) {
                needed = Arrays.copyOf(needed, Math.max(2 * count, count + parts[row]));
            }
            if (known) {
                needed[count++] = (long) ids[form] << 32 | row;
            }
            for (int bucket : buckets) {
                needed[count++] = (long) words + bucket << 32 | row;
            }
        }
        long[] sorted = Arrays.copyOf(needed, count);
        Arrays.sort(sorted);
        return sorted;
    }

    /** Sums in the order of the matrix's rows: a word's does not depend on what other words are asked for. */
    private void addRows(long[] needed, float[] table) throws IOException {
        int rowBytes = dimension * Float.BYTES;
        ByteBuffer buffer = ByteBuffer.allocate(Math.max(BUFFER, rowBytes)).order(ByteOrder.LITTLE_ENDIAN);
        int most = buffer.capacity() / rowBytes;
        int gap = Math.max(1, GAP / rowBytes);
        for (int from = 0; from < needed.length; ) {
            long first = needed[from] >>> 32;
            long last = first;
            int to = from + 1;
            while (to < needed.length && needed[to] >>> 32 <= last + gap && needed[to] >>> 32 < first + most) {
                last = needed[to] >>> 32;
                to++;
            }
            in.read(matrixStart + first * rowBytes, buffer.clear().limit((int) (last - first + 1) * rowBytes));
            for (; from < to; from++) {
                int at = (int) ((needed[from] >>> 32) - first) * rowBytes;
                int start = (int) needed[from] * dimension;
                for (int i = 0; i < dimension; i++) {
                    table[start + i] += buffer.getFloat(at + i * Float.BYTES);
                }
            }
        }
    }

    private List<String> warnings(WordForms.Rows rows, int asked) {
        List<String> warnings = new ArrayList<>();
        int known = rows.exact() + rows.lowerCased();
        if (rows.composed() > 0 && known < Coverage.DOUBTFUL * asked) {
            warnings.add(String.format(
                    Locale.ROOT,
                    "%s: the model knows %.1f %% of the corpus's words (%d of %d): the others' vectors come from their"
                            + " subwords alone",
                    file,
                    100.0 * known / asked,
                    known,
                    asked));
        }
        if (notUtf8 > 0) {
            warnings.add(file + ": " + notUtf8 + " of its words are not UTF-8: they match no word of the corpus");
        }
        return warnings;
    }

    private void require(boolean met, String expected, Object found) {
        if (!met) {
            throw mistake(expected, found);
        }
    }

    private InvalidInputException mistake(String expected, Object found) {
        return new InvalidInputException(file + ": expected " + expected + ", found " + found);
    }
}
