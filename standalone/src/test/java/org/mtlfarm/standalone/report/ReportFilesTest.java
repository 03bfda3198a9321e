package org.mtlfarm.standalone.report;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.Candidate;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.Sources;
import org.mtlfarm.schemas.TrainingSettings;

import static org.assertj.core.api.Assertions.assertThat;

class ReportFilesTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    @TempDir
    private Path folder;

    @BeforeAll
    static void trustMessages() {
        AvroCodec.trustMessages();
    }

    private static Average average(int tasks, int tokens, double ami, double f1) {
        return Average.newBuilder()
                .setExperiment(Experiment.newBuilder()
                        .setExperimentId("id-%d-%d-%s".formatted(tasks, tokens, ami))
                        .setCorpusHash("c")
                        .setVectorsHash("v")
                        .setTasks(tasks)
                        .setTokensReal(tokens)
                        .setTokensSynthetic(tokens)
                        .setAlpha(tasks == 1 ? 1 : 0.9)
                        .setSharedLayers(2)
                        .setTraining(TrainingSettings.newBuilder()
                                .setEpochs(30)
                                .setHidden(100)
                                .build())
                        .build())
                .setRunsDone(5)
                .setComplete(true)
                .setF1Mean(f1)
                .setF1Std(0.02)
                .setF1Min(f1 - 0.03)
                .setF1Max(f1 + 0.03)
                .setF1DevMean(f1)
                .setAmiMean(ami)
                .setUpdatedAt(NOW)
                .build();
    }

    private static StudyReport report(String study) {
        List<Average> averages = new ArrayList<>();
        for (int tasks : new int[] {1, 2, 4}) {
            for (int tokens : new int[] {500, 1000, 2000}) {
                averages.add(average(tasks, tokens, tasks == 1 ? 1 : 0.5, 0.01 * Math.sqrt(tokens)));
            }
        }
        Candidate law = new Candidate("0.01*sqrt(tokens)", "0.01 \\sqrt{n}", 4, 1e-5, 2e-5, Double.NaN);
        Formula formula = Formula.newBuilder()
                .setStudy(study)
                .setSpecification("f1 ~ tokens")
                .setTarget("f1")
                .setFeatures(List.of("tokens"))
                .setRows(9)
                .setBest(law)
                .setFront(List.of(law))
                .setSeed(1)
                .setSeconds(1)
                .setFittedAt(NOW)
                .build();
        return new StudyReport(
                study,
                new Sources("builtin", "builtin"),
                averages,
                List.of(),
                List.of(formula),
                List.of(),
                List.of("f1 ~ tokens", "f1 ~ ami where tasks > 1"),
                NOW);
    }

    private Path write(String study) {
        StudyReport report = report(study);
        return ReportFiles.write(
                folder,
                report,
                StudyFindings.of(
                        report,
                        () -> {
                            throw new InvalidInputException("no corpus here");
                        },
                        Optional.empty()));
    }

    @Test
    void everyPlotIsWellFormedAndCarriesItsPointsAndCurve() throws Exception {
        write("little");
        Document plot = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(folder.resolve("plots/f1-against-tokens.svg").toFile());
        assertThat(plot.getElementsByTagName("title").getLength()).isEqualTo(9);
        assertThat(plot.getElementsByTagName("svg").item(0).getTextContent()).contains("T = 4", "law of tokens alone");
        assertThat(folder.resolve("plots/f1-against-tasks.svg")).exists();
        // Every AMI of the artificial tasks is the same: there is nothing to draw against.
        assertThat(folder.resolve("plots/f1-against-ami.svg")).doesNotExist();
    }

    @Test
    void thePageNeedsNothingBesideIt() throws Exception {
        String page = Files.readString(write("little"));
        assertThat(page).doesNotContain("<link", "<script", "src=").doesNotContainPattern("url\\(");
        assertThat(page).contains("<msqrt>", "0.01*sqrt(tokens)", "9 of 9", "too few complete experiments");
    }

    @Test
    void whatAUserWroteIsTextAndNotMarkup() throws Exception {
        String page = Files.readString(write("<b>&\"x\""));
        assertThat(page).contains("&lt;b&gt;&amp;&quot;x&quot;").doesNotContain("<b>&");
    }

    @Test
    void formulasKeepEveryDigitAndSayNullWhereThereIsNoNumber() throws Exception {
        write("little");
        JsonNode formula = new ObjectMapper()
                .readTree(folder.resolve("formulas.json").toFile())
                .get(0);
        assertThat(formula.get("trainMse").asDouble()).isEqualTo(1e-5);
        assertThat(formula.get("testR2").isNull()).isTrue();
        assertThat(formula.get("front").get(0).get("expression").asText()).isEqualTo("0.01*sqrt(tokens)");
    }

    @Test
    void everyOperatorIsWellFormedMathMl() throws Exception {
        String text = "sqrt(a)+log(b)/exp(-a)-abs(b)^inv(a)*square(b)+sin(a)*cos(b)+tanh(a)-(a-b)+1.5e-7*a+pdiv(a,b)";
        String markup = MathMl.equation(
                "f1",
                org.mtlfarm.regressor.expression.ExpressionParser.parse(text, List.of("a", "b")),
                List.of("a", "b"));
        Document math = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(markup)));
        assertThat(math.getElementsByTagName("mfrac").getLength()).isGreaterThanOrEqualTo(2);
        assertThat(math.getDocumentElement().getTextContent()).contains("tanh", "1.5·10-7");
    }
}
