package org.mtlfarm.regressor.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.AverageColumn;

/** What each experiment's factors are, to tell where the data of a formula ends. Any thread. */
final class FactorValues {
    /** From the least to the greatest value of a factor. */
    record Range(double least, double greatest) {
        boolean holds(double value) {
            return value >= least && value <= greatest;
        }
    }

    private final Map<String, double[]> byExperiment = new HashMap<>();

    /** @param average null voids the experiment's */
    synchronized void take(String experimentId, Average average) {
        if (average == null) {
            byExperiment.remove(experimentId);
            return;
        }
        AverageColumn[] columns = AverageColumn.values();
        double[] values = new double[columns.length];
        for (int i = 0; i < columns.length; i++) {
            values[i] = columns[i].valueOf(average);
        }
        byExperiment.put(experimentId, values);
    }

    /** Empty where none of these experiments is known. */
    synchronized Optional<Range> range(AverageColumn column, List<String> experiments) {
        double least = Double.POSITIVE_INFINITY;
        double greatest = Double.NEGATIVE_INFINITY;
        for (String experiment : experiments) {
            double[] values = byExperiment.get(experiment);
            if (values != null) {
                least = Math.min(least, values[column.ordinal()]);
                greatest = Math.max(greatest, values[column.ordinal()]);
            }
        }
        return least <= greatest ? Optional.of(new Range(least, greatest)) : Optional.empty();
    }
}
