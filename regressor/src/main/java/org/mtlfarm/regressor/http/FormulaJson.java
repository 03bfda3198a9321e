package org.mtlfarm.regressor.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.mtlfarm.schemas.Candidate;
import org.mtlfarm.schemas.Formula;

/** Formulas as JSON, named as in {@code formulas.json}; a number that is none is null. */
final class FormulaJson {
    private FormulaJson() {}

    /** Names a formula in a path: 12 hex digits of SHA-256 over its key {@code study/specification}. */
    static String id(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    static String key(Formula formula) {
        return formula.getStudy() + "/" + formula.getSpecification();
    }

    /** What it explains, by what, and the law it has come to. */
    static ObjectNode summary(Formula formula) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", id(key(formula)));
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
        number(json, "seconds", formula.getSeconds());
        json.put("searchedRows", formula.getSearchedRows());
        json.set("front", front(formula));
        ArrayNode experiments = json.putArray("experiments");
        formula.getExperiments().forEach(experiments::add);
        return json;
    }

    static ArrayNode front(Formula formula) {
        ArrayNode front = JsonNodeFactory.instance.arrayNode();
        formula.getFront().forEach(candidate -> putCandidate(front.addObject(), candidate));
        return front;
    }

    static void number(ObjectNode json, String name, double value) {
        if (Double.isFinite(value)) {
            json.put(name, value);
        } else {
            json.putNull(name);
        }
    }

    private static void putLaw(ObjectNode json, Formula formula) {
        json.put("rows", formula.getRows());
        putCandidate(json, formula.getBest());
        json.put("settled", formula.getSettled());
        json.put("fittedAt", formula.getFittedAt().toString());
    }

    private static void putCandidate(ObjectNode json, Candidate candidate) {
        json.put("expression", candidate.getExpression());
        json.put("latex", candidate.getLatex());
        json.put("complexity", candidate.getComplexity());
        number(json, "trainMse", candidate.getTrainMse());
        number(json, "testMse", candidate.getTestMse());
        number(json, "testR2", candidate.getTestR2());
    }
}
