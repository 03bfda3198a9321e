package org.mtlfarm.regressor.evaluation;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

import org.mtlfarm.regressor.expression.Operator;

/**
 * Each operator over the first {@code n} elements of arrays. One loop a method, so that the JIT vectorises each; results may
 * go to an operand's array. Owns buffers: one thread at a time.
 *
 * <p>Kernels stand in tables and not in switches: a switch has the JIT copy all of them into each caller, anew for each
 * kind of caller, for seconds of every fit.
 */
final class Kernels {
    private interface Unary {
        void apply(double[] a, double[] out, int n);
    }

    private interface Binary {
        void apply(double[] a, double[] b, double[] out, int n);
    }

    private interface LeftConstant {
        void apply(double a, double[] b, double[] out, int n);
    }

    private interface RightConstant {
        void apply(double[] a, double b, double[] out, int n);
    }

    /** Reverse mode through one operand: see {@link #byLeft}. */
    private interface Derivative {
        void apply(double[] g, double[] a, double[] b, double[] v, double[] out, int n);
    }

    private final VectorFunctions functions = new VectorFunctions(Blocks.LENGTH);
    private final double[] buffer = new double[Blocks.LENGTH];

    private final Map<Operator, Unary> unary = new EnumMap<>(Operator.class);
    private final Map<Operator, Binary> binary = new EnumMap<>(Operator.class);
    private final Map<Operator, LeftConstant> leftConstant = new EnumMap<>(Operator.class);
    private final Map<Operator, RightConstant> rightConstant = new EnumMap<>(Operator.class);
    private final Map<Operator, Derivative> byLeft = new EnumMap<>(Operator.class);
    private final Map<Operator, Derivative> byRight = new EnumMap<>(Operator.class);

    Kernels() {
        unary.put(Operator.NEG, Kernels::negate);
        unary.put(Operator.INV, (a, out, n) -> divide(1, a, out, n));
        unary.put(Operator.SQUARE, (a, out, n) -> multiply(a, a, out, n));
        unary.put(Operator.ABS, Kernels::absolute);
        unary.put(Operator.EXP, functions::exp);
        unary.put(Operator.LOG, functions::log);
        unary.put(Operator.SQRT, Kernels::root);
        unary.put(Operator.SIN, functions::sin);
        unary.put(Operator.COS, functions::cos);
        unary.put(Operator.TANH, functions::tanh);
        unary.put(Operator.PLOG, this::protectedLogarithm);
        unary.put(Operator.PSQRT, Kernels::protectedRoot);

        binary.put(Operator.ADD, Kernels::add);
        binary.put(Operator.SUB, Kernels::subtract);
        binary.put(Operator.MUL, Kernels::multiply);
        binary.put(Operator.DIV, Kernels::divide);
        binary.put(Operator.POW, functions::pow);
        binary.put(Operator.PDIV, Kernels::protectedDivide);

        leftConstant.put(Operator.ADD, (a, b, out, n) -> add(b, a, out, n));
        leftConstant.put(Operator.SUB, Kernels::subtract);
        leftConstant.put(Operator.MUL, (a, b, out, n) -> multiply(b, a, out, n));
        leftConstant.put(Operator.DIV, Kernels::divide);
        leftConstant.put(Operator.POW, this::power);
        leftConstant.put(Operator.PDIV, (a, b, out, n) -> protectedDivide(filled(a, n), b, out, n));

        rightConstant.put(Operator.ADD, Kernels::add);
        rightConstant.put(Operator.SUB, (a, b, out, n) -> add(a, -b, out, n));
        rightConstant.put(Operator.MUL, Kernels::multiply);
        rightConstant.put(Operator.DIV, Kernels::divide);
        rightConstant.put(Operator.POW, this::power);
        rightConstant.put(Operator.PDIV, (a, b, out, n) -> protectedDivide(a, filled(b, n), out, n));

        derivativesByLeft();
        derivativesByRight();
    }

    void unary(Operator operator, double[] a, double[] out, int n) {
        unary.get(operator).apply(a, out, n);
    }

    void binary(Operator operator, double[] a, double[] b, double[] out, int n) {
        binary.get(operator).apply(a, b, out, n);
    }

