package org.mtlfarm.regressor.search;

import java.util.Arrays;

import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.Operator;

/**
 * What a subtree would have to be worth at each row for the whole expression to hit the target, found by undoing the
 * operators from the root down (semantic backpropagation, Pawlak et al. 2015), and how much it matters there: the square of
 * the expression's derivative by that subtree. Where an operator cannot be undone the weight is 0.
 */
final class WantedValues {
    private final double[] wanted;
    private final double[] weights;
    private final int rows;

    WantedValues(int rows) {
        this.rows = rows;
        this.wanted = new double[rows];
        this.weights = new double[rows];
    }

    double[] wanted() {
        return wanted;
    }

    double[] weights() {
        return weights;
    }

    /**
     * Finds them.
     *
     * @param values [node][row], of the whole expression
     * @param position root of the subtree, in postfix order
     * @return the share of rows where the operators could be undone
     */
    double find(Expression expression, double[][] values, int position, double[] target, double[] rowWeights) {
        System.arraycopy(target, 0, wanted, 0, rows);
        double[] derivative = weights;
        Arrays.fill(derivative, 1);
        int node = expression.complexity() - 1;
        while (node != position) {
            Operator operator = expression.operator(node);
            int right = node - 1;
            int left = operator.arity() == 1 ? right : expression.start(right) - 1;
            boolean intoRight = operator.arity() == 2 && position > left;
            int child = operator.arity() == 1 || intoRight ? right : left;
            double[] now = values[child];
            double[] other = operator.arity() == 1 ? now : values[intoRight ? left : right];
            for (int r = 0; r < rows; r++) {
                undo(operator, intoRight, r, now[r], other[r], derivative);
            }
            node = child;
        }
        int valid = 0;
        double total = 0;
        for (int r = 0; r < rows; r++) {
            double weight = derivative[r] * derivative[r] * rowWeights[r];
            boolean usable = weight > 1e-300 && weight < 1e300 && Double.isFinite(wanted[r]);
            weights[r] = usable ? weight : 0;
            if (usable) {
                valid++;
                total += weight;
            } else {
                wanted[r] = 0;
            }
        }
        limit(total / Math.max(1, valid));
        return (double) valid / rows;
    }

    /** No row may outweigh all others: beyond ten times the mean the first-order picture says little. */
    private void limit(double mean) {
        for (int r = 0; r < rows; r++) {
            weights[r] = Math.min(weights[r], 10 * mean) / mean;
        }
    }

    /** Replaces the value wanted of a node by that wanted of its operand, and multiplies the derivative. */
    private void undo(Operator operator, boolean right, int r, double now, double other, double[] derivative) {
        double y = wanted[r];
        double x;
        double slope;
        switch (operator) {
            case ADD -> {
                x = y - other;
                slope = 1;
            }
            case SUB -> {
                x = right ? other - y : y + other;
                slope = 1;
            }
            case MUL -> {
                x = y / other;
                slope = other;
            }
            case DIV -> {
                x = right ? other / y : y * other;
                slope = right ? y * y / other : 1 / other;
            }
            case POW -> {
                x = right ? Math.log(y) / Math.log(other) : Math.copySign(Math.pow(Math.abs(y), 1 / other), now);
                slope = right ? y * Math.log(other) : other * y / x;
            }
            case NEG -> {
                x = -y;
                slope = 1;
            }
            case INV -> {
                x = 1 / y;
                slope = y * y;
            }
            case SQUARE -> {
                x = Math.copySign(Math.sqrt(y), now);
                slope = 2 * x;
            }
            case SQRT -> {
                x = y < 0 ? Double.NaN : y * y;
                slope = 0.5 / y;
            }
            case ABS -> {
                x = y < 0 ? Double.NaN : Math.copySign(y, now);
                slope = 1;
            }
            case EXP -> {
                x = Math.log(y);
                slope = y;
            }
            case LOG -> {
                x = Math.exp(y);
                slope = 1 / x;
            }
            case TANH -> {
                x = 0.5 * Math.log((1 + y) / (1 - y));
                slope = 1 - y * y;
            }
            case SIN -> {
                // The branch nearest to where the operand is.
                double arc = Math.asin(y);
                double turns = Math.rint((now - arc) / (2 * Math.PI));
                double mirrored = Math.PI - arc;
                double mirroredTurns = Math.rint((now - mirrored) / (2 * Math.PI));
                double direct = arc + turns * 2 * Math.PI;
                double reflected = mirrored + mirroredTurns * 2 * Math.PI;
                x = Math.abs(direct - now) <= Math.abs(reflected - now) ? direct : reflected;
                slope = Math.cos(x);
            }
            case COS -> {
                double arc = Math.acos(y);
                double direct = arc + Math.rint((now - arc) / (2 * Math.PI)) * 2 * Math.PI;
                double reflected = -arc + Math.rint((now + arc) / (2 * Math.PI)) * 2 * Math.PI;
                x = Math.abs(direct - now) <= Math.abs(reflected - now) ? direct : reflected;
                slope = Math.sin(x);
            }
            default -> {
                x = Double.NaN;
                slope = 0;
            }
        }
        wanted[r] = x;
        derivative[r] *= slope;
    }
}
