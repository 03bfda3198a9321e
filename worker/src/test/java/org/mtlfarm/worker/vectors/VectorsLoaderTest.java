package org.mtlfarm.worker.vectors;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPOutputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.worker.SharedData;
import org.mtlfarm.worker.corpus.Corpus;
import org.mtlfarm.worker.corpus.CorpusLoader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class VectorsLoaderTest {
    private static final String TEXT = "the 1 -0.5 2.5e-1\nRome 4 5 6\nrome 7 8 9\n";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                TEXT,
                "3 3\n" + TEXT,
                "\uFEFF3 3\r\n" + "the 1 -.5 +0.25 \r\nRome 4. 5E0 6\r\nrome 7 8 9\r\n\r\n",
                "the\t1\t-0.5\t0.25\nRome  4  5  6\nrome 7 8 9"
            })
    void theUsualFormsOfTextAreRead(String text) throws IOException {
        LoadedVectors loaded = load(text, "the", "Rome", "Paris");

        WordVectors vectors = loaded.vectors();
        assertThat(vectors.dimension()).isEqualTo(3);
        assertThat(vector(vectors, "the")).containsExactly(1, -0.5f, 0.25f);
        assertThat(vector(vectors, "Rome")).containsExactly(4, 5, 6);
        assertThat(vectors.row("Paris")).isZero();
        assertThat(vectors.table()).hasSize(9).startsWith(0, 0, 0);
        assertThat(loaded.fileWords()).isEqualTo(3);
        assertThat(loaded.warnings()).isEmpty();
    }

    @Test
    void aGzippedFileIsReadWhateverItsName() throws IOException {
        Path file = folder.resolve("vectors.txt");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(TEXT.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(vector(VectorsLoader.load(file, Set.of("rome")).vectors(), "rome"))
                .containsExactly(7, 8, 9);

        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length - 12));
        assertRefused(file, "expected a whole gzip file, found a damaged one");
    }

    @Test
    void aWordIsLookedUpAsItIsAndElseInLowerCaseWhereverTheTwoStand() throws IOException {
        LoadedVectors loaded =
                load("rome 1 1\nRome 2 2\nPARIS 3 3\nparis 4 4\nbonn 5 5\n", "Rome", "Paris", "PARIS", "Bonn", "bonn");

        WordVectors vectors = loaded.vectors();
        assertThat(vector(vectors, "Rome")).containsExactly(2, 2);
        assertThat(vector(vectors, "Paris")).containsExactly(4, 4);
        assertThat(vector(vectors, "PARIS")).containsExactly(3, 3);
        assertThat(vectors.row("Bonn")).isEqualTo(vectors.row("bonn"));
        assertThat(vectors.table()).as("row 0 and four different vectors").hasSize(10);
        assertThat(loaded.exact()).isEqualTo(3);
        assertThat(loaded.lowerCased()).isEqualTo(2);
    }

    @Test
    void ofAWordThatStandsThereTwiceTheFirstCounts() throws IOException {
        assertThat(vector(load("a 1 1\na 2 2\n", "a").vectors(), "a")).containsExactly(1, 1);
    }

    @Test
    void wordsMayHaveSpacesOrDigitsOrNothingInThem() throws IOException {
        WordVectors vectors = load(
                        "a 1 2\nat name@domain.com 3 4\n. . . 5 6\n7 7 8\n 9 10\n1.5 11 12\n\u00a0 13 14\n",
                        "at name@domain.com",
                        ". . .",
                        "7",
                        "1.5")
                .vectors();

        assertThat(vector(vectors, "at name@domain.com")).containsExactly(3, 4);
        assertThat(vector(vectors, ". . .")).containsExactly(5, 6);
        assertThat(vector(vectors, "7")).containsExactly(7, 8);
        assertThat(vector(vectors, "1.5")).containsExactly(11, 12);
    }

    @Test
    void linesLongerThanTheBufferAreRead() throws IOException {
        int dimension = 300_000;
        String numbers = " 0.25".repeat(dimension);

        WordVectors vectors = load("a" + numbers + "\nb" + numbers.replace('2', '7') + "\n", "b")
                .vectors();

        assertThat(vectors.dimension()).isEqualTo(dimension);
        assertThat(vector(vectors, "b")).containsOnly(0.75f);
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "''                    | vectors.txt: expected lines of a word and its numbers, found an empty file",
                "'\n\n'                | vectors.txt: expected lines of a word and its numbers, found none",
                "'2 3\n'               | vectors.txt: expected lines of a word and its numbers, found none",
                "'a 1 2\nb 1\n'        | vectors.txt:2: expected a word and 2 numbers, as in line 1, found 1",
                "'a 1 2\nb 1 2 3\n'    | vectors.txt:2: expected a word and 2 numbers, as in line 1, found 3",
                "'a 1 2\nb c 1 2 3\n'  | vectors.txt:2: expected a word and 2 numbers, as in line 1, found 3",
                "'2 3\na 1 2\n'        | vectors.txt:2: expected a word and 3 numbers, as in line 1, found 2",
                "'a 1 2\nb\n'          | vectors.txt:2: expected a word and 2 numbers, as in line 1, found 0",
                "'a 1 2\nb 1 x\n'      | vectors.txt:2: expected a number, found x",
                "'a 1 2\nb 1.2.3 4\n'  | vectors.txt:2: expected a number, found 1.2.3",
                "'a 1 2\nb 1 NaN\n'    | vectors.txt:2: expected a number, found NaN",
                "'a 1 2\nb - 4\n'      | vectors.txt:2: expected a number, found -",
                "'a 1 2\nb 1e 4\n'     | vectors.txt:2: expected a number, found 1e",
                "'a 1 2\nw 1e99 4\n'   | vectors.txt:2: expected a number within the range of 32-bit",
                "'a 1 2\n\nb 1 2\n'    | vectors.txt:2: expected a word and its numbers, found an empty line",
                "'just some words\n'   | vectors.txt:1: expected a word and its numbers, found just some words",
                "'2 0\n'               | vectors.txt:1: expected a header with at least 1 number a word, found 2 0",
                "'9 99999999999\n'     | vectors.txt:1: expected a header of two numbers, found 9 99999999999"
            })
    void aFileThatCannotBeUsedIsRefusedWithItsLineWantedWordsOrNot(String text, String message) throws IOException {
        assertRefused(Files.writeString(folder.resolve("vectors.txt"), text), message);
    }

    @Test
    void aFileThatIsNoTextIsRefused() throws IOException {
        Path file = folder.resolve("vectors");
        Files.write(file, new byte[] {1, 0, 2, 0, '\n', 5, 0});
        assertRefused(file, "vectors:1: expected text, found a zero byte");
        Files.write(file, new byte[] {(byte) 0xBA, 0x16, 0x4F, 0x2F, 12, 0, 0, 0});
        assertRefused(file, "vectors: expected all of its parts up to byte");
        Files.write(file, new byte[] {'P', 'K', 3, 4, 9, 9});
        assertRefused(file, "found a zip archive; unpack it");
        assertRefused(folder, "expected a file, found a folder");
        assertRefused(folder.resolve("none"), "none: expected a file, found none");
    }

    @Test
    void whatIsDoubtfulIsTold() throws IOException {
        assertThat(load("5 1\na 1\n", "a").warnings())
                .singleElement()
                .asString()
                .contains("header says 5 words, it has 1");

        Path file = folder.resolve("vectors.txt");
        Files.write(file, "a 1\nM\u00fcller 2\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(VectorsLoader.load(file, Set.of("a")).warnings())
                .singleElement()
                .asString()
                .contains("1 words are not UTF-8, the first in line 2");
    }

    @Test
    void theHashNamesWhatIsKeptForTheWordsAndNothingElse() throws IOException {
        Set<String> words = Set.of("the", "Rome", "Paris");
        String hash = VectorsHash.of(load(TEXT, "the", "Rome", "Paris").vectors(), words);

        assertThat(List.of(
                        load("Rome 4 5 6\nrome 7 8 9\nthe 1 -0.5 0.25\nextra 1 1 1\n", "the", "Rome", "Paris"),
                        load("3 3\n" + TEXT, "the", "Rome", "Paris", "rome")))
                .allSatisfy(other ->
                        assertThat(VectorsHash.of(other.vectors(), words)).isEqualTo(hash));
        assertThat(VectorsHash.of(load(TEXT.replace('6', '7'), "the", "Rome").vectors(), words))
                .isNotEqualTo(hash);
        assertThat(VectorsHash.of(load(TEXT, "the").vectors(), words)).isNotEqualTo(hash);
        assertThat(VectorsHash.of(load("a 1 2\n").vectors(), words))
                .isNotEqualTo(VectorsHash.of(load("a 1\n").vectors(), words));
    }

    @Test
    void aCorpusThatTheVectorsHardlyCoverIsToldWithTheShare() throws IOException {
        Path text = Files.writeString(
                folder.resolve("text"), "a B-X\na O\na O\nb O\nc O\nd O\ne O\nf O\ng O\nh O\ni O\nj O\nk O\n");
        Corpus corpus = CorpusLoader.load("train=" + text + ",dev=" + text + ",test=" + text)
                .corpus();

        Coverage little = Coverage.of(load("a 1\n", "a").vectors(), corpus);
        Coverage enough = Coverage.of(load("a 1\nb 1\n", "a", "b").vectors(), corpus);

        assertThat(little).isEqualTo(new Coverage(11, 1, 39, 9));
        assertThat(little.warning()).get().asString().contains("9.1 %", "1 of 11", "23.1 %");
        assertThat(enough.warning()).isEmpty();
        assertThat(enough.tokenShare()).isEqualTo(12.0 / 39);
    }

    @Test
    void gloveBesideTheRepositoryCoversMostOfWikigold() {
        Corpus corpus = CorpusLoader.load(SharedData.of("wikigold").toString()).corpus();

        LoadedVectors loaded = VectorsLoader.load(SharedData.of("glove/glove.6B.50d.wikigold.txt.gz"), corpus.words());

        assertThat(loaded.vectors().dimension()).isEqualTo(50);
        assertThat(loaded.fileWords()).isEqualTo(7_225);
        assertThat(Coverage.of(loaded.vectors(), corpus).tokenShare()).isGreaterThan(0.95);
        assertThat(loaded.warnings()).isEmpty();
    }

    private LoadedVectors load(String text, String... words) throws IOException {
        return VectorsLoader.load(Files.writeString(folder.resolve("vectors.txt"), text), Set.of(words));
    }

    private static void assertRefused(Path file, String message) {
        assertThatThrownBy(() -> VectorsLoader.load(file, Set.of("w")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(message)
                .message()
                .doesNotContain("\n");
    }

    private static float[] vector(WordVectors vectors, String word) {
        int start = vectors.row(word) * vectors.dimension();
        return Arrays.copyOfRange(vectors.table(), start, start + vectors.dimension());
    }
}
