package org.mtlfarm.regressor.expression;

import java.util.List;
import java.util.Random;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.mtlfarm.schemas.InvalidInputException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ExpressionParserTest {
    private static final List<String> NAMES = List.of("n", "T", "AMI");
    private static final double N = 3;
    private static final double T = 5;
    private static final double AMI = 0.25;

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "sqrt((log(T)+0.45)*(AMI*n/(AMI+0.6))); 1.34802; 13",
                "-2^2; -4; 4",
                "(-2)^2; 4; 3",
                "2^3^2; 512; 5",
                "2**3**2; 512; 5",
                "2^-1; 0.5; 3",
                "-n*T; -15; 4",
                "-2*T; -10; 3",
                "n- -2; 5; 3",
                "n - 2 - 1; 0; 5",
                "12/n/2; 2; 5",
                "n^2; 9; 3",
                "square(n); 9; 2",
                "pow(n, 2); 9; 3",
                "inv(T); 0.2; 2",
                "neg(T); -5; 2",
                "abs(n-T); 2; 4",
                "--n; 3; 3",
                "1.5e3+.5; 1500.5; 3",
                "2e0*n; 6; 3",
                "exp(0)+cos(0)+sin(0)+tanh(0); 2; 11",
                "pdiv(n, 0.0001)+plog(0)+psqrt(0-4); 3; 11",
            })
    void readsWithUsualPrecedence(String text, double value, int complexity) {
        Expression expression = ExpressionParser.parse(text, NAMES);
        assertThat(expression.value(N, T, AMI)).isCloseTo(value, org.assertj.core.data.Offset.offset(5e-5));
        assertThat(expression.complexity()).isEqualTo(complexity);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "n +; position 4; found the end",
                "n + * T; position 5; found '*'",
                "(n; position 3; expected ')', found the end",
                "foo(n); position 1; found 'foo'",
                "n + x; position 5; expected one of the variables n, T, AMI, found 'x'",
                "n T; position 3; found 'T'",
                "pow(n); position 6; expected ','",
                "1e999; position 1; found 1e999",
                "n # 2; position 3; found '#'",
                "`n; position 1; closing",
            })
    void mistakesAreReportedWithPositionExpectedAndFound(String text, String where, String what) {
        assertThatThrownBy(() -> ExpressionParser.parse(text, NAMES))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(where)
                .hasMessageContaining(what);
    }

    @Test
    void endlessBracketsAreRefusedInsteadOfExhaustingTheStack() {
        assertThatThrownBy(() -> ExpressionParser.parse("(".repeat(100_000), NAMES))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("levels of brackets");
        assertThatThrownBy(() -> ExpressionParser.parse("-".repeat(100_000) + "n", NAMES))
                .isInstanceOf(InvalidInputException.class);
    }

    @Test
    void namesThatAreNoWordStandInBackquotes() {
        ExpressionParser.Named named = ExpressionParser.parse("`n tokens`*2 + a_1");
        assertThat(named.variables()).containsExactly("n tokens", "a_1");
        assertThat(named.expression().print(named.variables())).isEqualTo("`n tokens`*2+a_1");
    }

    @Property(tries = 3000)
    void whatIsPrintedIsReadBackToTheSameValues(@ForAll long seed) {
        Random random = new Random(seed);
        Expression tree = RandomTrees.draw(random, List.of(Operator.values()), 5, 3);
        String text = tree.print(NAMES);
        Expression again = ExpressionParser.parse(text, NAMES);
        assertThat(again.complexity()).as(text).isEqualTo(tree.complexity());
        for (int i = 0; i < 5; i++) {
            double[] at = {random.nextGaussian(), random.nextDouble() * 10, -random.nextDouble()};
            assertThat(Double.valueOf(again.value(at))).as(text).isEqualTo(Double.valueOf(tree.value(at)));
        }
    }

    @Property(tries = 3000)
    void simplifyingNeverLengthensAndKeepsTheValueWhereBothHaveOne(@ForAll long seed) {
        Random random = new Random(seed);
        List<Operator> operators = FitOperators.UNPROTECTED;
        Expression tree = RandomTrees.draw(random, operators, 4, 3);
        Simplifier simplifier = new Simplifier(java.util.Set.copyOf(operators));
        Expression shorter = simplifier.simplify(tree);
        assertThat(shorter.complexity()).as("%s to %s", tree, shorter).isLessThanOrEqualTo(tree.complexity());
        for (int i = 0; i < 5; i++) {
            double[] at = {0.5 + random.nextDouble(), 1 + random.nextDouble(), 0.2 + random.nextDouble()};
            double before = tree.value(at);
            double after = shorter.value(at);
            if (wellConditioned(tree, at) && Double.isFinite(after)) {
                assertThat(after)
                        .as("%s to %s", tree, shorter)
                        .isCloseTo(before, org.assertj.core.data.Percentage.withPercentage(1e-3));
            }
        }
    }

    /** The value hardly moves when the point does: then rounding cannot explain a difference. */
    private static boolean wellConditioned(Expression tree, double[] at) {
        double value = tree.value(at);
        double near = tree.value(at[0] * (1 + 1e-10), at[1] * (1 + 1e-10), at[2] * (1 - 1e-10));
        return Double.isFinite(value)
                && Math.abs(value) > 1e-6
                && Math.abs(value) < 1e6
                && Math.abs(near - value) < 1e-7 * Math.abs(value)
                && constantsOrdinary(tree);
    }

    private static boolean constantsOrdinary(Expression tree) {
        for (double constant : tree.constants()) {
            if (Math.abs(constant) > 100 || Math.abs(constant) < 1e-3) {
                return false;
            }
        }
        return true;
    }

    private static final class FitOperators {
        static final List<Operator> UNPROTECTED = List.of(
                Operator.ADD,
                Operator.SUB,
                Operator.MUL,
                Operator.DIV,
                Operator.POW,
                Operator.NEG,
                Operator.INV,
                Operator.SQUARE,
                Operator.ABS,
                Operator.EXP,
                Operator.LOG,
                Operator.SQRT,
                Operator.SIN,
                Operator.COS,
                Operator.TANH);
    }
}
