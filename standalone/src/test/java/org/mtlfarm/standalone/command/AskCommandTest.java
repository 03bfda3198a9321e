package org.mtlfarm.standalone.command;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import org.mtlfarm.schemas.Candidate;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.standalone.report.KnownStudy;
import org.mtlfarm.standalone.report.ReportFiles;
import org.mtlfarm.standalone.report.StudyFindings;
import org.mtlfarm.standalone.report.StudyReport;
import org.mtlfarm.standalone.report.WholeReport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Questions to a study that follows its formula but for noise: F1 = 0.005 sqrt(n) (1 + 0.1 AMI (T - 1)). */
class AskCommandTest {
    private static final String LAW = "0.005*sqrt(tokens)*(1+0.1*ami*(tasks-1))";

    @TempDir
    private static Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void study() {
        StudyReport measured = KnownStudy.report(
                experiment -> 0.005
                        * Math.sqrt(experiment.getTokensReal())
                        * (1 + 0.1 * KnownStudy.ami(experiment) * (experiment.getTasks() - 1)),
                0.01,
                5);
        Candidate candidate = new Candidate(LAW, "", 12, 1e-4, 1e-4, 0.99);
        Formula formula = Formula.newBuilder()
                .setStudy("known")
                .setSpecification("f1 ~ tokens, ami, tasks")
                .setTarget("f1")
                .setFeatures(List.of("tokens", "ami", "tasks"))
                .setRows(measured.averages().size())
                .setExperiments(measured.averages().stream()
                        .map(average -> average.getExperiment().getExperimentId())
                        .sorted()
                        .toList())
                .setBest(candidate)
                .setFront(List.of(candidate))
                .setSeed(1)
                .setSeconds(1)
                .setFittedAt(Instant.EPOCH)
                .build();
        StudyReport report = new StudyReport(
                measured.study(),
                measured.sources(),
                measured.averages(),
                measured.controls(),
                List.of(formula),
                measured.results(),
                List.of("f1 ~ tokens, ami, tasks"),
                Instant.EPOCH);
        ReportFiles.write(
                folder,
                report,
                StudyFindings.of(
                        report,
                        () -> {
                            throw new InvalidInputException("no corpus here");
                        },
                        Optional.empty()));
    }

    private int ask(String... factors) {
        CommandLine line = FarmCommand.commandLine(Map.of());
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        String[] arguments = new String[factors.length + 2];
        arguments[0] = "ask";
        arguments[1] = folder.toString();
        System.arraycopy(factors, 0, arguments, 2, factors.length);
        return line.execute(arguments);
    }

    private JsonNode json() throws Exception {
        return new ObjectMapper().readTree(out.toString());
    }

    @Test
    void theAnswerIsTheLawsWithAnIntervalAndWhatMoreTakes() throws Exception {
        assertThat(ask("--tokens", "1600", "--tasks", "4", "--ami", "0.5", "--more", "0.05", "--json"))
                .isZero();
        JsonNode answer = json();
        double truth = 0.005 * 40 * 1.15;
        assertThat(answer.get("f1").doubleValue()).isCloseTo(truth, within(1e-12));
        assertThat(answer.get("lower").doubleValue()).isBetween(truth - 0.02, truth - 0.005);
        assertThat(answer.get("upper").doubleValue()).isBetween(truth + 0.005, truth + 0.02);
        assertThat(answer.get("lawUpper").doubleValue() - answer.get("lawLower").doubleValue())
                .isLessThan(0.01);
        // 0.28 = 0.005 sqrt(n) 1.15: n = 2371.1; 0.28 = 0.2 (1 + 0.05 (T - 1)): T = 9, beyond the 8 that there are.
        assertThat(answer.at("/more/tokens/needed").intValue()).isEqualTo(2372);
        assertThat(answer.at("/more/tokens/lower").intValue()).isBetween(2300, 2372);
        assertThat(answer.at("/more/tasks/needed").isNull()).isTrue();
        assertThat(answer.at("/more/tasks/within").booleanValue()).isFalse();
        // And the same by AMI: 1.33.
        assertThat(answer.at("/more/ami/needed").isNull()).isTrue();
        assertThat(answer.at("/factors/tokens/greatest").doubleValue()).isEqualTo(3000);
        assertThat(answer.get("extrapolated").booleanValue()).isFalse();
    }

    @Test
    void whereThereAreNoDataThereIsNoAnswerUnlessOneInsists() throws Exception {
        assertThat(ask("--tokens", "9000", "--tasks", "4", "--ami", "0.5")).isEqualTo(2);
        assertThat(err.toString().lines()).hasSize(1);
        assertThat(err.toString()).contains("tokens 9000 is not within 500 to 3000", "--extrapolate");
        assertThat(ask("--tokens", "9000", "--tasks", "4", "--ami", "0.5", "--extrapolate"))
                .isZero();
        assertThat(out.toString()).startsWith("EXTRAPOLATED: tokens 9000 is not within 500 to 3000.");
    }

    @Test
    void aSingleTaskHasNoRelatednessUntilItGetsOthers() throws Exception {
        assertThat(ask("--tokens", "1600", "--tasks", "1", "--more", "0.05")).isZero();
        assertThat(out.toString())
                .contains("F1 0.200")
                .contains("by tasks alone: say how related they are, with --ami")
                .doesNotContain("by ami alone");
        assertThat(ask("--tokens", "1600", "--tasks", "1", "--ami", "0.5", "--more", "0.05"))
                .isZero();
        assertThat(out.toString()).contains("+0.050 by tasks alone: 6, that is 5 more");
    }

    @Test
    void aFactorThatIsMissingIsToldInALine() {
        assertThat(ask("--tokens", "1600")).isEqualTo(2);
        assertThat(err.toString())
                .isEqualTo(
                        "farm: expected the factors of one of the study's formulas (f1 ~ tokens, ami, tasks), found tokens, tokens_synthetic\n");
    }

    @Test
    void theReportOfAFolderIsWrittenElsewhereWithItsSentences(@TempDir Path elsewhere) throws Exception {
        CommandLine line = FarmCommand.commandLine(Map.of());
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        assertThat(line.execute("report", folder.toString(), "--out", elsewhere.toString(), "--json"))
                .isZero();
        WholeReport.check(elsewhere);
        assertThat(json().at("/trends/0/sign").textValue()).isEqualTo("RISES");
        assertThat(json().at("/formulas/0/entries/0/expression").textValue()).isNotBlank();
        assertThat(line.execute("report", elsewhere.resolve("plots").toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains("expected a folder that farm run or farm report has written");
    }
}
