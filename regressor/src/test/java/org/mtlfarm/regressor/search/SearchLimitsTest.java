package org.mtlfarm.regressor.search;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.ExpressionParser;
import org.mtlfarm.regressor.expression.Operator;
import org.mtlfarm.regressor.table.Table;
import org.mtlfarm.schemas.InvalidInputException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SearchLimitsTest {
    private static final FitSettings QUICK =
            FitSettings.defaults().withEffort(50_000_000L).withThreads(1).withCap(Duration.ofHours(1));

    @TempDir
    private Path folder;

    @Test
    void noFormulaHasAForbiddenNesting() {
        Table table = SymbolicRegressionTest.table("sqrt((log(T)+0.45)*(ami*n/(ami+0.6)))", 100, 0.3);
        FitResult free = SymbolicRegression.fit(table, QUICK);
        Expression best = free.best().expression();
        List<Nesting> forbidden = new ArrayList<>();
        for (Operator outer : best.operators()) {
            best.operators().forEach(inner -> forbidden.add(new Nesting(outer, inner)));
        }
        assertThat(forbidden).anyMatch(nesting -> nesting.in(best));
        FitResult limited = SymbolicRegression.fit(table, QUICK.withForbidden(forbidden));
        assertThat(limited.front()).hasSizeGreaterThan(4);
        assertThat(limited.front())
                .noneMatch(law -> forbidden.stream().anyMatch(nesting -> nesting.in(law.expression())));
    }

    @Test
    void aNestingIsReadWithItsOperators() {
        assertThat(Nesting.parse(" sin( exp )")).isEqualTo(new Nesting(Operator.SIN, Operator.EXP));
        assertThatThrownBy(() -> Nesting.parse("sin")).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> Nesting.parse("sin(foo)")).hasMessageContaining("found \"foo\"");
    }

    /** The rows themselves fall at the end; a rising formula has to go through them as well as it can. */
    @Test
    void monotoneFormulasWithinARangeKeepToItBetweenTheRowsToo() {
        double[] x = new double[80];
        double[] y = new double[80];
        Random random = new Random(5);
        for (int r = 0; r < x.length; r++) {
            x[r] = 10 * r / 79.0;
            y[r] = Math.sin(x[r] / 5.5) + 0.02 * random.nextGaussian();
        }
        Table table = Table.of(List.of("x"), new double[][] {x}, "y", y);
        FitResult result = SymbolicRegression.fit(
                table, QUICK.withConstraints(List.of(Constraint.increasing(0), Constraint.between(-0.1, 0.95))));
        assertThat(result.front()).hasSizeGreaterThan(2);
        for (FitResult.Law law : result.front()) {
            double[] values = new double[1001];
            Arrays.setAll(values, i -> law.expression().value(i / 100.0));
            for (int i = 0; i < values.length; i++) {
                assertThat(values[i]).as(law.text()).isBetween(-0.1001, 0.9501);
                assertThat(i == 0 || values[i] >= values[i - 1] - 1e-6)
                        .as(law.text())
                        .isTrue();
            }
        }
        assertThat(result.best().testR2()).isGreaterThan(0.95);
        assertThat(SymbolicRegression.fit(table, QUICK).best().testR2())
                .isGreaterThan(result.best().testR2());
    }

    @Test
    void aRangeThatLeavesNothingElseLeavesTheNearestConstant() {
        Table table = SymbolicRegressionTest.table("0.69*sqrt(n)", 40, 0);
        FitResult result = SymbolicRegression.fit(table, QUICK.withConstraints(List.of(Constraint.between(-5, -5))));
        assertThat(result.best().text()).isEqualTo("-5");
    }

    @Test
    void aSearchGoesOnFromWhatAnotherLeftInAFile() {
        Table table = SymbolicRegressionTest.table("sqrt((log(T)+0.45)*(ami*n/(ami+0.6)))", 100, 0.3);
        FitResult first = SymbolicRegression.fit(table, QUICK);
        Path file = folder.resolve("state.txt");
        first.state().write(file);
        SearchState read = SearchState.read(file);
        assertThat(read.searches()).isEqualTo(first.state().searches());
        for (int i = 0; i < read.islands().size(); i++) {
            for (int j = 0; j < read.islands().get(i).size(); j++) {
                // A negative offset is read back as a difference, which is the same to the last bit.
                assertThat(read.islands().get(i).get(j))
                        .hasToString(first.state().islands().get(i).get(j).toString());
            }
        }
        FitResult second = SymbolicRegression.fit(table, QUICK.withStart(read).withEffort(1));
        assertThat(second.state().searches()).isEqualTo(2);
        for (FitResult.Law law : first.front()) {
            assertThat(second.front())
                    .anyMatch(other ->
                            other.complexity() <= law.complexity() && other.trainMse() <= law.trainMse() * (1 + 1e-3));
        }
        FitResult same = SymbolicRegression.fit(
                table, QUICK.withStart(read).withEffort(1).withThreads(2));
        assertThat(same.front()).isEqualTo(second.front());
    }

    /** All that is taken from the old rows is structure: errors and constants are those of the new ones. */
    @Test
    void aStateOfOtherRowsIsJudgedOnTheRowsOfNow() {
        SearchState state = SymbolicRegression.fit(SymbolicRegressionTest.table("0.69*sqrt(n)", 60, 0.1), QUICK)
                .state();
        FitResult refitted =
                SymbolicRegression.refit(SymbolicRegressionTest.table("3.5*sqrt(n)", 90, 0.1), QUICK, state);
        assertThat(refitted.best().text()).matches("3\\.(5\\d*|49\\d*)\\*sqrt\\(n\\)");
        assertThat(refitted.rows()).isEqualTo(90);
    }

    @Test
    void aStateOfAnotherTableOrNoStateIsRefused() throws IOException {
        Expression formula = ExpressionParser.parse("m", List.of("m"));
        SearchState other = new SearchState("y", List.of("m"), 1, List.of(List.of(formula)));
        Table table = SymbolicRegressionTest.table("n", 20, 0);
        assertThatThrownBy(() -> SymbolicRegression.fit(table, QUICK.withStart(other)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("the search state explains y by m; asked for is f1 by n, T, ami");
        Path file = folder.resolve("t.csv");
        Files.writeString(file, "n,f1\n1,2\n");
        assertThatThrownBy(() -> SearchState.read(file)).isInstanceOf(InvalidInputException.class);
        Files.writeString(file, "MTL Farm search state, version 1\ntarget y\nfeature m\nsearches 1\nisland\nm+q\n");
        assertThatThrownBy(() -> SearchState.read(file)).hasMessageContaining("line 6");
    }

    @Test
    void aGuessBeyondTheReachOfAShortSearchIsKeptAndFitted() {
        Table table = SymbolicRegressionTest.table("sqrt((log(T)+0.45)*(ami*n/(ami+0.6)))", 100, 0);
        Expression guess = ExpressionParser.parse("sqrt((log(T)+1)*(ami*n/(ami+2)))", List.of("n", "T", "ami"));
        FitResult result = SymbolicRegression.fit(table, QUICK.withEffort(1).withGuess(guess));
        assertThat(result.best().testR2()).isGreaterThan(1 - 1e-9);
    }
}
