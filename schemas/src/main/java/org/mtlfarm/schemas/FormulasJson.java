package org.mtlfarm.schemas;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Formulas as the file {@code formulas.json} has them. */
public final class FormulasJson {
    private FormulasJson() {}

    /** Names a formula in a path: 12 hex digits of SHA-256 over its key {@code study/specification}. */
    public static String id(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

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

    /** What there is to say of one formula of a front. */
    public static void put(ObjectNode json, Candidate candidate) {
        json.put("expression", candidate.getExpression());
        json.put("latex", candidate.getLatex());
        json.put("complexity", candidate.getComplexity());
        number(json, "trainMse", candidate.getTrainMse());
        number(json, "testMse", candidate.getTestMse());
        number(json, "testR2", candidate.getTestR2());
    }

    /** JSON has no way to say not-a-number but null. */
    public static void number(ObjectNode json, String name, double value) {
        if (Double.isFinite(value)) {
            json.put(name, value);
        } else {
            json.putNull(name);
        }
    }
}
