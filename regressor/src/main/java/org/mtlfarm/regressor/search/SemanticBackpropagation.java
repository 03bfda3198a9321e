package org.mtlfarm.regressor.search;

import java.util.List;

import org.mtlfarm.regressor.evaluation.Evaluator;
import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.Operator;

/**
 * Puts in the place of a part of a formula what an enumeration holds nearest to the values wanted there: those that would make the
 * whole formula hit the target (semantic backpropagation, Pawlak et al. 2015). The values wanted under an {@code exp}
 * are the target's logarithms, those under a {@code log} its exponentials, those under a {@code sqrt} its squares: so the
 * target's transformations need no searches of their own, and errors are always those of the target itself. Keeps buffers:
 * one thread at a time.
 *
 * <p>Compares every member with what is wanted on 64 rows: about 2 ms for 16,000.
 */
public final class SemanticBackpropagation {
    /** Rows where the operators above can be undone, as a share, that it takes to say what is wanted. */
    private static final double LEAST_SHARE = 0.6;

    private final Problem problem;
    private final Enumeration enumeration;
    private final Evaluator evaluator;
    private final WantedValues wanted;
    private long compared;

    public SemanticBackpropagation(Problem problem, Enumeration enumeration) {
        this.problem = problem;
        this.enumeration = enumeration;
        this.evaluator = new Evaluator(problem.few);
        this.wanted = new WantedValues(problem.few.rows());
    }

    /**
     * The formula with its part at a position replaced.
     *
     * @param position root of the part, in postfix order
     * @param each how many members of each complexity, and of each of the forms m, a*m, m+b and a*m+b, at most
     * @return the nearest to what is wanted first; none where too few rows say what is wanted
     */
    public List<Expression> replacements(Expression formula, int position, int each) {
        return replacements(formula, position, null, null, each, Integer.MAX_VALUE);
    }

    /** The members nearest to the target itself. */
    public List<Expression> target(int each) {
        return target(each, Integer.MAX_VALUE);
    }

    /** The members nearest to what would give the target under an operator of one operand, under it. */
    public List<Expression> targetUnder(Operator operator, int each) {
        return targetUnder(operator, each, Integer.MAX_VALUE);
    }

    List<Expression> target(int each, int most) {
        return replacements(Expression.variable(0), 0, null, null, each, most);
    }

    List<Expression> targetUnder(Operator operator, int each, int most) {
        return replacements(Expression.apply(operator, Expression.variable(0)), 0, null, null, each, most);
    }

    /**
     * As above, of some of the members.
     *
     * @param parts which parts of the enumeration to look at; null for all
     * @param rows which rows to compare at first; null for all
     * @param most how many replacements at most
     */
    List<Expression> replacements(
            Expression formula, int position, boolean[] parts, boolean[] rows, int each, int most) {
        if (enumeration.size() == 0) {
            return List.of();
        }
        int others = formula.complexity() - (position - formula.start(position) + 1);
        if (others + 1 > problem.maxComplexity) {
            return List.of();
        }
        double share = wanted.find(formula, evaluator.nodes(formula), position, problem.fewTarget, problem.fewWeights);
        if (share < LEAST_SHARE) {
            return List.of();
        }
        compared += enumeration.membersIn(parts) * (rows == null ? enumeration.rows() : enumeration.rows() / 2);
        return enumeration
                .nearest(wanted.wanted(), wanted.weights(), parts, rows, problem.maxComplexity - others, each)
                .stream()
                .limit(most)
                .map(match -> formula.replace(position, match.formed(enumeration)))
                .toList();
    }

    /** Members compared, each at each row. */
    long compared() {
        return compared;
    }

    long nodeEvaluations() {
        return evaluator.nodeEvaluations();
    }
}
