package org.mtlfarm.worker.scoring;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.worker.SharedData;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class ConllEvalTest {
    private static final double ROUNDING = 1e-9;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"mixed", "untyped", "halves"})
    void itPrintsWhatTheOriginalScriptPrints(String name) throws IOException {
        assertThat(ConllEval.ofFile(resource(name + ".txt")).text())
                .isEqualTo(Files.readString(resource(name + ".out")));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        // gold, predicted, spans in gold, found, correct
        "B-PER I-PER O,        B-PER I-PER O,        1, 1, 1",
        "B-PER I-PER B-PER O,  I-PER I-PER I-PER O,  2, 1, 0",
        "B-LOC I-PER,          B-LOC B-PER,          2, 2, 2",
        "B-PER E-PER S-PER,    B-PER I-PER B-PER,    2, 2, 2",
        "B-PER E-PER B-PER,    B-PER I-PER B-PER,    2, 2, 2",
        "S-PER I-PER E-PER,    B-PER B-PER I-PER,    2, 2, 2",
        "U-PER B-PER L-PER,    S-PER B-PER E-PER,    2, 2, 2",
        "B-PER | I-PER,        B-PER | B-PER,        2, 2, 2",
        "B-PER I-PER I-PER,    B-PER I-PER O,        1, 1, 0",
        "O I-PER,              B-PER I-PER,          1, 1, 0"
    })
    void spansAreCountedByTheirTypeAndBothTheirEnds(
            String gold, String predicted, long inGold, long found, long correct) {
        assertThat(eval(gold, predicted).overall()).isEqualTo(new SpanCounts(inGold, found, correct));
    }

    @Test
    void typesAreCountedApartAndSorted() {
        ConllScores scores = eval("B-PER O B-LOC O", "B-LOC O B-LOC B-MISC");

        assertThat(scores.types())
                .containsExactlyEntriesOf(new TreeMap<>(Map.of(
                        "LOC",
                        new SpanCounts(1, 2, 1),
                        "MISC",
                        new SpanCounts(0, 1, 0),
                        "PER",
                        new SpanCounts(1, 0, 0))));
        assertThat(scores.accuracy()).isEqualTo(0.5);
        assertThat(scores.overall().precision()).isCloseTo(1.0 / 3, within(ROUNDING));
        assertThat(scores.overall().recall()).isEqualTo(0.5);
        assertThat(scores.toSpanScores().getF1()).isCloseTo(0.4, within(ROUNDING));
    }

    @Test
    void aTextWithoutSpansHasScoresOfZero() {
        SpanCounts counts = eval("O O", "O O").overall();

        assertThat(counts).isEqualTo(SpanCounts.NONE);
        assertThat(counts.f1() + counts.precision() + counts.recall()).isZero();
    }

    @Test
    void aFileThatIsNoColumnsOfTagsIsRefusedWithItsLine() throws IOException {
        assertRefused("a B-X B-X\nb O\n", "scores.txt:2: expected 3 columns, as in line 1, found 2");
        assertRefused("a B-X B-X\n\nb O X-PER\n", "scores.txt:3: expected a tag", "found X-PER");
        assertRefused("a PER O\n", "scores.txt:1: expected a tag", "found PER");
        assertRefused("", "found an empty file");
    }

    @Test
    void everyReferenceCaseBesideTheRepositoryAgrees() throws IOException {
        int cases = 0;
        for (JsonNode reference :
                SharedData.json("reference/conlleval_cases.json").get("cases")) {
            if (reference.path("implementation_defined").asBoolean()) {
                continue;
            }
            cases++;
            String name = reference.get("name").asText();
            ConllEval eval = new ConllEval();
            for (int sentence = 0; sentence < reference.get("gold").size(); sentence++) {
                eval.sentenceBreak();
                JsonNode gold = reference.get("gold").get(sentence);
                for (int i = 0; i < gold.size(); i++) {
                    eval.token(
                            gold.get(i).asText(),
                            reference.get("pred").get(sentence).get(i).asText());
                }
            }
            ConllScores scores = eval.scores();
            JsonNode expected = reference.get("expected");
            assertThat(scores.tokens())
                    .as(name)
                    .isEqualTo(reference.get("tokens").asLong());
            assertAgrees(name, scores.overall(), expected);
            assertThat(scores.types()).as(name).hasSameSizeAs(expected.get("types"));
            expected.get("types")
                    .properties()
                    .forEach(type -> assertAgrees(
                            name + " " + type.getKey(), scores.types().get(type.getKey()), type.getValue()));
        }
        assertThat(cases).isGreaterThan(20);
    }

    private static void assertAgrees(String name, SpanCounts counts, JsonNode expected) {
        assertThat(counts)
                .as(name)
                .isEqualTo(new SpanCounts(
                        expected.get("gold").asLong(),
                        expected.get("found").asLong(),
                        expected.get("correct").asLong()));
        assertThat(100 * counts.precision())
                .as(name)
                .isCloseTo(expected.get("precision").asDouble(), within(ROUNDING));
        assertThat(100 * counts.recall())
                .as(name)
                .isCloseTo(expected.get("recall").asDouble(), within(ROUNDING));
        assertThat(100 * counts.f1()).as(name).isCloseTo(expected.get("f1").asDouble(), within(ROUNDING));
    }

    private void assertRefused(String text, String... parts) throws IOException {
        Path file = Files.writeString(folder.resolve("scores.txt"), text, StandardCharsets.UTF_8);
        assertThatThrownBy(() -> ConllEval.ofFile(file))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll(parts);
    }

    private static ConllScores eval(String gold, String predicted) {
        ConllEval eval = new ConllEval();
        String[] goldTags = gold.split(" ");
        String[] predictedTags = predicted.split(" ");
        for (int i = 0; i < goldTags.length; i++) {
            if (goldTags[i].equals("|")) {
                eval.sentenceBreak();
            } else {
                eval.token(goldTags[i], predictedTags[i]);
            }
        }
        return eval.scores();
    }

    private static Path resource(String name) {
        try {
            return Path.of(ConllEvalTest.class.getResource(name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
