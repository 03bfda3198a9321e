package org.mtlfarm.standalone.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.mtlfarm.schemas.AvroJson;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.standalone.command.FarmCommand;
import org.mtlfarm.standalone.report.WholeReport;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code farm run} as its user starts it, in a process of its own, killed in the middle and started again. */
@Timeout(300)
class StudyRunTest {
    private static final String STUDY = """
            study: little
            runs: 2
            grid:
              tasks: [1, 2]
              tokens: [200, 400, 800]
              alpha: [0.6, 0.95]
            training: {epochs: 60, batch: 50, hidden: 32}
            formulas: [f1 ~ tokens, "f1 ~ ami where tasks > 1"]
            """;

    /** 3 experiments of one task and 6 of two, two runs each. */
    private static final int RUNS = 18;

    private static final Pattern SOME_DONE = Pattern.compile("\\] ([2-9]|1[0-7])/18 runs");

    @TempDir
    private Path folder;

    @Test
    void killedInTheMiddleItGoesOnWithoutRepeatingWhatIsFinished() throws Exception {
        Path study = Files.writeString(folder.resolve("little.yaml"), STUDY);
        Path out = folder.resolve("out");

        Process first = start(study, out, "first.log");
        awaitRunsDone(folder.resolve("first.log"), first);
        first.destroyForcibly();
        assertThat(first.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(out.resolve("report.html")).doesNotExist();

        Process second = start(study, out, "second.log");
        assertThat(second.waitFor(240, TimeUnit.SECONDS)).isTrue();
        String said = Files.readString(folder.resolve("second.log"));
        assertThat(second.exitValue()).as(said).isZero();
        assertThat(said).containsPattern("18 runs, \\d+ of them done before");

        List<RunResult> results = results(out);
        assertThat(results.stream().map(RunKey::of)).hasSize(RUNS).doesNotHaveDuplicates();
        // Two processes trained them: what the first had finished was not trained again.
        assertThat(results.stream().map(RunResult::getWorker).distinct()).hasSize(2);
        assertThat(Files.readAllLines(out.resolve("averages.csv"))).hasSize(1 + 9);
        assertThat(Files.readString(out.resolve("formulas.json"))).contains("\"f1 ~ tokens\"");
        Document page = WholeReport.check(out);
        assertThat(page.text()).contains("9 of 9", "f1 ~ ami where tasks");
        // The tables of labels are drawn again from the runs' seeds: the AMIs are the recorded ones, to the last bit.
        assertThat(page.select("#labels").parents().first().select("tbody tr").eachText())
                .hasSize(2)
                .allMatch(row -> row.endsWith("(equal)"));
    }

    @Test
    void runsThatFailAreToldAndTriedAgainOnlyWhenAsked() throws Exception {
        String text = """
                study: hasty
                runs: 2
                maxAttempts: 1
                deadline: 1s
                grid: {tasks: [1], tokens: [800], alpha: [1]}
                training: {epochs: 400, batch: 50, hidden: 32}
                """;
        Path study = Files.writeString(folder.resolve("hasty.yaml"), text);
        Path out = folder.resolve("out");

        Process hasty = start(study, out, "hasty.log");
        assertThat(hasty.waitFor(120, TimeUnit.SECONDS)).isTrue();
        String said = Files.readString(folder.resolve("hasty.log"));
        assertThat(hasty.exitValue()).as(said).isEqualTo(1);
        assertThat(said).contains("2 of 2 runs", "deadline", "--retry-failed");

        Files.writeString(study, text.replace("deadline: 1s\n", ""));
        Process notAsked = start(study, out, "not-asked.log");
        assertThat(notAsked.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(notAsked.exitValue()).isEqualTo(1);
        assertThat(Files.readString(folder.resolve("not-asked.log"))).contains("not tried again");

        Process asked = start(study, out, "asked.log", "--retry-failed");
        assertThat(asked.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(asked.exitValue())
                .as(Files.readString(folder.resolve("asked.log")))
                .isZero();
        assertThat(results(out).stream()
                        .filter(result -> result.getOutcome() == Outcome.TRAINED)
                        .map(RunKey::of))
                .hasSize(2)
                .doesNotHaveDuplicates();
    }

    @Test
    void anAdaptiveStudyRunsAPartOfItsGridAndTellsWhatItSparedAlsoWhenItIsStartedAgain() throws Exception {
        Path study = Files.writeString(folder.resolve("sparing.yaml"), """
                study: sparing
                runs: 2
                grid:
                  tasks: [1, 2, 3]
                  tokens: [100, 200, 400, 800]
                  alpha: [0.4, 0.7, 0.95]
                sampling: {precision: 0.3, first: 8, batch: 4}
                training: {epochs: 3, batch: 50, hidden: 8}
                formulas: ["f1 ~ tokens, tasks, ami"]
                """);
        Path out = folder.resolve("out");

        Process first = start(study, out, "first.log");
        assertThat(first.waitFor(240, TimeUnit.SECONDS)).isTrue();
        String said = Files.readString(folder.resolve("first.log"));
        assertThat(first.exitValue()).as(said).isZero();
        assertThat(said)
                .contains("at most 28 experiments, 56 runs")
                .containsPattern("\\d+ of 28 experiments were enough");

        List<String> sampling = Files.readAllLines(out.resolve("sampling.csv"));
        assertThat(sampling).hasSize(1 + 28);
        long asked = sampling.stream().filter(line -> line.contains(",asked,")).count();
        assertThat(asked).isBetween(12L, 24L);
        assertThat(sampling.stream().filter(line -> line.contains(",spared,"))).hasSize(28 - (int) asked);
        assertThat(results(out)).hasSize(2 * (int) asked);
        assertThat(Files.readAllLines(out.resolve("averages.csv"))).hasSize(1 + (int) asked);
        assertThat(Files.readString(out.resolve("formulas.json"))).contains("\"rows\" : " + asked);
        assertThat(WholeReport.check(out).text())
                .contains("The study has asked for " + asked + " of the 28 experiments of its grid");

        Process second = start(study, out, "second.log");
        assertThat(second.waitFor(240, TimeUnit.SECONDS)).isTrue();
        assertThat(second.exitValue())
                .as(Files.readString(folder.resolve("second.log")))
                .isZero();
        assertThat(Files.readAllLines(out.resolve("sampling.csv"))).isEqualTo(sampling);
        assertThat(results(out)).hasSize(2 * (int) asked);

        // The rest of the grid in the same folder, and an adaptive study that finds all of it done.
        String text = Files.readString(study);
        Path whole = Files.writeString(
                folder.resolve("whole.yaml"),
                text.replace("sparing", "whole").replaceFirst("sampling: .*", "sampling: full"));
        Path again = Files.writeString(folder.resolve("again.yaml"), text.replace("sparing", "again"));
        for (Path next : List.of(whole, again)) {
            Process process = start(next, out, "next.log");
            assertThat(process.waitFor(240, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue())
                    .as(Files.readString(folder.resolve("next.log")))
                    .isZero();
            boolean full = next.equals(whole);
            assertThat(Files.readAllLines(out.resolve("averages.csv"))).hasSize(1 + (full ? 28 : (int) asked));
            assertThat(Files.exists(out.resolve("sampling.csv"))).isNotEqualTo(full);
        }
        assertThat(Files.readAllLines(out.resolve("sampling.csv"))).isEqualTo(sampling);
        assertThat(results(out)).hasSize(2 * (int) asked);
    }

    private Process start(Path study, Path out, String log, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                // As on a terminal: the line of progress is told twice a second.
                "-Dfarm.terminal=true",
                "-cp",
                System.getProperty("java.class.path"),
                FarmCommand.class.getName(),
                "run",
                "--study",
                study.toString(),
                "--out",
                out.toString(),
                "--workers",
                "2"));
        command.addAll(List.of(more));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(log).toFile())
                .start();
    }

    /** Until the process itself says that some, but not all, runs are done. */
    private static void awaitRunsDone(Path log, Process process) throws Exception {
        while (true) {
            assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
            if (SOME_DONE.matcher(Files.readString(log)).find()) {
                return;
            }
            process.waitFor(Duration.ofMillis(200).toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private static List<RunResult> results(Path out) throws IOException {
        return Files.readAllLines(out.resolve("results.jsonl")).stream()
                .map(line -> AvroJson.result(line, "results.jsonl"))
                .toList();
    }
}
