package org.mtlfarm.worker.corpus;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.mtlfarm.schemas.InvalidInputException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Corpora of other columns than first and last, and of tags that mark no spans. */
class ColumnsAndTokensTest {
    /** Universal Dependencies: comments, a word over two tokens, a word that is not in the text, numbers before words. */
    private static final String CONLL_U = """
            # newdoc id = x
            # sent_id = 1
            # text = Vamonos al mar
            1-2\tvamonos\t_\t_\t_\t_\t_\t_\t_\t_
            1\tvamos\tir\tVERB\t_\tMood=Imp\t0\troot\t_\t_
            2\tnos\tnosotros\tPRON\t_\t_\t1\tobj\t_\t_
            2.1\tnada\t_\tX\t_\t_\t_\t_\t_\t_
            3-4\tal\t_\t_\t_\t_\t_\t_\t_\t_
            3\ta\ta\tADP\t_\t_\t5\tcase\t_\t_
            4\tel\tel\tDET\t_\t_\t5\tdet\t_\t_
            5\tmar\tmar\tNOUN\t_\t_\t1\tobl\t_\tNER=B-LOC

            # sent_id = 2
            1\t#\t#\tSYM\t_\t_\t2\tdep\t_\t_
            2\t5\t5\tNUM\t_\t_\t0\troot\t_\t_
            """;

    @TempDir
    private Path folder;

    @Test
    void conllUIsReadByTheColumnThatIsNamed() throws IOException {
        LoadedCorpus loaded = load(CONLL_U, ",tags=4");

        Corpus corpus = loaded.corpus();
        assertThat(corpus.train().words()).containsExactly("vamos", "nos", "a", "el", "mar", "#", "5");
        assertThat(corpus.train().sentenceStarts()).containsExactly(0, 5);
        assertThat(corpus.labels()).containsExactly("ADP", "DET", "NOUN", "NUM", "PRON", "SYM", "VERB");
        assertThat(corpus.dev().tags())
                .containsExactly("B-VERB", "B-PRON", "B-ADP", "B-DET", "B-NOUN", "B-SYM", "B-NUM");
        assertThat(corpus.spans()).isFalse();
        assertThat(loaded.trainScheme()).isEqualTo(TagScheme.TOKENS);
        assertThat(loaded.warnings()).singleElement().asString().contains("share of tokens");
        assertThat(load(CONLL_U, ",tags=8,scheme=tokens").corpus().labels()).contains("root", "case");
        assertThat(load(CONLL_U, ",word=3,tags=4").corpus().train().words()).startsWith("ir", "nosotros");
    }

    @Test
    void conllUWithoutAColumnNamedIsAskedForOne() {
        assertThatThrownBy(() -> load(CONLL_U, ""))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("told the column of the tags, as this is CoNLL-U: 4 is its part of speech")
                .hasMessageContaining("--tags-column 4");
    }

    @Test
    void anyColumnMayHoldTheTags() throws IOException {
        String chunks = "He PRP B-NP O\nsaw VBD B-VP O\nNew NNP B-NP B-LOC\nYork NNP I-NP I-LOC\n";

        assertThat(load(chunks, "").corpus().labels()).containsExactly("O", "LOC");
        assertThat(load(chunks, ",tags=3").corpus().dev().tags()).containsExactly("B-NP", "B-VP", "B-NP", "I-NP");
        assertThat(load(chunks, ",tags=2").corpus().labels()).containsExactly("NNP", "PRP", "VBD");
        assertThat(load(chunks, ",word=2,tags=4").corpus().train().words()).containsExactly("PRP", "VBD", "NNP", "NNP");
        assertThat(ContentHash.of(load(chunks, ",tags=2").corpus()))
                .isNotEqualTo(ContentHash.of(load(chunks, ",tags=3").corpus()));
    }

    @Test
    void aSpanOfOneTokenIsNoLabelOfAToken() throws IOException {
        String spans = ContentHash.of(load("a B-X\nb B-Y\n", "").corpus());

        assertThat(ContentHash.of(load("a X\nb Y\n", "").corpus())).isNotEqualTo(spans);
    }

    @Test
    void commentsAreNoTokensButAWordThatIsAHashIsOne() throws IOException {
        Corpus corpus = load("# newdoc id = x\n# text = a # b\na O\n# B-X\nb O\n\n# c d e f\n#x I-X\n", ",scheme=IOB1")
                .corpus();

        assertThat(corpus.train().words()).containsExactly("a", "#", "b", "#x");
        assertThat(corpus.train().sentenceStarts()).containsExactly(0, 3);
        assertThat(load("# global.columns = ID FORM\n1\tA\tB-X\t-\n2\tb\tI-X\t-\n", ",tags=3")
                        .corpus()
                        .train()
                        .words())
                .containsExactly("A", "b");
    }

    @Test
    void inATaskOfTokensAnOIsNoLabelToBeFound() throws IOException {
        Corpus corpus = load("a X\nb O\nc Y\n", "").corpus();

        assertThat(corpus.labels()).containsExactly("O", "X", "Y");
        assertThat(corpus.dev().tags()).containsExactly("B-X", "O", "B-Y");
    }

    @Test
    void otherColumnsAndTextsAreLabelsOfTasksBesideTheRealOne() throws IOException {
        Path file = write("train.txt", "a N B-X\nb V O\n\nc N O\n");
        String source = "train=" + file + ",dev=" + file + ",test=" + file;

        LabelledText column = CorpusLoader.column(source, 2);
        LabelledText text = CorpusLoader.text("file=" + file + ",tags=3");

        assertThat(column.labels()).containsExactly("N", "V");
        assertThat(column.text().tags()).containsExactly("I-N", "I-V", "I-N");
        assertThat(text.labels()).containsExactly("O", "X");
        assertThat(text.text().sentenceStarts()).containsExactly(0, 2);
        assertThatThrownBy(() -> CorpusLoader.column(source, 4))
                .hasMessageContaining("a tag in column 4, found 3 columns");
        assertThatThrownBy(() -> CorpusLoader.column(source, 1)).hasMessageContaining("a tag in column 1");
        assertThatThrownBy(() -> CorpusLoader.text("file=" + file + ",folder=x"))
                .hasMessageContaining("expected a text as");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a N B-X | ,tags=7        | expected a word in column 1 and a tag in column 7, found 3 columns",
                "a N B-X | ,word=2,tags=2 | expected a word in column 2 and a tag in column 2",
                "a N B-X | ,tags=x        | expected the number of a column, from 1, for tags=, found x",
                "a N B-X | ,tags=0        | expected the number of a column",
                "a N N   | ''             | expected tags of at least two kinds to learn, found only N",
            })
    void columnsThatAreNotThereAreRefused(String text, String settings, String message) {
        assertThatThrownBy(() -> load(text, settings))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(message);
    }

    private LoadedCorpus load(String text, String settings) throws IOException {
        Path file = write("part.txt", text);
        return CorpusLoader.load("train=" + file + ",dev=" + file + ",test=" + file + settings);
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
