package org.mtlfarm.page;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.ExpressionParser;
import org.mtlfarm.schemas.Candidate;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.FormulasJson;

/**
 * The studies' formulas as they are, and the constants of what they were: of every fit seen, its front's structures with their
 * constants. The topic is compacted, so that a process started later may have seen fewer. Any thread.
 */
public final class FormulaBook {
    /** Of one formula; beyond this every second of the older fits is forgotten. */
    private static final int MOST_FITS = 400;

    /** One fit. {@code constants}: by structure, of its front. */
    public record Fit(int rows, Instant at, Map<Long, double[]> constants) {}

    /** A formula, its candidates in the order of the front, and which of them is recommended. */
    public record Entry(String id, Formula formula, List<Candidate> candidates, int best, List<Fit> fits) {
        List<String> features() {
            return formula.getFeatures().stream().map(Object::toString).toList();
        }

        Expression expression(int candidate) {
            return ExpressionParser.parse(candidates.get(candidate).getExpression(), features());
        }
    }

    private static final class Known {
        private Entry entry;
        private final List<Fit> fits = new ArrayList<>();
        private long offset = -1;
    }

    /** By key {@code study/specification}. */
    private final Map<String, Known> known = new TreeMap<>();

    /** Takes in a record; one that was taken before changes nothing. */
    synchronized void take(String key, Formula formula, long offset) {
        if (formula == null) {
            known.remove(key);
            return;
        }
        Known one = known.computeIfAbsent(key, any -> new Known());
        if (offset <= one.offset) {
            return;
        }
        one.offset = offset;
        List<Candidate> candidates = new ArrayList<>(formula.getFront());
        int best = indexOf(candidates, formula.getBest());
        if (best < 0) {
            candidates.add(formula.getBest());
            best = candidates.size() - 1;
        }
        one.fits.add(fit(formula, candidates));
        if (one.fits.size() > MOST_FITS) {
            for (int i = one.fits.size() / 2; i > 0; i -= 2) {
                one.fits.remove(i);
            }
        }
        one.entry = new Entry(FormulasJson.id(key), formula, List.copyOf(candidates), best, List.copyOf(one.fits));
    }

    /** The formulas of a study, by specification. */
    public synchronized List<Entry> of(String study) {
        return known.values().stream()
                .map(one -> one.entry)
                .filter(entry -> entry.formula().getStudy().equals(study))
                .toList();
    }

    synchronized Optional<Entry> withId(String id) {
        return known.values().stream()
                .map(one -> one.entry)
                .filter(entry -> entry.id().equals(id))
                .findFirst();
    }

    private static int indexOf(List<Candidate> candidates, Candidate best) {
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.get(i).getExpression().equals(best.getExpression())) {
                return i;
            }
        }
        return -1;
    }

    private static Fit fit(Formula formula, List<Candidate> candidates) {
        List<String> features =
                formula.getFeatures().stream().map(Object::toString).toList();
        Map<Long, double[]> constants = new HashMap<>();
        Stream.concat(candidates.stream(), Stream.of(formula.getBest()))
                .map(candidate -> ExpressionParser.parse(candidate.getExpression(), features))
                .forEach(expression -> constants.putIfAbsent(expression.structureHash(), expression.constants()));
        return new Fit(formula.getRows(), formula.getFittedAt(), constants);
    }
}
