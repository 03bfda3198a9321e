package org.mtlfarm.producer.study;

import java.util.List;
import java.util.OptionalInt;

/**
 * Tasks beside the real one that are not all alike, as a study lists them. An empty mixture is the real task alone.
 *
 * @param path where it stands in the study: {@code grid.others[1]}
 */
public record Mixture(String path, List<Part> parts) {
    /**
     * Some tasks that are alike.
     *
     * @param path where they stand in the study
     * @param kind what {@code value} is, or that their labels are real ones
     * @param value alpha or AMI, in [0, 1]; 0 where labels are real
     * @param labels {@code column=4} of the corpus or {@code file=F,tags=3}; empty where labels are drawn
     * @param tokens training tokens of each; empty for as many as the study gives artificial tasks
     * @param count at least 1
     */
    public record Part(String path, Kind kind, double value, String labels, OptionalInt tokens, int count) {}

    /** Where tasks have their labels from. */
    public enum Kind {
        /** Drawn with this probability of keeping the real label. */
        ALPHA,
        /** Drawn with the alpha that gives this adjusted mutual information on the corpus. */
        AMI,
        /** Real labels of another column of the corpus, or of another text. */
        REAL
    }

    public Mixture {
        parts = List.copyOf(parts);
    }

    /** Tasks, the real one included. */
    int tasks() {
        return 1 + parts.stream().mapToInt(Part::count).sum();
    }
}
