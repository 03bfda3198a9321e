package org.mtlfarm.regressor.evaluation;

import java.util.Arrays;

import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.Operator;

/**
 * Values of expressions over blocks of rows, and their gradients with respect to the constants in reverse mode. Owns its
 * buffers: one thread at a time.
 */
public final class Evaluator {
    private final Blocks blocks;
    private final Kernels kernels = new Kernels();
    private double[][] scratch = new double[0][];
    /** Operand stack of {@link #block}: an array, or null for the constant beside it. */
    private double[][] operands = new double[16][];

    private double[] literals = new double[16];
    /** Logarithms of the operands, where they are columns that have them; else null. */
    private double[][] logarithms = new double[16][];

    /** Values and derivatives of each node in {@link #gradient}. */
    private double[][] nodeBuffers = new double[0][];

    private double[][] values = new double[0][];
    private double[][] adjoints = new double[0][];
    /** Of the nodes that are columns and have them; else null. */
    private double[][] nodeLogarithms = new double[0][];

    private int[] leftOperand = new int[0];
    private boolean[] active = new boolean[0];
    /** Roots of the operands that await their operator. */
    private int[] roots = new int[0];

    private final double[] residuals = new double[Blocks.LENGTH];
    private final double[] weighted = new double[Blocks.LENGTH];
    private double[][] jacobianBlock = new double[0][];

    private long nodeEvaluations;

    public Evaluator(Blocks blocks) {
        this.blocks = blocks;
    }

    public Blocks blocks() {
        return blocks;
    }

    /** Nodes times rows computed since this was made; a gradient pass counts once. */
    public long nodeEvaluations() {
        return nodeEvaluations;
    }

    /** The expression's value at every row. */
    public double[] values(Expression expression) {
        double[] out = new double[blocks.rows()];
        values(expression, expression.constants(), out);
        return out;
    }

    /**
     * The value at every row.
     *
     * @param constants take the place of the expression's own
     * @param out [row], filled
     */
    public void values(Expression expression, double[] constants, double[] out) {
        for (int b = 0; b < blocks.count(); b++) {
            double[] result = block(expression, constants, b);
            int n = blocks.length(b);
            if (result == null) {
                Arrays.fill(out, blocks.start(b), blocks.start(b) + n, literals[0]);
            } else {
                System.arraycopy(result, 0, out, blocks.start(b), n);
            }
        }
        nodeEvaluations += (long) expression.complexity() * blocks.rows();
    }

    /** Weighted sum of squared differences to the target; not a number where the expression is none at some row. */
    public double squaredError(Expression expression, double[] constants) {
        double sum = 0;
        for (int b = 0; b < blocks.count() && !Double.isNaN(sum); b++) {
            double[] result = block(expression, constants, b);
            int n = blocks.length(b);
            nodeEvaluations += (long) expression.complexity() * n;
            double[] target = blocks.target(b);
            if (result == null) {
                double literal = literals[0];
                for (int i = 0; i < n; i++) {
                    residuals[i] = literal - target[i];
                }
            } else {
                for (int i = 0; i < n; i++) {
                    residuals[i] = result[i] - target[i];
                }
            }
            sum += Kernels.dot(weighted(residuals, b), residuals, n);
        }
        return sum;
    }

    /** A block's column times its weights: the column itself where these are all 1, else a buffer. */
    private double[] weighted(double[] column, int block) {
        if (!blocks.weighted()) {
            return column;
        }
        Kernels.multiply(column, blocks.weights(block), weighted, blocks.length(block));
        return weighted;
    }

