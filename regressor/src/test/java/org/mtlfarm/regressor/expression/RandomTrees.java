package org.mtlfarm.regressor.expression;

import java.util.List;
import java.util.random.RandomGenerator;

/** Random expressions for tests. */
public final class RandomTrees {
    private RandomTrees() {}

    /** A tree of operators at most so deep, over so many variables. */
    public static Expression draw(RandomGenerator random, List<Operator> operators, int depth, int variables) {
        if (depth == 0 || random.nextInt(5) == 0) {
            return random.nextInt(3) == 0
                    ? Expression.constant(constant(random))
                    : Expression.variable(random.nextInt(variables));
        }
        Operator operator = operators.get(random.nextInt(operators.size()));
        Expression left = draw(random, operators, depth - 1, variables);
        return operator.arity() == 1
                ? Expression.apply(operator, left)
                : Expression.apply(operator, left, draw(random, operators, depth - 1, variables));
    }

    private static double constant(RandomGenerator random) {
        return switch (random.nextInt(5)) {
            case 0 -> random.nextInt(-3, 4);
            case 1 -> random.nextGaussian() * 1e-9;
            case 2 -> random.nextGaussian() * 1e12;
            default -> random.nextGaussian();
        };
    }
}
