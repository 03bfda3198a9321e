package org.mtlfarm.worker.network.fused;

/**
 * The loss of a classification: the mean over a batch of {@code -log softmax(y)[label]}, and its gradient {@code (softmax(y)
 * - one-hot(label)) / batch}.
 *
 * <p>In {@code double}, with the exponential and logarithm whose bits the Java platform specifies: there are few.
 */
final class SoftmaxCrossEntropy {
    private SoftmaxCrossEntropy() {}

    /**
     * @param logits [rows, stride], of which {@code labels} columns from {@code from} on are read, and replaced by the
     *     gradient
     * @return the mean loss; not a number where a logit is not finite
     */
    static double lossAndGradient(float[] logits, int rows, int stride, int from, int labels, int[] expected) {
        double sum = 0;
        for (int row = 0; row < rows; row++) {
            int at = row * stride + from;
            double largest = logits[at];
            for (int label = 1; label < labels; label++) {
                largest = Math.max(largest, logits[at + label]);
            }
            double total = 0;
            for (int label = 0; label < labels; label++) {
                total += StrictMath.exp(logits[at + label] - largest);
            }
            double logTotal = StrictMath.log(total);
            sum += logTotal - (logits[at + expected[row]] - largest);
            for (int label = 0; label < labels; label++) {
                double probability = StrictMath.exp(logits[at + label] - largest) / total;
                logits[at + label] = (float) ((probability - (label == expected[row] ? 1 : 0)) / rows);
            }
        }
        return sum / rows;
    }
}
