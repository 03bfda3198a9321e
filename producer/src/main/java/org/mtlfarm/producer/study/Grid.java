package org.mtlfarm.producer.study;

import java.util.List;

/**
 * Factors whose every combination is an experiment; a single experiment is a grid with one value each.
 *
 * @param path where it stands in the study: {@code grid} or {@code experiments[3]}
 * @param tasks T, the real task included
 * @param sharedLayers dense layers shared by all tasks, each 0 to 3
 */
public record Grid(
        String path, List<Integer> tasks, Tokens tokens, Relatedness relatedness, List<Integer> sharedLayers) {
    public Grid {
        tasks = List.copyOf(tasks);
        sharedLayers = List.copyOf(sharedLayers);
    }
}
