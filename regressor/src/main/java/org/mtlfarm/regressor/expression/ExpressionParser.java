package org.mtlfarm.regressor.expression;

import java.util.ArrayList;
import java.util.List;

import org.mtlfarm.schemas.InvalidInputException;

/**
 * Reads expressions such as {@code sqrt((log(T)+0.45)*(AMI*n/(AMI+0.6)))}: {@code + - * / ^}, unary minus, functions by
 * name. {@code ^} (also written {@code **}) is right-associative and binds tighter than unary minus. A number with its sign
 * is one constant. Names that are no plain word stand in backquotes. Mistakes are reported with position, what was expected
 * and what was found.
 */
public final class ExpressionParser {
    /** Brackets and signs within each other beyond this are refused, so that no input exhausts the stack. */
    private static final int DEEPEST = 500;

    private final String text;
    private final List<String> variables;
    private final boolean open;
    private int position;
    private int nesting;

    /** An expression with the names of its variables. */
    public record Named(Expression expression, List<String> variables) {
        public Named {
            variables = List.copyOf(variables);
        }
    }

    private ExpressionParser(String text, List<String> variables, boolean open) {
        this.text = text;
        this.variables = variables;
        this.open = open;
    }

    /** Reads an expression over the given variables; any other name is a mistake. */
    public static Expression parse(String text, List<String> variables) {
        return new ExpressionParser(text, variables, false).all();
    }

    /** Reads an expression over any variables, numbered as they first occur. */
    public static Named parse(String text) {
        List<String> found = new ArrayList<>();
        Expression expression = new ExpressionParser(text, found, true).all();
        return new Named(expression, found);
    }

    /** Whether a variable's name can stand without backquotes. */
    static boolean isPlainName(String name) {
        if (name.isEmpty() || !nameStart(name.charAt(0))) {
            return false;
        }
        return name.chars().allMatch(c -> nameStart((char) c) || Character.isDigit(c));
    }

    private Expression all() {
        Expression expression = sum();
        skipSpace();
        if (position < text.length()) {
            throw mistake("an operator or the end");
        }
        return expression;
    }

    private Expression sum() {
        if (++nesting > DEEPEST) {
            throw mistake("at most " + DEEPEST + " levels of brackets");
        }
        Expression left = product();
        while (true) {
            if (accept('+')) {
                left = Expression.apply(Operator.ADD, left, product());
            } else if (accept('-')) {
                left = Expression.apply(Operator.SUB, left, product());
            } else {
                nesting--;
                return left;
            }
        }
    }

    private Expression product() {
        Expression left = signed();
        while (true) {
            skipSpace();
            if (!text.startsWith("**", position) && accept('*')) {
                left = Expression.apply(Operator.MUL, left, signed());
            } else if (accept('/')) {
                left = Expression.apply(Operator.DIV, left, signed());
            } else {
                return left;
            }
        }
    }

    private Expression signed() {
        if (++nesting > DEEPEST) {
            throw mistake("at most " + DEEPEST + " levels of brackets and signs");
        }
        Expression result;
        if (accept('-')) {
            skipSpace();
            boolean literal = atNumber();
            Expression operand = signed();
            result = literal && operand.complexity() == 1
                    ? Expression.constant(-operand.constantAt(0))
                    : Expression.apply(Operator.NEG, operand);
        } else if (accept('+')) {
            result = signed();
        } else {
            result = power();
        }
        nesting--;
        return result;
    }

    private Expression power() {
        Expression base = atom();
        skipSpace();
        if (text.startsWith("**", position)) {
            position++;
        } else if (position >= text.length() || text.charAt(position) != '^') {
            return base;
        }
        position++;
        return Expression.apply(Operator.POW, base, signed());
    }

