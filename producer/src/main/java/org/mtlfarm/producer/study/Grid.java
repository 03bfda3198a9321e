package org.mtlfarm.producer.study;

import java.util.List;

/**
 * Factors whose every combination is an experiment; a single experiment is a grid with one value each.
 *
 * @param path where it stands in the study: {@code grid} or {@code experiments[3]}
 * @param tasks T, the real task included; those of the mixtures where there are some
 * @param mixtures in the place of tasks and relatedness, if there are any
 * @param sharedLayers dense layers shared by all tasks, each 0 to 3
 */
public record Grid(
        String path,
        List<Integer> tasks,
        Tokens tokens,
        Relatedness relatedness,
        List<Mixture> mixtures,
        List<Integer> sharedLayers) {
    public Grid {
        tasks = List.copyOf(tasks);
        mixtures = List.copyOf(mixtures);
        sharedLayers = List.copyOf(sharedLayers);
    }

    /** Of tasks that are alike. */
    public Grid(String path, List<Integer> tasks, Tokens tokens, Relatedness relatedness, List<Integer> sharedLayers) {
        this(path, tasks, tokens, relatedness, List.of(), sharedLayers);
    }

    /** Of tasks that need not be alike. */
    static Grid of(String path, List<Mixture> mixtures, Tokens tokens, List<Integer> sharedLayers) {
        List<Integer> tasks = mixtures.stream().map(Mixture::tasks).distinct().toList();
        Relatedness none = new Relatedness(Relatedness.Measure.ALPHA, List.of());
        return new Grid(path, tasks, tokens, none, mixtures, sharedLayers);
    }
}
