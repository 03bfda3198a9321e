package org.mtlfarm.regressor.evaluation;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.ExpressionParser;
import org.mtlfarm.regressor.expression.Operator;
import org.mtlfarm.regressor.expression.RandomTrees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class EvaluatorTest {
    private static final int ROWS = 300;

    @Property(tries = 1000, seed = "7")
    void blocksGiveWhatTheTreeGivesRowByRow(@ForAll long seed) {
        Random random = new Random(seed);
        Expression tree = RandomTrees.draw(random, List.of(Operator.values()), 5, 3);
        double[][] columns = columns(random, ROWS);
        double[] values = new Evaluator(new Blocks(columns, new double[ROWS], null)).values(tree);
        // Where the last digits of a column or a constant decide, the two ways may differ.
        Expression nudged = tree.withConstants(
                Arrays.stream(tree.constants()).map(c -> c * (1 + 1e-12)).toArray());
        for (int r = 0; r < ROWS; r += 37) {
            double expected = tree.value(columns[0][r], columns[1][r], columns[2][r]);
            if (Double.isNaN(expected) || Double.isInfinite(expected)) {
                assertThat(Double.isFinite(values[r])).as(tree.toString()).isFalse();
            } else if (Math.abs(nudged.value(
                                    columns[0][r] * (1 + 1e-12),
                                    columns[1][r] * (1 + 1e-12),
                                    columns[2][r] * (1 - 1e-12))
                            - expected)
                    < 1e-9 * Math.abs(expected)) {
                assertThat(values[r])
                        .as(tree.toString())
                        .isCloseTo(expected, within(1e-6 * Math.abs(expected) + 1e-300));
            }
        }
    }

    @Property(tries = 1000, seed = "7")
    void gradientsAgreeWithCentralDifferences(@ForAll long seed) {
        Random random = new Random(seed);
        Expression drawn = RandomTrees.draw(random, List.of(Operator.values()), 4, 3);
        Expression tree =
                drawn.withConstants(random.doubles(drawn.constantCount(), -2, 2).toArray());
        double[][] columns = columns(random, ROWS);
        Evaluator evaluator = new Evaluator(new Blocks(columns, new double[ROWS], null));
        double[] constants = tree.constants();
        double[] values = new double[ROWS];
        double[][] jacobian = new double[constants.length][ROWS];
        evaluator.gradient(tree, constants, values, jacobian);
        for (int k = 0; k < constants.length; k++) {
            for (int r = 0; r < ROWS; r += 29) {
                double coarse = difference(tree, constants, k, columns, r, 1e-4);
                double fine = difference(tree, constants, k, columns, r, 1e-5);
                boolean smooth = Double.isFinite(fine)
                        && Math.abs(coarse - fine) < 1e-4 * Math.abs(fine)
                        && Math.abs(fine) > 1e-6 * Math.abs(values[r]);
                if (smooth) {
                    assertThat(jacobian[k][r])
                            .as("%s by constant %d", tree, k)
                            .isCloseTo(fine, within(1e-3 * Math.abs(fine)));
                }
            }
        }
    }

    private static double difference(
            Expression tree, double[] constants, int k, double[][] columns, int r, double step) {
        double size = step * Math.max(1e-3, Math.abs(constants[k]));
        double[] up = constants.clone();
        double[] down = constants.clone();
        up[k] += size;
        down[k] -= size;
        double[] at = {columns[0][r], columns[1][r], columns[2][r]};
        return (tree.withConstants(up).value(at) - tree.withConstants(down).value(at)) / (2 * size);
    }

    @Test
    void functionsOfWholeArraysAgreeWithTheLibrarysToTheLastDigitsAndMayOverwriteTheirOperand() {
        Random random = new Random(3);
        double[] special = {
            0, -0.0, 1, -1, 1e308, -1e308, 1e-310, 720, -720, 709.5, -745, Double.NaN, 1.0 / 0, -1.0 / 0, 0.5, 2
        };
        VectorFunctions functions = new VectorFunctions(Blocks.LENGTH);
        for (int round = 0; round < 400; round++) {
            double[] a = new double[Blocks.LENGTH - round % 7];
            double[] b = new double[a.length];
            for (int i = 0; i < a.length; i++) {
                boolean odd = round % 5 == 0 && random.nextInt(9) == 0;
                a[i] = odd
                        ? special[random.nextInt(special.length)]
                        : random.nextGaussian() * Math.exp(4 * random.nextGaussian());
                b[i] = odd ? special[random.nextInt(special.length)] : 3 * random.nextGaussian();
                a[i] = round % 2 == 0 ? a[i] : Math.abs(a[i]);
                a[i] = round % 3 == 0 ? 1 + a[i] * 1e-9 : a[i];
            }
            double[] exponentials = a.clone();
            functions.exp(exponentials, exponentials, a.length);
            double[] logarithms = a.clone();
            functions.log(logarithms, logarithms, a.length);
            double[] tangents = a.clone();
            functions.tanh(tangents, tangents, a.length);
            double[] sines = a.clone();
            functions.sin(sines, sines, a.length);
            double[] cosines = a.clone();
            functions.cos(cosines, cosines, a.length);
            double[] powers = a.clone();
            functions.pow(powers, b, powers, a.length);
            for (int i = 0; i < a.length; i++) {
                assertClose(exponentials[i], Math.exp(a[i]), a[i]);
                assertClose(logarithms[i], Math.log(a[i]), a[i]);
                assertClose(tangents[i], Math.tanh(a[i]), a[i]);
                assertNear(sines[i], Math.sin(a[i]), a[i]);
                assertNear(cosines[i], Math.cos(a[i]), a[i]);
                double power = Math.pow(a[i], b[i]);
                // The error of b log a is that of its size.
                double digits = Math.max(1, Math.abs(Math.log(Math.abs(power))) / 10);
                if (Double.isFinite(power) && power != 0) {
                    assertThat(Math.abs(powers[i] / power - 1))
                            .as("%s^%s", a[i], b[i])
                            .isLessThan(6e-15 * digits);
                } else {
                    assertThat(Double.valueOf(powers[i]))
                            .as("%s^%s", a[i], b[i])
                            .isEqualTo(Double.valueOf(power));
                }
            }
        }
    }

    private static void assertClose(double found, double expected, double at) {
        if (expected == 0) {
            // Of either sign: no formula is kept whose value hangs on that.
            assertThat(found == 0).as("at %s: %s", at, found).isTrue();
        } else if (Double.isNaN(expected) || Double.isInfinite(expected)) {
            assertThat(Double.valueOf(found)).as("at %s", at).isEqualTo(Double.valueOf(expected));
        } else {
            assertThat(Math.abs(found / expected - 1)).as("at %s", at).isLessThan(6e-15);
        }
    }

    /** Near a zero of the function an error is that of the angle, which is in the last digit of a number near 1. */
    private static void assertNear(double found, double expected, double at) {
        if (Double.isNaN(expected)) {
            assertThat(found).as("at %s", at).isNaN();
        } else {
            assertThat(Math.abs(found - expected)).as("at %s", at).isLessThan(1e-15 + 6e-15 * Math.abs(expected));
        }
    }

    @Test
    void constantsAreFittedToCleanData() {
        double[][] columns = columns(new Random(5), ROWS);
        Expression truth = ExpressionParser.parse("2.5*exp(-0.3*b)+b/(b+1.75)", List.of("a", "b", "c"));
        double[] target = new Evaluator(new Blocks(columns, new double[ROWS], null)).values(truth);
        ConstantFit fit = new ConstantFit(new Evaluator(new Blocks(columns, target, null)), 1e-12);
        double[] found = fit.fit(truth.withConstants(1, -1, 1), 100).constants();
        assertThat(found).containsExactly(new double[] {2.5, -0.3, 1.75}, within(1e-6));
    }

    private static double[][] columns(Random random, int rows) {
        double[][] columns = new double[3][rows];
        for (int r = 0; r < rows; r++) {
            columns[0][r] = random.nextGaussian();
            columns[1][r] = 10 * random.nextDouble();
            columns[2][r] = random.nextInt(5) + 0.5;
        }
        return columns;
    }
}
