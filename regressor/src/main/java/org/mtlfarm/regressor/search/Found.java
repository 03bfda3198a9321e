package org.mtlfarm.regressor.search;

import java.util.List;

import org.mtlfarm.regressor.expression.Expression;

/**
 * What a search hands over to be judged.
 *
 * @param best null where the choice is left to the description length
 * @param islands all that the search holds in the end
 */
record Found(
        List<Expression> front,
        Expression best,
        long evaluations,
        long nodeEvaluations,
        FitResult.Stop stop,
        List<List<Expression>> islands) {}
