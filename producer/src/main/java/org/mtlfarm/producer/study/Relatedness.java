package org.mtlfarm.producer.study;

import java.util.List;

/**
 * How related the artificial tasks are to the real one, in one of two measures.
 *
 * @param values alphas or AMIs, each in [0, 1]
 */
public record Relatedness(Measure measure, List<Double> values) {
    /** What the values are. */
    public enum Measure {
        /** The probability that a label is kept. */
        ALPHA,
        /** Adjusted mutual information, solved to the alpha that gives it on the corpus. */
        AMI
    }

    public Relatedness {
        values = List.copyOf(values);
    }
}
