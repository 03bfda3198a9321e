package org.mtlfarm.regressor.expression;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

import static org.mtlfarm.regressor.expression.Operator.*;

/**
 * Brings expressions into a shorter, canonical form: constants folded and moved outwards, doubled signs and inverse functions
 * undone. It may widen the domain ({@code square(sqrt(x))} becomes {@code x}), so what comes out is to be evaluated anew, and
 * never writes an operator that is not allowed. The protected operators are left alone.
 */
public final class Simplifier {
    /** What a simplified operand becomes under an operator; null where nothing shorter is known. */
    private interface UnaryRule {
        Expression shorter(Expression a);
    }

    /** What two simplified operands become under an operator; null where nothing shorter is known. */
    private interface BinaryRule {
        Expression shorter(Expression a, Expression b);
    }

    private final Set<Operator> allowed;
    /**
     * Rules in tables, by operator: rules call each other, and where a switch calls them the JIT copies them into each other for
     * seconds (measured: half of all that it compiled in a fit).
     */
    private final Map<Operator, UnaryRule> unaryRules;

    private final Map<Operator, BinaryRule> binaryRules;

    public Simplifier(Set<Operator> allowed) {
        this.allowed = allowed.isEmpty() ? EnumSet.noneOf(Operator.class) : EnumSet.copyOf(allowed);
        this.unaryRules = new EnumMap<>(Map.of(
                NEG, this::negate,
                INV, this::invert,
                SQUARE, this::square,
                ABS, this::absolute,
                EXP, this::exponential,
                LOG, this::logarithm,
                SQRT, this::root));
        this.binaryRules = new EnumMap<>(Map.of(
                ADD, this::add,
                SUB, this::subtract,
                MUL, this::multiply,
                DIV, this::divide,
                POW, this::power));
    }

    public Expression simplify(Expression expression) {
        Deque<Expression> stack = new ArrayDeque<>();
        int constant = 0;
        for (int i = 0; i < expression.complexity(); i++) {
            if (expression.isConstant(i)) {
                stack.push(literal(expression.constantAt(constant++)));
            } else if (expression.isVariable(i)) {
                stack.push(Expression.variable(expression.variableAt(i)));
            } else if (expression.operator(i).arity() == 1) {
                stack.push(unary(expression.operator(i), stack.pop()));
            } else {
                Expression right = stack.pop();
                stack.push(binary(expression.operator(i), stack.pop(), right));
            }
        }
        return stack.pop();
    }

    /** A constant; one that left the range of a double becomes its end. */
    private static Expression literal(double value) {
        return Expression.constant(
                Double.isNaN(value) ? 0 : Math.max(-Double.MAX_VALUE, Math.min(Double.MAX_VALUE, value)));
    }

    /** The operator over a simplified operand, simplified. */
    public Expression unary(Operator operator, Expression a) {
        if (literal(a)) {
            double value = operator.apply(a.constantAt(0), 0);
            if (Double.isFinite(value)) {
                return literal(value);
            }
        }
        UnaryRule rule = unaryRules.get(operator);
        Expression shorter = rule == null ? null : rule.shorter(a);
        return shorter != null ? shorter : Expression.apply(operator, a);
    }

    /** The operator over simplified operands, simplified. */
    public Expression binary(Operator operator, Expression a, Expression b) {
        if (literal(a) && literal(b)) {
            double value = operator.apply(a.constantAt(0), b.constantAt(0));
            if (Double.isFinite(value)) {
                return literal(value);
            }
        }
        BinaryRule rule = binaryRules.get(operator);
        Expression shorter = rule == null ? null : rule.shorter(a, b);
        if (shorter != null) {
            return shorter;
        }
        // One of the two orders, so that sums and products of the same parts are the same expression.
        boolean exchanged = operator.commutative() && !literal(a) && !literal(b) && after(a, b);
        return exchanged ? Expression.apply(operator, b, a) : Expression.apply(operator, a, b);
    }

    /** Whether a comes after b: the shorter first, then by codes. */
    private static boolean after(Expression a, Expression b) {
        if (a.complexity() != b.complexity()) {
            return a.complexity() > b.complexity();
        }
        for (int i = 0; i < a.complexity(); i++) {
            if (a.code(i) != b.code(i)) {
                return a.code(i) < b.code(i);
            }
        }
        return false;
    }

