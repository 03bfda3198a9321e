package org.mtlfarm.regressor.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.FormulasJson;

/** Formulas as JSON, named as in {@code formulas.json}; a number that is none is null. */
final class FormulaJson {
    private FormulaJson() {}

    static String key(Formula formula) {
        return formula.getStudy() + "/" + formula.getSpecification();
    }

    /** What it explains, by what, and the law it has come to. */
    static ObjectNode summary(Formula formula) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", FormulasJson.id(key(formula)));
        json.put("study", formula.getStudy());
        json.put("specification", formula.getSpecification());
        json.put("target", formula.getTarget());
        ArrayNode features = json.putArray("features");
        formula.getFeatures().forEach(features::add);
        json.put("condition", formula.getCondition());
        putLaw(json, formula);
        return json;
    }

    /** The law that a formula had come to at a time. */
    static ObjectNode law(Formula formula) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        putLaw(json, formula);
        return json;
    }

    /** Everything but the runners-up, which are the search's own. */
    static ObjectNode whole(Formula formula) {
        ObjectNode json = summary(formula);
        json.put("seed", formula.getSeed());
        FormulasJson.number(json, "seconds", formula.getSeconds());
        json.put("searchedRows", formula.getSearchedRows());
        json.set("front", front(formula));
        ArrayNode experiments = json.putArray("experiments");
        formula.getExperiments().forEach(experiments::add);
        return json;
    }

    static ArrayNode front(Formula formula) {
        ArrayNode front = JsonNodeFactory.instance.arrayNode();
        formula.getFront().forEach(candidate -> FormulasJson.put(front.addObject(), candidate));
        return front;
    }

    private static void putLaw(ObjectNode json, Formula formula) {
        json.put("rows", formula.getRows());
        FormulasJson.put(json, formula.getBest());
        json.put("settled", formula.getSettled());
        json.put("fittedAt", formula.getFittedAt().toString());
    }
}
