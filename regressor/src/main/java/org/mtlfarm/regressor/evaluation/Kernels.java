package org.mtlfarm.regressor.evaluation;

import java.util.Arrays;

import org.mtlfarm.regressor.expression.Operator;

/**
 * Each operator over the first {@code n} elements of arrays. One loop a method, so that the JIT vectorises each; results may
 * go to an operand's array. Owns buffers: one thread at a time.
 */
final class Kernels {
    private final VectorFunctions functions = new VectorFunctions(Blocks.LENGTH);
    private final double[] logarithms = new double[Blocks.LENGTH];

    void unary(Operator operator, double[] a, double[] out, int n) {
        switch (operator) {
            case NEG -> negate(a, out, n);
            case INV -> divide(1, a, out, n);
            case SQUARE -> multiply(a, a, out, n);
            case ABS -> absolute(a, out, n);
            case EXP -> functions.exp(a, out, n);
            case LOG -> functions.log(a, out, n);
            case SQRT -> root(a, out, n);
            default -> each(operator, a, out, n);
        }
    }

    void binary(Operator operator, double[] a, double[] b, double[] out, int n) {
        switch (operator) {
            case ADD -> add(a, b, out, n);
            case SUB -> subtract(a, b, out, n);
            case MUL -> multiply(a, b, out, n);
            case DIV -> divide(a, b, out, n);
            case POW -> power(a, b, out, n);
            case PDIV -> protectedDivide(a, b, out, n);
            default -> each(operator, a, b, out, n);
        }
    }

    void binary(Operator operator, double a, double[] b, double[] out, int n) {
        switch (operator) {
            case ADD -> add(b, a, out, n);
            case SUB -> subtract(a, b, out, n);
            case MUL -> multiply(b, a, out, n);
            case DIV -> divide(a, b, out, n);
            case POW -> power(a, b, out, n);
            default -> each(operator, a, b, out, n);
        }
    }

    void binary(Operator operator, double[] a, double b, double[] out, int n) {
        switch (operator) {
            case ADD -> add(a, b, out, n);
            case SUB -> add(a, -b, out, n);
            case MUL -> multiply(a, b, out, n);
            case DIV -> divide(a, b, out, n);
            case POW -> power(a, b, out, n);
            default -> each(operator, a, b, out, n);
        }
    }

    private static void add(double[] a, double[] b, double[] out, int n) {
        for (int i = 0; i < n; i++) {
            out[i] = a[i] + b[i];
        }
    }

    private static void add(double[] a, double b, double[] out, int n) {
        for (int i = 0; i < n; i++) {
            out[i] = a[i] + b;
        }
    }

    private static void subtract(double[] a, double[] b, double[] out, int n) {
        for (int i = 0; i < n; i++) {
            out[i] = a[i] - b[i];
        }
    }

    private static void subtract(double a, double[] b, double[] out, int n) {
        for (int i = 0; i < n; i++) {
            out[i] = a - b[i];
        }
    }

    static void multiply(double[] a, double[] b, double[] out, int n) {
        for (int i = 0; i < n; i++) {
            out[i] = a[i] * b[i];
        }
    }

    static void multiply(double[] a, double b, double[] out, int n) {
        for (int i = 0; i < n; i++) {
            out[i] = a[i] * b;
        }
    }

    private static void divide(double[] a, double[] b, double[] out, int n) {
        for (int i = 0; i < n; i++) {
            out[i] = a[i] / b[i];
        }
    }

    private static void divide(double a, double[] b, double[] out, int n) {
        for (int i = 0; i < n; i++) {
            out[i] = a / b[i];
        }
    }

    private static void divide(double[] a, double b, double[] out, int n) {
        for (int i = 0; i < n; i++) {
            out[i] = a[i] / b;
        }
    }

    static void negate(double[] a, double[] out, int n) {
        for (int i = 0; i < n; i++) {
            out[i] = -a[i];
        }
    }

    private static void absolute(double[] a, double[] out, int n) {
        for (int i = 0; i < n; i++) {
            out[i] = Math.abs(a[i]);
        }
    }

    private static void root(double[] a, double[] out, int n) {
        for (int i = 0; i < n; i++) {
            out[i] = Math.sqrt(a[i]);
        }
    }

    private void power(double[] a, double b, double[] out, int n) {
        if (b == 2) {
            multiply(a, a, out, n);
        } else if (b == 3) {
            for (int i = 0; i < n; i++) {
                out[i] = a[i] * a[i] * a[i];
            }
        } else {
            Arrays.fill(logarithms, 0, n, b);
            functions.pow(a, logarithms, out, n);
        }
    }

    private static void protectedDivide(double[] a, double[] b, double[] out, int n) {
        for (int i = 0; i < n; i++) {
            out[i] = Math.abs(b[i]) > Operator.PROTECTED ? a[i] / b[i] : 1;
        }
    }

    private void power(double[] a, double[] b, double[] out, int n) {
        functions.pow(a, b, out, n);
    }

    private void power(double a, double[] b, double[] out, int n) {
        if (a > 0) {
            multiply(b, Math.log(a), out, n);
            functions.exp(out, out, n);
        } else {
            each(Operator.POW, a, b, out, n);
        }
    }