    /** {@code factor * a}, shortened where a takes the factor in. */
    public Expression scaled(double factor, Expression a) {
        return binary(MUL, literal(factor), a);
    }

    /** {@code a + offset}. */
    public Expression shifted(Expression a, double offset) {
        return binary(ADD, a, literal(offset));
    }

    private Expression add(Expression a, Expression b) {
        // Two literals come here where their sum is beyond a double: they stay as they are.
        if (literal(a) && !literal(b)) {
            return binary(ADD, b, a);
        }
        if (literal(b)) {
            double c = b.constantAt(0);
            if (c == 0) {
                return a;
            }
            if (is(a, ADD) && literal(a.right())) {
                return shift(a.left(), a.right().constantAt(0) + c);
            }
            if (is(a, SUB) && literal(a.left())) {
                return subtractFrom(a.left().constantAt(0) + c, a.right());
            }
            if (scaledDown(a)) {
                return subtractFrom(c, negated(a));
            }
            if (is(a, NEG)) {
                return binary(SUB, b, a.left());
            }
            return null;
        }
        if (is(b, NEG)) {
            return binary(SUB, a, b.left());
        }
        if (is(a, NEG)) {
            return binary(SUB, b, a.left());
        }
        if (is(a, ADD) && literal(a.right())) {
            return shifted(binary(ADD, a.left(), b), a.right().constantAt(0));
        }
        if (is(b, ADD) && literal(b.right())) {
            return shifted(binary(ADD, a, b.left()), b.right().constantAt(0));
        }
        if (is(a, SUB) && literal(a.left())) {
            return shifted(binary(SUB, b, a.right()), a.left().constantAt(0));
        }
        if (is(b, SUB) && literal(b.left())) {
            return shifted(binary(SUB, a, b.right()), b.left().constantAt(0));
        }
        if (unscaled(a).equals(unscaled(b))) {
            return scaled(factor(a) + factor(b), unscaled(a));
        }
        if (scaledDown(b)) {
            return binary(SUB, a, negated(b));
        }
        if (scaledDown(a)) {
            return binary(SUB, b, negated(a));
        }
        if (is(a, LOG) && is(b, LOG)) {
            return unary(LOG, binary(MUL, a.left(), b.left()));
        }
        return null;
    }

    private Expression subtract(Expression a, Expression b) {
        if (literal(b)) {
            return shifted(a, -b.constantAt(0));
        }
        if (literal(a)) {
            double c = a.constantAt(0);
            if (c == 0) {
                return unary(NEG, b);
            }
            if (is(b, ADD) && literal(b.right())) {
                return subtractFrom(c - b.right().constantAt(0), b.left());
            }
            if (is(b, SUB) && literal(b.left())) {
                return shifted(b.right(), c - b.left().constantAt(0));
            }
            if (is(b, NEG)) {
                return shifted(b.left(), c);
            }
            if (scaledDown(b)) {
                return shifted(negated(b), c);
            }
            if (is(b, SUB)) {
                return shifted(binary(SUB, b.right(), b.left()), c);
            }
            return null;
        }
        if (a.equals(b)) {
            return literal(0);
        }
        if (is(b, NEG)) {
            return binary(ADD, a, b.left());
        }
        if (is(a, ADD) && literal(a.right())) {
            return shifted(binary(SUB, a.left(), b), a.right().constantAt(0));
        }
        if (is(b, ADD) && literal(b.right())) {
            return shifted(binary(SUB, a, b.left()), -b.right().constantAt(0));
        }
        if (is(a, SUB) && literal(a.left())) {
            return binary(SUB, a.left(), binary(ADD, a.right(), b));
        }
        if (is(b, SUB) && literal(b.left())) {
            return shifted(binary(ADD, a, b.right()), -b.left().constantAt(0));
        }
        if (unscaled(a).equals(unscaled(b))) {
            return scaled(factor(a) - factor(b), unscaled(a));
        }
        if (scaledDown(b)) {
            return binary(ADD, a, negated(b));
        }
        if (is(a, LOG) && is(b, LOG)) {
            return unary(LOG, binary(DIV, a.left(), b.left()));
        }
        return null;
    }

