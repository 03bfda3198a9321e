package org.mtlfarm.regressor.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.mtlfarm.schemas.Average;

/** What each experiment's factors and scores are, to tell where the data of a formula ends. Any thread. */
final class FactorValues {
    private final Map<String, Average> byExperiment = new HashMap<>();

    /** @param average null voids the experiment's */
    synchronized void take(String experimentId, Average average) {
        if (average == null) {
            byExperiment.remove(experimentId);
        } else {
            byExperiment.put(experimentId, average);
        }
    }

    /** The averages of these experiments, of those that are known. */
    synchronized List<Average> of(List<String> experiments) {
        return experiments.stream()
                .map(byExperiment::get)
                .filter(Objects::nonNull)
                .toList();
    }
}
