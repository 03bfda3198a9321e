package org.mtlfarm.worker.network.fused;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.mtlfarm.worker.network.NetworkShape;
import org.mtlfarm.worker.network.ParameterLayout;

/**
 * The dense layers between the BiLSTM and the logits, shared and own.
 *
 * <p>They have no activation, so the logits of a task are one linear function of the BiLSTM's output x, and there are few of
 * them (5 a task) where the layers are wide (256, 128, 64). With logits {@code y = (((x W1 + b1) W2 + b2) ... Wk + bk)}:
 *
 * <pre>
 *   Rk = 1,  Rl = W(l+1) R(l+1)              what the logits read from layer l's output; R0 from x
 *   y  = x R0 + sum of bl Rl
 *   P0 = x' dy,  Pl = Wl' P(l-1) + bl s'     what layer l's output, times dy, adds up to; s = sum of dy over the batch
 *   dWl = P(l-1) Rl'    dbl = Rl s    dx = dy R0'
 * </pre>
 *
 * <p>which is what layer-by-layer propagation gives, in another order of the same sums, without a product of the batch with
 * a wide layer: 5 million operations instead of 120 for two shared layers, hidden 300 and a batch of 100. Tasks in training
 * together stand side by side in R and P.
 */
final class DenseLayers {
    /** One layer: where its weights [inputs, outputs] and bias [outputs] lie. */
    private record Layer(int inputs, int outputs, int weightsAt, int biasAt) {
        static Layer of(ParameterLayout layout, String name) {
            ParameterLayout.Block weights = layout.block(name + ".W");
            return new Layer(
                    weights.rows(),
                    weights.columns(),
                    weights.offset(),
                    layout.block(name + ".b").offset());
        }
    }

    private final int inputs;
    private final int labels;
    private final int sharedOutputs;
    private final List<Layer> shared;
    private final List<List<Layer>> own;

    private final float[][] sharedReaders;
    private final float[][] ownReaders;
    private final float[][] sharedSums;
    private final float[][] ownSums;
    private final float[] identity;
    private final float[] bias;
    private final float[] logitSums;

    DenseLayers(NetworkShape shape, ParameterLayout layout) {
        inputs = 2 * shape.hidden();
        labels = shape.labels();
        shared = new ArrayList<>();
        for (int layer = 0; layer < shape.sharedWidths().length; layer++) {
            shared.add(Layer.of(layout, "shared" + layer));
        }
        own = new ArrayList<>();
        for (int task = 0; task < shape.tasks(); task++) {
            List<Layer> layers = new ArrayList<>();
            for (int layer = 0; layer < shape.ownWidths().length; layer++) {
                layers.add(Layer.of(layout, "task" + task + ".dense" + layer));
            }
            layers.add(Layer.of(layout, "task" + task + ".output"));
            own.add(layers);
        }
        sharedOutputs =
                shared.isEmpty() ? inputs : shared.get(shared.size() - 1).outputs();

        int logits = labels * shape.tasks();
        sharedReaders = new float[shared.size() + 1][];
        sharedSums = new float[shared.size() + 1][];
        for (int layer = 0; layer <= shared.size(); layer++) {
            int width = layer == 0 ? inputs : shared.get(layer - 1).outputs();
            sharedReaders[layer] = new float[logits * width];
            sharedSums[layer] = new float[logits * width];
        }
        int ownLayers = own.get(0).size();
        ownReaders = new float[ownLayers + 1][];
        ownSums = new float[ownLayers][];
        for (int layer = 1; layer <= ownLayers; layer++) {
            int width = own.get(0).get(layer - 1).outputs();
            ownReaders[layer] = new float[logits * width];
            if (layer < ownLayers) {
                ownSums[layer] = new float[labels * width];
            }
        }
        identity = new float[labels * labels];
        for (int label = 0; label < labels; label++) {
            identity[label * labels + label] = 1;
        }
        bias = new float[logits];
        logitSums = new float[logits];
    }

    /**
     * Takes in the layers of some tasks, side by side: what their logits read.
     *
     * @param firstTask and the {@code tasks} from it on
     */
    void collapse(float[] parameters, int firstTask, int tasks) {
        Arrays.fill(bias, 0, tasks * labels, 0);
        for (int slot = 0; slot < tasks; slot++) {
            List<Layer> layers = own.get(firstTask + slot);
            System.arraycopy(identity, 0, ownReaders[layers.size()], slot * labels * labels, identity.length);
            for (int index = layers.size(); index >= 1; index--) {
                Layer layer = layers.get(index - 1);
                int readersAt = slot * labels * layer.outputs();
                addBias(layer, parameters, ownReaders[index], readersAt, slot * labels, labels);
                float[] before = index == 1 ? sharedReaders[shared.size()] : ownReaders[index - 1];
                Products.backward(
                        labels,
                        layer.inputs(),
                        layer.outputs(),
                        ownReaders[index],
                        readersAt,
                        parameters,
                        layer.weightsAt(),
                        before,
                        slot * labels * layer.inputs());
            }
        }
        for (int index = shared.size(); index >= 1; index--) {
            Layer layer = shared.get(index - 1);
            addBias(layer, parameters, sharedReaders[index], 0, 0, tasks * labels);
            Products.backward(
                    tasks * labels,
                    layer.inputs(),
                    layer.outputs(),
                    sharedReaders[index],
                    0,
                    parameters,
                    layer.weightsAt(),
                    sharedReaders[index - 1],
                    0);
        }
    }

