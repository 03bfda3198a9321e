package org.mtlfarm.standalone.report;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToDoubleFunction;

import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.ExpressionParser;
import org.mtlfarm.regressor.table.Split;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.AverageColumn;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.FormulaSpecification;

/** A formula as it was published, ready to be drawn and written. */
public record Law(Formula formula, FormulaSpecification specification, Expression expression) {

    public static Law of(Formula formula) {
        FormulaSpecification specification = FormulaSpecification.parse(formula.getSpecification());
        return new Law(
                formula,
                specification,
                ExpressionParser.parse(formula.getBest().getExpression(), specification.featureNames()));
    }

    public List<AverageColumn> features() {
        return specification.features();
    }

    /** Whether it explains F1 by that column alone. */
    boolean explainsBy(AverageColumn column) {
        return features().equals(List.of(column));
    }

    /** The rows of a table of averages that it was fitted to. */
    List<Average> rows(Collection<Average> averages) {
        Set<String> used = Set.copyOf(formula.getExperiments());
        return averages.stream()
                .filter(average -> used.contains(average.getExperiment().getExperimentId()))
                .toList();
    }

    /** Rows that the fit did not see. */
    public int heldOut() {
        return Split.of(formula.getRows(), formula.getSeed()).heldOut().length;
    }

    /** Coefficient of determination over all rows, training and held-out together; not a number where F1 is the same in all. */
    public double r2(Collection<Average> averages) {
        List<Average> rows = rows(averages);
        double mean = rows.stream()
                .mapToDouble(specification.target()::valueOf)
                .average()
                .orElse(Double.NaN);
        double residual = 0;
        double total = 0;
        for (Average row : rows) {
            double value = specification.target().valueOf(row);
            residual += Math.pow(value - at(column -> column.valueOf(row)), 2);
            total += Math.pow(value - mean, 2);
        }
        return total > 0 ? 1 - residual / total : Double.NaN;
    }

    /** Formula, mean squared error and coefficient of determination, over all rows. */
    String sentence(Collection<Average> averages) {
        List<Average> rows = rows(averages);
        double mse = rows.stream()
                .mapToDouble(
                        row -> Math.pow(specification.target().valueOf(row) - at(column -> column.valueOf(row)), 2))
                .average()
                .orElse(Double.NaN);
        return String.format(
                Locale.ROOT,
                "%s = %s: MSE %.4g, R² %.3f over %d experiments",
                formula.getTarget(),
                formula.getBest().getExpression(),
                mse,
                Math.rint(r2(averages) * 1000) / 1000 + 0.0,
                rows.size());
    }

    /** Its value at a setting. */
    double at(ToDoubleFunction<AverageColumn> setting) {
        return expression.value(features().stream().mapToDouble(setting).toArray());
    }
}