    void binary(Operator operator, double a, double[] b, double[] out, int n) {
        leftConstant.get(operator).apply(a, b, out, n);
    }

    void binary(Operator operator, double[] a, double b, double[] out, int n) {
        rightConstant.get(operator).apply(a, b, out, n);
    }

    /** a^b of positive a whose logarithms are known. */
    void power(double[] a, double[] logarithms, double[] b, double[] out, int n) {
        functions.pow(a, logarithms, b, out, n);
    }

    /** As {@link #power(double[], double[], double[], double[], int)}, of one exponent. */
    void power(double[] a, double[] logarithms, double b, double[] out, int n) {
        if (b == 2 || b == 3) {
            power(a, b, out, n);
        } else {
            functions.pow(a, logarithms, filled(b, n), out, n);
        }
    }

    /** As {@link #byRight}, for a^b of positive a whose logarithms are known. */
    void byExponent(double[] g, double[] logarithms, double[] v, double[] out, int n) {
        for (int i = 0; i < n; i++) {
            out[i] = g[i] * v[i] * logarithms[i];
        }
    }

    private double[] filled(double value, int n) {
        Arrays.fill(buffer, 0, n, value);
        return buffer;
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
            functions.pow(a, filled(b, n), out, n);
        }
    }

    private void power(double a, double[] b, double[] out, int n) {
        if (a > 0) {
            multiply(b, Math.log(a), out, n);
            functions.exp(out, out, n);
        } else {
            for (int i = 0; i < n; i++) {
                out[i] = Math.pow(a, b[i]);
            }
        }
    }

    private void protectedLogarithm(double[] a, double[] out, int n) {
        double[] sizes = buffer;
        absolute(a, sizes, n);
        functions.log(sizes, out, n);
        for (int i = 0; i < n; i++) {
            out[i] = sizes[i] > Operator.PROTECTED ? out[i] : 0;
        }
    }

    private static void protectedRoot(double[] a, double[] out, int n) {
        for (int i = 0; i < n; i++) {
            out[i] = Math.sqrt(Math.abs(a[i]));
        }
    }

    private static void protectedDivide(double[] a, double[] b, double[] out, int n) {
        for (int i = 0; i < n; i++) {
            out[i] = Math.abs(b[i]) > Operator.PROTECTED ? a[i] / b[i] : 1;
        }
    }

    /**
     * Reverse mode through one operand of one operator: {@code out} becomes {@code g} times the derivative of the operator by its
     * only or left operand.
     *
     * @param g derivative of the expression by this node's value
     * @param a the left or only operand's values
     * @param b the right operand's values; unused where there is none
     * @param v this node's values
     */
    void byLeft(Operator operator, double[] g, double[] a, double[] b, double[] v, double[] out, int n) {
        byLeft.get(operator).apply(g, a, b, v, out, n);
    }

    /** As {@link #byLeft}, by the right operand of a binary operator. */
    void byRight(Operator operator, double[] g, double[] a, double[] b, double[] v, double[] out, int n) {
        byRight.get(operator).apply(g, a, b, v, out, n);
    }

    private void derivativesByLeft() {
        byLeft.put(Operator.ADD, (g, a, b, v, out, n) -> System.arraycopy(g, 0, out, 0, n));
        byLeft.put(Operator.SUB, (g, a, b, v, out, n) -> System.arraycopy(g, 0, out, 0, n));
        byLeft.put(Operator.MUL, (g, a, b, v, out, n) -> multiply(g, b, out, n));
        byLeft.put(Operator.DIV, (g, a, b, v, out, n) -> divide(g, b, out, n));
        byLeft.put(Operator.NEG, (g, a, b, v, out, n) -> negate(g, out, n));
        byLeft.put(Operator.EXP, (g, a, b, v, out, n) -> multiply(g, v, out, n));
        byLeft.put(Operator.LOG, (g, a, b, v, out, n) -> divide(g, a, out, n));
        byLeft.put(Operator.POW, (g, a, b, v, out, n) -> {
            for (int i = 0; i < n; i++) {
                out[i] = g[i] * b[i] * (a[i] == 0 ? Math.pow(a[i], b[i] - 1) : v[i] / a[i]);
            }
        });
        byLeft.put(Operator.INV, (g, a, b, v, out, n) -> {
            for (int i = 0; i < n; i++) {
                out[i] = -g[i] * v[i] * v[i];
            }
        });
        byLeft.put(Operator.SQUARE, (g, a, b, v, out, n) -> {
            for (int i = 0; i < n; i++) {
                out[i] = 2 * g[i] * a[i];
            }
        });
        byLeft.put(Operator.SQRT, (g, a, b, v, out, n) -> {
            for (int i = 0; i < n; i++) {
                out[i] = 0.5 * g[i] / v[i];
            }
        });
        byLeft.put(Operator.ABS, (g, a, b, v, out, n) -> {
            for (int i = 0; i < n; i++) {
                out[i] = g[i] * Math.signum(a[i]);
            }
        });
        byLeft.put(Operator.SIN, (g, a, b, v, out, n) -> {
            functions.cos(a, buffer, n);
            multiply(g, buffer, out, n);
        });
        byLeft.put(Operator.COS, (g, a, b, v, out, n) -> {
            functions.sin(a, buffer, n);
            for (int i = 0; i < n; i++) {
                out[i] = -g[i] * buffer[i];
            }
        });
        byLeft.put(Operator.TANH, (g, a, b, v, out, n) -> {
            for (int i = 0; i < n; i++) {
                out[i] = g[i] * (1 - v[i] * v[i]);
            }
        });
        byLeft.put(Operator.PDIV, (g, a, b, v, out, n) -> {
            for (int i = 0; i < n; i++) {
                out[i] = Math.abs(b[i]) > Operator.PROTECTED ? g[i] / b[i] : 0;
            }
        });
        byLeft.put(Operator.PLOG, (g, a, b, v, out, n) -> {
            for (int i = 0; i < n; i++) {
                out[i] = Math.abs(a[i]) > Operator.PROTECTED ? g[i] / a[i] : 0;
            }
        });
        byLeft.put(Operator.PSQRT, (g, a, b, v, out, n) -> {
            for (int i = 0; i < n; i++) {
                out[i] = 0.5 * g[i] * Math.signum(a[i]) / v[i];
            }
        });
    }

    private void derivativesByRight() {
        byRight.put(Operator.ADD, (g, a, b, v, out, n) -> System.arraycopy(g, 0, out, 0, n));
        byRight.put(Operator.SUB, (g, a, b, v, out, n) -> negate(g, out, n));
        byRight.put(Operator.MUL, (g, a, b, v, out, n) -> multiply(g, a, out, n));
        byRight.put(Operator.DIV, (g, a, b, v, out, n) -> {
            for (int i = 0; i < n; i++) {
                out[i] = -g[i] * v[i] / b[i];
            }
        });
        byRight.put(Operator.POW, (g, a, b, v, out, n) -> {
            functions.log(a, buffer, n);
            for (int i = 0; i < n; i++) {
                // The limit at a base of 0 under a positive exponent.
                out[i] = v[i] == 0 ? 0 : g[i] * v[i] * buffer[i];
            }
        });
        byRight.put(Operator.PDIV, (g, a, b, v, out, n) -> {
            for (int i = 0; i < n; i++) {
                out[i] = Math.abs(b[i]) > Operator.PROTECTED ? -g[i] * v[i] / b[i] : 0;
            }
        });
    }

    /** Sum of a[i] * b[i], in eight interleaved parts: as many as are in flight at a time. */
    static double dot(double[] a, double[] b, int n) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        double s4 = 0;
        double s5 = 0;
        double s6 = 0;
        double s7 = 0;
        int i = 0;
        for (; i + 7 < n; i += 8) {
            s0 = Math.fma(a[i], b[i], s0);
            s1 = Math.fma(a[i + 1], b[i + 1], s1);
            s2 = Math.fma(a[i + 2], b[i + 2], s2);
            s3 = Math.fma(a[i + 3], b[i + 3], s3);
            s4 = Math.fma(a[i + 4], b[i + 4], s4);
            s5 = Math.fma(a[i + 5], b[i + 5], s5);
            s6 = Math.fma(a[i + 6], b[i + 6], s6);
            s7 = Math.fma(a[i + 7], b[i + 7], s7);
        }
        for (; i < n; i++) {
            s0 = Math.fma(a[i], b[i], s0);
        }
        return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
    }
}
