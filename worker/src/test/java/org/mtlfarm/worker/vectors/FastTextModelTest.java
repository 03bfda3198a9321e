package org.mtlfarm.worker.vectors;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.mtlfarm.schemas.InvalidInputException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

class FastTextModelTest {
    private static final float ROUNDING = 1e-6f;

    /**
     * A file saved by fastText 0.9.2: skipgram of 7 words in 4 numbers, with subwords of 2 and 3 characters in 5 buckets,
     * trained on random sequences of six words.
     */
    private static final String TRAINED = """
            uhZPLwwAAAAEAAAABQAAAAMAAAABAAAABQAAAAEAAAACAAAAAgAAAAUAAAACAAAAAwAAAGQAAAAtQxzr4jYaPwcAAAAHAAAAAAAA
            AIwKAAAAAAAA///////////mnbHkuqwAxAEAAAAAAAAAYmFuYW5hAJQBAAAAAAAAAMOpdMOpAI0BAAAAAAAAAFJvbWUAhAEAAAAA
            AAAAc3RyYcOfZQCAAQAAAAAAAAByb21lAHcBAAAAAAAAADwvcz4ALAEAAAAAAAAAAAwAAAAAAAAABAAAAAAAAAA4bBO+0KNpPLeQ
            Zb4l6N29w7cpvvDC5T0sU8e9bc+gva+lTL7Xnjo+0wMwvgq2FT5nvx++2OM/PjKErD3mYca9y7aKvWBGOruw/OU9TUsPPe6zWD4F
            +ym/Ga8nPnpY0j3qCt4+PcqZv9x2n76ZyJW+pxG2PhL0e78sgpW+vExBvXfBSj+I3Pa/ZaI8PXVQFb9BHxc/zMzGvyvkrr4Y4re+
            3oAWPy83vr92a/e8BQuVvvGeKD+nJNW/YEpKvT4Kir4ABwAAAAAAAAAEAAAAAAAAACWjE7/sWb8/6oYHPk9YpD4oldy+sSCMP12y
            yTwS9GY+2smFvjnONz8W1RQ+j0XoPT5Rgb4DuiE/Pke2vJsx+z04agO/MBivP7U1aT7UcaI+gzguvkMN3z4BxQM9YDXjPTjw177O
            Wo4/i78JPiH9WT4=
            """;

    @TempDir
    Path folder;

