package org.mtlfarm.regressor.search;

import java.time.Duration;
import java.util.List;
import java.util.Random;

import org.mtlfarm.regressor.evaluation.Blocks;
import org.mtlfarm.regressor.evaluation.Evaluator;
import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.ExpressionParser;
import org.mtlfarm.regressor.table.Table;

/**
 * The paper's formulas as generators: 1,000 rows over the published ranges, two columns that the formula does not use, noise
 * of 1 % of the target's root mean square. A find has an error of at most 1 % of the target's standard deviation on 500
 * fresh rows without noise, at most 1.5 times the true nodes + 2, and neither unneeded column. Run by hand:
 * {@code GeneratorsBenchmark SEEDS SECONDS [LAW]}; the effort of so many seconds decides, not the clock.
 */
public final class GeneratorsBenchmark {
    private static final List<String> NAMES = List.of("n", "n_syn", "T", "AMI", "u", "v");
    private static final List<String> LAWS = List.of(
            "0.69*sqrt(n)",
            "sqrt(AMI)/0.015",
            "20*sqrt(T)",
            "sqrt((log(T)+0.45)*(AMI*n/(AMI+0.6)))",
            "sqrt(log(n/0.38)*(sqrt(T)+T))*sqrt(n_syn*AMI)");

    private GeneratorsBenchmark() {}

    public static void main(String[] args) {
        int seeds = Integer.parseInt(args[0]);
        List<String> laws = args.length > 2 ? List.of(LAWS.get(Integer.parseInt(args[2]))) : LAWS;
        for (String text : laws) {
            Expression law = ExpressionParser.parse(text, NAMES);
            int found = 0;
            for (int seed = 1; seed <= seeds; seed++) {
                Table noisy = table(law, 1000, seed, 0.01);
                FitResult result = SymbolicRegression.fit(
                        noisy,
                        FitSettings.defaults()
                                .withTimeLimit(Duration.ofMillis(Math.round(1000 * Double.parseDouble(args[1]))))
                                .withCap(Duration.ofHours(1))
                                .withSeed(seed));
                Table fresh = table(law, 500, 1000 + seed, 0);
                double[] values = new Evaluator(new Blocks(fresh.columns(), fresh.values(), null))
                        .values(result.best().expression());
                double error = 0;
                double mean = 0;
                for (double value : fresh.values()) {
                    mean += value / 500;
                }
                double variance = 0;
                for (int r = 0; r < 500; r++) {
                    error += Math.pow(values[r] - fresh.values()[r], 2) / 500;
                    variance += Math.pow(fresh.values()[r] - mean, 2) / 500;
                }
                double share = Math.sqrt(error / variance);
                Expression best = result.best().expression();
                boolean good = share <= 0.01
                        && best.complexity() <= 1.5 * law.complexity() + 2
                        && !best.uses(4)
                        && !best.uses(5);
                found += good ? 1 : 0;
                System.out.printf(
                        "  %s seed %d: error %.4f, %d nodes, %.0f s, %s: %s%n",
                        good ? "found" : "MISSED",
                        seed,
                        share,
                        best.complexity(),
                        result.seconds(),
                        result.stopped(),
                        result.best().text());
            }
            System.out.printf("%s: %d of %d%n", text, found, seeds);
        }
    }

    private static Table table(Expression law, int rows, long seed, double noise) {
        Random random = new Random(seed);
        double[][] columns = new double[NAMES.size()][rows];
        for (int r = 0; r < rows; r++) {
            columns[0][r] = 1000 + random.nextInt(39_001);
            columns[1][r] = 2000 + random.nextInt(4001);
            columns[2][r] = 1 + random.nextInt(15);
            columns[3][r] = 0.01 + 0.99 * random.nextDouble();
            columns[4][r] = random.nextDouble();
            columns[5][r] = random.nextGaussian();
        }
        double[] target = new Evaluator(new Blocks(columns, new double[rows], null)).values(law);
        double square = 0;
        for (double value : target) {
            square += value * value / rows;
        }
        for (int r = 0; r < rows; r++) {
            target[r] += noise * Math.sqrt(square) * random.nextGaussian();
        }
        return Table.of(NAMES, columns, "y", target);
    }
}
