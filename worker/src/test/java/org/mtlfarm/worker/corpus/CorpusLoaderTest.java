package org.mtlfarm.worker.corpus;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.worker.SharedData;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CorpusLoaderTest {
    private static final String TRAIN = "Rome I-LOC\nfell O\n\nMr O\nBush I-PER\nLaura I-PER\n";
    private static final String SCORED = "Bush B-PER\nLaura B-PER\nB. I-PER\n. O\n\nRome B-LOC\n";

    @TempDir
    Path folder;

    @Test
    void aFolderIsReadByTheNamesOfItsFiles() throws IOException {
        write("README.md", "train, dev and test");
        write("LICENSE", "free");
        write("eng.train", TRAIN);
        write("eng.testa", SCORED);
        write("eng.testb", SCORED);

        LoadedCorpus loaded = CorpusLoader.load(folder.toString());

        Corpus corpus = loaded.corpus();
        assertThat(corpus.labels()).containsExactly("O", "LOC", "PER");
        assertThat(corpus.train().words()).containsExactly("Rome", "fell", "Mr", "Bush", "Laura");
        assertThat(corpus.train().sentenceStarts()).containsExactly(0, 2);
        assertThat(corpus.dev().tags()).containsExactly("B-PER", "B-PER", "I-PER", "O", "B-LOC");
        assertThat(loaded.trainScheme()).isEqualTo(TagScheme.IO);
        assertThat(loaded.devScheme()).isEqualTo(TagScheme.IOB2);
        assertThat(loaded.warnings()).isEmpty();
    }

    @Test
    void threeFilesAreReadFromAnywhere() throws IOException {
        Path train = write("a,b.txt", TRAIN);
        Path scored = write("c.txt", SCORED);
        String source = "train=" + train + ",dev=" + scored + ", test=" + scored;

        assertThat(CorpusLoader.load(source).corpus().test().tokens()).isEqualTo(5);
        assertThat(CorpusLoader.loadFiles(train, scored, scored, Optional.empty())
                        .corpus()
                        .train()
                        .sentences())
                .isEqualTo(2);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "IO,    I-PER I-PER I-PER O I-LOC | I-LOC, B-PER I-PER I-PER O B-LOC | B-LOC",
        "IOB1,  I-PER B-PER I-PER O I-LOC | I-LOC, B-PER B-PER I-PER O B-LOC | B-LOC",
        "IOB2,  B-PER B-PER I-PER O B-LOC | B-LOC, B-PER B-PER I-PER O B-LOC | B-LOC",
        "IOBES, S-PER B-PER E-PER O S-LOC | S-LOC, B-PER B-PER I-PER O B-LOC | B-LOC",
        "IOBES, U-PER B-PER L-PER O U-LOC | U-LOC, B-PER B-PER I-PER O B-LOC | B-LOC"
    })
    void everySchemeIsFoundOutAndComesOutAsIob2AndIo(TagScheme scheme, String given, String iob2) throws IOException {
        LoadedCorpus loaded = loadEverywhere(columns(given));

        assertThat(loaded.devScheme()).isEqualTo(scheme);
        assertThat(loaded.corpus().dev().tags()).containsExactly(tags(iob2));
        assertThat(loaded.corpus().train().tags()).containsExactly("I-PER", "I-PER", "I-PER", "O", "I-LOC", "I-LOC");
        assertThat(loaded.corpus().dev().sentenceStarts()).containsExactly(0, 5);
    }

    @Test
    void otherLineEndsColumnsAndSchemesGiveTheSameContentHash() throws IOException {
        String plain = ContentHash.of(loadEverywhere("a B-X\nb I-X\n\nc O\n").corpus());

        assertThat(List.of(
                        "a B-X\r\nb I-X\r\n\r\nc O\r\n",
                        "a B-X\rb I-X\r\rc O",
                        "\uFEFFa B-X\nb I-X\n\nc O",
                        "-DOCSTART- -X- O\n\na NN B-X\nb NN I-X\n\n\n-DOCSTART-\n \nc NN O",
                        "  a\tB-X  \nb \t I-X\n\t\nc\t\tO",
                        "a B-X\nb E-X\n\nc O"))
                .allSatisfy(
                        text -> assertThat(ContentHash.of(loadEverywhere(text).corpus()))
                                .isEqualTo(plain));
        assertThat(List.of("a B-X\nb I-X\nc O", "a B-X\nb O\n\nc O", "a B-X\nb I-X\n\nd O", "ab B-X\nI-X I-X\n\nc O"))
                .allSatisfy(
                        text -> assertThat(ContentHash.of(loadEverywhere(text).corpus()))
                                .isNotEqualTo(plain));
    }

    @Test
    void whereWordsEndAndTagsBeginIsPartOfTheContentHash() throws IOException {
        String one = ContentHash.of(loadEverywhere("a B-X\nbc O\n").corpus());

        assertThat(ContentHash.of(loadEverywhere("a B-Xb\nc O\n").corpus())).isNotEqualTo(one);
    }

    @Test
    void anEndedSpanIsNotContinuedEvenWhereTheSchemeIsBroken() throws IOException {
        LoadedCorpus loaded = CorpusLoader.load(everywhere("a B-X\nb E-X\nc I-X\nd S-X\ne I-X\n") + ",scheme=IOBES");

        assertThat(loaded.corpus().dev().tags()).containsExactly("B-X", "I-X", "B-X", "B-X", "B-X");
    }

    @Test
    void wordsMayHaveSpacesWhereTabsPartTheColumns() throws IOException {
        Corpus corpus =
                loadEverywhere("New York\tNNP\tB-LOC\n1 000\tCD\tO\nx\tX\tO\n").corpus();

        assertThat(corpus.dev().words()).containsExactly("New York", "1 000", "x");
    }

    @Test
    void spacesThatAreNoBlanksBelongToTheWord() throws IOException {
        assertThat(loadEverywhere("1\u00a0000 B-X\n\u2003 O\n").corpus().dev().words())
                .containsExactly("1\u00a0000", "\u2003");
    }

    @Test
    void typesThatTheTrainingPartDoesNotHaveStayInTheGoldAndAreTold() throws IOException {
        Path train = write("train.txt", TRAIN);
        Path dev = write("dev.txt", SCORED);
        Path test = write("test.txt", "NATO B-ORG\nmet O\n");

        LoadedCorpus loaded = CorpusLoader.load(folder.toString());

        assertThat(loaded.corpus().labels()).containsExactly("O", "LOC", "PER");
        assertThat(loaded.corpus().test().tags()).containsExactly("B-ORG", "O");
        assertThat(loaded.warnings()).singleElement().asString().contains(test.toString(), "ORG", "missed");
        assertThat(List.of(train, dev)).allSatisfy(file -> assertThat(file).exists());
    }

    @Test
    void tagsOfNoSchemeAreReadAllTheSameWhereOneIsStatedAndThatIsTold() throws IOException {
        String source = everywhere("a I-X\nb O\nc B-X\n");

        assertRefused(() -> CorpusLoader.load(source), "train.txt:1:", "I-X opens a span", "in line 3 B-X");
        LoadedCorpus loaded = CorpusLoader.load(source + ",scheme=bio");

        assertThat(loaded.corpus().dev().tags()).containsExactly("B-X", "O", "B-X");
        assertThat(loaded.warnings())
                .hasSize(3)
                .allSatisfy(warning -> assertThat(warning).contains("1 of 3 tags", "IOB2", "line 1"));
    }

    @Test
    void aStatedSchemeThatTheTagsAreNotOfIsRefused() throws IOException {
        assertRefused(
                () -> CorpusLoader.load(everywhere("a I-X\nb S-X\n") + ",scheme=IOB1"),
                "train.txt:2: expected a tag of the scheme IOB1, found S-X");
        assertRefused(() -> CorpusLoader.load(everywhere("a I-X\n") + ",scheme=IOX"), "IOBES, found IOX");
        assertRefused(() -> loadEverywhere("a B-X\nb O\nc S-X"), "train.txt:1:", "IOBES", "B-X ends a span");
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "''                  | train.txt: expected lines of at least 2 columns, found an empty file",
                "'\n \n\t\n'         | found an empty file",
                "'-DOCSTART- O\n\n'  | found an empty file",
                "'a B-X\nb'          | train.txt:2: expected 2 columns, as in line 1, found 1: b",
                "'a\nb O'            | train.txt:1: expected at least 2 columns, found 1: a",
                "'a B-X\n\nb N O'    | train.txt:3: expected 2 columns, as in line 1, found 3: b N O",
                "'a\tB-X\nb c\tN\tO' | train.txt:2: expected 2 columns, as in line 1, found 3: b c",
                "'a B-X\nb X-PER'    | train.txt:2: expected a tag in the last column, O or one of B- I-",
                "'a B-X\nb PER'      | train.txt:2: expected a tag in the last column",
                "'a B-X\nb I-'       | train.txt:2: expected a tag in the last column",
                "'a O\nb O'          | train.txt: expected tags of at least one type to learn, found only O"
            })
    void aFileThatCannotBeUsedIsRefusedWithItsLine(String text, String message) throws IOException {
        assertRefused(() -> loadEverywhere(text), message);
    }

    @Test
    void aFileThatIsNoTextIsRefusedWithItsLine() throws IOException {
        Path scored = write("scored.txt", SCORED);
        Path file = folder.resolve("binary");
        String source = "train=" + file + ",dev=" + scored + ",test=" + scored;

        Files.write(file, "a O\nb\0 O\n".getBytes(StandardCharsets.UTF_8));
        assertRefused(() -> CorpusLoader.load(source), "binary:2: expected UTF-8 text, found a zero byte");
        Files.write(file, "a O\nb O\nM\u00fcller I-PER\n".getBytes(StandardCharsets.ISO_8859_1));
        assertRefused(() -> CorpusLoader.load(source), "binary:3: expected UTF-8 text");
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(TRAIN.getBytes(StandardCharsets.UTF_8));
        }
        assertRefused(() -> CorpusLoader.load(source), "binary:1: expected UTF-8 text");
    }

    @Test
    void aSourceThatIsNoCorpusIsRefused() throws IOException {
        assertRefused(() -> CorpusLoader.load(folder.resolve("none").toString()), "expected a folder", "found nothing");
        assertRefused(() -> CorpusLoader.load(folder.toString()), "one file of the train part", "found none");
        Path file = write("x.train.txt", TRAIN);
        write("x.dev.txt", SCORED);
        assertRefused(() -> CorpusLoader.load(folder.toString()), "one file of the test part", "found none");
        write("x.test.txt", SCORED);
        write("y.test.txt", SCORED);
        assertRefused(() -> CorpusLoader.load(folder.toString()), "test part", "x.test.txt, y.test.txt", "train=F");
        assertRefused(() -> CorpusLoader.load(file.toString()), "expected a folder", "found a file");
        assertRefused(() -> CorpusLoader.load("train=" + file), "train=F,dev=F,test=F, found train=");
        assertRefused(() -> CorpusLoader.load("train=a,train=b,dev=c"), "expected one value for train=");
        assertRefused(() -> CorpusLoader.load("train=" + file + ",dev=" + folder + ",test=none"), "found a folder");
        assertRefused(
                () -> CorpusLoader.load("train=" + file + ",dev=" + file + ",test=none"), "none: expected a file");
    }

    @Test
    void wikigoldBesideTheRepositoryIsReadWhole() {
        LoadedCorpus loaded = CorpusLoader.load(SharedData.of("wikigold").toString());

        Corpus corpus = loaded.corpus();
        assertThat(corpus.labels()).containsExactly("O", "LOC", "MISC", "ORG", "PER");
        assertThat(corpus.train().tokens()).isEqualTo(26_752);
        assertThat(corpus.dev().tokens()).isEqualTo(6_897);
        assertThat(corpus.test().tokens()).isEqualTo(5_358);
        assertThat(loaded.trainScheme()).isEqualTo(TagScheme.IO);
        assertThat(loaded.testScheme()).isEqualTo(TagScheme.IOB2);
        assertThat(count(corpus.test(), "B-PER")).isEqualTo(186);
        assertThat(loaded.warnings()).isEmpty();
    }

    @Test
    void theEnglishWebTreebankBesideTheRepositoryIsReadWhole() {
        LoadedCorpus loaded =
                CorpusLoader.load(SharedData.of("uner_english_ewt").toString());

        assertThat(loaded.corpus().train().tokens()).isEqualTo(204_579);
        assertThat(count(loaded.corpus().dev(), "B-LOC")).isEqualTo(398);
        assertThat(loaded.warnings()).isEmpty();
    }

    private static long count(TaggedText text, String tag) {
        return Arrays.stream(text.tags()).filter(tag::equals).count();
    }

    private static void assertRefused(ThrowingCallable load, String... parts) {
        assertThatThrownBy(load)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll(parts)
                .message()
                .doesNotContain("\n");
    }

    private LoadedCorpus loadEverywhere(String text) throws IOException {
        return CorpusLoader.load(everywhere(text));
    }

    private String everywhere(String text) throws IOException {
        Path file = write("train.txt", text);
        return "train=" + file + ",dev=" + file + ",test=" + file;
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    /** A word for each tag, a blank line for each bar. */
    private static String columns(String tags) {
        return tags.replace(" | ", "\n\n")
                .replaceAll("[ \n](?=[^\n])", "\nw ")
                .replaceFirst("^", "w ")
                .replace("w \n", "\n");
    }

    private static String[] tags(String tags) {
        return tags.replace("| ", "").split(" ");
    }
}
