package org.mtlfarm.regressor.search;

import java.util.ArrayList;
import java.util.List;

import org.mtlfarm.regressor.expression.Expression;

/**
 * Where an expression may grow beyond all bounds: the terms at whose zeros it has a pole. One between two rows that lie close
 * together can be so narrow that no grid of points meets it, but the term has one sign on its one side and the other on its other.
 */
final class Poles {
    private Poles() {}

    /** The terms of which a zero is a pole of the expression: factors of what it divides by and takes the logarithm of. */
    static List<Expression> terms(Expression expression) {
        List<Expression> terms = new ArrayList<>();
        for (int i = 0; i < expression.complexity(); i++) {
            if (!expression.isOperator(i)) {
                continue;
            }
            switch (expression.operator(i)) {
                case DIV -> addFactors(expression.subtree(i).right(), terms);
                case INV, LOG -> addFactors(expression.subtree(i).left(), terms);
                case POW -> {
                    Expression power = expression.subtree(i);
                    if (isNegative(power.right())) {
                        addFactors(power.left(), terms);
                    }
                }
                default -> {
                    // Finite wherever its operands are.
                }
            }
        }
        return terms;
    }

    private static boolean isNegative(Expression exponent) {
        return exponent.complexity() == 1 && exponent.isConstant(0) && exponent.constantAt(0) < 0;
    }

    /** The parts of a product, each zero where the product is and without the powers that hide a change of sign. */
    private static void addFactors(Expression product, List<Expression> factors) {
        int root = product.complexity() - 1;
        if (!product.isOperator(root)) {
            if (product.isVariable(root)) {
                factors.add(product);
            }
            return;
        }
        switch (product.operator(root)) {
            case MUL -> {
                addFactors(product.left(), factors);
                addFactors(product.right(), factors);
            }
            case DIV, NEG, SQUARE, SQRT, ABS, POW -> addFactors(product.left(), factors);
            case EXP, INV -> {
                // Never zero; what INV divides by is a term of its own.
            }
            default -> factors.add(product);
        }
    }
}
