package org.mtlfarm.worker.network.fused;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.mtlfarm.schemas.Readout;
import org.mtlfarm.worker.network.NetworkShape;
import org.mtlfarm.worker.network.ParameterLayout;
import org.mtlfarm.worker.network.ParameterLayout.Block;

/**
 * Training in double precision, window by window, all seven steps of both directions, layer by layer: what the fused
 * engine's gradients and steps are measured against, and itself measured against central differences of {@link
 * org.mtlfarm.worker.network.PlainNetwork}.
 */
final class PlainBackpropagation {
    private final NetworkShape shape;
    private final ParameterLayout layout;
    private final float[] vectors;
    final double[] parameters;
    final double[] gradients;
    private final double[] means;
    private final double[] squares;
    private int steps;

    PlainBackpropagation(NetworkShape shape, float[] vectors, float[] parameters) {
        this.shape = shape;
        this.vectors = vectors;
        layout = ParameterLayout.of(shape);
        this.parameters = new double[parameters.length];
        for (int i = 0; i < parameters.length; i++) {
            this.parameters[i] = parameters[i];
        }
        gradients = new double[parameters.length];
        means = new double[parameters.length];
        squares = new double[parameters.length];
    }

    /** Mean loss of a task over the windows; leaves the gradients added to {@link #gradients}. */
    double lossAndGradient(int task, int[] windows, int[] labels, int batch) {
        double loss = 0;
        for (int window = 0; window < batch; window++) {
            int[] tokens = Arrays.copyOfRange(windows, 7 * window, 7 * window + 7);
            loss += new Pass(task, tokens).lossAndGradient(labels[window], batch);
        }
        return loss / batch;
    }

    void adam(double learningRate) {
        steps++;
        for (Block block : layout.blocks()) {
            double rate =
                    block.name().startsWith("lstm") && block.name().endsWith(".b") ? 2 * learningRate : learningRate;
            for (int i = block.offset(); i < block.offset() + block.size(); i++) {
                means[i] = 0.9 * means[i] + 0.1 * gradients[i];
                squares[i] = 0.999 * squares[i] + 0.001 * gradients[i] * gradients[i];
                double root = Math.sqrt(squares[i]) / Math.sqrt(1 - Math.pow(0.999, steps));
                parameters[i] -= rate / (1 - Math.pow(0.9, steps)) * means[i] / (root + 1e-8);
            }
        }
        Arrays.fill(gradients, 0);
    }

