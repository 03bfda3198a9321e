package org.mtlfarm.standalone.findings;

import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.ExpressionParser;
import org.mtlfarm.schemas.Average;

/**
 * A formula of the paper (Bettgenhäuser, Hedderich, Klakow 2020, arXiv 2006.05561), F1 brought to a ratio.
 *
 * @param printed as the paper has it, with the factor that it has F1 times
 * @param expression over columns of {@code averages.csv}, the constant that stands before all of it and that factor made one
 * @param reportedMse of F1 as a ratio on the paper's held-out part; not a number where the paper gives none
 * @param onAllRows the same on all 1,002 balanced averages that the authors published; not a number for unbalanced ones
 */
public record PublishedFormula(
        String printed,
        String expression,
        Set<String> features,
        double reportedMse,
        double onAllRows,
        boolean balanced) {
    /** Those of equal training sets, and those of unequal ones. */
    public static final List<PublishedFormula> ALL = List.of(
            balanced("F1 x 100 = 0.69*sqrt(n)", "0.0069*sqrt(tokens)", Set.of("tokens"), 0.027, 0.0243),
            balanced("F1 x 100 = sqrt(AMI)/0.015", "sqrt(ami)/1.5", Set.of("ami"), 0.034, 0.0391),
            balanced("F1 x 100 = 20*sqrt(T)", "0.2*sqrt(tasks)", Set.of("tasks"), 0.072, 0.0720),
            balanced(
                    "F1 x 100 = sqrt((log(T)+0.45)*(AMI*n/(AMI+0.6)))",
                    "sqrt((log(tasks)+0.45)*(ami*tokens/(ami+0.6)))/100",
                    Set.of("tokens", "ami", "tasks"),
                    0.009,
                    0.0148),
            unbalanced("F1 x 100 = sqrt(n_ner)", "0.01*sqrt(tokens)", Set.of("tokens")),
            unbalanced("F1 x 100 = 0.69*sqrt(n_syn)", "0.0069*sqrt(tokens_synthetic)", Set.of("tokens_synthetic")),
            unbalanced("F1 x 100 = sqrt(2*AMI)/0.026", "sqrt(2*ami)/2.6", Set.of("ami")),
            unbalanced("F1 x 100 = log(sqrt(T)+log(T))/0.039", "log(sqrt(tasks)+log(tasks))/3.9", Set.of("tasks")),
            unbalanced(
                    "F1 x 1000 = sqrt(log(n_ner/0.38)*(sqrt(T)+T))*sqrt(n_syn*AMI)",
                    "sqrt(log(tokens/0.38)*(sqrt(tasks)+tasks))*sqrt(tokens_synthetic*ami)/1000",
                    Set.of("tokens", "tokens_synthetic", "ami", "tasks")));

    private static PublishedFormula balanced(
            String printed, String expression, Set<String> features, double reported, double onAll) {
        return new PublishedFormula(printed, expression, features, reported, onAll, true);
    }

    private static PublishedFormula unbalanced(String printed, String expression, Set<String> features) {
        return new PublishedFormula(printed, expression, features, Double.NaN, Double.NaN, false);
    }

    /** The one over exactly these features, for such data. */
    public static Optional<PublishedFormula> over(List<String> features, List<Average> rows) {
        boolean balanced = rows.stream()
                .allMatch(row -> row.getExperiment().getTokensReal()
                        == row.getExperiment().getTokensSynthetic());
        return ALL.stream()
                .filter(formula -> formula.balanced == balanced && formula.features.equals(Set.copyOf(features)))
                .findFirst();
    }

    /** Over these variables. */
    public Expression over(List<String> variables) {
        return ExpressionParser.parse(expression, variables);
    }
}
