package org.mtlfarm.regressor.search;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.Operator;
import org.mtlfarm.schemas.InvalidInputException;

/**
 * An operator inside another one, at any depth, which formulas shall not have: {@code sin(sin)}, {@code exp(log)},
 * {@code pow(exp)}.
 */
public record Nesting(Operator outer, Operator inner) {
    private static final Pattern FORM = Pattern.compile("\\s*([^\\s()]+)\\s*\\(\\s*([^\\s()]+)\\s*\\)\\s*");

    /**
     * Reads {@code sin(exp)}: no exponential inside a sine.
     *
     * @throws InvalidInputException if it has another form or names no operator
     */
    public static Nesting parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new InvalidInputException(
                    "a forbidden nesting is written outer(inner), as in sin(exp); found \"" + text.strip() + "\"");
        }
        return new Nesting(operator(matcher.group(1)), operator(matcher.group(2)));
    }

    /** Whether the expression has it. */
    boolean in(Expression expression) {
        for (int i = 0; i < expression.complexity(); i++) {
            if (expression.isOperator(i) && expression.operator(i) == outer) {
                for (int j = expression.start(i); j < i; j++) {
                    if (expression.isOperator(j) && expression.operator(j) == inner) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return outer.symbol() + "(" + inner.symbol() + ")";
    }

    private static Operator operator(String name) {
        return Operator.list(name).iterator().next();
    }
}
