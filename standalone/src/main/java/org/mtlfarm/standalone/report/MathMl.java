package org.mtlfarm.standalone.report;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.Operator;
import org.mtlfarm.standalone.plot.Markup;

/**
 * An expression as MathML Core, which browsers draw without a script or font of ours. Constants are shown with four
 * significant digits; the exact ones stand beside it as text.
 */
final class MathMl {
    private static final int SUM = 1;
    private static final int PRODUCT = 2;
    private static final int POWER = 3;
    private static final int ATOM = 4;

    /** Signs that the paper uses for the factors. */
    private static final Map<String, String> SIGNS = Map.of("tasks", "T", "tokens", "n", "ami", "AMI", "alpha", "α");

    private record Piece(String markup, int binding) {
        String within(int least) {
            return binding >= least ? markup : "<mrow><mo>(</mo>" + markup + "<mo>)</mo></mrow>";
        }
    }

    private MathMl() {}

    /** {@code target = expression}. */
    static String equation(String target, Expression expression, List<String> variables) {
        return "<math display=\"block\"><mi>" + sign(target) + "</mi><mo>=</mo>" + body(expression, variables)
                + "</math>";
    }

    /** The expression alone, inline. */
    static String inline(Expression expression, List<String> variables) {
        return "<math>" + body(expression, variables) + "</math>";
    }

    private static String body(Expression expression, List<String> variables) {
        Deque<Piece> stack = new ArrayDeque<>();
        int constant = 0;
        for (int i = 0; i < expression.complexity(); i++) {
            if (expression.isConstant(i)) {
                stack.push(number(expression.constantAt(constant++)));
            } else if (expression.isVariable(i)) {
                stack.push(new Piece("<mi>" + sign(variables.get(expression.variableAt(i))) + "</mi>", ATOM));
            } else if (expression.operator(i).arity() == 1) {
                stack.push(unary(expression.operator(i), stack.pop()));
            } else {
                Piece right = stack.pop();
                stack.push(binary(expression.operator(i), stack.pop(), right));
            }
        }
        return "<mrow>" + stack.pop().markup() + "</mrow>";
    }

    private static Piece unary(Operator operator, Piece a) {
        return switch (operator) {
            case NEG -> new Piece("<mo>−</mo>" + a.within(PRODUCT), SUM);
            case INV -> new Piece("<mfrac><mn>1</mn><mrow>" + a.markup() + "</mrow></mfrac>", ATOM);
            case SQUARE -> new Piece("<msup><mrow>" + a.within(ATOM) + "</mrow><mn>2</mn></msup>", POWER);
            case SQRT -> new Piece("<msqrt><mrow>" + a.markup() + "</mrow></msqrt>", ATOM);
            case EXP -> new Piece("<msup><mi>e</mi><mrow>" + a.markup() + "</mrow></msup>", POWER);
            case ABS -> new Piece("<mrow><mo>|</mo>" + a.markup() + "<mo>|</mo></mrow>", ATOM);
            default ->
                new Piece(
                        "<mi>" + operator.symbol() + "</mi><mo>&#8289;</mo><mrow><mo>(</mo>" + a.markup()
                                + "<mo>)</mo></mrow>",
                        ATOM);
        };
    }

    private static Piece binary(Operator operator, Piece a, Piece b) {
        return switch (operator) {
            case ADD -> new Piece(a.within(SUM) + "<mo>+</mo>" + b.within(SUM), SUM);
            case SUB -> new Piece(a.within(SUM) + "<mo>−</mo>" + b.within(PRODUCT), SUM);
            case MUL -> new Piece(a.within(PRODUCT) + "<mo>·</mo>" + b.within(PRODUCT), PRODUCT);
            case DIV ->
                new Piece("<mfrac><mrow>" + a.markup() + "</mrow><mrow>" + b.markup() + "</mrow></mfrac>", ATOM);
            case POW ->
                new Piece("<msup><mrow>" + a.within(ATOM) + "</mrow><mrow>" + b.markup() + "</mrow></msup>", POWER);
            default ->
                new Piece(
                        "<mi>" + operator.symbol() + "</mi><mrow><mo>(</mo>" + a.markup() + "<mo>,</mo>" + b.markup()
                                + "<mo>)</mo></mrow>",
                        ATOM);
        };
    }

    private static Piece number(double value) {
        String digits = String.format(Locale.ROOT, "%.4g", Math.abs(value));
        String[] parts = digits.split("e");
        String mantissa = parts[0].contains(".") ? parts[0].replaceFirst("\\.?0+$", "") : parts[0];
        String markup = "<mn>" + mantissa + "</mn>";
        if (parts.length == 2) {
            markup += "<mo>·</mo><msup><mn>10</mn><mn>" + Integer.parseInt(parts[1]) + "</mn></msup>";
        }
        int binding = value < 0 ? SUM : parts.length == 2 ? PRODUCT : ATOM;
        return new Piece(value < 0 ? "<mo>−</mo>" + markup : markup, binding);
    }

    private static String sign(String variable) {
        return Markup.escape(SIGNS.getOrDefault(variable, variable.equals("f1") ? "F1" : variable));
    }
}
