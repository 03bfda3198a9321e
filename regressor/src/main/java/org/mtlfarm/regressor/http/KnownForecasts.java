package org.mtlfarm.regressor.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.mtlfarm.regressor.prediction.Forecast;
import org.mtlfarm.regressor.prediction.FormulaForecast;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.Formula;

/** The forecasts last asked for, since making one takes as long as thousands of answers. Any thread. */
final class KnownForecasts {
    private static final int MOST = 32;

    private record Made(Formula formula, List<Average> rows, Optional<Forecast> forecast) {}

    /** By the formula's key, the one asked for longest ago first. */
    private final Map<String, Made> made = new LinkedHashMap<>(MOST, 0.75f, true);

    /** One thread makes forecasts at a time: a question is no reason to take a second processor from the fits. */
    synchronized Optional<Forecast> of(Formula formula, List<Average> rows) {
        String key = FormulaJson.key(formula);
        Made known = made.get(key);
        if (known == null || known.formula() != formula || !known.rows().equals(rows)) {
            known = new Made(formula, rows, FormulaForecast.of(formula, rows));
            made.put(key, known);
            if (made.size() > MOST) {
                made.remove(made.keySet().iterator().next());
            }
        }
        return known.forecast();
    }
}
