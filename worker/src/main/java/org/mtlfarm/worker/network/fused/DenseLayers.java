package org.mtlfarm.worker.network.fused;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import org.mtlfarm.worker.network.NetworkShape;
import org.mtlfarm.worker.network.ParameterLayout;

/**
 * The dense layers between the BiLSTM and the logits, shared and own.
 *
 * <p>They have no activation, so the logits of a task are one linear function of the BiLSTM's output x, and there are few of
 * them (5 a task for entities) where the layers are wide (256, 128, 64). With logits {@code y = (((x W1 + b1) W2 + b2) ... Wk + bk)}:
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
final class DenseLayers implements AutoCloseable {
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
    private final NetworkShape shape;
    private final int sharedOutputs;
    private final List<Layer> shared;
    private final List<List<Layer>> own;

    private final NativeFloats[] sharedReaders;
    private final NativeFloats[] ownReaders;
    private final NativeFloats[] sharedSums;
    private final NativeFloats[] ownSums;
    private final NativeFloats logits;
    private final float[] bias;
    private final float[] logitSums;
    private final float[] row;
    private final float[] sumRow;
    private final float[] biasRow;

    /** @param batch rows at most */
    DenseLayers(NetworkShape shape, ParameterLayout layout, int batch) {
        inputs = 2 * shape.hidden();
        this.shape = shape;
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

        int most = shape.labels(0, shape.tasks());
        int mostOfTask =
                shape.labelsOfTasks().stream().mapToInt(Integer::intValue).max().orElseThrow();
        sharedReaders = new NativeFloats[shared.size() + 1];
        sharedSums = new NativeFloats[shared.size() + 1];
        int widest = inputs;
        for (int layer = 0; layer <= shared.size(); layer++) {
            int width = layer == 0 ? inputs : shared.get(layer - 1).outputs();
            sharedReaders[layer] = new NativeFloats(most * width);
            sharedSums[layer] = new NativeFloats(most * width);
            widest = Math.max(widest, width);
        }
        int ownLayers = own.get(0).size();
        ownReaders = new NativeFloats[ownLayers + 1];
        ownSums = new NativeFloats[ownLayers];
        for (int layer = 1; layer < ownLayers; layer++) {
            int width = own.get(0).get(layer - 1).outputs();
            ownReaders[layer] = new NativeFloats(most * width);
            ownSums[layer] = new NativeFloats(mostOfTask * width);
            widest = Math.max(widest, width);
        }
        widest = Math.max(widest, mostOfTask);
        ownReaders[ownLayers] = new NativeFloats(identitiesBefore(shape.tasks()));
        for (int task = 0; task < shape.tasks(); task++) {
            for (int label = 0; label < shape.labels(task); label++) {
                ownReaders[ownLayers].put(
                        identitiesBefore(task) + label * (shape.labels(task) + 1), new float[] {1}, 0, 1);
            }
        }
        logits = new NativeFloats(batch * most);
        bias = new float[most];
        logitSums = new float[most];
        row = new float[widest];
        sumRow = new float[widest];
        biasRow = new float[widest];
    }

    /**
     * Takes in the layers of some tasks, side by side: what their logits read.
     *
     * @param weights all of the network's parameters
     * @param firstTask and the {@code tasks} from it on
     */
    void collapse(NativeFloats weights, int firstTask, int tasks) {
        int columns = shape.labels(firstTask, tasks);
        Arrays.fill(bias, 0, columns, 0);
        for (int slot = 0; slot < tasks; slot++) {
            int task = firstTask + slot;
            int firstLogit = shape.labels(firstTask, slot);
            int labels = shape.labels(task);
            List<Layer> layers = own.get(task);
            for (int index = layers.size(); index >= 1; index--) {
                Layer layer = layers.get(index - 1);
                int readersAt = readersAt(task, index, firstLogit);
                addBias(layer, weights, ownReaders[index], readersAt, firstLogit, labels);
                NativeFloats before = index == 1 ? sharedReaders[shared.size()] : ownReaders[index - 1];
                Products.backward(
                        labels,
                        layer.inputs(),
                        layer.outputs(),
                        ownReaders[index],
                        readersAt,
                        weights,
                        layer.weightsAt(),
                        before,
                        firstLogit * layer.inputs());
            }
        }
        for (int index = shared.size(); index >= 1; index--) {
            Layer layer = shared.get(index - 1);
            addBias(layer, weights, sharedReaders[index], 0, 0, columns);
            Products.backward(
                    columns,
                    layer.inputs(),
                    layer.outputs(),
                    sharedReaders[index],
                    0,
                    weights,
                    layer.weightsAt(),
                    sharedReaders[index - 1],
                    0);
        }
    }

    /** Where what a task's logits read from the output of its own layer {@code index} stands; from the last, a 1 each. */
    private int readersAt(int task, int index, int firstLogit) {
        List<Layer> layers = own.get(task);
        return index == layers.size()
                ? identitiesBefore(task)
                : firstLogit * layers.get(index - 1).outputs();
    }

    private int identitiesBefore(int task) {
        int sum = 0;
        for (int other = 0; other < task; other++) {
            sum += shape.labels(other) * shape.labels(other);
        }
        return sum;
    }

    /**
     * The logits of the tasks taken in.
     *
     * @param x [rows, 2 * hidden]
     * @param found [rows, labels of these tasks], written
     */
    void forward(int rows, int firstTask, int tasks, NativeFloats x, float[] found) {
        int columns = shape.labels(firstTask, tasks);
        Products.forward(rows, inputs, columns, x, 0, sharedReaders[0], 0, logits, 0, columns);
        logits.get(0, found, 0, rows * columns);
        for (int at = 0; at < rows * columns; at += columns) {
            for (int column = 0; column < columns; column++) {
                found[at + column] += bias[column];
            }
        }
    }

    /**
     * From the gradients by the logits to those by x and by these layers' parameters.
     *
     * @param x [rows, 2 * hidden], as given to {@link #forward}
     * @param logitGradients [rows, labels of these tasks]
     * @param xGradients [rows, 2 * hidden], written
     * @param gradients as the parameters lie; the blocks of the shared layers and of the tasks taken in are written
     */
    void backward(
            NativeFloats weights,
            int rows,
            int firstTask,
            int tasks,
            NativeFloats x,
            float[] logitGradients,
            NativeFloats xGradients,
            NativeFloats gradients) {
        int columns = shape.labels(firstTask, tasks);
        Arrays.fill(logitSums, 0, columns, 0);
        for (int at = 0; at < rows * columns; at += columns) {
            for (int column = 0; column < columns; column++) {
                logitSums[column] += logitGradients[at + column];
            }
        }
        logits.put(0, logitGradients, 0, rows * columns);
        Products.backward(rows, inputs, columns, logits, 0, sharedReaders[0], 0, xGradients, 0);
        Products.gradient(rows, inputs, columns, x, 0, logits, 0, columns, sharedSums[0], 0);
        for (int index = 1; index <= shared.size(); index++) {
            Layer layer = shared.get(index - 1);
            gradients(layer, 0, columns, sharedSums[index - 1], 0, sharedReaders[index], 0, gradients);
            sums(layer, weights, 0, columns, sharedSums[index - 1], 0, sharedSums[index]);
        }
        for (int slot = 0; slot < tasks; slot++) {
            int task = firstTask + slot;
            int firstLogit = shape.labels(firstTask, slot);
            int labels = shape.labels(task);
            List<Layer> layers = own.get(task);
            NativeFloats before = sharedSums[shared.size()];
            int beforeAt = firstLogit * sharedOutputs;
            for (int index = 1; index <= layers.size(); index++) {
                Layer layer = layers.get(index - 1);
                int readersAt = readersAt(task, index, firstLogit);
                gradients(layer, firstLogit, labels, before, beforeAt, ownReaders[index], readersAt, gradients);
                if (index < layers.size()) {
                    sums(layer, weights, firstLogit, labels, before, beforeAt, ownSums[index]);
                    before = ownSums[index];
                    beforeAt = 0;
                }
            }
        }
    }

    @Override
    public void close() {
        Stream.of(sharedReaders, ownReaders, sharedSums, ownSums)
                .flatMap(Arrays::stream)
                .filter(Objects::nonNull)
                .forEach(NativeFloats::close);
        logits.close();
    }

    /** b R, added to the logits' bias. */
    private void addBias(
            Layer layer, NativeFloats weights, NativeFloats readers, int readersAt, int firstLogit, int count) {
        int outputs = layer.outputs();
        weights.get(layer.biasAt(), biasRow, 0, outputs);
        for (int logit = 0; logit < count; logit++) {
            readers.get(readersAt + logit * outputs, row, 0, outputs);
            float sum = 0;
            for (int i = 0; i < outputs; i++) {
                sum += biasRow[i] * row[i];
            }
            bias[firstLogit + logit] += sum;
        }
    }

    /** dW = P R', db = R s. */
    private void gradients(
            Layer layer,
            int firstLogit,
            int count,
            NativeFloats sumsBefore,
            int sumsAt,
            NativeFloats readers,
            int readersAt,
            NativeFloats gradients) {
        int outputs = layer.outputs();
        Products.gradient(
                count,
                layer.inputs(),
                outputs,
                sumsBefore,
                sumsAt,
                readers,
                readersAt,
                outputs,
                gradients,
                layer.weightsAt());
        Arrays.fill(sumRow, 0, outputs, 0);
        for (int logit = 0; logit < count; logit++) {
            readers.get(readersAt + logit * outputs, row, 0, outputs);
            addMultiple(logitSums[firstLogit + logit], row, sumRow, outputs);
        }
        gradients.put(layer.biasAt(), sumRow, 0, outputs);
    }

    /** P = W' P + b s', one layer on. */
    private void sums(
            Layer layer,
            NativeFloats weights,
            int firstLogit,
            int count,
            NativeFloats sumsBefore,
            int sumsAt,
            NativeFloats sums) {
        int outputs = layer.outputs();
        Products.forward(
                count, layer.inputs(), outputs, sumsBefore, sumsAt, weights, layer.weightsAt(), sums, 0, outputs);
        weights.get(layer.biasAt(), biasRow, 0, outputs);
        for (int logit = 0; logit < count; logit++) {
            sums.get(logit * outputs, row, 0, outputs);
            addMultiple(logitSums[firstLogit + logit], biasRow, row, outputs);
            sums.put(logit * outputs, row, 0, outputs);
        }
    }

    private static void addMultiple(float factor, float[] x, float[] y, int count) {
        for (int i = 0; i < count; i++) {
            y[i] += factor * x[i];
        }
    }
}
