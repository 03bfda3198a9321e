package org.mtlfarm.regressor.expression;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A formula as a postfix program: operands before their operator, structure apart from constants. Immutable.
 *
 * <p>Each code is one node: an {@link Operator}'s ordinal, {@link #CONSTANT} for the next of {@link #constants()}, or
 * {@code FIRST_VARIABLE - v} for variable v.
 */
public final class Expression {
    /** The code of a constant. */
    public static final int CONSTANT = -1;
    /** The code of variable 0; variable v has this minus v. */
    public static final int FIRST_VARIABLE = -2;

    private final int[] codes;
    private final double[] constants;

    private Expression(int[] codes, double[] constants) {
        this.codes = codes;
        this.constants = constants;
    }

    /**
     * The expression of a postfix program.
     *
     * @param codes nodes in postfix order
     * @param constants finite values, in the order of their codes
     */
    public static Expression of(int[] codes, double[] constants) {
        int depth = 0;
        int constantCodes = 0;
        for (int code : codes) {
            if (code >= 0) {
                depth -= Operator.of(code).arity();
                if (depth < 0) {
                    throw new IllegalArgumentException("an operator lacks operands in " + Arrays.toString(codes));
                }
            } else if (code == CONSTANT) {
                constantCodes++;
            }
            depth++;
        }
        if (depth != 1) {
            throw new IllegalArgumentException("expected one value at the end, found " + depth);
        }
        if (constantCodes != constants.length) {
            throw new IllegalArgumentException("expected " + constantCodes + " constants, found " + constants.length);
        }
        for (double constant : constants) {
            checkFinite(constant);
        }
        return new Expression(codes.clone(), constants.clone());
    }

    public static Expression constant(double value) {
        checkFinite(value);
        return new Expression(new int[] {CONSTANT}, new double[] {value});
    }

    public static Expression variable(int index) {
        if (index < 0) {
            throw new IllegalArgumentException("a variable's index must be at least 0, was " + index);
        }
        return new Expression(new int[] {FIRST_VARIABLE - index}, new double[0]);
    }

    public static Expression apply(Operator operator, Expression operand) {
        if (operator.arity() != 1) {
            throw new IllegalArgumentException(operator + " takes 2 operands, got 1");
        }
        int[] codes = Arrays.copyOf(operand.codes, operand.codes.length + 1);
        codes[codes.length - 1] = operator.ordinal();
        return new Expression(codes, operand.constants);
    }

    public static Expression apply(Operator operator, Expression left, Expression right) {
        if (operator.arity() != 2) {
            throw new IllegalArgumentException(operator + " takes 1 operand, got 2");
        }
        int[] codes = Arrays.copyOf(left.codes, left.codes.length + right.codes.length + 1);
        System.arraycopy(right.codes, 0, codes, left.codes.length, right.codes.length);
        codes[codes.length - 1] = operator.ordinal();
        return new Expression(codes, concatenate(left.constants, right.constants));
    }

    /** Number of nodes; a constant with its sign is one. */
    public int complexity() {
        return codes.length;
    }

    /** Code of the node at a position in postfix order; the root is the last. */
    public int code(int position) {
        return codes[position];
    }

    public boolean isOperator(int position) {
        return codes[position] >= 0;
    }

    public boolean isConstant(int position) {
        return codes[position] == CONSTANT;
    }

    public boolean isVariable(int position) {
        return codes[position] <= FIRST_VARIABLE;
    }

    /** The operator at a position where {@link #isOperator}. */
    public Operator operator(int position) {
        return Operator.of(codes[position]);
    }

    /** The operator of a code of at least 0. */
    public static Operator operatorOf(int code) {
        return Operator.of(code);
    }

    /** The variable's index at a position where {@link #isVariable}. */
    public int variableAt(int position) {
        return FIRST_VARIABLE - codes[position];
    }

    public int constantCount() {
        return constants.length;
    }

    /** The constants in the order of their codes. */
    public double[] constants() {
        return constants.clone();
    }

    /** The value of the constant at an index among the constants. */
    public double constantAt(int index) {
        return constants[index];
    }

    public int[] codes() {
        return codes.clone();
    }

    /** Index, among the constants, of the first constant at or after a position. */
    public int constantsBefore(int position) {
        int count = 0;
        for (int i = 0; i < position; i++) {
            if (codes[i] == CONSTANT) {
                count++;
            }
        }
        return count;
    }

    /** The same structure with other constants. */
    public Expression withConstants(double... values) {
        if (values.length != constants.length) {
            throw new IllegalArgumentException("expected " + constants.length + " constants, found " + values.length);
        }
        for (double value : values) {
            checkFinite(value);
        }
        return new Expression(codes, values.clone());
    }

