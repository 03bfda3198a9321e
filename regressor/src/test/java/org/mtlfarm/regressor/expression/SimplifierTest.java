package org.mtlfarm.regressor.expression;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.*;

/** What the search may hand to the simplifier: any tree, with constants from anywhere in the range of a double. */
class SimplifierTest {
    private static final List<Operator> UNPROTECTED = Arrays.stream(Operator.values())
            .filter(o -> o.compareTo(Operator.PDIV) < 0)
            .toList();

    @ParameterizedTest
    @CsvSource({"MUL, 1e200, 1e200", "ADD, 1.7e308, 1.7e308", "SUB, 1.7e308, -1.7e308", "DIV, 1e200, 1e-200"})
    void twoConstantsWhoseResultIsBeyondADoubleStay(Operator operator, double a, double b) {
        Simplifier simplifier = new Simplifier(EnumSet.of(operator));

        Expression simplified = simplifier.binary(operator, Expression.constant(a), Expression.constant(b));

        assertEquals(operator.apply(a, b), simplified.value());
    }

    @ParameterizedTest
    @CsvSource({
        "-2*(-3*x-y), 2*(y+3*x)",
        "-2*(x-y), 2*(y-x)",
        "-6/(x-y), 6/(y-x)",
        "-1*(x-y), y-x",
    })
    void aNegativeFactorGoesIntoADifference(String written, String simplified) {
        List<String> names = List.of("x", "y");
        Simplifier simplifier = new Simplifier(Set.copyOf(UNPROTECTED));

        assertEquals(
                ExpressionParser.parse(simplified, names).print(names),
                simplifier.simplify(ExpressionParser.parse(written, names)).print(names));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void everyTreeComesToAnEnd(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 20_000; i++) {
            Set<Operator> allowed = EnumSet.of(Operator.ADD);
            UNPROTECTED.stream().filter(o -> random.nextInt(3) > 0).forEach(allowed::add);
            Simplifier simplifier = new Simplifier(allowed);
            Expression tree = RandomTrees.draw(random, List.copyOf(allowed), random.nextInt(2, 6), 2);

            Expression once = simplifier.simplify(anyConstants(random, tree));
            Expression refitted = anyConstants(random, once);
            Expression again = simplifier.simplify(refitted);
            Expression scaled = simplifier.scaled(constant(random), refitted);
            simplifier.shifted(anyConstants(random, scaled), constant(random));

            assertTrue(
                    again.complexity() <= tree.complexity() + tree.complexity() / 2 + 2, () -> tree + " -> " + again);
        }
    }

    private static Expression anyConstants(SplittableRandom random, Expression tree) {
        double[] constants = new double[tree.constantCount()];
        Arrays.setAll(constants, i -> constant(random));
        return tree.withConstants(constants);
    }

    private static double constant(SplittableRandom random) {
        double sign = random.nextBoolean() ? 1 : -1;
        return switch (random.nextInt(8)) {
            case 0 -> random.nextInt(-3, 4);
            case 1 -> sign * Double.MAX_VALUE;
            case 2 -> sign * Double.MIN_VALUE;
            case 3 -> sign * 0.5;
            case 4 -> sign * 0.0;
            case 5 -> random.nextGaussian() * 1e-309;
            case 6 -> random.nextGaussian() * Math.pow(10, random.nextInt(-200, 200));
            default -> random.nextGaussian();
        };
    }
}
