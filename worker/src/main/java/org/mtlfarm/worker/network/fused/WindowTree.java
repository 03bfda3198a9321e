package org.mtlfarm.worker.network.fused;

import java.util.Arrays;

import org.mtlfarm.worker.network.NetworkShape;

/**
 * The distinct beginnings of a batch's windows, read in one direction, as a tree.
 *
 * <p>An LSTM's state after some words depends on these words alone, so windows that begin alike share their states: level
 * t holds one node for each distinct sequence of the first t + 1 words. A level has at most as many nodes as there are
 * windows; in running text the first has about two thirds of that. The words themselves are numbered, too, since each is
 * projected only once.
 */
final class WindowTree {
    private final int[] positions;
    private final int[] wordOfRow;
    private final int[] seenOfRow;
    private final int[] rowOfWord;
    private final int[][] wordOfNode;
    private final int[][] parentOfNode;
    private final int[] nodesOfLevel;
    private final int[] leafOfWindow;
    private final long[] keys;
    private final int[] nodeOfKey;
    private final int[] seenOfKey;
    private int words;
    private int batch;
    private int level;

    /**
     * @param positions of the tokens in a window, in the order in which they are read
     * @param rows of the vector table
     * @param mostWords distinct words at most
     * @param capacity windows at most
     */
    WindowTree(int[] positions, int rows, int mostWords, int capacity) {
        int levels = positions.length;
        this.positions = positions.clone();
        wordOfRow = new int[rows];
        seenOfRow = new int[rows];
        rowOfWord = new int[mostWords];
        wordOfNode = new int[levels][capacity];
        parentOfNode = new int[levels][capacity];
        nodesOfLevel = new int[levels];
        leafOfWindow = new int[capacity];
        int slots = Integer.highestOneBit(Math.max(1, capacity)) * 4;
        keys = new long[slots];
        nodeOfKey = new int[slots];
        seenOfKey = new int[slots];
    }

    /** How many of {@code count} windows, from the {@code first} on, have no more distinct words than there is room for. */
    int fitting(int[] windows, int first, int count) {
        batch = nextStamp(batch, seenOfRow);
        int distinct = 0;
        for (int window = 0; window < count; window++) {
            for (int position : positions) {
                int row = windows[(first + window) * NetworkShape.WINDOW + position];
                if (seenOfRow[row] != batch) {
                    seenOfRow[row] = batch;
                    distinct++;
                }
            }
            if (distinct > rowOfWord.length) {
                return window;
            }
        }
        return count;
    }

    /** Reads {@code count} windows, from the {@code first} on. */
    void read(int[] windows, int first, int count) {
        batch = nextStamp(batch, seenOfRow);
        words = 0;
        Arrays.fill(leafOfWindow, 0, count, 0);
        for (int t = 0; t < positions.length; t++) {
            level = nextStamp(level, seenOfKey);
            nodesOfLevel[t] = 0;
            for (int window = 0; window < count; window++) {
                int row = windows[(first + window) * NetworkShape.WINDOW + positions[t]];
                leafOfWindow[window] = node(t, leafOfWindow[window], word(row));
            }
        }
    }

    int levels() {
        return positions.length;
    }

    /** Distinct words. */
    int words() {
        return words;
    }

    /** Row in the vector table. */
    int row(int word) {
        return rowOfWord[word];
    }

    int nodes(int level) {
        return nodesOfLevel[level];
    }

    /** The last word of a node's sequence. */
    int word(int level, int node) {
        return wordOfNode[level][node];
    }

    /** The node one level up, whose sequence lacks the last word; 0 at the first level. */
    int parent(int level, int node) {
        return parentOfNode[level][node];
    }

    /** The node of the last level that a window leads to. */
    int leaf(int window) {
        return leafOfWindow[window];
    }

    private int word(int row) {
        if (seenOfRow[row] != batch) {
            seenOfRow[row] = batch;
            wordOfRow[row] = words;
            rowOfWord[words++] = row;
        }
        return wordOfRow[row];
    }

    private int node(int t, int parent, int word) {
        long key = ((long) parent << 32) | word;
        int mask = keys.length - 1;
        int slot = (int) ((key * 0x9E3779B97F4A7C15L) >>> 40) & mask;
        while (seenOfKey[slot] == level) {
            if (keys[slot] == key) {
                return nodeOfKey[slot];
            }
            slot = (slot + 1) & mask;
        }
        int node = nodesOfLevel[t]++;
        seenOfKey[slot] = level;
        keys[slot] = key;
        nodeOfKey[slot] = node;
        wordOfNode[t][node] = word;
        parentOfNode[t][node] = parent;
        return node;
    }

    /** A number that marks nothing in {@code seen}; the marks are cleared when the numbers run out. */
    private static int nextStamp(int stamp, int[] seen) {
        if (stamp == Integer.MAX_VALUE) {
            Arrays.fill(seen, 0);
            return 1;
        }
        return stamp + 1;
    }
}
