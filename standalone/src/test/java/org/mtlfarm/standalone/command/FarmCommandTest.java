package org.mtlfarm.standalone.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class FarmCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    private int farm(String... arguments) {
        return farm(Map.of(), arguments);
    }

    private int farm(Map<String, String> environment, String... arguments) {
        CommandLine line = FarmCommand.commandLine(environment);
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }

    private JsonNode json() throws IOException {
        return new ObjectMapper().readTree(out.toString());
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    @Test
    void everyCommandTellsItsOptions() {
        for (String command : FarmCommand.commandLine(Map.of()).getSubcommands().keySet()) {
            assertThat(farm(command, "--help")).as(command).isZero();
        }
        assertThat(out.toString()).contains("--bootstrap-servers", "--max-complexity", "--shared-layers");
    }

    @Test
    void allSettingsAreListedWithTheirVariable() {
        assertThat(farm("help", "settings")).isZero();
        assertThat(out.toString()).contains("--bootstrap-servers HOST:PORT    FARM_BOOTSTRAP_SERVERS");
    }

    @Test
    void aWrongOptionIsUsageExit2() {
        assertThat(farm("train", "--frobnicate")).isEqualTo(2);
        assertThat(err.toString()).contains("farm: Unknown option: '--frobnicate'");
    }

    @Test
    void allMistakesOfTheOptionsAreToldAtOnce() {
        assertThat(farm("train", "--alpha", "1.2", "--tasks", "0", "--shared-layers", "4"))
                .isEqualTo(2);
        assertThat(err.toString().lines())
                .containsExactly(
                        "farm: --tasks: expected at least 1, found 0",
                        "farm: --alpha: expected a number in [0, 1], found 1.2",
                        "farm: --shared-layers: expected 0 to 3, found 4");
    }

    @Test
    void moreTokensThanTheCorpusHasAreRefusedWithTheArithmetic() {
        assertThat(farm("train", "--tasks", "7", "--tokens", "9000")).isEqualTo(2);
        assertThat(err.toString()).contains("7 x 9000 = 63000 > 60");
    }

    @Test
    void aBrokerThatIsNotThereIsOneLineExit1() {
        assertThat(farm("status", "--bootstrap-servers", "localhost:1")).isEqualTo(1);
        assertThat(err.toString().lines()).containsExactly("farm: no Kafka broker answers at localhost:1 within 10 s");
    }

    @Test
    void aSettingComesFromTheEnvironmentUnlessAFlagGivesIt() {
        Map<String, String> environment = Map.of("FARM_BOOTSTRAP_SERVERS", "nonsense");
        assertThat(farm(environment, "status")).isEqualTo(2);
        assertThat(err.toString()).contains("\"nonsense\"");

        assertThat(farm(environment, "status", "--bootstrap-servers", "other")).isEqualTo(2);
        assertThat(err.toString()).contains("\"other\"");
    }

    @Test
    void amiIsToldUnderAllNormalisations() throws IOException {
        Path labels = file("labels", "a x\na x\nb y\nb y\na x\nb x\n");
        assertThat(farm("ami", labels.toString(), "--json")).isZero();
        assertThat(json().get("n").asLong()).isEqualTo(6);
        // scikit-learn 1.2.1: adjusted_mutual_info_score([0,0,1,1,0,1], [0,0,1,1,0,0])
        assertThat(json().get("ami").get("arithmetic").asDouble()).isEqualTo(0.3552453212757641, within(1e-9));
        assertThat(json().get("ami").fieldNames())
                .toIterable()
                .containsExactly("arithmetic", "max", "geometric", "min");
    }

    @Test
    void spanScoresAreRatios() throws IOException {
        Path tags = file("tags", "Ann B-PER B-PER\nin O O\nRome B-LOC O\n");
        assertThat(farm("conlleval", tags.toString(), "--json")).isZero();
        assertThat(json().get("precision").asDouble()).isEqualTo(1);
        assertThat(json().get("recall").asDouble()).isEqualTo(0.5);
        assertThat(json().get("types").get("LOC").get("found").asInt()).isZero();
    }

    @Test
    void simulatedLabelsAreWrittenAsColumnsWithTheAmiOfEachTask() throws IOException {
        Path columns = folder.resolve("simulated.tsv");
        assertThat(farm(
                        "simulate",
                        "--tasks",
                        "3",
                        "--tokens",
                        "2000",
                        "--alpha",
                        "0.9,1",
                        "--out",
                        columns.toString(),
                        "--json"))
                .isZero();
        JsonNode tasks = json().get("tasks");
        assertThat(tasks.size()).isEqualTo(3);
        assertThat(tasks.get(0).get("ami").asDouble()).isEqualTo(1);
        assertThat(tasks.get(1).get("ami").asDouble()).isBetween(0.4, 0.7);
        assertThat(tasks.get(2).get("ami").asDouble()).isEqualTo(1);
        assertThat(Files.readAllLines(columns).stream().filter(line -> !line.isEmpty()))
                .hasSize(2000)
                .allMatch(line -> line.split("\t").length == 4);
    }

    @Test
    void aDryRunCountsTheQuickStudyAndSendsNothing() throws IOException {
        Path study = Path.of("..", "studies", "quick.yaml");
        assertThat(farm("submit", study.toString(), "--dry-run", "--json")).isZero();
        assertThat(json().get("experiments").asInt()).isEqualTo(21);
        assertThat(json().get("runs").asInt()).isEqualTo(105);
        assertThat(json().get("steps").asLong()).isEqualTo(99_750);
    }

    @Test
    void aRunTrainedTwiceIsTheSameToTheLastBit() throws IOException {
        String[] command = {
            "train", "--tokens", "400", "--epochs", "3", "--hidden", "16", "--batch", "50", "--seed", "7", "--json"
        };
        assertThat(farm(command)).isZero();
        double loss = json().get("finalLoss").asDouble();
        out.getBuffer().setLength(0);
        assertThat(farm(command)).isZero();
        assertThat(json().get("finalLoss").asDouble()).isEqualTo(loss);
        assertThat(json().get("steps").asLong()).isEqualTo(24);
    }

    @Test
    void tasksOfARunMayDifferEachWithItsOwnRelatednessAndTokens() throws IOException {
        assertThat(farm(
                        "train",
                        "--tokens",
                        "300",
                        "--epochs",
                        "1",
                        "--hidden",
                        "8",
                        "--other",
                        "ami=0.6,tokens=500",
                        "--other",
                        "alpha=0.2,count=2",
                        "--json"))
                .isZero();
        assertThat(json().get("steps").asLong()).isEqualTo(3 + 5 + 2 * 3);
        assertThat(json().get("ami").get(1).asDouble()).isCloseTo(0.6, within(0.03));
        assertThat(json().get("ami").get(3).asDouble()).isCloseTo(0, within(0.01));
        assertThat(json().get("alpha").get(3).asDouble()).isEqualTo(0.2);
    }

    @Test
    void aWrongTaskIsToldInOneLine() {
        assertThat(farm("train", "--other", "alpha=0.9,token=5")).isEqualTo(2);
        assertThat(farm("train", "--other", "tokens=500")).isEqualTo(2);
        assertThat(farm("train", "--other", "alpha=2")).isEqualTo(2);
        assertThat(farm("train", "--tasks", "3", "--other", "alpha=0.9")).isEqualTo(2);
        assertThat(farm("train", "--other", "column=2")).isEqualTo(2);
        assertThat(err.toString().lines())
                .satisfiesExactly(
                        line -> assertThat(line).contains("--other alpha=0.9,token=5: expected", "found 'token=5'"),
                        line -> assertThat(line).contains("found none of alpha, ami, column and file"),
                        line -> assertThat(line).contains("found alpha=2"),
                        line -> assertThat(line).contains("--other: expected no --tasks and no --alpha beside it"),
                        line -> assertThat(line)
                                .contains("expected a corpus of files, whose column=2 holds other tags"));
    }

    @Test
    void partsOfSpeechAreTrainedOnBesideEntitiesAndScoredAsTokens() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 60; i++) {
            text.append("Anna NNP B-PER\nsees VBZ O\n").append(i).append(" CD O\nhouses NNS O\n\n");
        }
        Path part = file("part.txt", text.toString());
        String corpus = "train=" + part + ",dev=" + part + ",test=" + part;
        String[] small = {"--tokens", "100", "--batch", "20", "--epochs", "30", "--hidden", "8", "--json"};

        assertThat(farm(with(
                        small,
                        "train",
                        "--corpus",
                        corpus,
                        "--other",
                        "column=2",
                        "--other",
                        "file=" + part + ",tags=2,tokens=40")))
                .isZero();
        assertThat(json().get("ami").get(1).asDouble()).isBetween(0.3, 0.9);
        assertThat(json().get("ami").get(2).isNull()).isTrue();
        assertThat(json().get("alpha").get(1).isNull()).isTrue();
        assertThat(err.toString()).contains("words are known by their spelling alone");

        out.getBuffer().setLength(0);
        assertThat(farm(with(small, "train", "--corpus", corpus, "--tags-column", "2")))
                .isZero();
        assertThat(json().get("f1Test").asDouble()).isGreaterThan(0.9);
        assertThat(err.toString()).contains("what is called F1 is the share of tokens");
    }

    @Test
    void aPublishedRowIsTrainedAndPutBesideItsScore() throws IOException {
        Path table = file("published.csv", """
                n_tasks,n_tokens_per_task,n_tokens_total,mutual_info,alpha,fscore
                1,1000,1000,1,1,0.3
                2,200,400,0.5,0.9,0.0884
                2,200,400,0.5,0.9,0.0804
                """);
        String[] small = {"--runs", "2", "--epochs", "2", "--hidden", "8", "--json"};

        assertThat(farm(with(small, "retrain", "--published", table.toString(), "--row", "2")))
                .isZero();
        assertThat(json().get("tasks").asInt()).isEqualTo(2);
        assertThat(json().get("f1Published").asDouble()).isEqualTo(0.0884);
        assertThat(json().get("f1PublishedOfSetting").size()).isEqualTo(2);
        assertThat(json().get("f1").size()).isEqualTo(2);
        assertThat(json().get("steps").asLong()).isEqualTo(2 * 2 * 4);
        assertThat(json().get("alpha").asDouble()).isEqualTo(0.9);
        String experiment = json().get("experiment").asText();
        double first = json().get("f1Mean").asDouble();

        out.getBuffer().setLength(0);
        assertThat(farm(with(small, "retrain", "--published", table.toString(), "--row", "3")))
                .isZero();
        assertThat(json().get("experiment").asText()).isEqualTo(experiment);
        assertThat(json().get("f1Mean").asDouble()).isEqualTo(first);

        out.getBuffer().setLength(0);
        assertThat(farm(with(small, "retrain", "--published", table.toString(), "--row", "2", "--match", "AMI")))
                .isZero();
        assertThat(json().get("ami").asDouble()).isCloseTo(0.5, within(0.02));
    }

    @Test
    void aStudyOfACorpusInAnotherLanguageNeedsNothingButTheCorpus() throws IOException {
        String text = "Zoë PROPN B-PER\nziet VERB O\nGent PROPN B-LOC\n. PUNCT O\n\n".repeat(100);
        for (String part : List.of("train", "dev", "test")) {
            file("nl." + part + ".conll", text);
        }
        Path study = file("own.yaml", """
                study: own
                corpus: {folder: ., tags: 3}
                runs: 1
                experiments:
                  - {tokens: 100, others: [{column: 2}, {ami: 0.5, tokens: 200}, {file: {path: nl.dev.conll, tags: 2}}]}
                """);
        assertThat(farm("submit", study.toString(), "--dry-run", "--json")).isZero();
        assertThat(json().get("steps").asLong()).isEqualTo(100 * (1 + 1 + 2 + 1));
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .contains("known by their spelling alone (--vectors spelling)");

        err.getBuffer().setLength(0);
        assertThat(farm(
                        "submit",
                        study.toString(),
                        "--dry-run",
                        "--vectors",
                        "spelling",
                        "--corpus",
                        folder.toString()))
                .isZero();
        assertThat(err.toString()).isEmpty();
        Files.writeString(
                study, Files.readString(study).replace("column: 2", "column: 9").replace("nl.dev", "no.dev"));
        assertThat(farm("submit", study.toString(), "--dry-run", "--vectors", "spelling"))
                .isEqualTo(2);
        assertThat(err.toString().lines())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .contains("own.yaml:5: experiments[0].others[0]:", "column 9, found 3 columns"),
                        line -> assertThat(line).contains("own.yaml:5: experiments[0].others[2]:", "no.dev.conll"));
    }

    @Test
    void aRowThatIsNotThereIsToldInOneLine() throws IOException {
        Path table = file("published.csv", "n_tasks,n_tokens_per_task,alpha,fscore\n2,200,0.9,0.1\n");
        assertThat(farm("retrain", "--published", table.toString(), "--row", "2"))
                .isEqualTo(2);
        assertThat(farm(
                        "retrain",
                        "--published",
                        file("other.csv", "a,b\n1,2\n").toString(),
                        "--row",
                        "1"))
                .isEqualTo(2);
        assertThat(farm("retrain", "--published", table.toString(), "--row", "1", "--match", "AMI"))
                .isEqualTo(2);
        assertThat(farm("retrain")).isEqualTo(2);
        assertThat(err.toString().lines())
                .satisfiesExactly(
                        line -> assertThat(line).contains("--row: expected 1 to 1"),
                        line -> assertThat(line).contains("expected a column called n_tasks or tasks, found a, b"),
                        line -> assertThat(line).contains("--match AMI: expected a table with AMIs"),
                        line -> assertThat(line)
                                .contains("expected a RESULT, or --published FILE and --row N, found neither"));
    }

    private static String[] with(String[] last, String... first) {
        return Stream.concat(Arrays.stream(first), Arrays.stream(last)).toArray(String[]::new);
    }

    @Test
    void aLawIsFoundInATableAndJudgedOnTheSameSplit() throws IOException {
        StringBuilder rows = new StringBuilder("n,y\n");
        for (int n = 1; n <= 40; n++) {
            rows.append(n * 100).append(',').append(0.69 * Math.sqrt(n * 100)).append('\n');
        }
        Path table = file("law.csv", rows.toString());
        assertThat(farm(
                        "fit",
                        table.toString(),
                        "--target",
                        "y",
                        "--features",
                        "n",
                        "--time-limit",
                        "5s",
                        "--threads",
                        "1",
                        "--json"))
                .isZero();
        JsonNode best = json().get("best");
        assertThat(best.get("testR2").asDouble()).isGreaterThan(0.999999);
        assertThat(best.get("complexity").asInt()).isLessThanOrEqualTo(6);
        double testMse = best.get("testMse").asDouble();
        String expression = best.get("expression").asText();

        out.getBuffer().setLength(0);
        assertThat(farm("evaluate", expression, table.toString(), "--target", "y", "--json"))
                .isZero();
        assertThat(json().get("mse").asDouble()).isEqualTo(testMse);
    }
}