    private Expression multiply(Expression a, Expression b) {
        if (literal(b) && !literal(a)) {
            return binary(MUL, b, a);
        }
        if (literal(a)) {
            double c = a.constantAt(0);
            if (c == 0) {
                return literal(0);
            }
            if (c == 1) {
                return b;
            }
            if (is(b, NEG)) {
                return scaled(-c, b.left());
            }
            if (is(b, MUL) && literal(b.left())) {
                return scale(c * b.left().constantAt(0), b.right());
            }
            if (is(b, DIV) && literal(b.left())) {
                return over(c * b.left().constantAt(0), b.right());
            }
            if (is(b, INV)) {
                return over(c, b.left());
            }
            if (c < 0 && is(b, SUB)) {
                return scaled(-c, binary(SUB, b.right(), b.left()));
            }
            if (c == -1 && allowed.contains(NEG)) {
                return unary(NEG, b);
            }
            return null;
        }
        if (is(a, NEG)) {
            return scaled(-1, binary(MUL, a.left(), b));
        }
        if (is(b, NEG)) {
            return scaled(-1, binary(MUL, a, b.left()));
        }
        if (is(a, MUL) && literal(a.left())) {
            return scaled(a.left().constantAt(0), binary(MUL, a.right(), b));
        }
        if (is(b, MUL) && literal(b.left())) {
            return scaled(b.left().constantAt(0), binary(MUL, a, b.right()));
        }
        if (is(a, DIV) && literal(a.left())) {
            return scaled(a.left().constantAt(0), binary(DIV, b, a.right()));
        }
        if (is(b, DIV) && literal(b.left())) {
            return scaled(b.left().constantAt(0), binary(DIV, a, b.right()));
        }
        if (is(b, INV)) {
            return binary(DIV, a, b.left());
        }
        if (is(a, INV)) {
            return binary(DIV, b, a.left());
        }
        if (is(a, SQRT) && is(b, SQRT)) {
            return a.equals(b) ? a.left() : unary(SQRT, binary(MUL, a.left(), b.left()));
        }
        if (a.equals(b) && allowed.contains(SQUARE)) {
            return unary(SQUARE, a);
        }
        if (is(a, SQUARE) && is(b, SQUARE)) {
            return unary(SQUARE, binary(MUL, a.left(), b.left()));
        }
        if (is(a, EXP) && is(b, EXP)) {
            return unary(EXP, binary(ADD, a.left(), b.left()));
        }
        if (is(a, DIV) && a.right().equals(b)) {
            return a.left();
        }
        if (is(b, DIV) && b.right().equals(a)) {
            return b.left();
        }
        if (is(a, DIV)) {
            return binary(DIV, binary(MUL, a.left(), b), a.right());
        }
        if (is(b, DIV)) {
            return binary(DIV, binary(MUL, a, b.left()), b.right());
        }
        return null;
    }

    private Expression divide(Expression a, Expression b) {
        if (literal(b) && b.constantAt(0) != 0 && Double.isFinite(1 / b.constantAt(0))) {
            return scaled(1 / b.constantAt(0), a);
        }
        if (literal(a)) {
            double c = a.constantAt(0);
            if (c == 0) {
                return literal(0);
            }
            if (is(b, MUL) && literal(b.left()) && b.left().constantAt(0) != 0) {
                return over(c / b.left().constantAt(0), b.right());
            }
            if (is(b, DIV)) {
                return scaled(c, binary(DIV, b.right(), b.left()));
            }
            if (is(b, INV)) {
                return scaled(c, b.left());
            }
            if (is(b, NEG)) {
                return over(-c, b.left());
            }
            if (c < 0 && is(b, SUB)) {
                return over(-c, binary(SUB, b.right(), b.left()));
            }
            if (c == 1 && allowed.contains(INV)) {
                return Expression.apply(INV, b);
            }
            return null;
        }
        if (a.equals(b)) {
            return literal(1);
        }
        if (is(a, NEG)) {
            return scaled(-1, binary(DIV, a.left(), b));
        }
        if (is(b, NEG)) {
            return scaled(-1, binary(DIV, a, b.left()));
        }
        if (is(a, MUL) && literal(a.left())) {
            return scaled(a.left().constantAt(0), binary(DIV, a.right(), b));
        }
        if (is(b, MUL) && literal(b.left()) && b.left().constantAt(0) != 0) {
            return scaled(1 / b.left().constantAt(0), binary(DIV, a, b.right()));
        }
        if (is(b, INV)) {
            return binary(MUL, a, b.left());
        }
        if (is(b, DIV)) {
            return binary(DIV, binary(MUL, a, b.right()), b.left());
        }
        if (is(a, DIV)) {
            return binary(DIV, a.left(), binary(MUL, a.right(), b));
        }
        if (is(a, INV)) {
            return unary(INV, binary(MUL, a.left(), b));
        }
        if (is(a, SQRT) && is(b, SQRT)) {
            return unary(SQRT, binary(DIV, a.left(), b.left()));
        }
        if (is(a, SQUARE) && is(b, SQUARE)) {
            return unary(SQUARE, binary(DIV, a.left(), b.left()));
        }
        if (is(a, SQUARE) && a.left().equals(b)) {
            return b;
        }
        if (is(b, SQUARE) && b.left().equals(a)) {
            return over(1, a);
        }
        if (is(b, SQRT) && b.left().equals(a)) {
            return b;
        }
        if (is(a, EXP) && is(b, EXP)) {
            return unary(EXP, binary(SUB, a.left(), b.left()));
        }
        if (is(a, MUL) && a.right().equals(b)) {
            return a.left();
        }
        if (is(a, MUL) && a.left().equals(b)) {
            return a.right();
        }
        return null;
    }

