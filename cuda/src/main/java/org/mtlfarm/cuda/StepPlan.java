package org.mtlfarm.cuda;

import java.util.ArrayList;
import java.util.List;

/**
 * The operations of one step, in order. Launching them needs a card, reading them does not.
 *
 * <p>The work is that of the engine {@code fused}: the input product once for each distinct word of a batch, no recurrent
 * product in a direction's first step, no work that cannot reach the readout, dense layers collapsed into what the logits
 * read, Adam without the parameters that have no influence. One thing is left to {@code fused}: windows that begin alike do
 * not share their states, which for the authors' network would save a twentieth of the recurrent products and make the
 * sizes of all of them hang on the data.
 */
final class StepPlan {
    private final MemoryPlan memory;
    private final StepKind kind;
    private final int[] words;
    private final Operands operands;
    private final List<Operation> operations = new ArrayList<>();

    /** The places in a member's memory that products read and write, each once, in one order for all plans of a gang. */
    static final class Operands {
        private final List<Integer> offsets = new ArrayList<>();

        Operands(MemoryPlan memory) {
            for (StepKind kind : StepKind.values()) {
                int[] words = memory.directions.stream()
                        .mapToInt(direction -> direction.capacity(memory.batch))
                        .toArray();
                new StepPlan(memory, kind, words, this);
            }
        }

        int of(int offset) {
            int at = offsets.indexOf(offset);
            if (at < 0) {
                at = offsets.size();
                offsets.add(offset);
            }
            return at;
        }

        int[] offsets() {
            return offsets.stream().mapToInt(Integer::intValue).toArray();
        }
    }

    /**
     * A plan.
     *
     * @param words [directions], distinct words a batch that there is room for
     */
    StepPlan(MemoryPlan memory, StepKind kind, int[] words, Operands operands) {
        this.memory = memory;
        this.kind = kind;
        this.words = words.clone();
        this.operands = operands;
        if (kind == StepKind.REMEMBERING) {
            int parameters = memory.layout.size();
            kernel("beginRemembering", 1, 0, 0, 0, 0);
            kernel("findNotFinite", parameters, parameters, 0, 0, 4L * parameters);
            kernel("remember", parameters, parameters, 0, 0, 8L * parameters);
        } else {
            step();
        }
        kernel("advance", 1, 0, 0, 0, 0);
    }

    private void step() {
        forward();
        collapse();
        product(
                "logits",
                true,
                false,
                columns(),
                batch(),
                inputs(),
                memory.sharedReaders[0],
                inputs(),
                memory.readout,
                inputs(),
                0,
                memory.logits,
                columns());
        if (kind == StepKind.PREDICTION) {
            kernel("mostProbable", batch(), 0, 0, 0, 4L * batch() * columns());
        } else {
            loss();
            denseGradients();
            backward();
            kernel(
                    "adam",
                    memory.pieces * Operation.Kernel.THREADS,
                    0,
                    0,
                    13L * memory.movedParameters(),
                    28L * memory.movedParameters());
        }
    }

    List<Operation> operations() {
        return operations;
    }

    /** Launches a step: kernels and products. */
    int launches() {
        return operations.size();
    }

    /** Floating-point operations of a member's step; products alone, which are all but a hundredth. */
    long flops() {
        return operations.stream()
                .filter(Operation.Product.class::isInstance)
                .mapToLong(Operation::flops)
                .sum();
    }

    /** Bytes that a member's step moves at least, if every operation reads its operands from memory once. */
    long bytes() {
        return operations.stream().mapToLong(Operation::bytes).sum();
    }

    /**
     * Bytes that have to be moved whatever is done: Adam's, as a member's parameters and moments do not stay in a cache from
     * one step to the next.
     */
    long leastBytes() {
        return 24L * memory.movedParameters();
    }

