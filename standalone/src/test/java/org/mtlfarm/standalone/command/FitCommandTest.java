package org.mtlfarm.standalone.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class FitCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    private int farm(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        CommandLine line = FarmCommand.commandLine(Map.of());
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }

    private int fit(String... more) throws IOException {
        StringBuilder rows = new StringBuilder("n,T,f1\n");
        for (int n = 1; n <= 12; n++) {
            for (int tasks = 1; tasks <= 4; tasks++) {
                double noise = 0.002 * Math.sin(37 * n + 11 * tasks);
                rows.append(n * 500).append(',').append(tasks).append(',');
                rows.append(0.005 * Math.sqrt(n * 500) * Math.sqrt(tasks) + noise)
                        .append('\n');
            }
        }
        Path table = Files.writeString(folder.resolve("law.csv"), rows);
        List<String> arguments =
                new ArrayList<>(List.of("fit", table.toString(), "--target", "f1", "--features", "n,T"));
        Map.of("--time-limit", "1s", "--threads", "1").forEach((option, value) -> {
            if (!List.of(more).contains(option)) {
                arguments.addAll(List.of(option, value));
            }
        });
        arguments.addAll(List.of(more));
        return farm(arguments.toArray(String[]::new));
    }

    @Test
    void aFitLeavesFormulaPredictionsAndPlotsInAFolder() throws IOException {
        Path folderOut = folder.resolve("out");
        assertThat(fit("--out", folderOut.toString(), "--intervals", "0.9", "--json", "--stability", "1"))
                .as(err.toString())
                .isZero();
        JsonNode json = new ObjectMapper().readTree(out.toString());
        JsonNode best = json.get("best");
        assertThat(best.get("testR2").asDouble()).isGreaterThan(0.99);
        assertThat(best.get("constants").get(0).get("standardError").asDouble()).isPositive();
        assertThat(best.get("rates")).hasSize(2);
        assertThat(best.get("extrapolation").get(0).get("feature").asText()).isEqualTo("n");
        assertThat(best.get("cvR2").asDouble()).isGreaterThan(0.99);
        assertThat(best.get("sympy").asText()).contains("sqrt(");
        assertThat(json.get("intervals").get("heldOutCoverage").asDouble()).isBetween(0.4, 1.0);
        assertThat(json.get("stability").get("splits").asInt()).isOne();
        assertThat(new ObjectMapper().readTree(folderOut.resolve("fit.json").toFile()))
                .isEqualTo(json);
        List<String> predictions = Files.readAllLines(folderOut.resolve("predictions.csv"));
        assertThat(predictions).hasSize(49);
        assertThat(predictions.get(0)).isEqualTo("n,T,f1,predicted,lower,upper");
        assertThat(Double.parseDouble(predictions.get(1).split(",")[3])).isCloseTo(0.11, within(0.01));
        assertThat(Files.readString(folderOut.resolve("Formula.java"))).contains("double n, double T", "Math.sqrt");
        assertThat(Files.readString(folderOut.resolve("formula.py"))).contains("def formula(n, T):");
        try (Stream<Path> plots = Files.list(folderOut.resolve("plots"))) {
            assertThat(plots.map(plot -> plot.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "front.svg", "predicted.svg", "residuals.svg", "along-n.svg", "along-t.svg");
        }
    }

    @Test
    void aStateFileIsMadeAndGoneOnFrom() throws IOException {
        Path state = folder.resolve("state.txt");
        assertThat(fit("--state", state.toString())).isZero();
        assertThat(Files.readAllLines(state)).contains("target f1", "feature T", "searches 1");
        assertThat(fit("--state", state.toString())).isZero();
        assertThat(Files.readAllLines(state)).contains("searches 2");
        assertThat(fit("--state", state.toString(), "--preset", "gplearn")).isEqualTo(2);
        assertThat(err.toString().lines()).hasSize(1);
    }

    @Test
    void constraintsAndNestingsReachTheSearch() throws IOException {
        assertThat(fit("--decreasing", "n", "--json")).isZero();
        JsonNode json = new ObjectMapper().readTree(out.toString());
        assertThat(json.get("best").get("expression").asText()).doesNotContain("n");
        assertThat(fit("--operators", "add,mul,sqrt", "--forbid-nesting", "sqrt(*)", "--json"))
                .isZero();
        assertThat(out.toString()).doesNotContain("sqrt(n*T)");
    }

    @Test
    void theLargestValuesCanBeHeldOut() throws IOException {
        assertThat(fit("--extrapolate", "n", "--json")).isZero();
        JsonNode json = new ObjectMapper().readTree(out.toString());
        assertThat(json.get("best").get("testR2").asDouble()).isGreaterThan(0.9);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "--guess; n*q; position 3",
                "--guess; sin(n)*floor(T); position 8",
                "--operators; add,foo; \"foo\"",
                "--forbid-nesting; sin; outer(inner)",
                "--increasing; q; expected one of the features n, T",
                "--range; 1..0; expected LOW..HIGH",
                "--range; ab; expected LOW..HIGH",
                "--max-complexity; 0; expected 1 to 200, found 0",
                "--max-complexity; 999; expected 1 to 200, found 999",
                "--threads; 0; expected at least 1",
                "--time-limit; 0s; --time-limit",
                "--time-limit; soon; expected a duration",
                "--weights; sigma; expected a column \"sigma\"",
                "--group; batch; expected a column \"batch\"",
                "--notation; C; expected latex, sympy, python or java",
                "--intervals; 1.5; between 0 and 1",
                "--extrapolate; q; expected one of the features n, T",
                "--preset; foo; expected gplearn",
            })
    void aWrongOptionIsOneLine(String option, String value, String told) throws IOException {
        assertThat(fit(option, value)).isEqualTo(2);
        // Where the option itself cannot be read, picocli's hint follows.
        assertThat(err.toString().lines().filter(line -> !line.startsWith("Try ")))
                .hasSize(1);
        assertThat(err.toString()).contains(told);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "x,y#1,2#2,3; two rows; at least 5 rows",
                "x,z#1,2#2,3#3,4#4,5#5,6; a missing column; expected a column \"y\"",
                "x,y#1,2#2,abc#3,4#4,5#5,6; text; found \"abc\"",
                "x,y#1,2#2,NaN#3,4#4,5#5,6; not a number; found \"NaN\"",
                "x,y#1,2#2,#3,4#4,5#5,6; an empty cell; found nothing",
                "x,y#1,2#2,1e300#3,4#4,5#5,6; a huge target; 1e150",
                "x,y#1e300,1#2,2#3,3#4,4#5,5#6,6#7,7; a huge feature; \"x\", whose square is no number",
                "x,y#1,1e-200#2,2e-200#3,3e-200#4,0#5,5e-200; a tiny target; \"y\", whose square is 0",
                "x,y#1,2#2#3,4; a short line; expected 2 cells",
            })
    void aTableThatCannotBeFittedIsOneLine(String rows, String what, String told) throws IOException {
        Path table = Files.writeString(folder.resolve("t.csv"), rows.replace('#', '\n') + "\n");
        assertThat(farm("fit", table.toString(), "--target", "y", "--features", "x", "--time-limit", "1s"))
                .as(what)
                .isEqualTo(2);
        assertThat(err.toString().lines()).as(what).hasSize(1);
        assertThat(err.toString()).contains(told);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "x,y#1,7#2,7#3,7#4,7#5,7#6,7; 7",
                "x,y#3,1#3,2#3,3#3,4#3,5#3,6; ",
            })
    void oddTablesGetTheFormulaThatIsRight(String rows, String formula) throws IOException {
        Path table = Files.writeString(folder.resolve("t.csv"), rows.replace('#', '\n') + "\n");
        assertThat(farm("fit", table.toString(), "--target", "y", "--features", "x", "--time-limit", "1s", "--json"))
                .as(err.toString())
                .isZero();
        JsonNode best = new ObjectMapper().readTree(out.toString()).get("best");
        if (formula == null) {
            assertThat(best.get("complexity").asInt()).isOne();
        } else {
            assertThat(best.get("expression").asText()).isEqualTo(formula);
        }
    }
}