    private Expression power(Expression a, Expression b) {
        if (!literal(b)) {
            return null;
        }
        double c = b.constantAt(0);
        if (c == 0) {
            return literal(1);
        }
        if (c == 1) {
            return a;
        }
        if (c == 2 && allowed.contains(SQUARE)) {
            return unary(SQUARE, a);
        }
        if (c == 0.5 && allowed.contains(SQRT)) {
            return unary(SQRT, a);
        }
        if (c == -1 && allowed.contains(INV)) {
            return unary(INV, a);
        }
        if (is(a, MUL) && literal(a.left()) && a.left().constantAt(0) > 0) {
            double factor = Math.pow(a.left().constantAt(0), c);
            if (Double.isFinite(factor) && factor != 0) {
                return scaled(factor, binary(POW, a.right(), b));
            }
        }
        if (is(a, POW) && literal(a.right())) {
            return binary(POW, a.left(), literal(c * a.right().constantAt(0)));
        }
        if (is(a, SQRT)) {
            return binary(POW, a.left(), literal(c / 2));
        }
        if (is(a, INV)) {
            return binary(POW, a.left(), literal(-c));
        }
        if (is(a, EXP)) {
            return unary(EXP, scaled(c, a.left()));
        }
        return null;
    }

    private Expression negate(Expression a) {
        if (is(a, NEG)) {
            return a.left();
        }
        if (is(a, SUB)) {
            return binary(SUB, a.right(), a.left());
        }
        if (is(a, ADD) && literal(a.right())) {
            return subtractFrom(-a.right().constantAt(0), a.left());
        }
        return (is(a, MUL) || is(a, DIV)) && literal(a.left()) ? negated(a) : null;
    }

    private Expression invert(Expression a) {
        if (is(a, INV)) {
            return a.left();
        }
        if (is(a, MUL) && literal(a.left()) && a.left().constantAt(0) != 0) {
            return over(1 / a.left().constantAt(0), a.right());
        }
        if (is(a, DIV)) {
            return binary(DIV, a.right(), a.left());
        }
        if (is(a, NEG)) {
            return unary(NEG, unary(INV, a.left()));
        }
        return is(a, EXP) ? unary(EXP, unary(NEG, a.left())) : null;
    }

    private Expression square(Expression a) {
        if (is(a, SQRT)) {
            return a.left();
        }
        if (is(a, NEG) || is(a, ABS)) {
            return unary(SQUARE, a.left());
        }
        if (is(a, MUL) && literal(a.left())) {
            return scaled(a.left().constantAt(0) * a.left().constantAt(0), unary(SQUARE, a.right()));
        }
        if (is(a, DIV) && literal(a.left())) {
            return over(a.left().constantAt(0) * a.left().constantAt(0), unary(SQUARE, a.right()));
        }
        if (is(a, INV)) {
            return unary(INV, unary(SQUARE, a.left()));
        }
        if (is(a, EXP) && scaledAlready(a.left())) {
            return unary(EXP, scaled(2, a.left()));
        }
        if (is(a, POW) && literal(a.right())) {
            return binary(POW, a.left(), literal(2 * a.right().constantAt(0)));
        }
        return null;
    }

