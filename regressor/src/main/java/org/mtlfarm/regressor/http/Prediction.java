package org.mtlfarm.regressor.http;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.mtlfarm.http.Problem;
import org.mtlfarm.http.Query;
import org.mtlfarm.regressor.expression.ExpressionParser;
import org.mtlfarm.schemas.AverageColumn;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.FormulaSpecification;

/**
 * What a formula says of factors that one gives. The factors are its features; those that only its condition speaks of may be
 * given as well, and then it is told whether they meet it.
 */
final class Prediction {
    private final Formula formula;
    private final FormulaSpecification specification;
    private final Map<AverageColumn, Double> given = new EnumMap<>(AverageColumn.class);

    /** @throws Problem in one line, if a factor is missing, unknown or no number */
    Prediction(Formula formula, Query query) {
        this.formula = formula;
        this.specification = FormulaSpecification.parse(formula.getSpecification());
        Set<AverageColumn> allowed = new TreeSet<>(specification.features());
        specification.conditions().forEach(condition -> allowed.add(condition.column()));
        for (String name : query.names()) {
            AverageColumn column = AverageColumn.named(name)
                    .filter(allowed::contains)
                    .orElseThrow(() -> Problem.badRequest(
                            "unknown factor '" + Query.shortened(name) + "': this formula takes " + names(allowed)));
            if (given.put(column, query.number(name).orElseThrow()) != null) {
                throw Problem.badRequest("expected the factor " + column.columnName() + " once, found it twice");
            }
        }
        List<AverageColumn> missing = specification.features().stream()
                .filter(feature -> !given.containsKey(feature))
                .toList();
        if (!missing.isEmpty()) {
            throw Problem.badRequest(
                    "missing factor " + names(missing) + ": this formula takes " + names(specification.features()));
        }
    }

    ObjectNode json(FactorValues data) {
        List<String> features =
                formula.getFeatures().stream().map(Object::toString).toList();
        double[] at = specification.features().stream().mapToDouble(given::get).toArray();
        double value = ExpressionParser.parse(formula.getBest().getExpression(), features)
                .value(at);
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", FormulaJson.id(FormulaJson.key(formula)));
        json.put("target", formula.getTarget());
        json.put("expression", formula.getBest().getExpression());
        FormulaJson.number(json, "value", value);
        List<String> outside = new ArrayList<>();
        ObjectNode factors = json.putObject("factors");
        List<String> experiments =
                formula.getExperiments().stream().map(Object::toString).toList();
        given.forEach((column, number) -> {
            ObjectNode factor = factors.putObject(column.columnName()).put("given", number);
            Optional<FactorValues.Range> range = data.range(column, experiments);
            range.ifPresent(known -> factor.put("least", known.least()).put("greatest", known.greatest()));
            if (range.isPresent() && !range.get().holds(number)) {
                outside.add(column.columnName());
            }
        });
        specification.conditions().stream()
                .filter(condition ->
                        given.containsKey(condition.column()) && !condition.holds(given.get(condition.column())))
                .forEach(condition -> outside.add(condition.toString()));
        json.put("condition", formula.getCondition());
        json.put("rows", formula.getRows());
        json.put("outside", !outside.isEmpty());
        json.set(
                "outsideOf",
                JsonNodeFactory.instance
                        .arrayNode()
                        .addAll(outside.stream()
                                .distinct()
                                .map(JsonNodeFactory.instance::textNode)
                                .toList()));
        return json;
    }

    private static String names(Iterable<AverageColumn> columns) {
        return java.util.stream.StreamSupport.stream(columns.spliterator(), false)
                .map(AverageColumn::columnName)
                .collect(Collectors.joining(", "));
    }
}