    private static double logSum(double[] logits) {
        double sum = 0;
        for (double logit : logits) {
            sum += Math.exp(logit);
        }
        return Math.log(sum);
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** One window, forward on construction. */
    private final class Pass {
        private final int[] tokens;
        private final List<String> layers = new ArrayList<>();
        private final List<double[]> inputs = new ArrayList<>();
        private final Direction forward;
        private final Direction backward;
        final double[] logits;

        Pass(int task, int[] tokens) {
            this.tokens = tokens;
            boolean last = shape.readout() == Readout.LAST;
            forward = new Direction("lstm.forward", new int[] {0, 1, 2, 3, 4, 5, 6}, last ? 6 : 3);
            backward = new Direction("lstm.backward", new int[] {6, 5, 4, 3, 2, 1, 0}, last ? 0 : 3);
            for (int layer = 0; layer < shape.sharedWidths().length; layer++) {
                layers.add("shared" + layer);
            }
            for (int layer = 0; layer < shape.ownWidths().length; layer++) {
                layers.add("task" + task + ".dense" + layer);
            }
            layers.add("task" + task + ".output");
            double[] x = new double[2 * shape.hidden()];
            System.arraycopy(forward.state(), 0, x, 0, shape.hidden());
            System.arraycopy(backward.state(), 0, x, shape.hidden(), shape.hidden());
            for (String layer : layers) {
                inputs.add(x);
                Block weights = layout.block(layer + ".W");
                Block bias = layout.block(layer + ".b");
                double[] y = new double[weights.columns()];
                for (int o = 0; o < y.length; o++) {
                    y[o] = parameters[bias.offset() + o];
                    for (int i = 0; i < x.length; i++) {
                        y[o] += x[i] * parameters[at(weights, i, o)];
                    }
                }
                x = y;
            }
            logits = x;
        }

        double lossAndGradient(int label, int batch) {
            double logSum = logSum(logits);
            double[] dy = new double[logits.length];
            for (int o = 0; o < dy.length; o++) {
                dy[o] = (Math.exp(logits[o] - logSum) - (o == label ? 1 : 0)) / batch;
            }
            for (int layer = layers.size() - 1; layer >= 0; layer--) {
                Block weights = layout.block(layers.get(layer) + ".W");
                Block bias = layout.block(layers.get(layer) + ".b");
                double[] x = inputs.get(layer);
                double[] dx = new double[x.length];
                for (int o = 0; o < dy.length; o++) {
                    gradients[bias.offset() + o] += dy[o];
                    for (int i = 0; i < x.length; i++) {
                        gradients[at(weights, i, o)] += x[i] * dy[o];
                        dx[i] += dy[o] * parameters[at(weights, i, o)];
                    }
                }
                dy = dx;
            }
            forward.gradient(Arrays.copyOfRange(dy, 0, shape.hidden()));
            backward.gradient(Arrays.copyOfRange(dy, shape.hidden(), 2 * shape.hidden()));
            return logSum - logits[label];
        }

        private final class Direction {
            private final Block weights;
            private final Block recurrent;
            private final Block bias;
            private final int[] order;
            private final int read;
            private final double[][] a = new double[7][];
            private final double[][] f = new double[7][];
            private final double[][] o = new double[7][];
            private final double[][] i = new double[7][];
            private final double[][] c = new double[8][shape.hidden()];
            private final double[][] h = new double[8][shape.hidden()];

            /** h[t + 1] and c[t + 1] are those after step t; {@code read} is the step that is read out. */
            Direction(String name, int[] order, int read) {
                weights = layout.block(name + ".W");
                recurrent = layout.block(name + ".RW");
                bias = layout.block(name + ".b");
                this.order = order;
                this.read = read;
                int hidden = shape.hidden();
                for (int t = 0; t < 7; t++) {
                    a[t] = gate(t, 0);
                    f[t] = gate(t, 1);
                    o[t] = gate(t, 2);
                    i[t] = gate(t, 3);
                    for (int j = 0; j < hidden; j++) {
                        a[t][j] = Math.tanh(a[t][j]);
                        f[t][j] = sigmoid(f[t][j]);
                        o[t][j] = sigmoid(o[t][j]);
                        i[t][j] = sigmoid(i[t][j]);
                        c[t + 1][j] = f[t][j] * c[t][j] + i[t][j] * a[t][j];
                        h[t + 1][j] = o[t][j] * Math.tanh(c[t + 1][j]);
                    }
                }
            }

            double[] state() {
                return h[read + 1];
            }

            private double[] gate(int t, int gate) {
                int hidden = shape.hidden();
                double[] z = new double[hidden];
                for (int j = 0; j < hidden; j++) {
                    int column = gate * hidden + j;
                    z[j] = parameters[bias.offset() + column];
                    for (int d = 0; d < shape.wordDimension(); d++) {
                        z[j] += vectors[tokens[order[t]] * shape.wordDimension() + d]
                                * parameters[at(weights, d, column)];
                    }
                    for (int k = 0; k < hidden; k++) {
                        z[j] += h[t][k] * parameters[at(recurrent, k, column)];
                    }
                }
                return z;
            }

            void gradient(double[] readGradient) {
                int hidden = shape.hidden();
                double[] dh = readGradient;
                double[] dc = new double[hidden];
                for (int t = read; t >= 0; t--) {
                    double[] dz = new double[4 * hidden];
                    for (int j = 0; j < hidden; j++) {
                        double tanh = Math.tanh(c[t + 1][j]);
                        dc[j] += dh[j] * o[t][j] * (1 - tanh * tanh);
                        dz[j] = dc[j] * i[t][j] * (1 - a[t][j] * a[t][j]);
                        dz[hidden + j] = dc[j] * c[t][j] * f[t][j] * (1 - f[t][j]);
                        dz[2 * hidden + j] = dh[j] * tanh * o[t][j] * (1 - o[t][j]);
                        dz[3 * hidden + j] = dc[j] * a[t][j] * i[t][j] * (1 - i[t][j]);
                        dc[j] *= f[t][j];
                    }
                    dh = new double[hidden];
                    for (int column = 0; column < 4 * hidden; column++) {
                        gradients[bias.offset() + column] += dz[column];
                        for (int d = 0; d < shape.wordDimension(); d++) {
                            gradients[at(weights, d, column)] +=
                                    vectors[tokens[order[t]] * shape.wordDimension() + d] * dz[column];
                        }
                        for (int k = 0; k < hidden; k++) {
                            gradients[at(recurrent, k, column)] += h[t][k] * dz[column];
                            dh[k] += dz[column] * parameters[at(recurrent, k, column)];
                        }
                    }
                }
            }
        }
    }

    private static int at(Block block, int row, int column) {
        return block.offset() + column * block.rows() + row;
    }
}