    /** The expression over one block: an array that is overwritten by the next call, or null and {@code literals[0]}. */
    private double[] block(Expression expression, double[] constants, int block) {
        int n = blocks.length(block);
        int top = 0;
        int constant = 0;
        ensureStack(expression.complexity());
        for (int i = 0; i < expression.complexity(); i++) {
            int code = expression.code(i);
            if (code == Expression.CONSTANT) {
                operands[top] = null;
                literals[top++] = constants[constant++];
            } else if (code < 0) {
                int variable = Expression.FIRST_VARIABLE - code;
                logarithms[top] = blocks.logarithms(block, variable);
                operands[top++] = blocks.column(block, variable);
            } else {
                Operator operator = Expression.operatorOf(code);
                if (operator.arity() == 1) {
                    double[] a = operands[top - 1];
                    if (a == null) {
                        literals[top - 1] = operator.apply(literals[top - 1], 0);
                    } else {
                        kernels.unary(operator, a, scratch[top - 1], n);
                        operands[top - 1] = scratch[top - 1];
                        logarithms[top - 1] = null;
                    }
                } else {
                    top--;
                    double[] a = operands[top - 1];
                    double[] b = operands[top];
                    double[] out = scratch[top - 1];
                    double[] known = operator == Operator.POW ? logarithms[top - 1] : null;
                    if (a != null && b != null) {
                        if (known != null) {
                            kernels.power(a, known, b, out, n);
                        } else {
                            kernels.binary(operator, a, b, out, n);
                        }
                    } else if (a != null) {
                        if (known != null) {
                            kernels.power(a, known, literals[top], out, n);
                        } else {
                            kernels.binary(operator, a, literals[top], out, n);
                        }
                    } else if (b != null) {
                        kernels.binary(operator, literals[top - 1], b, out, n);
                    } else {
                        literals[top - 1] = operator.apply(literals[top - 1], literals[top]);
                        continue;
                    }
                    operands[top - 1] = out;
                    logarithms[top - 1] = null;
                }
            }
        }
        return operands[0];
    }

    private void ensureStack(int nodes) {
        if (scratch.length < nodes) {
            int size = Math.max(nodes, 2 * scratch.length);
            int had = scratch.length;
            scratch = Arrays.copyOf(scratch, size);
            for (int i = had; i < size; i++) {
                scratch[i] = new double[Blocks.LENGTH];
            }
            operands = Arrays.copyOf(operands, Math.max(size, operands.length));
            literals = Arrays.copyOf(literals, Math.max(size, literals.length));
            logarithms = Arrays.copyOf(logarithms, Math.max(size, logarithms.length));
        }
    }

    /**
     * Values, and derivatives by each constant, at every row.
     *
     * @param out [row], filled
     * @param jacobian [constant][row], filled
     */
    public void gradient(Expression expression, double[] constants, double[] out, double[][] jacobian) {
        for (int b = 0; b < blocks.count(); b++) {
            gradientBlock(expression, constants, b);
            int n = blocks.length(b);
            System.arraycopy(values[expression.complexity() - 1], 0, out, blocks.start(b), n);
            for (int k = 0; k < jacobian.length; k++) {
                System.arraycopy(jacobianBlock[k], 0, jacobian[k], blocks.start(b), n);
            }
        }
        nodeEvaluations += (long) expression.complexity() * blocks.rows();
    }

    /**
     * The normal equations of least squares in the constants: J'WJ and J'Wr with r = value - target.
     *
     * @param matrix [constant][constant], filled
     * @param vector [constant], filled
     * @return the weighted sum of squares r'Wr
     */
    public double normalEquations(Expression expression, double[] constants, double[][] matrix, double[] vector) {
        int count = constants.length;
        for (double[] row : matrix) {
            Arrays.fill(row, 0);
        }
        Arrays.fill(vector, 0);
        double sum = 0;
        for (int b = 0; b < blocks.count(); b++) {
            gradientBlock(expression, constants, b);
            int n = blocks.length(b);
            double[] result = values[expression.complexity() - 1];
            double[] target = blocks.target(b);
            for (int i = 0; i < n; i++) {
                residuals[i] = result[i] - target[i];
            }
            sum += Kernels.dot(weighted(residuals, b), residuals, n);
            for (int k = 0; k < count; k++) {
                double[] slopes = weighted(jacobianBlock[k], b);
                vector[k] += Kernels.dot(slopes, residuals, n);
                for (int l = 0; l <= k; l++) {
                    matrix[k][l] += Kernels.dot(slopes, jacobianBlock[l], n);
                }
            }
        }
        for (int k = 0; k < count; k++) {
            for (int l = 0; l < k; l++) {
                matrix[l][k] = matrix[k][l];
            }
        }
        nodeEvaluations += (long) expression.complexity() * blocks.rows();
        return sum;
    }

