package org.mtlfarm.regressor.selection;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.mtlfarm.regressor.evaluation.Blocks;
import org.mtlfarm.regressor.evaluation.ConstantFit;
import org.mtlfarm.regressor.evaluation.Evaluator;
import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.ExpressionParser;
import org.mtlfarm.regressor.expression.Operator;
import org.mtlfarm.regressor.search.FitSettings;
import org.mtlfarm.regressor.table.CsvTable;
import org.mtlfarm.regressor.table.Table;
import org.mtlfarm.schemas.InvalidInputException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class SelectionTest {
    private static final List<String> NAMES = List.of("n", "T");

    @TempDir
    private Path folder;

    @Test
    void standardErrorsAreThoseOfRepeatedExperiments() {
        Expression line = ExpressionParser.parse("2*T+1", NAMES);
        Random random = new Random(8);
        double[] slopes = new double[400];
        double stated = 0;
        for (int i = 0; i < slopes.length; i++) {
            Table noisy = noisy(line, 60, 0.5, random);
            Evaluator evaluator = new Evaluator(new Blocks(noisy.columns(), noisy.values(), null));
            Expression fitted = line.withConstants(
                    new ConstantFit(evaluator, 1e-12).fit(line, 50).constants());
            slopes[i] = fitted.constantAt(0);
            stated += Uncertainty.of(fitted, noisy).standardErrors()[0] / slopes.length;
        }
        double mean = 0;
        double square = 0;
        for (double slope : slopes) {
            mean += slope / slopes.length;
            square += (slope - 2) * (slope - 2) / slopes.length;
        }
        assertThat(mean).isCloseTo(2, within(0.01));
        assertThat(stated).isCloseTo(Math.sqrt(square), within(0.15 * stated));
    }

    @Test
    void constantsThatTheRowsDoNotFixHaveNoStandardError() {
        Expression twice = ExpressionParser.parse("2*(3*T)", NAMES);
        assertThat(Uncertainty.of(twice, table(20, 0.1)).standardErrors()).containsOnly(Double.POSITIVE_INFINITY);
    }

    @Test
    void theShortestDescriptionTakesNoNodeThatOnlyFitsNoise() {
        Expression law = ExpressionParser.parse("2*T+1", NAMES);
        Expression longer = ExpressionParser.parse("2*T+1+0.001*sin(n)", NAMES);
        double[] target = noisy(law, 200, 0.5, new Random(2)).values();
        assertThat(DescriptionLength.shortest(
                        List.of(law, longer), new double[] {0.25, 0.2499}, target, FitSettings.UNPROTECTED, 2))
                .isZero();
        assertThat(DescriptionLength.shortest(
                        List.of(law, longer), new double[] {0.25, 0.1}, target, FitSettings.UNPROTECTED, 2))
                .isOne();
    }

    @Test
    void constantsAreRoundedWithinTheNoiseAndNoFurther() {
        Table noisy = noisy(ExpressionParser.parse("0.69*sqrt(n)", NAMES), 400, 1, new Random(2));
        Evaluator evaluator = new Evaluator(new Blocks(noisy.columns(), noisy.values(), null));
        Expression fitted = ExpressionParser.parse("0.68987654321*sqrt(n)", NAMES);
        Expression best = fitted.withConstants(
                new ConstantFit(evaluator, 1e-12).fit(fitted, 20).constants());
        double before = evaluator.squaredError(best, best.constants());
        Expression rounded = Rounding.withinNoise(best, evaluator, 1);
        assertThat(rounded.toString().length()).isLessThan("0.690000*sqrt(x0)".length());
        assertThat(evaluator.squaredError(rounded, rounded.constants())).isLessThan(before * (1 + 0.051 / 399));
    }

    @Test
    void aFormulaIsJudgedOnTheRowsThatAFitHoldsOut() throws IOException {
        Path file = folder.resolve("t.csv");
        StringBuilder text = new StringBuilder("n,name,f1\n");
        for (int i = 1; i <= 20; i++) {
            text.append(i).append(",a").append(i).append(',').append(2 * i).append('\n');
        }
        Files.writeString(file, text);
        CsvTable csv = CsvTable.read(file);
        Evaluate exact = Evaluate.formula("2*n", csv, "f1", null, 1);
        assertThat(exact.heldOut().rows()).isEqualTo(2);
        assertThat(exact.all().rows()).isEqualTo(20);
        assertThat(exact.heldOut().r2()).isCloseTo(1, within(1e-12));
        assertThat(exact.complexity()).isEqualTo(3);
        Evaluate off = Evaluate.formula("2*n+1", csv, "f1", null, 1);
        assertThat(off.all().mse()).isCloseTo(1, within(1e-12));
        assertThat(off.all().mae()).isCloseTo(1, within(1e-12));
        assertThat(Evaluate.formula("21", csv, "f1", null, 1).all().r2()).isCloseTo(0, within(1e-12));
        assertThatThrownBy(() -> Evaluate.formula("2*m", csv, "f1", null, 1))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("n, name");
        assertThatThrownBy(() -> Evaluate.formula("2*name", csv, "f1", null, 1))
                .hasMessageContaining("line 2, column \"name\"");
    }

    @Test
    void operatorsAreNamedByWordOrSign() {
        assertThat(Operator.list("add, *,^,SQRT,pdiv"))
                .containsExactlyInAnyOrder(Operator.ADD, Operator.MUL, Operator.POW, Operator.SQRT, Operator.PDIV);
        assertThatThrownBy(() -> Operator.list("add,foo")).hasMessageContaining("found \"foo\"");
    }

    private static Table table(int rows, double noise) {
        return noisy(ExpressionParser.parse("T", NAMES), rows, noise, new Random(1));
    }

    private static Table noisy(Expression law, int rows, double noise, Random random) {
        double[][] columns = new double[2][rows];
        double[] target = new double[rows];
        for (int r = 0; r < rows; r++) {
            columns[0][r] = 500 + random.nextInt(20_000);
            columns[1][r] = 2 + random.nextInt(14);
            target[r] = law.value(columns[0][r], columns[1][r]) + noise * random.nextGaussian();
        }
        return Table.of(NAMES, columns, "y", target);
    }
}
