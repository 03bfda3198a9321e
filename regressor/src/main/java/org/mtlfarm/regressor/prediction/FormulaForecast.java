package org.mtlfarm.regressor.prediction;

import java.util.List;
import java.util.Optional;

import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.ExpressionParser;
import org.mtlfarm.regressor.service.FormulaFit;
import org.mtlfarm.regressor.table.Table;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.FormulaSpecification;

/** From a published formula and the averages behind it to what it foretells. */
public final class FormulaForecast {
    private FormulaForecast() {}

    /**
     * Makes a forecast.
     *
     * @param rows the averages that the formula was fitted to
     * @return empty where there are too few
     */
    public static Optional<Forecast> of(Formula formula, List<Average> rows) {
        if (rows.size() < Table.FEWEST_ROWS) {
            return Optional.empty();
        }
        FormulaSpecification specification = FormulaSpecification.parse(formula.getSpecification());
        List<String> features = specification.featureNames();
        List<Expression> front = formula.getFront().stream()
                .map(candidate -> ExpressionParser.parse(candidate.getExpression(), features))
                .toList();
        return Optional.of(Forecast.of(
                ExpressionParser.parse(formula.getBest().getExpression(), features),
                front,
                FormulaFit.table(formula.getStudy(), specification, rows),
                formula.getSeed()));
    }
}