    private void forward() {
        int hidden = memory.shape.hidden();
        for (int index = 0; index < memory.directions.size(); index++) {
            MemoryPlan.Direction direction = memory.directions.get(index);
            int dimension = memory.shape.wordDimension();
            kernel("gatherWords", words[index] * dimension, index, words[index], 0, 8L * words[index] * dimension);
            product(
                    "x W",
                    true,
                    false,
                    4 * hidden,
                    words[index],
                    dimension,
                    direction.weights(),
                    dimension,
                    direction.wordVectors(),
                    dimension,
                    0,
                    direction.projections(),
                    4 * hidden);
            for (int level = 0; level < direction.levels(); level++) {
                if (level > 0) {
                    product(
                            "h RW",
                            true,
                            false,
                            4 * hidden,
                            batch(),
                            hidden,
                            direction.recurrentWeights(),
                            hidden,
                            direction.states() + (level - 1) * batch() * hidden,
                            hidden,
                            0,
                            direction.recurrent(),
                            4 * hidden);
                }
                kernel(
                        "gates",
                        batch() * hidden,
                        index,
                        level,
                        40L * batch() * hidden,
                        4L * batch() * hidden * (level > 0 ? 15 : 10));
            }
        }
    }

    private void collapse() {
        for (int layer = memory.ownInputs.length - 1; layer >= 0; layer--) {
            int outputs = layer == memory.ownInputs.length - 1 ? 1 : memory.ownInputs[layer + 1];
            kernel(
                    "ownReaders",
                    columns() * memory.ownInputs[layer],
                    layer,
                    0,
                    2L * columns() * memory.ownInputs[layer] * outputs,
                    4L * tasks() * memory.ownInputs[layer] * outputs);
        }
        for (int index = memory.sharedLayers.size() - 1; index >= 0; index--) {
            MemoryPlan.SharedLayer layer = memory.sharedLayers.get(index);
            product(
                    "W R",
                    false,
                    false,
                    layer.inputs(),
                    columns(),
                    layer.outputs(),
                    layer.weights(),
                    layer.inputs(),
                    memory.sharedReaders[index + 1],
                    layer.outputs(),
                    0,
                    memory.sharedReaders[index],
                    layer.inputs());
        }
        kernel("biasParts", memory.parts * columns(), 0, 0, 0, 8L * memory.parts * columns() * 16);
    }

    private void loss() {
        kernel("softmax", tasks() * batch(), tasks(), 0, 0, 8L * batch() * columns());
        kernel("sums", columns() + 1, tasks(), 0, 0, 4L * batch() * columns());
    }

    private void denseGradients() {
        product(
                "dy R'",
                false,
                false,
                inputs(),
                batch(),
                columns(),
                memory.sharedReaders[0],
                inputs(),
                memory.logits,
                columns(),
                0,
                memory.readoutGradients,
                inputs());
        product(
                "x' dy",
                false,
                true,
                inputs(),
                columns(),
                batch(),
                memory.readout,
                inputs(),
                memory.logits,
                columns(),
                0,
                memory.sharedSums[0],
                inputs());
        for (int index = 0; index < memory.sharedLayers.size(); index++) {
            MemoryPlan.SharedLayer layer = memory.sharedLayers.get(index);
            kernel("sharedBiasGradients", layer.outputs(), index, 0, 0, 8L * layer.outputs() * columns());
            product(
                    "P R'",
                    false,
                    true,
                    layer.inputs(),
                    layer.outputs(),
                    columns(),
                    memory.sharedSums[index],
                    layer.inputs(),
                    memory.sharedReaders[index + 1],
                    layer.outputs(),
                    0,
                    memory.gradients + layer.weights(),
                    layer.inputs());
            product(
                    "W' P",
                    true,
                    false,
                    layer.outputs(),
                    columns(),
                    layer.inputs(),
                    layer.weights(),
                    layer.inputs(),
                    memory.sharedSums[index],
                    layer.inputs(),
                    1,
                    memory.sharedSums[index + 1],
                    layer.outputs());
        }
        for (int layer = 0; layer < memory.ownInputs.length - 1; layer++) {
            int outputs = memory.ownInputs[layer + 1];
            kernel(
                    "ownSums",
                    columns() * outputs,
                    layer,
                    0,
                    2L * columns() * outputs * memory.ownInputs[layer],
                    4L * tasks() * outputs * memory.ownInputs[layer]);
        }
        kernel("ownGradients", tasks() * memory.ownItems, tasks(), 0, 0, 4L * tasks() * memory.ownItems);
    }

