package org.mtlfarm.producer.study;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.LabelDraw;
import org.mtlfarm.schemas.Readout;
import org.mtlfarm.schemas.Scoring;
import org.mtlfarm.schemas.Strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class StudyReaderTest {
    private static final String WHOLE = """
            study: whole
            corpus: data/wiki
            vectors: /vectors/glove.txt.gz
            runs: 3
            maxAttempts: 2
            deadline: 90m
            grid:
              tasks: [1, 2]
              tokens: {real: [1000], synthetic: [2_000, 4000]}
              ami: [0.25, 5e-1]
              sharedLayers: [0, 3]
            experiments:
              - {tasks: 4, tokens: 500, alpha: 1}
            training:
              epochs: 7
              batch: 50
              learningRate: 0.01
              hidden: 20
              strategy: joint
              readout: Center
              labels: once
              scoring: released
              amiNormalisation: max
            formulas: [f1 ~ tokens, "f1Dev~ami where tasks>1"]
            """;

    @TempDir
    private Path folder;

    @Test
    void severalGridsAreReadInTurnAndMistakesNameTheirOwn() {
        Study study = StudyReader.parse("""
                study: sweeps
                grid:
                  - {tasks: 1, tokens: [500, 1000]}
                  - {tasks: [2, 3], tokens: 500, alpha: [0.7, 0.9], sharedLayers: [2, 1]}
                """, "x.yaml", Path.of("/studies"));
        assertThat(study.grids()).hasSize(2);
        assertThat(study.grids().get(1).tasks()).containsExactly(2, 3);
        assertThatThrownBy(() -> StudyReader.parse("""
                        study: sweeps
                        grid:
                          - {tasks: 1, tokens: 500}
                          - {tasks: 2, tokens: 500, alpha: 1.3}
                        """, "x.yaml", Path.of("/studies")))
                .hasMessageContaining("x.yaml:4: grid[1].alpha")
                .hasMessageContaining("found 1.3");
    }

    @Test
    void aStudyIsReadWhole() {
        Study study = StudyReader.parse(WHOLE, "x.yaml", Path.of("/studies"));

        assertThat(study.name()).isEqualTo("whole");
        assertThat(study.sources().getCorpus()).isEqualTo("/studies/data/wiki");
        assertThat(study.sources().getVectors()).isEqualTo("/vectors/glove.txt.gz");
        assertThat(study.runs()).isEqualTo(3);
        assertThat(study.maxAttempts()).isEqualTo(2);
        assertThat(study.deadline()).isEqualTo(Duration.ofMinutes(90));
        assertThat(study.grids())
                .containsExactly(
                        new Grid(
                                "grid",
                                List.of(1, 2),
                                new Tokens(List.of(1000), List.of(2000, 4000)),
                                new Relatedness(Relatedness.Measure.AMI, List.of(0.25, 0.5)),
                                List.of(0, 3)),
                        new Grid(
                                "experiments[0]",
                                List.of(4),
                                new Tokens(List.of(500), List.of()),
                                new Relatedness(Relatedness.Measure.ALPHA, List.of(1.0)),
                                List.of(2)));
        assertThat(study.training().getEpochs()).isEqualTo(7);
        assertThat(study.training().getBatch()).isEqualTo(50);
        assertThat(study.training().getLearningRate()).isEqualTo(0.01);
        assertThat(study.training().getHidden()).isEqualTo(20);
        assertThat(study.training().getStrategy()).isEqualTo(Strategy.JOINT);
        assertThat(study.training().getReadout()).isEqualTo(Readout.CENTER);
        assertThat(study.training().getLabels()).isEqualTo(LabelDraw.ONCE);
        assertThat(study.training().getScoring()).isEqualTo(Scoring.RELEASED);
        assertThat(study.formulaTexts()).containsExactly("f1 ~ tokens", "f1_dev ~ ami where tasks > 1");
    }

    @Test
    void whatAStudyDoesNotSayHasItsDefault() {
        Study study = StudyReader.parse("study: s\ngrid: {tasks: 2, tokens: 500, alpha: 0.9}", "x.yaml", folder);

        assertThat(study.sources().getCorpus()).isEqualTo("builtin");
        assertThat(study.sources().getVectors()).isEqualTo("builtin");
        assertThat(study.runs()).isEqualTo(5);
        assertThat(study.maxAttempts()).isEqualTo(3);
        assertThat(study.deadline()).isZero();
        assertThat(study.grids().get(0).sharedLayers()).containsExactly(2);
        assertThat(study.training().getEpochs()).isEqualTo(100);
        assertThat(study.training().getHidden()).isEqualTo(300);
        assertThat(study.training().getBatch()).isEqualTo(100);
        assertThat(study.training().getLearningRate()).isEqualTo(0.001);
        assertThat(study.formulas()).isEmpty();
    }

    @Test
    void anAdaptiveStudySaysWhatIsEnoughOrTakesTheUsual() {
        String text = "study: s\ngrid: {tasks: [1, 2], tokens: 500, alpha: 0.9}\nformulas: [f1 ~ tasks]\nsampling: ";
        assertThat(StudyReader.parse(text + "full", "x.yaml", Path.of("")).sampling())
                .isEmpty();
        assertThat(StudyReader.parse(text + "adaptive", "x.yaml", Path.of("")).sampling())
                .contains(new AdaptiveSampling(0.02, 0, 0));
        assertThat(StudyReader.parse(text + "{precision: 0.01, first: 20, batch: 3}", "x.yaml", Path.of(""))
                        .sampling())
                .contains(new AdaptiveSampling(0.01, 20, 3));
    }

    @Test
    void aCorpusInThreeFilesIsTakenFromTheStudysFolder() {
        Study study = StudyReader.parse(
                "study: s\ncorpus: {train: a.txt, dev: ../b.txt, test: /c.txt}\ngrid: {tasks: 1, tokens: 500}",
                "x.yaml",
                Path.of("/studies"));

        assertThat(study.corpus()).isEqualTo("train=/studies/a.txt,dev=/b.txt,test=/c.txt");
    }

    @Test
    void columnsAndSchemeOfACorpusGoWithIt() {
        Study study = StudyReader.parse(
                "study: s\ngrid: {tasks: 1, tokens: 500}\ncorpus: {folder: ud, word: 2, tags: 4, scheme: TOKENS}",
                "x.yaml",
                Path.of("/studies"));

        assertThat(study.sources().getCorpus()).isEqualTo("folder=/studies/ud,word=2,tags=4,scheme=TOKENS");
    }

    @Test
    void whatIsToBeGivenOnTheCommandLineIsAskedForThere() {
        Study study = StudyReader.parse(
                "study: s\ncorpus: given\nvectors: given\ngrid: {tasks: 1, tokens: 500}", "x.yaml", folder);

        assertThatThrownBy(study::sources).hasMessage("""
                x.yaml:2: corpus: expected --corpus on the command line, found none
                x.yaml:3: vectors: expected --vectors on the command line, found none""");
        assertThat(study.withSources("wiki", "glove").sources().getCorpus()).isEqualTo("wiki");
    }

    @Test
    void everyMistakeIsReportedAtOnceInTheOrderOfTheFile() {
        String text = """
                study: not a name
                runs: 0
                corpse: builtin
                grid:
                  tasks: []
                  tokens: [500, many, 1000, -1]
                  alpha: [0.6, 0.9, 1.3]
                  shared_layers: [2]
                runs: 5
                experiments:
                  - {tasks: 2, tokens: [1, 2], alpha: 0.5}
                  - 7
                training: {epochs: ten, strategy: ALTERNATIVE, hiden: 100}
                formulas:
                  - f1 ~ tokns
                """;

        InvalidInputException mistakes = mistakesOf(text);

        assertThat(mistakes.getMessage().lines())
                .containsExactly(
                        "x.yaml:1: study: expected a name of letters, digits, '.', '_' and '-' that begins with a letter or"
                                + " digit, found not a name",
                        "x.yaml:2: runs: expected a whole number from 1 to 1000, found 0",
                        "x.yaml:3: corpse: unknown key 'corpse'; did you mean 'corpus'?",
                        "x.yaml:5: grid.tasks: expected numbers of tasks, found an empty list",
                        "x.yaml:6: grid.tokens[1]: expected a whole number from 1 to 999999999, found many",
                        "x.yaml:6: grid.tokens[3]: expected a whole number from 1 to 999999999, found -1",
                        "x.yaml:7: grid.alpha[2]: expected a number in [0, 1], found 1.3",
                        "x.yaml:8: grid.shared_layers: unknown key 'shared_layers'; did you mean 'sharedLayers'?",
                        "x.yaml:9: runs: expected the key once, found it again (first on line 2)",
                        "x.yaml:11: experiments[0].tokens: expected one value (lists of values make a grid: put them under"
                                + " grid:), found a list",
                        "x.yaml:12: experiments[1]: expected keys with values (tasks, tokens, alpha, ami, others,"
                                + " sharedLayers), found 7",
                        "x.yaml:13: training.hiden: unknown key 'hiden'; did you mean 'hidden'?",
                        "x.yaml:13: training.epochs: expected a whole number from 1 to 100000, found ten",
                        "x.yaml:13: training.strategy: expected one of ALTERNATING, JOINT, found ALTERNATIVE (did you mean"
                                + " ALTERNATING?)",
                        "x.yaml:15: formulas[0]: expected a feature (tokens, tokens_synthetic, tasks, ami, alpha,"
                                + " shared_layers, ami_least, ami_most, tokens_total), found 'tokns' in 'f1 ~ tokns'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "runs: '5'                        | runs: expected a whole number from 1 to 1000, found the text '5'",
                "runs: 010                        | runs: expected a whole number from 1 to 1000, found 010",
                "runs: 1_0                        | runs: expected a whole number from 1 to 1000, found 1_0",
                "runs: 5.0                        | runs: expected a whole number from 1 to 1000, found 5.0",
                "runs: 99999999999999999999       | runs: expected a whole number from 1 to 1000, found 99999999999",
                "runs:                            | runs: expected a whole number from 1 to 1000, found nothing",
                "runs: {a: 1}                     | runs: expected a whole number from 1 to 1000, found keys with val",
                "maxAttempts: [1]                 | maxAttempts: expected a whole number from 1 to 100, found a list",
                "deadline: 90                     | deadline: expected a duration of at least a second, like 30s, 5m",
                "corpus:                          | corpus: expected 'builtin', a folder, {train: F, dev: F, test: F}",
                "corpus: {train: a, dev: b}       | corpus.test: expected a file, found no such key",
                "corpus: {train: a, dev: b, test: 'c,d'} | corpus.test: expected a file without ',' in its path",
                "corpus: {folder: a, test: b}     | corpus.test: expected folder:, or train:, dev: and test:, found both",
                "corpus: {folder: a, tags: x}     | corpus.tags: expected a whole number from 1 to 1000, found x",
                "vectors: [a]                     | vectors: expected 'builtin', 'spelling' or a file, found a",
                "training: 5                      | training: expected keys with values (epochs, batch, learningRate,",
                "training: {learningRate: 0}      | training.learningRate: expected a number in (0, 1], found 0",
                "training: {learningRate: .nan}   | training.learningRate: expected a number in (0, 1], found .nan",
                "training: {labels: [ONCE]}       | training.labels: expected one of EACH, ONCE, found a list",
                "experiments: []                  | experiments: expected experiments such as {tasks: 2",
                "experiments: [{tasks: 2}]        | experiments[0].tokens: expected numbers of training tokens a task",
                "formulas: []                     | formulas: expected formulas such as 'f1 ~ tokens', found an empty",
                "formulas: {a: b}                 | formulas: expected a formula such as 'f1 ~ tokens', found keys wit",
                "? [a, b]: c                      | ?: expected a key of plain text, found a list or keys as a key",
                "quxquux: 1                       | quxquux: unknown key 'quxquux'; known keys are study, corpus, vec",
                "<<: {runs: 5}                    | <<: unknown key '<<'",
            })
    void aWrongValueIsNamedWithWhatWasExpected(String line, String message) {
        String text = "study: s\ngrid: {tasks: 1, tokens: 500}\n" + line + "\n";

        assertThat(mistakesOf(text).getMessage().lines())
                .anySatisfy(mistake -> assertThat(mistake).startsWith("x.yaml:").contains(message));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "study: s                                            | x.yaml:1: grid: expected a grid: or experiments",
                "grid: {tasks: 1, tokens: 500}                       | x.yaml:1: study: expected the study's name",
                "{study: s, grid: {tasks: 2, tokens: 500}}           | x.yaml:1: grid: expected alpha: or ami: (more",
                "{study: s, grid: {tasks: 2, tokens: 1, alpha: 1, ami: 1}} | grid.ami: expected alpha: or ami:, found b",
                "{study: s, grid: {tokens: 5, alpha: 1}}             | grid.tasks: expected numbers of tasks, the real",
                "{study: s, grid: {tasks: 0, tokens: 5, alpha: 1}}   | grid.tasks: expected a whole number from 1 to",
                "{study: s, grid: {tasks: 1, tokens: {real: 5}}}     | grid.tokens.synthetic: expected training tokens",
                "{study: s, grid: {tasks: 1, tokens: 5, sharedLayers: 4}} | grid.sharedLayers: expected a whole number",
                "{study: s, grid: {tasks: 2, tokens: 5, alpha: -0.1}} | grid.alpha: expected a number in [0, 1], found",
                "{study: s, grid: {tasks: [[1]], tokens: 5, alpha: 1}} | grid.tasks[0]: expected a whole number from 1",
                "{study: s, grid: &g {tasks: *g, tokens: 5}}         | grid.tasks: expected a whole number from 1 to 1",
                "{study: s, grid: {tasks: 1, tokens: 5}, formulas: f1 ~ tokens, sampling: some} | sampling: expected 'full', 'adap",
                "{study: s, grid: {tasks: 1, tokens: 5}, formulas: f1 ~ tokens, sampling: {first: 2}} | sampling.first: expected",
                "{study: s, grid: {tasks: 1, tokens: 5}, sampling: adaptive} | formulas: expected a formula of f1 without a cond",
                "{study: s, grid: {tasks: 1, tokens: 5}, formulas: f1 ~ tokens, sampling: adaptive, controls: STEPS} | no controls",
                "{study: s, runs: 1, grid: {tasks: 1, tokens: 5}, formulas: f1 ~ tokens, sampling: adaptive} | runs: expected 2 or more",
                "- study                                             | expected keys with values (study, corpus,",
                "just words                                          | expected keys with values (study, corpus,",
            })
    void whatIsMissingOrContradictsItselfIsNamed(String text, String message) {
        assertThat(mistakesOf(text)).hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "study: a: b             | x.yaml:1: column 9: expected YAML, found a fault: mapping values are not al",
                "a: 1;grid: [1, 2;b: 3   | x.yaml:3: column 2: expected YAML, found a fault while parsing a flow seq",
                "study: 'open            | x.yaml:1: column 13: expected YAML, found a fault while scanning a quoted",
                "grid: *nowhere          | x.yaml:1: column 7: expected YAML, found a fault: found undefined alias now",
                "a: 1;---;b: 2           | expected YAML, found a fault expected a single document in the stream: but f",
            })
    void textThatIsNoYamlIsOneLineWithItsPlace(String text, String message) {
        assertThat(mistakesOf(text.replace(';', '\n')))
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  \n\n", "# only a comment\n", "---\n"})
    void anEmptyStudyIsSaidToBeEmpty(String text) {
        assertThatThrownBy(() -> StudyReader.parse(text, "x.yaml", folder))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("x.yaml:1: expected a study")
                .hasMessageNotContaining("\n");
    }

    @Test
    void aFileThatIsNoTextIsRefusedInOneLine() throws IOException {
        Path binary = Files.write(folder.resolve("binary.yaml"), new byte[] {'a', ':', ' ', 0, 1, 2});
        Path latin1 = Files.write(folder.resolve("latin1.yaml"), "study: \u00fc".getBytes(StandardCharsets.ISO_8859_1));
        Path huge = Files.write(folder.resolve("huge.yaml"), new byte[3_000_000]);

        assertThatThrownBy(() -> StudyReader.read(binary))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(binary + ": expected a study, YAML text in UTF-8, found binary data (byte 0 at offset 3)");
        assertThatThrownBy(() -> StudyReader.read(latin1))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(latin1 + ": expected a study, YAML text in UTF-8, found other bytes");
        assertThatThrownBy(() -> StudyReader.read(huge))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(huge + ": expected a study, YAML text in UTF-8, found more than 2,000,000 bytes");
        assertThatThrownBy(() -> StudyReader.read(folder))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(folder + ": expected a study, YAML text in UTF-8, found a folder");
        assertThatThrownBy(() -> StudyReader.read(folder.resolve("none.yaml")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(folder.resolve("none.yaml") + ": expected a study, YAML text in UTF-8, found no such file");
    }

    @Test
    void windowsLineEndsAndAByteOrderMarkDoNotMatter() throws IOException {
        Path file = Files.writeString(folder.resolve("windows.yaml"), "\uFEFF" + WHOLE.replace("\n", "\r\n"));

        assertThat(StudyReader.read(file).formulaTexts()).hasSize(2);
    }

    private InvalidInputException mistakesOf(String text) {
        InvalidInputException mistakes =
                catchThrowableOfType(InvalidInputException.class, () -> StudyReader.parse(text, "x.yaml", folder));
        assertThat(mistakes).as("a mistake in %s", text).isNotNull();
        return mistakes;
    }
}