    private Expression absolute(Expression a) {
        if (is(a, ABS) || is(a, SQRT) || is(a, EXP) || is(a, SQUARE)) {
            return a;
        }
        if (is(a, NEG)) {
            return unary(ABS, a.left());
        }
        if (is(a, MUL) && literal(a.left())) {
            return scaled(Math.abs(a.left().constantAt(0)), unary(ABS, a.right()));
        }
        return null;
    }

    private Expression exponential(Expression a) {
        if (is(a, LOG)) {
            return a.left();
        }
        if (is(a, ADD) && literal(a.right()) && moderate(a.right())) {
            return scaled(Math.exp(a.right().constantAt(0)), unary(EXP, a.left()));
        }
        if (is(a, SUB) && literal(a.left()) && moderate(a.left()) && scaledAlready(a.right())) {
            return scaled(Math.exp(a.left().constantAt(0)), unary(EXP, scaled(-1, a.right())));
        }
        if (is(a, MUL) && literal(a.left()) && is(a.right(), LOG) && allowed.contains(POW)) {
            return binary(POW, a.right().left(), a.left());
        }
        return null;
    }

    private Expression logarithm(Expression a) {
        if (is(a, EXP)) {
            return a.left();
        }
        if (is(a, MUL) && literal(a.left()) && a.left().constantAt(0) > 0) {
            return shifted(unary(LOG, a.right()), Math.log(a.left().constantAt(0)));
        }
        if (is(a, DIV) && literal(a.left()) && a.left().constantAt(0) > 0) {
            return subtractFrom(Math.log(a.left().constantAt(0)), unary(LOG, a.right()));
        }
        if (is(a, INV) && allowed.contains(NEG)) {
            return unary(NEG, unary(LOG, a.left()));
        }
        if (is(a, POW) && literal(a.right())) {
            return scaled(a.right().constantAt(0), unary(LOG, a.left()));
        }
        return null;
    }

    private Expression root(Expression a) {
        if (is(a, SQUARE) && allowed.contains(ABS)) {
            return unary(ABS, a.left());
        }
        if (is(a, MUL) && literal(a.left()) && a.left().constantAt(0) > 0) {
            return scaled(Math.sqrt(a.left().constantAt(0)), unary(SQRT, a.right()));
        }
        if (is(a, DIV) && literal(a.left()) && a.left().constantAt(0) > 0) {
            return over(Math.sqrt(a.left().constantAt(0)), unary(SQRT, a.right()));
        }
        if (is(a, POW) && literal(a.right())) {
            return binary(POW, a.left(), literal(a.right().constantAt(0) / 2));
        }
        if (is(a, EXP) && scaledAlready(a.left())) {
            return unary(EXP, scaled(0.5, a.left()));
        }
        return null;
    }

    /** {@code c * a} where a holds no factor. */
    private Expression scale(double c, Expression a) {
        return c == 1 ? a : scaled(c, a);
    }

    /** {@code a + c} where a holds no offset. */
    private Expression shift(Expression a, double c) {
        return c == 0 ? a : shifted(a, c);
    }

    private Expression subtractFrom(double c, Expression a) {
        return binary(SUB, literal(c), a);
    }

    /** {@code c / a}. */
    private Expression over(double c, Expression a) {
        return binary(DIV, literal(c), a);
    }

    /** Has a factor or a numerator in front, which takes another one in. */
    private static boolean scaledAlready(Expression a) {
        return (is(a, MUL) || is(a, DIV)) && literal(a.left());
    }

    /** Has a negative factor or numerator in front. */
    private static boolean scaledDown(Expression a) {
        return (is(a, MUL) || is(a, DIV)) && literal(a.left()) && a.left().constantAt(0) < 0;
    }

    private Expression negated(Expression a) {
        double c = -a.left().constantAt(0);
        return is(a, MUL) ? scale(c, a.right()) : over(c, a.right());
    }

    private static double factor(Expression a) {
        return is(a, MUL) && literal(a.left()) ? a.left().constantAt(0) : 1;
    }

    private static Expression unscaled(Expression a) {
        return is(a, MUL) && literal(a.left()) ? a.right() : a;
    }

    /** The exponential of it is an ordinary number. */
    private static boolean moderate(Expression literal) {
        return Math.abs(literal.constantAt(0)) < 300;
    }

    private static boolean literal(Expression a) {
        return a.complexity() == 1 && a.isConstant(0);
    }

    private static boolean is(Expression a, Operator operator) {
        return a.code(a.complexity() - 1) == operator.ordinal();
    }
}
