package org.mtlfarm.regressor.prediction;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.mtlfarm.regressor.expression.ExpressionParser;
import org.mtlfarm.schemas.AverageColumn;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.FormulaSpecification;
import org.mtlfarm.schemas.InvalidInputException;

/**
 * A formula asked about a setting. The factors are its features; those that only its condition speaks of may be given as well,
 * and then it is told whether they meet it.
 */
public final class FormulaQuestion {
    /** Each factor by itself is among the settings, all together are not. */
    public static final String COMBINATION = "combination";

    private final Formula formula;
    private final FormulaSpecification specification;
    private final Map<AverageColumn, Double> given;

    /**
     * Asks.
     *
     * @throws InvalidInputException in one line, if a factor is missing or none of this formula's
     */
    public FormulaQuestion(Formula formula, Map<AverageColumn, Double> given) {
        this.formula = formula;
        this.specification = FormulaSpecification.parse(formula.getSpecification());
        this.given = new EnumMap<>(AverageColumn.class);
        this.given.putAll(given);
        Set<AverageColumn> allowed = allowed(specification);
        given.keySet().stream()
                .filter(column -> !allowed.contains(column))
                .findFirst()
                .ifPresent(column -> {
                    throw new InvalidInputException(
                            "unknown factor '" + column.columnName() + "': this formula takes " + names(allowed));
                });
        List<AverageColumn> missing = specification.features().stream()
                .filter(feature -> !given.containsKey(feature))
                .toList();
        if (!missing.isEmpty()) {
            throw new InvalidInputException(
                    "missing factor " + names(missing) + ": this formula takes " + names(specification.features()));
        }
    }

    /** The factors that may be given: features, and what the condition speaks of. */
    public static Set<AverageColumn> allowed(FormulaSpecification specification) {
        Set<AverageColumn> allowed = new TreeSet<>(specification.features());
        specification.conditions().forEach(condition -> allowed.add(condition.column()));
        return allowed;
    }

    /** Names separated by commas. */
    public static String names(Iterable<AverageColumn> columns) {
        List<String> names = new ArrayList<>();
        columns.forEach(column -> names.add(column.columnName()));
        return names.stream().collect(Collectors.joining(", "));
    }

    public Map<AverageColumn, Double> given() {
        return Map.copyOf(given);
    }

    public FormulaSpecification specification() {
        return specification;
    }

    /** The features' values, in the formula's order. */
    public double[] at() {
        return specification.features().stream().mapToDouble(given::get).toArray();
    }

    /** What the formula says. */
    public double value() {
        return ExpressionParser.parse(
                        formula.getBest().getExpression(),
                        formula.getFeatures().stream().map(Object::toString).toList())
                .value(at());
    }

    /**
     * What of the question lies outside the formula's data: factors beyond their range, conditions that are not met, and, where each
     * factor is within its range, {@code combination} if they are not together among the settings.
     */
    public List<String> outside(FactorSpace data) {
        List<String> outside = new ArrayList<>();
        given.forEach((column, number) -> {
            Optional<Interval> range = data.range(column);
            if (range.isPresent() && !range.get().holds(number)) {
                outside.add(column.columnName());
            }
        });
        specification.conditions().stream()
                .filter(condition ->
                        given.containsKey(condition.column()) && !condition.holds(given.get(condition.column())))
                .forEach(condition -> outside.add(condition.toString()));
        if (outside.isEmpty() && data.rows() > 0 && !data.holds(specification.features(), at())) {
            outside.add(COMBINATION);
        }
        return outside.stream().distinct().toList();
    }
}