    /** Position of the first node of the subtree whose root is at {@code root}. */
    public int start(int root) {
        int needed = 1;
        int position = root;
        while (true) {
            needed += (codes[position] >= 0 ? Operator.of(codes[position]).arity() : 0) - 1;
            if (needed == 0) {
                return position;
            }
            position--;
        }
    }

    /** The subtree whose root is at a position. */
    public Expression subtree(int root) {
        int start = start(root);
        int first = constantsBefore(start);
        int last = first;
        for (int i = start; i <= root; i++) {
            if (codes[i] == CONSTANT) {
                last++;
            }
        }
        return new Expression(Arrays.copyOfRange(codes, start, root + 1), Arrays.copyOfRange(constants, first, last));
    }

    /** This expression with another one in place of the subtree whose root is at a position. */
    public Expression replace(int root, Expression replacement) {
        int start = start(root);
        int first = constantsBefore(start);
        int last = first;
        for (int i = start; i <= root; i++) {
            if (codes[i] == CONSTANT) {
                last++;
            }
        }
        int[] newCodes = new int[codes.length - (root + 1 - start) + replacement.codes.length];
        System.arraycopy(codes, 0, newCodes, 0, start);
        System.arraycopy(replacement.codes, 0, newCodes, start, replacement.codes.length);
        System.arraycopy(codes, root + 1, newCodes, start + replacement.codes.length, codes.length - root - 1);
        double[] newConstants = new double[constants.length - (last - first) + replacement.constants.length];
        System.arraycopy(constants, 0, newConstants, 0, first);
        System.arraycopy(replacement.constants, 0, newConstants, first, replacement.constants.length);
        System.arraycopy(constants, last, newConstants, first + replacement.constants.length, constants.length - last);
        return new Expression(newCodes, newConstants);
    }

    /** The root's left (or only) operand. */
    public Expression left() {
        int root = codes.length - 1;
        if (operator(root).arity() == 1) {
            return subtree(root - 1);
        }
        return subtree(start(root - 1) - 1);
    }

    /** The right operand of a binary root. */
    public Expression right() {
        return subtree(codes.length - 2);
    }

    /** Every index of a variable that occurs is below this. */
    public int variableLimit() {
        int limit = 0;
        for (int i = 0; i < codes.length; i++) {
            if (isVariable(i)) {
                limit = Math.max(limit, variableAt(i) + 1);
            }
        }
        return limit;
    }

    /** The operators that occur. */
    public Set<Operator> operators() {
        Set<Operator> operators = EnumSet.noneOf(Operator.class);
        for (int code : codes) {
            if (code >= 0) {
                operators.add(Operator.of(code));
            }
        }
        return operators;
    }

    /** Whether a variable occurs. */
    public boolean uses(int variable) {
        for (int code : codes) {
            if (code == FIRST_VARIABLE - variable) {
                return true;
            }
        }
        return false;
    }

    /** The value at one point: {@code at[v]} is variable v's. */
    public double value(double... at) {
        double[] stack = new double[codes.length];
        int depth = 0;
        int constant = 0;
        for (int code : codes) {
            if (code == CONSTANT) {
                stack[depth++] = constants[constant++];
            } else if (code < 0) {
                stack[depth++] = at[FIRST_VARIABLE - code];
            } else {
                Operator operator = Operator.of(code);
                depth -= operator.arity();
                stack[depth] = operator.apply(stack[depth], operator.arity() == 2 ? stack[depth + 1] : 0);
                depth++;
            }
        }
        return stack[0];
    }

    /** Levels of operators: 0 for a leaf. */
    public int depth() {
        int[] stack = new int[codes.length];
        int top = 0;
        for (int code : codes) {
            if (code < 0) {
                stack[top++] = 0;
            } else if (Operator.of(code).arity() == 1) {
                stack[top - 1]++;
            } else {
                top--;
                stack[top - 1] = 1 + Math.max(stack[top - 1], stack[top]);
            }
        }
        return stack[0];
    }

    /** Hash of the structure without its constants' values. */
    public long structureHash() {
        long hash = 0x9E3779B97F4A7C15L;
        for (int code : codes) {
            hash = (hash ^ code) * 0xBF58476D1CE4E5B9L;
            hash ^= hash >>> 29;
        }
        return hash;
    }

    /** In this project's own notation. */
    public String print(List<String> variables) {
        return Notation.INFIX.print(this, variables);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Expression that
                && Arrays.equals(codes, that.codes)
                && Arrays.equals(constants, that.constants);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(codes) + Arrays.hashCode(constants);
    }

    /** With the variables as x0, x1 and so on. */
    @Override
    public String toString() {
        String[] names = new String[variableLimit()];
        Arrays.setAll(names, i -> "x" + i);
        return print(List.of(names));
    }

    private static void checkFinite(double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("a constant must be finite, was " + value);
        }
    }

    private static double[] concatenate(double[] a, double[] b) {
        if (b.length == 0) {
            return a;
        }
        if (a.length == 0) {
            return b;
        }
        double[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}
