package org.mtlfarm.regressor.http;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.mtlfarm.http.Problem;
import org.mtlfarm.http.Query;
import org.mtlfarm.regressor.prediction.FactorSpace;
import org.mtlfarm.regressor.prediction.Forecast;
import org.mtlfarm.regressor.prediction.FormulaQuestion;
import org.mtlfarm.regressor.prediction.Interval;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.AverageColumn;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.FormulaSpecification;
import org.mtlfarm.schemas.FormulasJson;
import org.mtlfarm.schemas.InvalidInputException;

/** What a formula says of factors that one gives in a request. */
final class Prediction {
    private static final double LEVEL = 0.95;

    private final Formula formula;
    private final FormulaQuestion question;

    /** @throws Problem in one line, if a factor is missing, unknown or no number */
    Prediction(Formula formula, Query query) {
        this.formula = formula;
        FormulaSpecification specification = FormulaSpecification.parse(formula.getSpecification());
        Map<AverageColumn, Double> given = new EnumMap<>(AverageColumn.class);
        for (String name : query.names()) {
            AverageColumn column = AverageColumn.named(name)
                    .orElseThrow(() -> Problem.badRequest("unknown factor '" + Query.shortened(name)
                            + "': this formula takes "
                            + FormulaQuestion.names(FormulaQuestion.allowed(specification))));
            if (given.put(column, query.number(name).orElseThrow()) != null) {
                throw Problem.badRequest("expected the factor " + column.columnName() + " once, found it twice");
            }
        }
        try {
            this.question = new FormulaQuestion(formula, given);
        } catch (InvalidInputException e) {
            throw Problem.badRequest(e.getMessage());
        }
    }

    /**
     * The answer.
     *
     * @param rows the averages behind the formula, those that are known
     * @param forecast made of them; empty where they are too few
     */
    ObjectNode json(List<Average> rows, Optional<Forecast> forecast) {
        FactorSpace data = FactorSpace.of(rows);
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", FormulasJson.id(FormulaJson.key(formula)));
        json.put("target", formula.getTarget());
        json.put("expression", formula.getBest().getExpression());
        FormulasJson.number(json, "value", question.value());
        forecast.ifPresent(known -> {
            Interval interval = known.ofAverage(LEVEL, question.at()).within(0, 1);
            json.put("level", LEVEL);
            FormulasJson.number(json, "lower", interval.lower());
            FormulasJson.number(json, "upper", interval.upper());
        });
        ObjectNode factors = json.putObject("factors");
        question.given().forEach((column, number) -> {
            ObjectNode factor = factors.putObject(column.columnName()).put("given", number);
            data.range(column)
                    .ifPresent(known -> factor.put("least", known.lower()).put("greatest", known.upper()));
        });
        json.put("condition", formula.getCondition());
        json.put("rows", formula.getRows());
        List<String> outside = question.outside(data);
        json.put("outside", !outside.isEmpty());
        json.set(
                "outsideOf",
                JsonNodeFactory.instance
                        .arrayNode()
                        .addAll(outside.stream()
                                .map(JsonNodeFactory.instance::textNode)
                                .toList()));
        return json;
    }
}
