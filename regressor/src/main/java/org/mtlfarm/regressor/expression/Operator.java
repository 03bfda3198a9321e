package org.mtlfarm.regressor.expression;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.mtlfarm.schemas.InvalidInputException;

/**
 * What an inner node of an expression does. {@code log} and {@code sqrt} are unprotected: outside their domain they are not
 * a number. The three of the gplearn preset ({@code pdiv plog psqrt}) follow that program's rules.
 */
public enum Operator {
    ADD("+", 2),
    SUB("-", 2),
    MUL("*", 2),
    DIV("/", 2),
    POW("pow", 2),
    NEG("neg", 1),
    INV("inv", 1),
    SQUARE("square", 1),
    ABS("abs", 1),
    EXP("exp", 1),
    LOG("log", 1),
    SQRT("sqrt", 1),
    SIN("sin", 1),
    COS("cos", 1),
    TANH("tanh", 1),
    /** a / b; 1 where |b| is at most {@link #PROTECTED}. */
    PDIV("pdiv", 2),
    /** log |a|; 0 where |a| is at most {@link #PROTECTED}. */
    PLOG("plog", 1),
    /** sqrt |a|. */
    PSQRT("psqrt", 1);

    /** At or below this size gplearn's division and logarithm give their substitute value. */
    public static final double PROTECTED = 0.001;

    private static final Operator[] ALL = values();
    private static final Map<String, Operator> BY_NAME =
            Arrays.stream(ALL).collect(Collectors.toMap(Operator::symbol, Function.identity()));

    private final String symbol;
    private final int arity;

    Operator(String symbol, int arity) {
        this.symbol = symbol;
        this.arity = arity;
    }

    /** The sign of the four binary operators with one, else the function's name. */
    public String symbol() {
        return symbol;
    }

    /** Operands: 1 or 2. */
    public int arity() {
        return arity;
    }

    /** The operands can be exchanged. */
    public boolean commutative() {
        return this == ADD || this == MUL;
    }

    static Operator of(int ordinal) {
        return ALL[ordinal];
    }

    /** The operator of a symbol: {@code +}, {@code sqrt}; {@code ^} and {@code pow} are the same. */
    public static Optional<Operator> named(String symbol) {
        return Optional.ofNullable(BY_NAME.get(symbol.equals("^") ? "pow" : symbol));
    }

    /**
     * The operators of a list such as {@code add,sub,*,sqrt}; add, sub, mul and div also by their signs.
     *
     * @throws InvalidInputException if a name is none of an operator
     */
    public static Set<Operator> list(String names) {
        Set<Operator> operators = EnumSet.noneOf(Operator.class);
        for (String name : names.split(",", -1)) {
            String plain = name.strip().toLowerCase(Locale.ROOT);
            operators.add(named(plain)
                    .or(() -> Arrays.stream(ALL)
                            .filter(operator ->
                                    operator.name().toLowerCase(Locale.ROOT).equals(plain))
                            .findFirst())
                    .orElseThrow(() -> new InvalidInputException("operators: expected some of "
                            + Arrays.stream(ALL)
                                    .map(operator -> operator.name().toLowerCase(Locale.ROOT))
                                    .collect(Collectors.joining(" "))
                            + ", found \"" + name.strip() + "\"")));
        }
        return operators;
    }

    /** The value at operands; {@code b} counts for nothing where the operator has one operand. */
    public double apply(double a, double b) {
        return switch (this) {
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case DIV -> a / b;
            case POW -> Math.pow(a, b);
            case NEG -> -a;
            case INV -> 1 / a;
            case SQUARE -> a * a;
            case ABS -> Math.abs(a);
            case EXP -> Math.exp(a);
            case LOG -> Math.log(a);
            case SQRT -> Math.sqrt(a);
            case SIN -> Math.sin(a);
            case COS -> Math.cos(a);
            case TANH -> Math.tanh(a);
            case PDIV -> Math.abs(b) > PROTECTED ? a / b : 1;
            case PLOG -> Math.abs(a) > PROTECTED ? Math.log(Math.abs(a)) : 0;
            case PSQRT -> Math.sqrt(Math.abs(a));
        };
    }
}