    private Expression atom() {
        skipSpace();
        if (atNumber()) {
            return number();
        }
        if (accept('(')) {
            Expression inner = sum();
            expect(')');
            return inner;
        }
        if (position < text.length() && text.charAt(position) == '`') {
            return quoted();
        }
        if (position < text.length() && nameStart(text.charAt(position))) {
            return nameOrCall();
        }
        throw mistake("a number, a variable, a function or '('");
    }

    private Expression nameOrCall() {
        int start = position;
        while (position < text.length()
                && (nameStart(text.charAt(position)) || Character.isDigit(text.charAt(position)))) {
            position++;
        }
        String name = text.substring(start, position);
        skipSpace();
        if (position < text.length() && text.charAt(position) == '(') {
            Operator operator = Operator.named(name).orElse(null);
            if (operator == null) {
                position = start;
                throw mistake("one of the functions " + functions(), "'" + name + "'");
            }
            position++;
            return call(operator);
        }
        return variable(name, start);
    }

    private Expression call(Operator operator) {
        Expression first = sum();
        if (operator.arity() == 1) {
            expect(')');
            return Expression.apply(operator, first);
        }
        expect(',');
        Expression second = sum();
        expect(')');
        return Expression.apply(operator, first, second);
    }

    private Expression quoted() {
        int start = position;
        int end = text.indexOf('`', start + 1);
        if (end < 0) {
            throw mistake("a closing '`' for this one");
        }
        position = end + 1;
        return variable(text.substring(start + 1, end), start);
    }

    private Expression variable(String name, int start) {
        int index = variables.indexOf(name);
        if (index < 0) {
            if (!open) {
                position = start;
                throw mistake("one of the variables " + String.join(", ", variables), "'" + name + "'");
            }
            variables.add(name);
            index = variables.size() - 1;
        }
        return Expression.variable(index);
    }

    private boolean atNumber() {
        if (position >= text.length()) {
            return false;
        }
        char c = text.charAt(position);
        return digit(c) || c == '.' && position + 1 < text.length() && digit(text.charAt(position + 1));
    }

    private Expression number() {
        int start = position;
        skipDigits();
        if (position < text.length() && text.charAt(position) == '.') {
            position++;
            skipDigits();
        }
        if (position < text.length() && (text.charAt(position) == 'e' || text.charAt(position) == 'E')) {
            int mark = position++;
            if (position < text.length() && (text.charAt(position) == '-' || text.charAt(position) == '+')) {
                position++;
            }
            int digits = position;
            skipDigits();
            if (digits == position) {
                position = mark;
            }
        }
        double value = Double.parseDouble(text.substring(start, position));
        if (Double.isInfinite(value)) {
            String found = text.substring(start, position);
            position = start;
            throw mistake("a number of at most 1.797e308", found);
        }
        return Expression.constant(value);
    }

    private void skipDigits() {
        while (position < text.length() && digit(text.charAt(position))) {
            position++;
        }
    }

    private static boolean digit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean nameStart(char c) {
        return Character.isLetter(c) || c == '_';
    }

    private void skipSpace() {
        while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
            position++;
        }
    }

    private boolean accept(char wanted) {
        skipSpace();
        if (position < text.length() && text.charAt(position) == wanted) {
            position++;
            return true;
        }
        return false;
    }

    private void expect(char wanted) {
        if (!accept(wanted)) {
            throw mistake("'" + wanted + "'");
        }
    }

    private static String functions() {
        List<String> names = new ArrayList<>();
        for (Operator operator : Operator.values()) {
            if (Character.isLetter(operator.symbol().charAt(0))) {
                names.add(operator.symbol());
            }
        }
        return String.join(" ", names);
    }

    private InvalidInputException mistake(String expected) {
        return mistake(expected, position >= text.length() ? "the end" : "'" + text.charAt(position) + "'");
    }

    private InvalidInputException mistake(String expected, String found) {
        String shown = text.length() <= 80 ? text : text.substring(0, 77) + "...";
        return new InvalidInputException("formula \"" + shown + "\", position " + (position + 1) + ": expected "
                + expected + ", found " + found);
    }
}