    /** The vectors are what fastText's {@code get_word_vector} returns for the words. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Rome | 0.508695543 -1.31633186 -0.0692497492 -0.245663717",
                "rome | 0.589341044 -1.5026176 -0.0586300008 -0.286117703",
                "東京 | 0.462032646 -1.24847448 -0.197252005 -0.291366279",
                "banana | 0.574300945 -1.47262692 -0.111888506 -0.359995693",
                "straße | 0.48061946 -1.27347136 -0.207403913 -0.220887735",
                "été | 0.457779557 -1.23252225 -0.220601261 -0.237497687",
                "</s> | 0.433677018 -1.20148432 -0.3114537 -0.292546064",
                "Berlin | 0.585417688 -1.50222099 -0.18458055 -0.325230896",
                "東 | 0.590320706 -1.5531249 -0.341584533 -0.359146833",
                "Zürich😀 | 0.590215862 -1.51876783 -0.168936267 -0.295007646",
                "b | 0.723977685 -1.78108978 0.0206346698 -0.485872507"
            })
    void aModelThatFastTextTrainedGivesItsVectorsForWordsItKnowsAndOthers(String word, String vector)
            throws IOException {
        Path file = Files.write(folder.resolve("model"), Base64.getMimeDecoder().decode(TRAINED));
        float[] expected = new float[4];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = Float.parseFloat(vector.split(" ")[i]);
        }

        LoadedVectors loaded = VectorsLoader.load(file, Set.of(word));

        assertThat(vector(loaded.vectors(), word)).containsExactly(expected);
        assertThat(loaded.fileWords()).isEqualTo(7);
        assertThat(loaded.exact() + loaded.composed()).isEqualTo(1);
    }

    @Test
    void aWordIsLookedUpAsItIsThenInLowerCaseAndElseComposedAsItIs() throws IOException {
        ModelFile model = new ModelFile();

        LoadedVectors loaded = load(model, "Rome", "ROME", "rome", "THE", "Paris", "PARIS");

        WordVectors vectors = loaded.vectors();
        assertThat(vector(vectors, "Rome")).containsExactly(mean(model, 1, "Rome"), within(ROUNDING));
        assertThat(vector(vectors, "rome")).containsExactly(mean(model, 2, "rome"), within(ROUNDING));
        assertThat(vector(vectors, "THE")).containsExactly(mean(model, 0, "the"), within(ROUNDING));
        assertThat(vector(vectors, "Paris")).containsExactly(mean(model, -1, "Paris"), within(ROUNDING));
        assertThat(vector(vectors, "PARIS")).containsExactly(mean(model, -1, "PARIS"), within(ROUNDING));
        assertThat(vectors.row("ROME")).isEqualTo(vectors.row("rome"));
        assertThat(vectors.table()).as("row 0 and five different vectors").hasSize(6 * 3);
        assertThat(Arrays.copyOf(vectors.table(), 3)).containsOnly(0);
        assertThat(loaded)
                .extracting(LoadedVectors::exact, LoadedVectors::lowerCased, LoadedVectors::composed)
                .containsExactly(2, 2, 2);
    }

    @Test
    void theEndOfASentenceIsItsOwnRowAloneAndUnknownToAModelWithoutIt() throws IOException {
        ModelFile model = new ModelFile();
        assertThat(vector(load(model, "</s>").vectors(), "</s>")).containsExactly(row(model, 3), within(ROUNDING));
        model.words = List.of("the");
        assertThat(load(model, "</s>").vectors().rows()).isEmpty();
    }

    @Test
    void withoutSubwordsAWordIsItsRowAndOthersAreUnknown() throws IOException {
        ModelFile model = new ModelFile();
        model.shortest = 0;
        model.longest = 0;
        model.buckets = 0;

        LoadedVectors loaded = load(model, "Rome", "Paris");

        assertThat(vector(loaded.vectors(), "Rome")).containsExactly(row(model, 1));
        assertThat(loaded.vectors().rows()).containsOnlyKeys("Rome");
        assertThat(loaded.composed()).isZero();
    }

    @Test
    void aWordTooShortForAnySubwordIsUnknown() throws IOException {
        ModelFile model = new ModelFile();
        model.shortest = 4;
        assertThat(load(model, "a", "ab").vectors().rows()).containsOnlyKeys("ab");
    }

    @Test
    void aSupervisedModelsLabelsAreNotWords() throws IOException {
        ModelFile model = new ModelFile();
        model.kind = 3;
        model.labels = List.of("__label__1", "__label__2");

        LoadedVectors loaded = load(model, "Rome", "__label__2");

        assertThat(vector(loaded.vectors(), "Rome")).containsExactly(mean(model, 1, "Rome"), within(ROUNDING));
        assertThat(vector(loaded.vectors(), "__label__2"))
                .containsExactly(mean(model, -1, "__label__2"), within(ROUNDING));
        assertThat(loaded.fileWords()).isEqualTo(4);
    }

    @Test
    void inVersion11SupervisedModelsHaveNoSubwordsWhateverTheySayAndOthersDo() throws IOException {
        ModelFile model = new ModelFile();
        model.version = 11;
        assertThat(vector(load(model, "Rome").vectors(), "Rome"))
                .containsExactly(mean(model, 1, "Rome"), within(ROUNDING));
        model.kind = 3;
        assertThat(vector(load(model, "Rome").vectors(), "Rome")).containsExactly(row(model, 1));
    }

    @Test
    void aWordsVectorDoesNotDependOnTheOthersAskedForNorOnTheOutputs() throws IOException {
        ModelFile model = new ModelFile();
        model.buckets = 50_000;
        model.dimension = 7;
        Set<String> many = new TreeSet<>();
        for (int i = 0; i < 3_000; i++) {
            many.add("word" + i * 7919);
        }
        LoadedVectors together = VectorsLoader.load(model.write(folder.resolve("model")), many);
        model.outputs = 9;
        Path other = model.write(folder.resolve("other"));

        for (String word : List.of("word0", "word7919", "word" + 2_999 * 7919)) {
            WordVectors alone = VectorsLoader.load(other, Set.of(word)).vectors();
            assertThat(vector(together.vectors(), word))
                    .containsExactly(vector(alone, word))
                    .containsExactly(mean(model, -1, word), within(ROUNDING * 10));
            assertThat(VectorsHash.of(together.vectors(), Set.of(word))).isEqualTo(VectorsHash.of(alone, Set.of(word)));
        }
    }

    @Test
    void wordsAndRowsLongerThanTheBufferAreRead() throws IOException {
        ModelFile model = new ModelFile();
        model.words = List.of("a".repeat(1_500_000), "b".repeat(3_000_000), "the");
        model.dimension = 300_000;
        model.buckets = 2;

        WordVectors vectors = load(model, "the").vectors();

        float[] expected = mean(model, 2, "the");
        for (int i : new int[] {0, 262_143, 262_144, model.dimension - 1}) {
            assertThat(vectors.table()[vectors.row("the") * model.dimension + i])
                    .isCloseTo(expected[i], withinPercentage(0.001));
        }
    }

    @Test
    void whatIsWrongWithAModelIsToldInOneLine() throws IOException {
        assertRefused(model -> model.version = 13, "expected a fastText model of version 11 or 12, found version 13");
        assertRefused(model -> model.quantized = 1, "found a quantized one (.ftz)");
        assertRefused(model -> model.pruned = 0, "found a pruned one");
        assertRefused(model -> model.pruned = 5, "found a pruned one");
        assertRefused(model -> model.dimension = 0, "expected 1 to 4194304 numbers a word, found 0");
        assertRefused(model -> model.kind = 7, "expected a model of kind 1 to 3");
        assertRefused(model -> model.longest = 1 << 20, "expected subwords of 0 to 100 characters");
        assertRefused(model -> model.shortest = -1, "expected subwords of 0 to 100 characters");
        assertRefused(model -> model.buckets = 0, "expected buckets for the subwords, found 0");
        assertRefused(model -> model.words = List.of(), "expected a dictionary with words, found none");
        assertRefused(model -> model.countedWords = 3, "4 entries of which 3 are words and 0 labels");
        assertRefused(model -> model.wordType = 1, "expected words and then labels in its dictionary");
        assertRefused(model -> model.rows = 16, "expected a matrix of 15 x 3 numbers, found 16 x 3");
        assertRefused(model -> model.columns = Long.MAX_VALUE, "expected a matrix of 15 x 3 numbers");
        assertRefused(model -> model.first = Float.NaN, "expected numbers in its matrix, found NaN for the word the");
        assertRefused(model -> model.magic++, "expected text, found a zero byte");
    }

    @Test
    void aSizeThatTheFileCannotHoldTakesNoMemory() throws IOException {
        ModelFile model = new ModelFile();
        byte[] whole = model.bytes();
        // The dictionary begins with how many entries and how many words it has.
        for (int at : new int[] {64, 68}) {
            whole[at + 3] = 0x7F;
        }
        assertRefused(Files.write(folder.resolve("model"), whole), "found a file cut off at byte " + whole.length);
    }

    @Test
    void aModelThatIsCutOffAnywhereIsRefused() throws IOException {
        byte[] whole = new ModelFile().bytes();
        for (int length = 4; length < whole.length; length++) {
            assertRefused(
                    Files.write(folder.resolve("model"), Arrays.copyOf(whole, length)),
                    "found a file cut off at byte " + length);
        }
    }

    @Test
    void aModelWithAnyByteDamagedIsReadOrRefusedInOneLine() throws IOException {
        byte[] whole = new ModelFile().bytes();
        int refused = 0;
        for (int i = 0; i < whole.length; i++) {
            for (int damage : new int[] {0x01, 0x80, 0xFF}) {
                byte[] damaged = whole.clone();
                damaged[i] ^= (byte) damage;
                Path file = Files.write(folder.resolve("model"), damaged);
                try {
                    assertThat(VectorsLoader.load(file, Set.of("the", "Paris")).fileWords())
                            .isEqualTo(4);
                } catch (InvalidInputException e) {
                    assertThat(e.getMessage()).startsWith(file.toString()).doesNotContain("\n");
                    refused++;
                }
            }
        }
        assertThat(refused).isGreaterThan(100);
    }

    @Test
    void aGzippedModelIsToBeUnpacked() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(new ModelFile().bytes());
        }
        assertRefused(
                Files.write(folder.resolve("model.bin.gz"), bytes.toByteArray()), "found a gzipped model; unpack it");
    }

    @Test
    void textIsReadUnderAModelsNameToo() throws IOException {
        Path file = Files.writeString(folder.resolve("model.bin"), "the 1 2\n");
        assertThat(VectorsLoader.load(file, Set.of("the")).exact()).isEqualTo(1);
    }

    @Test
    void whatIsDoubtfulIsTold() throws IOException {
        ModelFile model = new ModelFile();
        assertThat(load(model, "the", "Paris").warnings()).isEmpty();
        String[] unknown = "a b c d e f g h i j the".split(" ");
        assertThat(load(model, unknown).warnings())
                .singleElement()
                .asString()
                .contains("knows 9.1 % of the corpus's words (1 of 11)", "subwords alone");

        byte[] bytes = model.bytes();
        int rome = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("Rome");
        bytes[rome] = (byte) 0xFC;
        Path file = Files.write(folder.resolve("model"), bytes);
        assertThat(VectorsLoader.load(file, Set.of("the")).warnings())
                .singleElement()
                .asString()
                .contains("1 of its words are not UTF-8");
    }

    private LoadedVectors load(ModelFile model, String... words) throws IOException {
        return VectorsLoader.load(model.write(folder.resolve("model")), Set.of(words));
    }

    private void assertRefused(Consumer<ModelFile> change, String message) throws IOException {
        ModelFile model = new ModelFile();
        change.accept(model);
        assertRefused(model.write(folder.resolve("model")), message);
    }

    private static void assertRefused(Path file, String message) {
        assertThatThrownBy(() -> VectorsLoader.load(file, Set.of("the")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(message)
                .hasMessageStartingWith(file.toString())
                .message()
                .doesNotContain("\n");
    }

    /** What fastText's rules say of a word with this row, -1 for none. */
    private static float[] mean(ModelFile model, int id, String word) {
        int[] buckets = new Subwords(model.shortest, model.longest, model.buckets).of(word);
        float[] mean = new float[model.dimension];
        for (int i = 0; i < mean.length; i++) {
            double sum = id < 0 ? 0 : ModelFile.number(id, i);
            for (int bucket : buckets) {
                sum += ModelFile.number(model.words.size() + bucket, i);
            }
            mean[i] = (float) (sum / (buckets.length + (id < 0 ? 0 : 1)));
        }
        return mean;
    }

    private static float[] row(ModelFile model, int row) {
        float[] numbers = new float[model.dimension];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = ModelFile.number(row, i);
        }
        return numbers;
    }

    private static float[] vector(WordVectors vectors, String word) {
        int start = vectors.row(word) * vectors.dimension();
        return Arrays.copyOfRange(vectors.table(), start, start + vectors.dimension());
    }
}
