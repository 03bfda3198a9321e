package org.mtlfarm.page;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.mtlfarm.http.Problem;
import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.prediction.Forecast;
import org.mtlfarm.regressor.prediction.Interval;
import org.mtlfarm.regressor.rates.Rate;
import org.mtlfarm.regressor.selection.Uncertainty;
import org.mtlfarm.regressor.service.FormulaFit;
import org.mtlfarm.regressor.table.Split;
import org.mtlfarm.regressor.table.Table;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.FormulaSpecification;
import org.mtlfarm.schemas.FormulasJson;

/**
 * What is told of one formula of a front when somebody chooses it: the rows it was fitted to and those held out, its constants'
 * errors and history, its growth rates, and what it predicts with which interval. Worked out when asked for. Any thread.
 */
public final class FormulaFacts {
    private static final double LEVEL = 0.95;
    private static final int MOST_KEPT = 16;

    private final LiveFarm farm;
    /** The latest asked for, by what they are of. */
    private final Map<String, Forecast> forecasts = new LinkedHashMap<>(MOST_KEPT, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Forecast> eldest) {
            return size() > MOST_KEPT;
        }
    };

    public FormulaFacts(LiveFarm farm) {
        this.farm = farm;
    }

    public ObjectNode json(String id, int candidate) {
        FormulaBook.Entry entry = entry(id, candidate);
        Formula formula = entry.formula();
        Expression expression = entry.expression(candidate);
        List<Average> rows = rows(formula);
        Table table = table(formula, rows);
        Split split = Split.of(table, formula.getSeed());
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("formula", id);
        json.put("candidate", candidate);
        json.put("fittedAt", formula.getFittedAt().toString());
        ArrayNode experiments = json.putArray("experiments");
        rows.forEach(row -> experiments.add(row.getExperiment().getExperimentId()));
        ArrayNode heldOut = json.putArray("heldOut");
        Arrays.stream(split.heldOut()).sorted().forEach(heldOut::add);
        Uncertainty uncertainty = Uncertainty.of(expression, table.rows(split.training()));
        ArrayNode constants = json.putArray("constants");
        for (int k = 0; k < expression.constantCount(); k++) {
            ObjectNode constant = constants.addObject();
            constant.put("value", expression.constantAt(k));
            FormulasJson.number(constant, "standardError", uncertainty.standardErrors()[k]);
        }
        ArrayNode rates = json.putArray("rates");
        for (Rate rate : Rate.of(expression, table)) {
            rates.addObject()
                    .put("feature", rate.feature())
                    .put("order", rate.order())
                    .put("sentence", rate.sentence());
        }
        ArrayNode history = json.putArray("history");
        long structure = expression.structureHash();
        for (FormulaBook.Fit fit : entry.fits()) {
            ObjectNode one = history.addObject();
            one.put("rows", fit.rows()).put("at", fit.at().toString());
            double[] values = fit.constants().get(structure);
            if (values == null) {
                one.putNull("constants");
            } else {
                ArrayNode list = one.putArray("constants");
                Arrays.stream(values).forEach(list::add);
            }
        }
        return json;
    }

    /** The value where the features are so, and the interval in which 95 % of new experiments are expected. */
    public ObjectNode predict(String id, int candidate, Map<String, Double> at) {
        FormulaBook.Entry entry = entry(id, candidate);
        double[] point = new double[entry.features().size()];
        for (int v = 0; v < point.length; v++) {
            String feature = entry.features().get(v);
            if (!at.containsKey(feature)) {
                throw Problem.badRequest(
                        "missing factor " + feature + ": this formula takes " + String.join(", ", entry.features()));
            }
            point[v] = at.get(feature);
        }
        Forecast forecast = forecast(entry, candidate);
        Interval interval = forecast.ofAverage(LEVEL, point).within(0, 1);
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("formula", id);
        json.put("candidate", candidate);
        json.put("fittedAt", entry.formula().getFittedAt().toString());
        FormulasJson.number(json, "value", forecast.value(point));
        FormulasJson.number(json, "lower", interval.lower());
        FormulasJson.number(json, "upper", interval.upper());
        return json.put("level", LEVEL);
    }

    /**
     * Of the recommended formula as {@code farm ask} makes it, its rivals on the front included; of another one as if that
     * were the law.
     */
    private synchronized Forecast forecast(FormulaBook.Entry entry, int candidate) {
        Formula formula = entry.formula();
        return forecasts.computeIfAbsent(
                entry.id() + "/" + formula.getFittedAt() + "/" + candidate, name -> made(entry, candidate));
    }

    private Forecast made(FormulaBook.Entry entry, int candidate) {
        List<Expression> rivals = IntStream.range(
                        0, candidate == entry.best() ? entry.candidates().size() : 0)
                .mapToObj(entry::expression)
                .toList();
        Formula formula = entry.formula();
        return Forecast.of(entry.expression(candidate), rivals, table(formula, rows(formula)), formula.getSeed());
    }

    private FormulaBook.Entry entry(String id, int candidate) {
        Optional<FormulaBook.Entry> entry = farm.formulas().withId(id);
        if (entry.isEmpty() || candidate >= entry.get().candidates().size()) {
            throw Problem.notFound("no formula has this id and number; see /formulas");
        }
        return entry.get();
    }

    private List<Average> rows(Formula formula) {
        List<Average> rows = formula.getExperiments().stream()
                .map(Object::toString)
                .flatMap(id -> farm.average(id).stream())
                .toList();
        if (rows.size() != formula.getRows()) {
            throw Problem.unavailable("not all averages that the formula was fitted to are known here");
        }
        return rows;
    }

    private static Table table(Formula formula, List<Average> rows) {
        return FormulaFit.table(formula.getStudy(), FormulaSpecification.parse(formula.getSpecification()), rows);
    }
}
