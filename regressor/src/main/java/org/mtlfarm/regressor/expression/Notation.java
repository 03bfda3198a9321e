package org.mtlfarm.regressor.expression;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * A way to write an expression. {@link #INFIX} is read back by {@link ExpressionParser} to the same values; the others are
 * for people and programs: {@link #SYMPY} for {@code sympy.sympify}, {@link #PYTHON} with {@code numpy as np},
 * {@link #JAVA} with {@code java.lang.Math}.
 */
public enum Notation {
    INFIX,
    SYMPY,
    LATEX,
    PYTHON,
    JAVA;

    private static final int SUM = 1;
    private static final int PRODUCT = 2;
    private static final int SIGN = 3;
    private static final int POWER = 4;
    private static final int ATOM = 5;

    private static final Set<String> GREEK = Set.of(
            "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "kappa", "lambda", "mu", "nu", "xi",
            "pi", "rho", "sigma", "tau", "phi", "chi", "psi", "omega");

    /** Words that Python or Java keeps for itself and that might name a column. */
    private static final Set<String> KEPT = Set.of(
            "and",
            "as",
            "assert",
            "async",
            "await",
            "boolean",
            "break",
            "byte",
            "case",
            "char",
            "class",
            "const",
            "continue",
            "def",
            "default",
            "del",
            "do",
            "double",
            "elif",
            "else",
            "enum",
            "except",
            "final",
            "float",
            "for",
            "from",
            "global",
            "if",
            "import",
            "in",
            "int",
            "is",
            "lambda",
            "long",
            "new",
            "not",
            "np",
            "or",
            "package",
            "pass",
            "private",
            "public",
            "raise",
            "return",
            "short",
            "static",
            "super",
            "switch",
            "this",
            "throw",
            "try",
            "void",
            "while",
            "with",
            "yield",
            "None",
            "True",
            "False");

    /** Names that SymPy's {@code sympify} takes for something of its own. */
    private static final Set<String> SYMPY_MEANS = Set.of(
            "E",
            "I",
            "N",
            "O",
            "Q",
            "S",
            "pi",
            "oo",
            "zoo",
            "nan",
            "beta",
            "gamma",
            "zeta",
            "eta",
            "exp",
            "log",
            "sqrt",
            "sin",
            "cos",
            "tan",
            "tanh",
            "re",
            "im",
            "arg",
            "sign",
            "diff",
            "rf",
            "ff",
            "test",
            "var",
            "div",
            "gcd",
            "lcm",
            "field",
            "ring",
            "factor",
            "degree",
            "order",
            "rank",
            "content",
            "primitive",
            "total_degree");

    /** What is written so far of a subtree, and how tightly its outermost sign binds. */
    private record Piece(String text, int binding, boolean literal) {
        String within(int least) {
            return binding >= least ? text : "(" + text + ")";
        }
    }

    /** The expression with its variables' names; {@code variables.get(v)} is variable v's. */
    public String print(Expression expression, List<String> variables) {
        if (expression.variableLimit() > variables.size()) {
            throw new IllegalArgumentException(
                    "expected names of " + expression.variableLimit() + " variables, found " + variables.size());
        }
        Deque<Piece> stack = new ArrayDeque<>();
        int constant = 0;
        for (int i = 0; i < expression.complexity(); i++) {
            if (expression.isConstant(i)) {
                double value = expression.constantAt(constant++);
                stack.push(new Piece(number(value), negative(value) ? SIGN : ATOM, true));
            } else if (expression.isVariable(i)) {
                stack.push(new Piece(name(variables.get(expression.variableAt(i))), ATOM, false));
            } else if (expression.operator(i).arity() == 1) {
                stack.push(unary(expression.operator(i), stack.pop()));
            } else {
                Piece right = stack.pop();
                stack.push(binary(expression.operator(i), stack.pop(), right));
            }
        }
        return stack.pop().text();
    }

    private Piece unary(Operator operator, Piece operand) {
        return switch (operator) {
            // "-2" would be read as a constant, which is one node less.
            case NEG ->
                new Piece(
                        "-" + (operand.literal() ? "(" + operand.text() + ")" : operand.within(SIGN + 1)), SIGN, false);
            case INV ->
                this == INFIX
                        ? call("inv", operand)
                        : this == LATEX
                                ? new Piece("\\frac{1}{" + operand.text() + "}", ATOM, false)
                                : new Piece(one() + " / " + operand.within(POWER), PRODUCT, false);
            case SQUARE ->
                switch (this) {
                    case INFIX -> call("square", operand);
                    case LATEX -> new Piece(raised(operand) + "^{2}", POWER, false);
                    case SYMPY, PYTHON -> new Piece(operand.within(ATOM) + "**2", POWER, false);
                    case JAVA -> new Piece("Math.pow(" + operand.text() + ", 2)", ATOM, false);
                };
            case ABS ->
                switch (this) {
                    case INFIX -> call("abs", operand);
                    case SYMPY -> call("Abs", operand);
                    case LATEX -> new Piece("\\left|" + operand.text() + "\\right|", ATOM, false);
                    case PYTHON -> call("np.abs", operand);
                    case JAVA -> call("Math.abs", operand);
                };
            case EXP ->
                this == LATEX ? new Piece("e^{" + operand.text() + "}", POWER, false) : function("exp", operand);
            case SQRT ->
                this == LATEX ? new Piece("\\sqrt{" + operand.text() + "}", ATOM, false) : function("sqrt", operand);
            case PLOG ->
                switch (this) {
                    case INFIX, LATEX -> function("plog", operand);
                    case SYMPY ->
                        new Piece(
                                "Piecewise((log(Abs(" + operand.text() + ")), Abs(" + operand.text()
                                        + ") > 0.001), (0, True))",
                                ATOM,
                                false);
                    case PYTHON ->
                        new Piece(
                                "np.where(np.abs(" + operand.text() + ") > 0.001, np.log(np.abs(" + operand.text()
                                        + ")), 0.0)",
                                ATOM,
                                false);
                    case JAVA ->
                        new Piece(
                                "(Math.abs(" + operand.text() + ") > 0.001 ? Math.log(Math.abs(" + operand.text()
                                        + ")) : 0.0)",
                                ATOM,
                                false);
                };
            case PSQRT ->
                switch (this) {
                    case INFIX, LATEX -> function("psqrt", operand);
                    case SYMPY -> new Piece("sqrt(Abs(" + operand.text() + "))", ATOM, false);
                    case PYTHON -> new Piece("np.sqrt(np.abs(" + operand.text() + "))", ATOM, false);
                    case JAVA -> new Piece("Math.sqrt(Math.abs(" + operand.text() + "))", ATOM, false);
                };
            default -> function(operator.symbol(), operand);
        };
    }

    private Piece binary(Operator operator, Piece left, Piece right) {
        return switch (operator) {
            case ADD ->
                right.literal() && right.binding() == SIGN
                        ? new Piece(
                                left.within(SUM) + spaced("-") + right.text().substring(1), SUM, false)
                        : new Piece(
                                left.within(SUM)
                                        + spaced("+")
                                        + right.within(right.text().startsWith("-") ? ATOM : SUM + 1),
                                SUM,
                                false);
            case SUB ->
                new Piece(
                        left.within(SUM)
                                + spaced("-")
                                + right.within(right.text().startsWith("-") ? ATOM : SUM + 1),
                        SUM,
                        false);
            case MUL -> new Piece(product(left) + times(left, right) + factor(right), PRODUCT, false);
            case DIV ->
                this == LATEX
                        ? new Piece("\\frac{" + left.text() + "}{" + right.text() + "}", ATOM, false)
                        : new Piece(left.within(PRODUCT) + spaced("/") + right.within(POWER), PRODUCT, false);
            case POW ->
                switch (this) {
                    case INFIX -> new Piece(left.within(ATOM) + "^" + right.within(POWER), POWER, false);
                    case SYMPY, PYTHON -> new Piece(left.within(ATOM) + "**" + right.within(POWER), POWER, false);
                    case LATEX -> new Piece(raised(left) + "^{" + right.text() + "}", POWER, false);
                    case JAVA -> new Piece("Math.pow(" + left.text() + ", " + right.text() + ")", ATOM, false);
                };
            case PDIV ->
                switch (this) {
                    case INFIX -> new Piece("pdiv(" + left.text() + ", " + right.text() + ")", ATOM, false);
                    case LATEX ->
                        new Piece(
                                "\\operatorname{pdiv}\\left(" + left.text() + ", " + right.text() + "\\right)",
                                ATOM,
                                false);
                    case SYMPY ->
                        new Piece(
                                "Piecewise((" + left.within(PRODUCT) + "/" + right.within(POWER) + ", Abs("
                                        + right.text() + ") > 0.001), (1, True))",
                                ATOM,
                                false);
                    case PYTHON ->
                        new Piece(
                                "np.where(np.abs(" + right.text() + ") > 0.001, " + left.within(PRODUCT) + " / "
                                        + right.within(POWER) + ", 1.0)",
                                ATOM,
                                false);
                    case JAVA ->
                        new Piece(
                                "(Math.abs(" + right.text() + ") > 0.001 ? " + left.within(PRODUCT) + " / "
                                        + right.within(POWER) + " : 1.0)",
                                ATOM,
                                false);
                };
            default -> throw new IllegalStateException(operator + " has one operand");
        };
    }

    private String product(Piece left) {
        return this == LATEX ? bracketed(left, PRODUCT) : left.within(PRODUCT);
    }

    private String factor(Piece right) {
        return this == LATEX ? bracketed(right, POWER) : right.within(POWER);
    }

    private String times(Piece left, Piece right) {
        if (this != LATEX) {
            return spaced("*");
        }
        return right.literal()
                        || left.literal() && Character.isDigit(right.text().charAt(0))
                ? " \\cdot "
                : " \\, ";
    }

    private static String bracketed(Piece piece, int least) {
        return piece.binding() >= least ? piece.text() : "\\left(" + piece.text() + "\\right)";
    }

    /** The base of a power in LaTeX; a fraction or a power under an exponent needs brackets to be read right. */
    private static String raised(Piece base) {
        boolean plain = base.binding() == ATOM
                && !base.text().startsWith("\\frac")
                && !base.text().contains("\\times");
        return plain ? base.text() : "\\left(" + base.text() + "\\right)";
    }

    private String spaced(String sign) {
        return this == INFIX ? sign : " " + sign + " ";
    }

    private String one() {
        return this == JAVA || this == PYTHON ? "1.0" : "1";
    }

    private Piece function(String name, Piece operand) {
        return switch (this) {
            case INFIX, SYMPY -> call(name, operand);
            case PYTHON -> call("np." + name, operand);
            case JAVA -> call("Math." + name, operand);
            case LATEX ->
                new Piece(
                        (Set.of("plog", "psqrt").contains(name) ? "\\operatorname{" + name + "}" : "\\" + name)
                                + "\\left(" + operand.text() + "\\right)",
                        ATOM,
                        false);
        };
    }

    private static Piece call(String name, Piece operand) {
        return new Piece(name + "(" + operand.text() + ")", ATOM, false);
    }

    private static boolean negative(double value) {
        return value < 0 || 1 / value < 0;
    }

    /** The shortest digits that give the same double back; 2 rather than 2.0 for whole numbers. */
    private String number(double value) {
        if (value == 0) {
            return (negative(value) ? "-0" : "0") + (this == JAVA || this == PYTHON ? ".0" : "");
        }
        BigDecimal shortest = shortest(value);
        int exponent = shortest.precision() - shortest.scale() - 1;
        if (exponent >= -5 && exponent < 10) {
            String plain = shortest.toPlainString();
            return (this == JAVA || this == PYTHON) && plain.indexOf('.') < 0 ? plain + ".0" : plain;
        }
        String digits = new BigDecimal(shortest.unscaledValue(), shortest.precision() - 1).toPlainString();
        return this == LATEX ? digits + "\\times 10^{" + exponent + "}" : digits + "e" + exponent;
    }

    /** The fewest digits that read back as the same double; not {@code Double.toString}, whose digits depend on the JDK. */
    private static BigDecimal shortest(double value) {
        BigDecimal exact = new BigDecimal(value);
        for (int digits = 1; digits < 17; digits++) {
            BigDecimal rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            if (rounded.doubleValue() == value) {
                return rounded.stripTrailingZeros();
            }
        }
        return exact.round(new MathContext(17, RoundingMode.HALF_EVEN)).stripTrailingZeros();
    }

    private String name(String variable) {
        return switch (this) {
            case INFIX -> ExpressionParser.isPlainName(variable) ? variable : "`" + variable + "`";
            case SYMPY, PYTHON, JAVA -> identifier(variable);
            case LATEX ->
                GREEK.contains(variable)
                        ? "\\" + variable
                        : variable.length() == 1 && Character.isLetter(variable.charAt(0))
                                ? variable
                                : "\\mathrm{" + escaped(variable) + "}";
        };
    }

    private static String escaped(String variable) {
        StringBuilder text = new StringBuilder();
        for (char c : variable.toCharArray()) {
            switch (c) {
                case '_', '%', '&', '#', '$', '{', '}' -> text.append('\\').append(c);
                case '\\' -> text.append("\\backslash ");
                case '^' -> text.append("\\hat{}");
                case '~' -> text.append("\\tilde{}");
                case ' ' -> text.append("\\ ");
                default -> text.append(c);
            }
        }
        return text.toString();
    }

    /**
     * A variable's name as an identifier of the notation's language: signs that it does not allow become underscores, and a
     * word that it keeps for itself gets one at its end.
     */
    public String identifier(String variable) {
        String plain = variable.replaceAll("[^A-Za-z0-9_]", "_");
        if (plain.isEmpty() || Character.isDigit(plain.charAt(0))) {
            return "_" + plain;
        }
        return KEPT.contains(plain) || this == SYMPY && SYMPY_MEANS.contains(plain) ? plain + "_" : plain;
    }
}