    private static void each(Operator operator, double[] a, double[] out, int n) {
        switch (operator) {
            case SIN -> {
                for (int i = 0; i < n; i++) {
                    out[i] = Math.sin(a[i]);
                }
            }
            case COS -> {
                for (int i = 0; i < n; i++) {
                    out[i] = Math.cos(a[i]);
                }
            }
            case TANH -> {
                for (int i = 0; i < n; i++) {
                    out[i] = Transcendental.tanh(a[i]);
                }
            }
            case PLOG -> {
                for (int i = 0; i < n; i++) {
                    double size = Math.abs(a[i]);
                    out[i] = size > Operator.PROTECTED ? Transcendental.log(size) : 0;
                }
            }
            case PSQRT -> {
                for (int i = 0; i < n; i++) {
                    out[i] = Math.sqrt(Math.abs(a[i]));
                }
            }
            default -> throw new IllegalStateException(operator + " has a kernel of its own");
        }
    }

    private static void each(Operator operator, double[] a, double[] b, double[] out, int n) {
        for (int i = 0; i < n; i++) {
            out[i] = operator.apply(a[i], b[i]);
        }
    }

    private static void each(Operator operator, double a, double[] b, double[] out, int n) {
        for (int i = 0; i < n; i++) {
            out[i] = operator.apply(a, b[i]);
        }
    }

    private static void each(Operator operator, double[] a, double b, double[] out, int n) {
        for (int i = 0; i < n; i++) {
            out[i] = operator.apply(a[i], b);
        }
    }

    /**
     * Reverse mode through one operand of one operator: {@code out} becomes {@code g} times the derivative of the operator by its
     * only or left operand.
     *
     * @param g derivative of the expression by this node's value
     * @param a the operand's values
     * @param b the right operand's values; unused where there is none
     * @param v this node's values
     */
    void byLeft(Operator operator, double[] g, double[] a, double[] b, double[] v, double[] out, int n) {
        switch (operator) {
            case ADD, SUB -> System.arraycopy(g, 0, out, 0, n);
            case MUL -> multiply(g, b, out, n);
            case DIV -> divide(g, b, out, n);
            case NEG -> negate(g, out, n);
            case EXP -> multiply(g, v, out, n);
            case LOG -> divide(g, a, out, n);
            case POW -> {
                for (int i = 0; i < n; i++) {
                    out[i] = g[i] * b[i] * (a[i] == 0 ? Math.pow(a[i], b[i] - 1) : v[i] / a[i]);
                }
            }
            case INV -> {
                for (int i = 0; i < n; i++) {
                    out[i] = -g[i] * v[i] * v[i];
                }
            }
            case SQUARE -> {
                for (int i = 0; i < n; i++) {
                    out[i] = 2 * g[i] * a[i];
                }
            }
            case SQRT -> {
                for (int i = 0; i < n; i++) {
                    out[i] = 0.5 * g[i] / v[i];
                }
            }
            case ABS -> {
                for (int i = 0; i < n; i++) {
                    out[i] = g[i] * Math.signum(a[i]);
                }
            }
            case SIN -> {
                for (int i = 0; i < n; i++) {
                    out[i] = g[i] * Math.cos(a[i]);
                }
            }
            case COS -> {
                for (int i = 0; i < n; i++) {
                    out[i] = -g[i] * Math.sin(a[i]);
                }
            }
            case TANH -> {
                for (int i = 0; i < n; i++) {
                    out[i] = g[i] * (1 - v[i] * v[i]);
                }
            }
            case PDIV -> {
                for (int i = 0; i < n; i++) {
                    out[i] = Math.abs(b[i]) > Operator.PROTECTED ? g[i] / b[i] : 0;
                }
            }
            case PLOG -> {
                for (int i = 0; i < n; i++) {
                    out[i] = Math.abs(a[i]) > Operator.PROTECTED ? g[i] / a[i] : 0;
                }
            }
            case PSQRT -> {
                for (int i = 0; i < n; i++) {
                    out[i] = 0.5 * g[i] * Math.signum(a[i]) / v[i];
                }
            }
        }
    }

    /** As {@link #byLeft}, by the right operand of a binary operator. */
    void byRight(Operator operator, double[] g, double[] a, double[] b, double[] v, double[] out, int n) {
        switch (operator) {
            case ADD -> System.arraycopy(g, 0, out, 0, n);
            case SUB -> negate(g, out, n);
            case MUL -> multiply(g, a, out, n);
            case DIV -> {
                for (int i = 0; i < n; i++) {
                    out[i] = -g[i] * v[i] / b[i];
                }
            }
            case POW -> {
                functions.log(a, logarithms, n);
                for (int i = 0; i < n; i++) {
                    // The limit at a base of 0 under a positive exponent.
                    out[i] = v[i] == 0 ? 0 : g[i] * v[i] * logarithms[i];
                }
            }
            case PDIV -> {
                for (int i = 0; i < n; i++) {
                    out[i] = Math.abs(b[i]) > Operator.PROTECTED ? -g[i] * v[i] / b[i] : 0;
                }
            }
            default -> throw new IllegalStateException(operator + " has one operand");
        }
    }

    /** Sum of a[i] * b[i], in four interleaved parts. */
    static double dot(double[] a, double[] b, int n) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = 0;
        for (; i + 3 < n; i += 4) {
            s0 += a[i] * b[i];
            s1 += a[i + 1] * b[i + 1];
            s2 += a[i + 2] * b[i + 2];
            s3 += a[i + 3] * b[i + 3];
        }
        for (; i < n; i++) {
            s0 += a[i] * b[i];
        }
        return (s0 + s1) + (s2 + s3);
    }
}
