package org.mtlfarm.regressor.search;

import java.time.Duration;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.mtlfarm.regressor.evaluation.Blocks;
import org.mtlfarm.regressor.evaluation.Evaluator;
import org.mtlfarm.regressor.expression.ExpressionParser;
import org.mtlfarm.regressor.table.Table;
import org.mtlfarm.schemas.InvalidInputException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SymbolicRegressionTest {
    private static final List<String> NAMES = List.of("n", "T", "ami");

    private static final FitSettings QUICK =
            FitSettings.defaults().withEffort(50_000_000L).withThreads(1).withCap(Duration.ofHours(1));

    @ParameterizedTest
    @CsvSource({"0.69*sqrt(n), 4", "0.02*n+3, 5", "sqrt(ami)/0.015, 4", "n*T/(ami+0.6), 7", "0.9-0.7*exp(-0.0004*n), 8"
    })
    void findsTheLawBehindCleanData(String law, int complexity) {
        FitResult result = SymbolicRegression.fit(table(law, 60, 0), QUICK);
        assertThat(result.best().testR2()).as(result.best().text()).isGreaterThan(1 - 1e-9);
        assertThat(result.best().complexity()).as(result.best().text()).isLessThanOrEqualTo(complexity);
    }

    @Test
    void noiseIsNotFitted() {
        FitResult result = SymbolicRegression.fit(table("0.69*sqrt(n)", 200, 0.5), QUICK);
        assertThat(result.best().text()).matches("0\\.6[89]\\d*\\*sqrt\\(n\\)");
    }

    @Test
    void theSeedAloneDecidesWhateverTheNumberOfThreads() {
        Table table = table("sqrt((log(T)+0.45)*(ami*n/(ami+0.6)))", 100, 0.3);
        FitResult one = SymbolicRegression.fit(table, QUICK.withSeed(7));
        FitResult two = SymbolicRegression.fit(table, QUICK.withSeed(7).withThreads(2));
        assertThat(one.stopped()).isEqualTo(FitResult.Stop.EFFORT);
        assertThat(two.front()).isEqualTo(one.front());
        assertThat(two.best()).isEqualTo(one.best());
        assertThat(two.evaluations()).isEqualTo(one.evaluations());
    }

    @Test
    void theFrontFallsInErrorAsItGrowsAndKeepsToTheLimit() {
        FitResult result = SymbolicRegression.fit(
                table("sqrt((log(T)+0.45)*(ami*n/(ami+0.6)))", 100, 0.3), QUICK.withMaxComplexity(9));
        double error = Double.POSITIVE_INFINITY;
        int complexity = 0;
        for (FitResult.Law law : result.front()) {
            assertThat(law.trainMse()).isLessThan(error);
            assertThat(law.complexity()).isGreaterThan(complexity).isLessThanOrEqualTo(9);
            assertThat(ExpressionParser.parse(law.text(), NAMES).complexity()).isEqualTo(law.complexity());
            error = law.trainMse();
            complexity = law.complexity();
        }
    }

    @Test
    void equalTargetsAreAConstant() {
        double[] target = new double[20];
        java.util.Arrays.fill(target, 0.25);
        FitResult result = SymbolicRegression.fit(
                Table.of(List.of("n"), new double[][] {new Random(1).doubles(20).toArray()}, "f1", target), QUICK);
        assertThat(result.best().text()).isEqualTo("0.25");
        assertThat(result.best().trainMse()).isZero();
    }

    @Test
    void aConstantFeatureAndLargeValuesDoNoHarm() {
        assertThat(SymbolicRegression.fit(besideLarge(1e140), QUICK).best().text())
                .isEqualTo("3*x+1");
    }

    @Test
    void valuesWhoseSquaresAreNoNumbersAreRefusedWithTheirColumn() {
        assertThatThrownBy(() -> besideLarge(1e300))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("\"large\", whose square is no number");
    }

    private static Table besideLarge(double size) {
        Random random = new Random(1);
        double[][] columns = new double[3][50];
        double[] target = new double[50];
        for (int r = 0; r < 50; r++) {
            columns[0][r] = 7;
            columns[1][r] = random.nextDouble() * size;
            columns[2][r] = random.nextDouble();
            target[r] = 3 * columns[2][r] + 1;
        }
        return Table.of(List.of("same", "large", "x"), columns, "y", target);
    }

    @Test
    void fewRowsAreRefusedWithTheirNumber() {
        Table two = Table.of(List.of("n"), new double[][] {{1, 2}}, "f1", new double[] {1, 2});
        assertThatThrownBy(() -> SymbolicRegression.fit(two, QUICK))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("at least 5 rows")
                .hasMessageContaining("found 2");
    }

    /** Rows over the published ranges, with normal noise of so large a standard deviation. */
    static Table table(String law, int rows, double noise) {
        Random random = new Random(11);
        double[][] columns = new double[3][rows];
        for (int r = 0; r < rows; r++) {
            columns[0][r] = 500 + random.nextInt(20_000);
            columns[1][r] = 2 + random.nextInt(14);
            columns[2][r] = 0.05 + 0.95 * random.nextDouble();
        }
        double[] target =
                new Evaluator(new Blocks(columns, new double[rows], null)).values(ExpressionParser.parse(law, NAMES));
        for (int r = 0; r < rows; r++) {
            target[r] += noise * random.nextGaussian();
        }
        return Table.of(NAMES, columns, "f1", target);
    }
}