    private void backward() {
        int hidden = memory.shape.hidden();
        int dimension = memory.shape.wordDimension();
        for (int index = 0; index < memory.directions.size(); index++) {
            MemoryPlan.Direction direction = memory.directions.get(index);
            for (int level = direction.levels() - 1; level >= 0; level--) {
                kernel("gatesBack", batch() * hidden, index, level, 40L * batch() * hidden, 4L * batch() * hidden * 13);
                if (level > 0) {
                    product(
                            "dz RW'",
                            false,
                            false,
                            hidden,
                            batch(),
                            4 * hidden,
                            direction.recurrentWeights(),
                            hidden,
                            direction.gates() + level * batch() * 4 * hidden,
                            4 * hidden,
                            0,
                            direction.stateGradients(),
                            hidden);
                }
            }
            if (memory.recurs(direction)) {
                product(
                        "h' dz",
                        false,
                        true,
                        hidden,
                        4 * hidden,
                        (direction.levels() - 1) * batch(),
                        direction.states(),
                        hidden,
                        direction.gates() + batch() * 4 * hidden,
                        4 * hidden,
                        0,
                        memory.gradients + direction.recurrentWeights(),
                        hidden);
            }
            kernel(
                    "sumByWord",
                    words[index] * 4 * hidden,
                    index,
                    words[index],
                    (long) direction.capacity(batch()) * 4 * hidden,
                    16L * hidden * (direction.capacity(batch()) + words[index]));
            product(
                    "x' dz",
                    false,
                    true,
                    dimension,
                    4 * hidden,
                    words[index],
                    direction.wordVectors(),
                    dimension,
                    direction.projections(),
                    4 * hidden,
                    0,
                    memory.gradients + direction.weights(),
                    dimension);
            kernel(
                    "biasGradients",
                    4 * hidden,
                    index,
                    words[index],
                    (long) words[index] * 4 * hidden,
                    16L * hidden * words[index]);
        }
    }

    private void kernel(String name, int items, int a, int b, long flops, long bytes) {
        operations.add(new Operation.Kernel(name, items, a, b, flops, bytes));
    }

    private void product(
            String name,
            boolean transposeA,
            boolean transposeB,
            int m,
            int n,
            int k,
            int a,
            int lda,
            int b,
            int ldb,
            float beta,
            int c,
            int ldc) {
        operations.add(new Operation.Product(
                name,
                transposeA,
                transposeB,
                m,
                n,
                k,
                operands.of(a),
                lda,
                operands.of(b),
                ldb,
                beta,
                operands.of(c),
                ldc));
    }

    private int batch() {
        return memory.batch;
    }

    private int columns() {
        return memory.columns(kind);
    }

    private int inputs() {
        return 2 * memory.shape.hidden();
    }

    private int tasks() {
        return kind == StepKind.JOINT ? memory.shape.tasks() : 1;
    }

    /** An operation a line: what it multiplies or launches, a member. */
    String describe() {
        StringBuilder text = new StringBuilder();
        for (Operation operation : operations) {
            if (operation instanceof Operation.Product product) {
                text.append("product  %-8s [%d, %d] x [%d, %d]%n"
                        .formatted(product.name(), product.m(), product.k(), product.k(), product.n()));
            } else if (operation instanceof Operation.Kernel kernel) {
                text.append("kernel   %s over %d%n".formatted(kernel.name(), kernel.items()));
            }
        }
        return text.append("%d launches, %.2f GFLOP in products, %.1f MB moved a member%n"
                        .formatted(launches(), flops() / 1e9, bytes() / 1e6))
                .toString();
    }
}
