package org.mtlfarm.regressor.search;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;

import org.mtlfarm.regressor.evaluation.Blocks;
import org.mtlfarm.regressor.evaluation.Evaluator;
import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.ExpressionParser;

/**
 * Node evaluations a second of processor time on one thread, 1,000 rows, for formulas of the kind that searches meet: values
 * and squared error, then gradients with their normal equations. Run by hand, without arguments.
 */
public final class EvaluatorBenchmark {
    private static final int ROWS = 1000;
    private static final List<String> FORMULAS = List.of(
            "0.69*sqrt(n)",
            "sqrt((log(T)+0.45)*(A*n/(A+0.6)))",
            "0.9-0.7*exp(-0.0004*n*(1+A*(T-1)))",
            "n*T/(A+0.3)-n/(T+2)+A*n",
            "square(A)+A/T-sqrt(n)*0.01+3.5*A*T",
            "tanh(0.001*n)+A*log(T)");

    private EvaluatorBenchmark() {}

    public static void main(String[] args) {
        Random random = new Random(1);
        double[][] columns = new double[3][ROWS];
        double[] target = new double[ROWS];
        for (int r = 0; r < ROWS; r++) {
            columns[0][r] = 500 + random.nextInt(20_000);
            columns[1][r] = 2 + random.nextInt(14);
            columns[2][r] = 0.05 + 0.95 * random.nextDouble();
            target[r] = random.nextDouble();
        }
        Evaluator evaluator = new Evaluator(new Blocks(columns, target, null));
        List<Expression> expressions = FORMULAS.stream()
                .map(formula -> ExpressionParser.parse(formula, List.of("n", "T", "A")))
                .toList();
        for (int round = 0; round < 5; round++) {
            double values = rate(evaluator, expressions, false);
            double gradients = rate(evaluator, expressions, true);
            System.out.printf("values %.3g, gradients %.3g node evaluations a second%n", values, gradients);
        }
    }

    private static double rate(Evaluator evaluator, List<Expression> expressions, boolean gradient) {
        long before = evaluator.nodeEvaluations();
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        double sink = 0;
        for (int i = 0; i < 3000; i++) {
            for (Expression expression : expressions) {
                double[] constants = expression.constants();
                sink += gradient
                        ? evaluator.normalEquations(
                                expression,
                                constants,
                                new double[constants.length][constants.length],
                                new double[constants.length])
                        : evaluator.squaredError(expression, constants);
            }
        }
        double seconds = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start) / 1e9;
        if (Double.isNaN(sink)) {
            throw new IllegalStateException("the formulas are to have values everywhere");
        }
        return (evaluator.nodeEvaluations() - before) / seconds;
    }
}
