package org.mtlfarm.worker.network.fused;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import org.mtlfarm.worker.network.NetworkShape;

import static org.assertj.core.api.Assertions.assertThat;

class WindowTreeTest {
    private static final int ROWS = 6;

    private final SplittableRandom random = new SplittableRandom(3);

    @Test
    void everyWindowsPathSpellsItsWords() {
        int[] positions = {6, 5, 4, 3};
        WindowTree tree = new WindowTree(positions, ROWS, ROWS, 40);
        for (int repeat = 0; repeat < 50; repeat++) {
            int count = 1 + random.nextInt(40);
            int first = random.nextInt(5);
            int[] windows = windows(first + count);
            tree.read(windows, first, count);
            for (int window = 0; window < count; window++) {
                int node = tree.leaf(window);
                for (int level = positions.length - 1; level >= 0; level--) {
                    int row = windows[(first + window) * NetworkShape.WINDOW + positions[level]];
                    assertThat(tree.row(tree.word(level, node))).isEqualTo(row);
                    node = tree.parent(level, node);
                }
            }
        }
    }

    @Test
    void aLevelHasOneNodeForEachDistinctBeginning() {
        int[] positions = {0, 1, 2, 3, 4, 5, 6};
        WindowTree tree = new WindowTree(positions, ROWS, ROWS, 60);
        int[] windows = windows(60);
        tree.read(windows, 0, 60);
        Set<Integer> words = new HashSet<>();
        Map<Integer, Set<List<Integer>>> beginnings = new HashMap<>();
        for (int window = 0; window < 60; window++) {
            List<Integer> beginning = new ArrayList<>();
            for (int level = 0; level < positions.length; level++) {
                int row = windows[window * NetworkShape.WINDOW + positions[level]];
                words.add(row);
                beginning.add(row);
                beginnings.computeIfAbsent(level, each -> new HashSet<>()).add(List.copyOf(beginning));
            }
        }
        assertThat(tree.words()).isEqualTo(words.size());
        for (int level = 0; level < positions.length; level++) {
            assertThat(tree.nodes(level)).isEqualTo(beginnings.get(level).size());
        }
    }

    @Test
    void windowsFitUntilTheirDistinctWordsAreTooMany() {
        int[] windows = {1, 1, 1, 1, 1, 1, 1, 2, 2, 1, 1, 2, 2, 2, 3, 1, 1, 1, 1, 1, 1, 4, 1, 1, 1, 1, 1, 1};
        int[] positions = {0, 1, 2, 3, 4, 5, 6};
        assertThat(new WindowTree(positions, ROWS, 3, 4).fitting(windows, 0, 4)).isEqualTo(3);
        assertThat(new WindowTree(positions, ROWS, 3, 4).fitting(windows, 2, 2)).isEqualTo(2);
        assertThat(new WindowTree(positions, ROWS, 4, 4).fitting(windows, 0, 4)).isEqualTo(4);
    }

    private int[] windows(int count) {
        int[] windows = new int[count * NetworkShape.WINDOW];
        for (int i = 0; i < windows.length; i++) {
            windows[i] = random.nextInt(3) == 0 ? random.nextInt(ROWS) : 1;
        }
        return windows;
    }
}
