package org.mtlfarm.standalone.report;

import java.util.List;
import java.util.function.ToDoubleFunction;

import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.ExpressionParser;
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

    /** Its value at a setting. */
    double at(ToDoubleFunction<AverageColumn> setting) {
        return expression.value(features().stream().mapToDouble(setting).toArray());
    }
}
