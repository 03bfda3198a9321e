package org.mtlfarm.regressor.search;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

import org.mtlfarm.regressor.evaluation.Blocks;
import org.mtlfarm.regressor.evaluation.Evaluator;
import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.ExpressionParser;
import org.mtlfarm.regressor.expression.Operator;
import org.mtlfarm.regressor.expression.RandomTrees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class SearchPartsTest {
    private static final int ROWS = 40;
    private static final List<Operator> UNDONE = List.of(
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

    /** A tree asked what its own subtree should be worth for the tree's own values answers with the subtree's values. */
    @Property(tries = 1000)
    void whatIsWantedOfASubtreeForTheTreesOwnValuesIsItsOwnValue(@ForAll long seed) {
        Random random = new Random(seed);
        Expression tree = RandomTrees.draw(random, UNDONE, 4, 2);
        Evaluator evaluator = evaluator(random);
        double[][] nodes = evaluator.nodes(tree);
        int root = tree.complexity() - 1;
        int position = random.nextInt(root + 1);
        WantedValues wanted = new WantedValues(ROWS);
        double[] ones = new double[ROWS];
        Arrays.fill(ones, 1);
        wanted.find(tree, nodes, position, nodes[root].clone(), ones);
        for (int r = 0; r < ROWS; r++) {
            double own = nodes[position][r];
            int row = r;
            // Beside numbers as large as that, the subtree's own value has few digits left.
            boolean digits = IntStream.rangeClosed(0, root).allMatch(node -> !(Math.abs(nodes[node][row]) > 1e6));
            boolean told = digits && wanted.weights()[r] > 1e-6 && wanted.weights()[r] < 1e6 && Math.abs(own) < 1e3;
            // Where the tree hardly feels the subtree, rounding decides what is wanted; put it back in instead.
            if (told && Math.abs(wanted.wanted()[r] - own) > 1e-6 * (1 + Math.abs(own))) {
                double[] at = {nodes0(evaluator, 0)[r], nodes0(evaluator, 1)[r]};
                Expression back = tree.replace(position, Expression.constant(wanted.wanted()[r]));
                assertThat(back.value(at))
                        .as("%s at node %d", tree, position)
                        .isCloseTo(nodes[root][r], within(1e-6 * (1 + Math.abs(nodes[root][r]))));
            }
        }
    }

    private static double[] nodes0(Evaluator evaluator, int variable) {
        return new Evaluator(evaluator.blocks()).values(Expression.variable(variable));
    }

    @Test
    void theEnumerationHoldsEachExpressionOnceAndFindsWhatIsWanted() {
        Evaluator evaluator = evaluator(new Random(3));
        Enumeration enumeration = Enumeration.of(evaluator, EnumSet.copyOf(UNDONE), 5000, 20);
        assertThat(enumeration.size()).isEqualTo(5000);
        Expression truth = ExpressionParser.parse("3.5*(x/sqrt(y))-2", List.of("x", "y"));
        double[] ones = new double[ROWS];
        Arrays.fill(ones, 1);
        Enumeration.Match match = enumeration
                .nearest(evaluator.values(truth), ones, null, null, 20, 1)
                .get(0);
        assertThat(match.error()).isLessThan(1e-9 * ROWS);
        assertThat(match.scale() * enumeration.member(match.member()).value(0.3, 2) + match.offset())
                .isCloseTo(truth.value(0.3, 2), within(1e-5));
    }

    @Test
    void theGplearnPresetUsesItsOwnOperatorsAndIsDecidedByItsSeed() {
        FitSettings settings = FitSettings.defaults()
                .withPreset(Preset.GPLEARN)
                .withSeed(5)
                .withThreads(1)
                .withCap(Duration.ofHours(1));
        FitResult one = SymbolicRegression.fit(SymbolicRegressionTest.table("0.69*sqrt(n)", 60, 0.1), settings);
        FitResult two =
                SymbolicRegression.fit(SymbolicRegressionTest.table("0.69*sqrt(n)", 60, 0.1), settings.withThreads(2));
        assertThat(two.front()).isEqualTo(one.front());
        assertThat(one.best()).isEqualTo(one.front().get(one.front().size() - 1));
        assertThat(one.evaluations()).isEqualTo(20_000);
        for (FitResult.Law law : one.front()) {
            for (int i = 0; i < law.complexity(); i++) {
                if (law.expression().isOperator(i)) {
                    assertThat(law.expression().operator(i))
                            .isIn(
                                    Operator.ADD,
                                    Operator.SUB,
                                    Operator.MUL,
                                    Operator.PDIV,
                                    Operator.PLOG,
                                    Operator.PSQRT,
                                    Operator.EXP,
                                    Operator.NEG);
                }
            }
            assertThat(ExpressionParser.parse(law.text(), one.features()).complexity())
                    .isEqualTo(law.complexity());
        }
        assertThat(one.best().trainMse()).isLessThan(one.front().get(0).trainMse());
    }

    private static Evaluator evaluator(Random random) {
        double[][] columns = new double[2][ROWS];
        for (int r = 0; r < ROWS; r++) {
            columns[0][r] = random.nextGaussian();
            columns[1][r] = 0.5 + 3 * random.nextDouble();
        }
        return new Evaluator(new Blocks(columns, new double[ROWS], null));
    }
}