    /**
     * The logits of the tasks taken in.
     *
     * @param x [rows, 2 * hidden]
     * @param logits [rows, tasks * labels], written
     */
    void forward(int rows, int tasks, float[] x, float[] logits) {
        int columns = tasks * labels;
        Products.forward(rows, inputs, columns, x, 0, sharedReaders[0], 0, logits, 0, columns);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                logits[row * columns + column] += bias[column];
            }
        }
    }

    /**
     * From the gradients by the logits to those by x and by these layers' parameters.
     *
     * @param x [rows, 2 * hidden], as given to {@link #forward}
     * @param logitGradients [rows, tasks * labels]
     * @param xGradients [rows, 2 * hidden], written
     * @param gradients as the parameters lie; the blocks of the shared layers and of the tasks taken in are written
     */
    void backward(
            float[] parameters,
            int rows,
            int firstTask,
            int tasks,
            float[] x,
            float[] logitGradients,
            float[] xGradients,
            float[] gradients) {
        int columns = tasks * labels;
        Products.backward(rows, inputs, columns, logitGradients, 0, sharedReaders[0], 0, xGradients, 0);
        Arrays.fill(logitSums, 0, columns, 0);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                logitSums[column] += logitGradients[row * columns + column];
            }
        }
        Products.gradient(rows, inputs, columns, x, 0, logitGradients, 0, columns, sharedSums[0], 0);
        for (int index = 1; index <= shared.size(); index++) {
            Layer layer = shared.get(index - 1);
            gradients(layer, 0, columns, sharedSums[index - 1], 0, sharedReaders[index], 0, gradients);
            sums(layer, parameters, 0, columns, sharedSums[index - 1], 0, sharedSums[index]);
        }
        for (int slot = 0; slot < tasks; slot++) {
            List<Layer> layers = own.get(firstTask + slot);
            float[] before = sharedSums[shared.size()];
            int beforeAt = slot * labels * sharedOutputs;
            for (int index = 1; index <= layers.size(); index++) {
                Layer layer = layers.get(index - 1);
                int readersAt = slot * labels * layer.outputs();
                gradients(layer, slot * labels, labels, before, beforeAt, ownReaders[index], readersAt, gradients);
                if (index < layers.size()) {
                    sums(layer, parameters, slot * labels, labels, before, beforeAt, ownSums[index]);
                    before = ownSums[index];
                    beforeAt = 0;
                }
            }
        }
    }

    /** b R, added to the logits' bias. */
    private void addBias(Layer layer, float[] parameters, float[] readers, int readersAt, int firstLogit, int logits) {
        for (int logit = 0; logit < logits; logit++) {
            float sum = 0;
            for (int i = 0; i < layer.outputs(); i++) {
                sum += parameters[layer.biasAt() + i] * readers[readersAt + logit * layer.outputs() + i];
            }
            bias[firstLogit + logit] += sum;
        }
    }

    /** dW = P R', db = R s. */
    private void gradients(
            Layer layer,
            int firstLogit,
            int logits,
            float[] sumsBefore,
            int sumsAt,
            float[] readers,
            int readersAt,
            float[] gradients) {
        int outputs = layer.outputs();
        Products.gradient(
                logits,
                layer.inputs(),
                outputs,
                sumsBefore,
                sumsAt,
                readers,
                readersAt,
                outputs,
                gradients,
                layer.weightsAt());
        Arrays.fill(gradients, layer.biasAt(), layer.biasAt() + outputs, 0);
        for (int logit = 0; logit < logits; logit++) {
            addMultiple(
                    logitSums[firstLogit + logit],
                    readers,
                    readersAt + logit * outputs,
                    gradients,
                    layer.biasAt(),
                    outputs);
        }
    }

    /** P = W' P + b s', one layer on. */
    private void sums(
            Layer layer, float[] parameters, int firstLogit, int logits, float[] sumsBefore, int sumsAt, float[] sums) {
        int outputs = layer.outputs();
        Products.forward(
                logits, layer.inputs(), outputs, sumsBefore, sumsAt, parameters, layer.weightsAt(), sums, 0, outputs);
        for (int logit = 0; logit < logits; logit++) {
            addMultiple(logitSums[firstLogit + logit], parameters, layer.biasAt(), sums, logit * outputs, outputs);
        }
    }

    private static void addMultiple(float factor, float[] x, int xAt, float[] y, int yAt, int count) {
        for (int i = 0; i < count; i++) {
            y[yAt + i] += factor * x[xAt + i];
        }
    }
}