    /**
     * The values of every node at the rows of the first block; overwritten by the next call.
     *
     * @return [node in postfix order][row]
     */
    public double[][] nodes(Expression expression) {
        ensureNodes(expression.complexity());
        forwards(expression, expression.constants(), 0);
        nodeEvaluations += (long) expression.complexity() * blocks.length(0);
        return values;
    }

    /** One block forwards, every node's values kept, and backwards; leaves {@link #values} and {@link #jacobianBlock}. */
    private void gradientBlock(Expression expression, double[] constants, int block) {
        int nodes = expression.complexity();
        int n = blocks.length(block);
        ensureNodes(nodes);
        if (jacobianBlock.length < constants.length) {
            jacobianBlock = new double[constants.length][];
        }
        forwards(expression, constants, block);
        Arrays.fill(adjoints[nodes - 1], 0, n, 1);
        int constant = constants.length;
        for (int i = nodes - 1; i >= 0; i--) {
            int code = expression.code(i);
            if (code == Expression.CONSTANT) {
                jacobianBlock[--constant] = adjoints[i];
            } else if (code >= 0 && active[i]) {
                Operator operator = Expression.operatorOf(code);
                int left = leftOperand[i];
                if (operator.arity() == 1) {
                    kernels.byLeft(operator, adjoints[i], values[left], null, values[i], adjoints[left], n);
                } else {
                    int right = i - 1;
                    if (active[left]) {
                        kernels.byLeft(
                                operator, adjoints[i], values[left], values[right], values[i], adjoints[left], n);
                    }
                    if (active[right] && operator == Operator.POW && nodeLogarithms[left] != null) {
                        kernels.byExponent(adjoints[i], nodeLogarithms[left], values[i], adjoints[right], n);
                    } else if (active[right]) {
                        kernels.byRight(
                                operator, adjoints[i], values[left], values[right], values[i], adjoints[right], n);
                    }
                }
            }
        }
    }

    private void forwards(Expression expression, double[] constants, int block) {
        int n = blocks.length(block);
        int constant = 0;
        int top = 0;
        for (int i = 0; i < expression.complexity(); i++) {
            int code = expression.code(i);
            if (code < 0) {
                top++;
            }
            if (code == Expression.CONSTANT) {
                Arrays.fill(nodeBuffers[i], 0, n, constants[constant++]);
                values[i] = nodeBuffers[i];
                active[i] = true;
                nodeLogarithms[i] = null;
            } else if (code < 0) {
                int variable = Expression.FIRST_VARIABLE - code;
                values[i] = blocks.column(block, variable);
                active[i] = false;
                nodeLogarithms[i] = blocks.logarithms(block, variable);
            } else {
                Operator operator = Expression.operatorOf(code);
                values[i] = nodeBuffers[i];
                nodeLogarithms[i] = null;
                if (operator.arity() == 1) {
                    leftOperand[i] = i - 1;
                    active[i] = active[i - 1];
                    kernels.unary(operator, values[i - 1], values[i], n);
                } else {
                    top--;
                    int left = roots[top - 1];
                    leftOperand[i] = left;
                    active[i] = active[left] || active[i - 1];
                    if (operator == Operator.POW && nodeLogarithms[left] != null) {
                        kernels.power(values[left], nodeLogarithms[left], values[i - 1], values[i], n);
                    } else {
                        kernels.binary(operator, values[left], values[i - 1], values[i], n);
                    }
                }
            }
            roots[top - 1] = i;
        }
    }

    private void ensureNodes(int nodes) {
        if (nodeBuffers.length < nodes) {
            int size = Math.max(nodes, 2 * nodeBuffers.length);
            nodeBuffers = new double[size][Blocks.LENGTH];
            adjoints = new double[size][Blocks.LENGTH];
            nodeLogarithms = new double[size][];
            values = new double[size][];
            leftOperand = new int[size];
            active = new boolean[size];
            roots = new int[size];
        }
    }
}
