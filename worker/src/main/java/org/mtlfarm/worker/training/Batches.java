package org.mtlfarm.worker.training;

import java.util.random.RandomGenerator;

import org.mtlfarm.worker.corpus.EncodedText;
import org.mtlfarm.worker.network.NetworkShape;

/** The windows of one share of the training part in batches, in a new order each epoch, the last partial batch dropped. */
final class Batches {
    private final EncodedText text;
    private final TokenShares.Share share;
    private final int[][] labels;
    private final RandomGenerator random;
    private final int[] order;
    private final int batch;
    private int[] windows = {};
    private final int[][] batchLabels;

    /**
     * Batches of a share.
     *
     * @param labels [tasks of the share][tokens of the text]
     */
    Batches(EncodedText text, TokenShares.Share share, int[][] labels, int batch, RandomGenerator random) {
        this.text = text;
        this.share = share;
        this.labels = labels;
        this.random = random;
        this.batch = batch;
        order = new int[share.tokens()];
        for (int i = 0; i < order.length; i++) {
            order[i] = share.from() + i;
        }
        batchLabels = new int[labels.length][0];
    }

    TokenShares.Share share() {
        return share;
    }

    /** Batches an epoch. */
    int count() {
        return order.length / batch;
    }

    /** Begins an epoch: Fisher and Yates's shuffle. */
    void shuffle() {
        for (int last = order.length - 1; last > 0; last--) {
            int other = (int) (random.nextDouble() * (last + 1));
            int swapped = order[last];
            order[last] = order[other];
            order[other] = swapped;
        }
    }

    /** Fills {@link #windows} and {@link #labels}, which stay the same arrays for the same count, with some batches. */
    void fill(int first, int count) {
        int size = count * batch;
        if (windows.length != size * NetworkShape.WINDOW) {
            windows = new int[size * NetworkShape.WINDOW];
            for (int task = 0; task < labels.length; task++) {
                batchLabels[task] = new int[size];
            }
        }
        int from = first * batch;
        text.fillWindows(order, from, size, windows);
        for (int task = 0; task < labels.length; task++) {
            for (int i = 0; i < size; i++) {
                batchLabels[task][i] = labels[task][order[from + i]];
            }
        }
    }

    /** [count, batch, 7]. */
    int[] windows() {
        return windows;
    }

    /** [tasks of the share][count, batch]. */
    int[][] labels() {
        return batchLabels;
    }
}
