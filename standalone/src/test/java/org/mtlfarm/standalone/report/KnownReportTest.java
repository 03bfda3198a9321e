package org.mtlfarm.standalone.report;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.mtlfarm.regressor.selection.Score;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.FormulaSpecification;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.standalone.findings.FormulaTable;
import org.mtlfarm.standalone.findings.PublishedAverages;
import org.mtlfarm.standalone.findings.PublishedFormula;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

/** The report of a study whose law one knows, and its way through the folder and back. */
class KnownReportTest {
    private static final Path PAPER = Path.of("../../shared/data/paper/balanced.csv");

    @TempDir
    private static Path folder;

    private static StudyReport report;
    private static StudyFindings findings;
    private static Document page;

    @BeforeAll
    static void write() throws Exception {
        report = KnownStudy.report(KnownStudy::helpful, 0.02, 1, "f1 ~ tokens", "f1 ~ tokens, ami, tasks");
        findings = StudyFindings.of(
                report,
                () -> {
                    throw new InvalidInputException("no corpus here");
                },
                Optional.empty());
        ReportFiles.write(folder, report, findings);
        page = WholeReport.check(folder);
    }

    @Test
    void itSaysInWordsWhatTheLawIsLike() {
        assertThat(page.select(".says").text())
                .contains(
                        "F1 rises with the tokens a task",
                        "F1 rises with relatedness",
                        "F1 rises with the number of tasks T where they are closely related",
                        "F1 falls with the number of tasks T where they are unrelated",
                        "Closely related tasks gain on T = 1 with as many Adam steps",
                        "Closely related tasks stay behind T = 1 with as many tokens");
        assertThat(page.select("#labels").parents().first().text()).contains("no corpus here", "--corpus");
    }

    @Test
    void everyExperimentLeadsToItsRunsAndEachRunToItsRetraining() {
        assertThat(page.select("tbody[id^=x-]"))
                .hasSize(report.averages().size() + report.controls().size());
        for (Average average : report.averages()) {
            String id = average.getExperiment().getExperimentId();
            assertThat(page.select("tbody[id=x-" + id + "] code").eachText())
                    .contains("farm retrain " + id + "/4 --results results.jsonl");
        }
        assertThat(page.select("#runs").parents().first().text()).contains("worker <1>");
    }

    @Test
    void formulasStandBesideTheOthersOnTheSameRows() {
        FormulaTable all = findings.formulas().get(1);
        assertThat(all.entries()).extracting(FormulaTable.Entry::origin).containsExactly(FormulaTable.Origin.values());
        assertThat(all.entries())
                .allSatisfy(entry -> assertThat(entry.heldOut().rows()).isEqualTo(6));
        double own = all.own().heldOut().mse();
        assertThat(own).isCloseTo(report.formulas().get(1).getBest().getTestMse(), within(1e-12));
        assertThat(all.of(FormulaTable.Origin.REFITTED).orElseThrow().training().mse())
                .isLessThan(all.of(FormulaTable.Origin.PUBLISHED)
                        .orElseThrow()
                        .training()
                        .mse());
        assertThat(all.of(FormulaTable.Origin.PUBLISHED)
                        .orElseThrow()
                        .rate("tokens")
                        .order())
                .isEqualTo("O(sqrt(tokens))");
    }

    @Test
    void aFolderReadAgainIsTheSameReport() {
        StudyReport read = ReportFolder.read(folder, report.writtenAt());
        assertThat(read.averages()).isEqualTo(report.averages());
        assertThat(read.controls()).isEqualTo(report.controls());
        assertThat(read.results()).isEqualTo(report.results());
        assertThat(read.sources()).isEqualTo(report.sources());
        assertThat(read.formulas().get(1).getFront())
                .isEqualTo(report.formulas().get(1).getFront());
        assertThat(read.formulas().get(1).getExperiments())
                .isEqualTo(report.formulas().get(1).getExperiments());
    }

    @Test
    void numbersThatTheirRunsDoNotGiveAreRefused(@TempDir Path other) throws Exception {
        ReportFiles.write(other, report, findings);
        Path averages = other.resolve("averages.csv");
        List<String> lines = Files.readAllLines(averages);
        String[] cells = lines.get(1).split(",");
        cells[10] = "0.987";
        lines.set(1, String.join(",", cells));
        Files.write(averages, lines);
        assertThatThrownBy(() -> ReportFolder.read(other, report.writtenAt()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("expected the mean F1 of its runs")
                .hasMessageContaining("0.987");
        Files.delete(other.resolve("results.jsonl"));
        assertThatThrownBy(() -> ReportFolder.read(other, report.writtenAt()))
                .hasMessageContaining("found no results.jsonl");
    }

    @Test
    void whatIsMissingIsToldWithTheLineThatAddsIt() {
        StudyReport bare = KnownStudy.report(KnownStudy::helpful, 0.02, 1);
        bare = new StudyReport(
                bare.study(),
                bare.sources(),
                bare.averages(),
                List.of(),
                List.of(),
                bare.results(),
                List.of(),
                bare.writtenAt());
        StudyFindings of = StudyFindings.of(
                bare,
                () -> {
                    throw new InvalidInputException("no corpus here");
                },
                Optional.empty());
        String text =
                Jsoup.parse(ReportPage.of(bare, of, ReportFigures.of(bare, of))).text();
        assertThat(text).contains("controls: [STEPS]", "controls: [TOKENS]").doesNotContain("controls: [CHANCE]");
    }

    /** FACTS: on all 1,002 rows the published formulas' MSEs are 0.0243, 0.0391, 0.0720 and 0.0148. */
    @Test
    void theAuthorsTableGivesThePublishedFormulasTheErrorsThatAreKnown() {
        assumeThat(PAPER).exists();
        PublishedAverages published = PublishedAverages.read(PAPER);
        assertThat(published.rows()).hasSize(1002);
        assertThat(published.settings()).hasSize(429);
        for (PublishedFormula formula : PublishedFormula.ALL.subList(0, 4)) {
            FormulaSpecification specification =
                    FormulaSpecification.parse("f1 ~ " + String.join(", ", formula.features()));
            Score score = Score.of(
                    formula.over(specification.featureNames()),
                    published.table(specification).orElseThrow());
            assertThat(score.mse()).isCloseTo(formula.onAllRows(), within(5e-5));
        }
    }

    @Test
    void textOfPeopleIsNoCommandToLatex() {
        assertThat(LatexTables.escape("50% of a_b & {c} \\input #1 $x$ ~^<"))
                .isEqualTo(
                        "50\\% of a\\_b \\& \\{c\\} \\textbackslash{}input \\#1 \\$x\\$ \\textasciitilde{}\\textasciicircum{}\\textless{}");
    }
}
