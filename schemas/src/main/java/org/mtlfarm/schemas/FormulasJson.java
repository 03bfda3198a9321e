package org.mtlfarm.schemas;

import java.util.List;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Formulas as the file {@code formulas.json} has them. */
public final class FormulasJson {
    private FormulasJson() {}

    /** In the order given. */
    public static ArrayNode of(List<Formula> formulas) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        for (Formula formula : formulas) {
            ObjectNode json = list.addObject();
            json.put("specification", formula.getSpecification());
            json.put("target", formula.getTarget());
            ArrayNode features = json.putArray("features");
            formula.getFeatures().forEach(features::add);
            json.put("condition", formula.getCondition());
            json.put("rows", formula.getRows());
            put(json, formula.getBest());
            json.put("seed", formula.getSeed());
            json.put("seconds", formula.getSeconds());
            json.put("fittedAt", formula.getFittedAt().toString());
            ArrayNode front = json.putArray("front");
            formula.getFront().forEach(candidate -> put(front.addObject(), candidate));
            ArrayNode experiments = json.putArray("experiments");
            formula.getExperiments().forEach(experiments::add);
        }
        return list;
    }

    private static void put(ObjectNode json, Candidate candidate) {
        json.put("expression", candidate.getExpression());
        json.put("latex", candidate.getLatex());
        json.put("complexity", candidate.getComplexity());
        number(json, "trainMse", candidate.getTrainMse());
        number(json, "testMse", candidate.getTestMse());
        number(json, "testR2", candidate.getTestR2());
    }

    /** JSON has no way to say not-a-number but null. */
    private static void number(ObjectNode json, String name, double value) {
        if (Double.isFinite(value)) {
            json.put(name, value);
        } else {
            json.putNull(name);
        }
    }
}
