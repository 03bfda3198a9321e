package org.mtlfarm.regressor.http;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.mtlfarm.http.Problem;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.FormulasJson;

/**
 * The formulas on {@code farm.formulas}, each with what it was before, as far back as the topic still holds it: Kafka
 * compacts the topic, in segments that it no longer writes to, down to each formula's last record. Any thread.
 */
final class KnownFormulas {
    /** Of one formula, the latest this many are kept here. */
    static final int LONGEST_HISTORY = 1_000;

    /** One value of a formula, and where it stands on the topic. */
    private record Past(int partition, long offset, ObjectNode law) {}

    private static final class Known {
        private Formula latest;
        private final Deque<Past> history = new ArrayDeque<>();
        private long newestOffset = -1;
    }

    /** By key. */
    private final Map<String, Known> known = new TreeMap<>();
    /** Keys by id. */
    private final Map<String, String> keys = new TreeMap<>();

    /**
     * Takes in a record; one that was taken before, by partition and offset, changes nothing.
     *
     * @param formula null voids what the key stood for
     */
    synchronized void take(String key, Formula formula, int partition, long offset) {
        if (formula == null) {
            known.remove(key);
            keys.remove(FormulasJson.id(key));
            return;
        }
        Known one = known.computeIfAbsent(key, any -> new Known());
        if (offset <= one.newestOffset) {
            return;
        }
        keys.put(FormulasJson.id(key), key);
        one.newestOffset = offset;
        one.latest = formula;
        one.history.addLast(new Past(partition, offset, FormulaJson.law(formula)));
        if (one.history.size() > LONGEST_HISTORY) {
            one.history.removeFirst();
        }
    }

    /** The formulas of a study, or of all, by key. */
    synchronized List<Formula> all(Optional<String> study) {
        List<Formula> formulas = known.values().stream()
                .map(one -> one.latest)
                .filter(formula -> study.isEmpty() || study.get().equals(formula.getStudy()))
                .toList();
        if (formulas.isEmpty() && study.isPresent()) {
            throw Problem.notFound("no study named '" + study.get() + "' has a formula; see /formulas");
        }
        return formulas;
    }

    /** @throws Problem if there is none */
    synchronized Formula withId(String id) {
        return found(id).latest;
    }

    /** What a formula was, the latest first. */
    synchronized List<ObjectNode> history(String id, int most) {
        List<ObjectNode> laws = new ArrayList<>();
        found(id).history.descendingIterator().forEachRemaining(past -> {
            if (laws.size() < most) {
                laws.add(past.law.deepCopy().put("partition", past.partition).put("offset", past.offset));
            }
        });
        return laws;
    }

    private Known found(String id) {
        String key = keys.get(id);
        if (key == null) {
            throw Problem.notFound("no formula has this id; see /formulas");
        }
        return known.get(key);
    }
}
