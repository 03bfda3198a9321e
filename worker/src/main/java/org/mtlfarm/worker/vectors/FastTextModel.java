package org.mtlfarm.worker.vectors;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
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

    /** Bytes of the matrix that are held at a time, or an eighth of the heap if that is less. */
    private static final long MOST_ROW_MEMORY = 1 << 28;

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
        require(
                pruned == NOT_PRUNED,
                "a whole fastText model (.bin)",
                "a pruned one (.ftz); its vectors are not the model's");
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
        require(rows <= Integer.MAX_VALUE, "a matrix of at most " + Integer.MAX_VALUE + " rows", rows);
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
        for (int row = 1; row < rows.forms().length; ) {
            row = fill(table, rows, row);
        }
        WordVectors vectors = new WordVectors(dimension, table, rows.byWord());
        return new LoadedVectors(
                vectors, rows.exact(), rows.lowerCased(), rows.composed(), words, warnings(rows, asked));
    }

    /**
     * Fills the table from a row on, as far as the matrix's rows needed for it may be held at a time.
     *
     * @return the row to go on with
     */
    private int fill(float[] table, WordForms.Rows rows, int from) throws IOException {
        long most = Math.max(1, rowMemory() / ((long) dimension * Float.BYTES));
        List<int[]> parts = new ArrayList<>();
        for (long count = 0; from + parts.size() < rows.forms().length && count < most; ) {
            int[] ofWord = parts(rows.forms()[from + parts.size()]);
            parts.add(ofWord);
            count += ofWord.length;
        }
        int[] needed =
                parts.stream().flatMapToInt(Arrays::stream).sorted().distinct().toArray();
        float[] matrix = read(needed);
        for (int i = 0; i < parts.size(); i++) {
            mean(matrix, needed, parts.get(i), table, (from + i) * dimension);
            requireNumbers(table, (from + i) * dimension, forms.form(rows.forms()[from + i]));
        }
        return from + parts.size();
    }

    private static long rowMemory() {
        return Math.min(MOST_ROW_MEMORY, Runtime.getRuntime().maxMemory() / 8);
    }

    /** The rows of the matrix whose mean a form's vector is, in fastText's order. */
    private int[] parts(int form) {
        int[] buckets = subwords.of(forms.form(form));
        int own = ids[form] == WordForms.ABSENT ? 0 : 1;
        int[] parts = new int[own + buckets.length];
        for (int i = 0; i < buckets.length; i++) {
            parts[own + i] = words + buckets[i];
        }
        if (own > 0) {
            parts[0] = ids[form];
        }
        return parts;
    }

    /**
     * Rows of the matrix, those that lie close together in one go.
     *
     * @param needed ascending
     * @return [needed, dimension]
     */
    private float[] read(int[] needed) throws IOException {
        int rowBytes = dimension * Float.BYTES;
        float[] matrix = new float[Math.multiplyExact(needed.length, dimension)];
        ByteBuffer buffer = ByteBuffer.allocate(Math.max(BUFFER, rowBytes)).order(ByteOrder.LITTLE_ENDIAN);
        int most = buffer.capacity() / rowBytes;
        int gap = Math.max(1, GAP / rowBytes);
        for (int from = 0; from < needed.length; ) {
            int first = needed[from];
            int to = from + 1;
            while (to < needed.length && needed[to] - needed[to - 1] <= gap && needed[to] - first < most) {
                to++;
            }
            int count = needed[to - 1] - first + 1;
            in.read(matrixStart + (long) first * rowBytes, buffer.clear().limit(count * rowBytes));
            FloatBuffer numbers = buffer.asFloatBuffer();
            for (; from < to; from++) {
                numbers.position((needed[from] - first) * dimension).get(matrix, from * dimension, dimension);
            }
        }
        return matrix;
    }

    /** The mean of some rows in fastText's order and roundings, to the last bit. */
    private void mean(float[] matrix, int[] needed, int[] parts, float[] table, int start) {
        for (int part : parts) {
            int partStart = Arrays.binarySearch(needed, part) * dimension;
            for (int i = 0; i < dimension; i++) {
                table[start + i] += matrix[partStart + i];
            }
        }
        float share = (float) (1.0 / parts.length);
        for (int i = start; i < start + dimension; i++) {
            table[i] *= share;
        }
    }

    private void requireNumbers(float[] table, int start, String word) {
        for (int i = start; i < start + dimension; i++) {
            if (!Float.isFinite(table[i])) {
                throw mistake("numbers in its matrix", table[i] + " for the word " + word);
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
