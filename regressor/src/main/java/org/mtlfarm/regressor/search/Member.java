package org.mtlfarm.regressor.search;

import org.mtlfarm.regressor.expression.Expression;

/**
 * An expression with fitted constants and its error.
 *
 * @param squaredError weighted sum of squares over the rows searched on
 * @param structure hash of the structure
 */
public record Member(Expression expression, double squaredError, long structure) {
    public Member(Expression expression, double squaredError) {
        this(expression, squaredError, expression.structureHash());
    }

    public int complexity() {
        return expression.complexity();
    }
}
