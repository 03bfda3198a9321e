package org.mtlfarm.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

import org.mtlfarm.schemas.Readout;
import org.mtlfarm.worker.network.NetworkShape;
import org.mtlfarm.worker.network.ParameterLayout;

/**
 * What lies where in a gang's memory on the card: the same for every member, in floats from the start of its memory, each
 * array at a multiple of {@link #ALIGNMENT}. The parameters lie first, as {@link ParameterLayout} has them, then their
 * gradients and moments, then what a step remembers, then the data of the steps to come.
 *
 * <p>It is also the source of the structure that the kernels see: its declaration and its bytes come from the same list, so
 * that they cannot differ.
 */
final class MemoryPlan {
    /** Steps of which a member's data and losses have room. */
    static final int MOST_STEPS = 50;

    /** Members in one round at most. */
    static final int MOST_LANES = 1024;

    /** Parameters that one block of Adam moves. */
    static final int PIECE = 1024;

    /** Numbers a header of a step's data: task, step sizes, correction. */
    static final int HEADER = 4;

    /** Floats: 256 bytes, what cuMemAlloc itself gives, and enough for any vector load. */
    static final int ALIGNMENT = 64;

    /** Terms that one thread of {@code biasParts} sums. */
    private static final int PART = 16;

    private static final List<String> ADDRESSES = List.of(
            "const unsigned long long *members",
            "const unsigned long long *vectors",
            "const int *positions",
            "int *counter",
            "double *losses",
            "const int *tables",
            "unsigned long long *operands");

    /** What a gang shares: addresses on the device, in the order of the structure. */
    record Shared(long members, long vectors, long positions, long counter, long losses, long tables, long operands) {}

    /** A direction of the BiLSTM: which tokens it reads, and where its arrays lie. */
    record Direction(
            String name,
            int[] positions,
            int weights,
            int recurrentWeights,
            int bias,
            int wordVectors,
            int projections,
            int recurrent,
            int gates,
            int cells,
            int states,
            int stateGradients,
            int cellGradients,
            int rows,
            int wordOfPlace,
            int firsts,
            int places) {
        int levels() {
            return positions.length;
        }

        /** Places, and so distinct words, at most. */
        int capacity(int batch) {
            return positions.length * batch;
        }
    }

    /** A dense layer that all tasks share. */
    record SharedLayer(int inputs, int outputs, int weights, int bias) {}

    final NetworkShape shape;
    final int batch;
    final ParameterLayout layout;
    final List<Direction> directions = new ArrayList<>();
    final List<SharedLayer> sharedLayers = new ArrayList<>();

    /** Columns of the logits of one task, and of all: rounded up so that products stay aligned. */
    final int columnsOfOne;

    final int columnsOfAll;
    final int gradients;
    final int means;
    final int squares;
    final int remembered;
    final int readout;
    final int readoutGradients;
    final int logits;
    final int logitSums;
    final int biasOfLogits;
    final int rowLosses;
    final int[] sharedReaders;
    final int[] sharedSums;
    final int[] ownReaders;
    final int[] ownSums;
    final int[] ownInputs;
    final int predicted;
    final int stepData;
    final int stepInts;
    final int labelsInStep;
    final int ownItems;
    final int parts;
    final int pieces;

    private final int floats;
    private final int[] tables;
    private final Map<String, Integer> tableAt = new LinkedHashMap<>();
    private int next;

    MemoryPlan(NetworkShape shape, int batch) {
        if (batch < 1) {
            throw new IllegalArgumentException("batch must be at least 1, was " + batch);
        }
        this.shape = shape;
        this.batch = batch;
        layout = ParameterLayout.of(shape);
        int hidden = shape.hidden();
        int dimension = shape.wordDimension();
        int mostLabels = mostLabels();
        columnsOfOne = roundedUp(mostLabels, 4);
        columnsOfAll = roundedUp(shape.labels(0, shape.tasks()), 4);
        int columns = Math.max(columnsOfOne, columnsOfAll);

        place(layout.size());
        gradients = place(layout.size());
        means = place(layout.size());
        squares = place(layout.size());
        remembered = place(layout.size());

        int data = HEADER;
        labelsInStep = data;
        data += shape.tasks() * batch;
        int[][] positions = positions(shape.readout());
        for (int index = 0; index < positions.length; index++) {
            String name = index == 0 ? "lstm.forward" : "lstm.backward";
            int capacity = positions[index].length * batch;
            int rows = data;
            int wordOfPlace = rows + capacity;
            int firsts = wordOfPlace + capacity;
            int places = firsts + capacity + 1;
            data = places + capacity;
            directions.add(new Direction(
                    name,
                    positions[index],
                    layout.block(name + ".W").offset(),
                    layout.block(name + ".RW").offset(),
                    layout.block(name + ".b").offset(),
                    place(capacity * dimension),
                    place(capacity * 4 * hidden),
                    place(batch * 4 * hidden),
                    place(capacity * 4 * hidden),
                    place(capacity * hidden),
                    place(Math.max(1, capacity - batch) * hidden),
                    place(batch * hidden),
                    place(batch * hidden),
                    rows,
                    wordOfPlace,
                    firsts,
                    places));
        }
        readout = place(batch * 2 * hidden);
        readoutGradients = place(batch * 2 * hidden);

        int width = 2 * hidden;
        int[] sharedWidths = shape.sharedWidths();
        sharedReaders = new int[sharedWidths.length + 1];
        sharedSums = new int[sharedWidths.length + 1];
        sharedReaders[0] = place(columns * width);
        sharedSums[0] = place(columns * width);
        for (int index = 0; index < sharedWidths.length; index++) {
            sharedLayers.add(new SharedLayer(
                    width,
                    sharedWidths[index],
                    layout.block("shared" + index + ".W").offset(),
                    layout.block("shared" + index + ".b").offset()));
            width = sharedWidths[index];
            sharedReaders[index + 1] = place(columns * width);
            sharedSums[index + 1] = place(columns * width);
        }
        int[] ownWidths = shape.ownWidths();
        int ownLayers = ownWidths.length + 1;
        ownInputs = new int[ownLayers];
        ownReaders = new int[ownLayers];
        ownSums = new int[ownLayers];
        ownReaders[0] = sharedReaders[sharedWidths.length];
        ownSums[0] = sharedSums[sharedWidths.length];
        int items = 0;
        for (int index = 0; index < ownLayers; index++) {
            ownInputs[index] = width;
            if (index > 0) {
                ownReaders[index] = place(columns * width);
                ownSums[index] = place(columns * width);
            }
            int outputs = index < ownWidths.length ? ownWidths[index] : mostLabels;
            items += (width + 1) * outputs;
            width = outputs;
        }
        ownItems = items;
        logits = place(batch * columns);
        logitSums = place(columns);
        List<int[]> partRows = partRows();
        parts = partRows.size();
        biasOfLogits = place(parts * columns);
        rowLosses = place(shape.tasks() * batch);
        predicted = place(MOST_STEPS * batch);
        stepInts = roundedUp(data, ALIGNMENT);
        stepData = place(MOST_STEPS * stepInts);
        floats = next;

        List<int[]> pieceRows = pieceRows();
        pieces = pieceRows.size();
        tables = tables(partRows, pieceRows);
    }

    /** Which tokens of a window each direction has to read for a readout, in its order: forward in time, backward. */
    private static int[][] positions(Readout readout) {
        return switch (readout) {
            case LAST -> new int[][] {{0, 1, 2, 3, 4, 5, 6}, {6}};
            case CENTER -> new int[][] {{0, 1, 2, 3}, {6, 5, 4, 3}};
        };
    }

    /** Bytes of a member's memory on the card. */
    long bytesOfMember() {
        return 4L * floats;
    }

    /** Bytes of the gang's memory on the card beside its members': tables, addresses, losses. */
    long bytesOfGang(int operandCount) {
        return 4L * (tables.length + operandCount)
                + 20L * MOST_LANES
                + 8L * MOST_LANES * (MOST_STEPS + operandCount)
                + 1024;
    }

    /** Members that fit into some free memory, when a part of it is left to the BLAS, the graphs and the driver. */
    int membersThatFit(long freeBytes, long reservedBytes) {
        return (int) Math.max(0, Math.min(MOST_LANES, (freeBytes - reservedBytes) / bytesOfMember()));
    }

    /** Whether a direction has more than one step; without, its recurrent weights have no influence. */
    boolean recurs(Direction direction) {
        return direction.levels() > 1;
    }

    int columns(StepKind kind) {
        return kind == StepKind.JOINT ? columnsOfAll : columnsOfOne;
    }

    /** Lookup tables, of which the gang has one copy on the device. */
    int[] tables() {
        return tables.clone();
    }

    /** The declaration of the structure that every kernel takes. */
    static String declaration() {
        MemoryPlan any = new MemoryPlan(new NetworkShape(1, 1, 0, 1, 2, Readout.LAST), 1);
        StringBuilder text = new StringBuilder("struct Gang {\n");
        ADDRESSES.forEach(address -> text.append("  ").append(address).append(";\n"));
        any.numbers(StepKind.ONE_TASK, 0)
                .forEach((name, values) -> text.append("  int ")
                        .append(name)
                        .append(values.length == 1 ? "" : "[" + values.length + "]")
                        .append(";\n"));
        return text.append("};\n").toString();
    }

    /** The structure's bytes for one kind of step. */
    byte[] structure(StepKind kind, Shared shared, int operandOffsets) {
        Map<String, int[]> numbers = numbers(kind, operandOffsets);
        int ints = numbers.values().stream().mapToInt(values -> values.length).sum();
        int bytes = roundedUp(8 * ADDRESSES.size() + 4 * ints, 8);
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
        buffer.putLong(shared.members)
                .putLong(shared.vectors)
                .putLong(shared.positions)
                .putLong(shared.counter)
                .putLong(shared.losses)
                .putLong(shared.tables)
                .putLong(shared.operands);
        for (int[] values : numbers.values()) {
            for (int value : values) {
                buffer.putInt(value);
            }
        }
        return buffer.array();
    }

    private Map<String, int[]> numbers(StepKind kind, int operandOffsets) {
        Map<String, int[]> numbers = new LinkedHashMap<>();
        numbers.put("mostLanes", one(MOST_LANES));
        numbers.put("batch", one(batch));
        numbers.put("hidden", one(shape.hidden()));
        numbers.put("dimension", one(shape.wordDimension()));
        numbers.put("tasks", one(shape.tasks()));
        numbers.put("joint", one(kind == StepKind.JOINT ? 1 : 0));
        numbers.put("columns", one(columns(kind)));
        numbers.put("usedColumns", one(shape.labels(0, shape.tasks())));
        numbers.put("mostLabels", one(mostLabels()));
        numbers.put("gradients", one(gradients));
        numbers.put("means", one(means));
        numbers.put("squares", one(squares));
        numbers.put("remembered", one(remembered));
        numbers.put("levels", of(Direction::levels));
        numbers.put("bias", of(Direction::bias));
        numbers.put("wordVectors", of(Direction::wordVectors));
        numbers.put("projections", of(Direction::projections));
        numbers.put("recurrent", of(Direction::recurrent));
        numbers.put("gates", of(Direction::gates));
        numbers.put("cells", of(Direction::cells));
        numbers.put("states", of(Direction::states));
        numbers.put("stateGradients", of(Direction::stateGradients));
        numbers.put("cellGradients", of(Direction::cellGradients));
        numbers.put("rows", of(Direction::rows));
        numbers.put("wordOfPlace", of(Direction::wordOfPlace));
        numbers.put("firsts", of(Direction::firsts));
        numbers.put("places", of(Direction::places));
        numbers.put("readout", one(readout));
        numbers.put("readoutGradients", one(readoutGradients));
        numbers.put("logits", one(logits));
        numbers.put("logitSums", one(logitSums));
        numbers.put("biasOfLogits", one(biasOfLogits));
        numbers.put("parts", one(parts));
        numbers.put("rowLosses", one(rowLosses));
        numbers.put("sharedLayers", one(sharedLayers.size()));
        numbers.put("sharedWidths", four(sharedWidths()));
        numbers.put(
                "sharedBias",
                four(sharedLayers.stream().mapToInt(SharedLayer::bias).toArray()));
        numbers.put("sharedReaders", four(sharedReaders));
        numbers.put("sharedSums", four(sharedSums));
        numbers.put("ownLayers", one(ownInputs.length));
        numbers.put("ownWidths", four(ownInputs));
        numbers.put("ownReaders", four(ownReaders));
        numbers.put("ownSums", four(ownSums));
        numbers.put("ownItems", one(ownItems));
        numbers.put("predicted", one(predicted));
        numbers.put("stepData", one(stepData));
        numbers.put("stepInts", one(stepInts));
        numbers.put("labels", one(labelsInStep));
        tableAt.forEach((name, at) -> numbers.put(name, one(at)));
        numbers.put("operandOffsets", one(operandOffsets));
        return numbers;
    }

    private int[] sharedWidths() {
        int[] widths = new int[sharedLayers.size() + 1];
        widths[0] = 2 * shape.hidden();
        for (int index = 0; index < sharedLayers.size(); index++) {
            widths[index + 1] = sharedLayers.get(index).outputs();
        }
        return widths;
    }

    private int[] of(ToIntFunction<Direction> number) {
        return directions.stream().mapToInt(number).toArray();
    }

    private static int[] one(int value) {
        return new int[] {value};
    }

    private static int[] four(int[] values) {
        return Arrays.copyOf(values, 4);
    }

    private int mostLabels() {
        return shape.labelsOfTasks().stream().mapToInt(Integer::intValue).max().orElseThrow();
    }

    private int place(int count) {
        int at = next;
        next = Math.addExact(next, roundedUp(Math.max(1, count), ALIGNMENT));
        return at;
    }

    static int roundedUp(int value, int multiple) {
        return Math.multiplyExact((value + multiple - 1) / multiple, multiple);
    }

    /** [layer, from, to]: terms of the logits' bias; of the last layer the one that is its own. */
    private List<int[]> partRows() {
        List<int[]> rows = new ArrayList<>();
        List<Integer> widths = new ArrayList<>();
        sharedLayers.forEach(layer -> widths.add(layer.outputs()));
        for (int index = 1; index < ownInputs.length; index++) {
            widths.add(ownInputs[index]);
        }
        for (int layer = 0; layer < widths.size(); layer++) {
            for (int from = 0; from < widths.get(layer); from += PART) {
                rows.add(new int[] {layer, from, Math.min(from + PART, widths.get(layer))});
            }
        }
        rows.add(new int[] {widths.size(), 0, 1});
        return rows;
    }

    /** [from, count, 1 for an LSTM's bias, task or -1]: all parameters but those without influence. */
    private List<int[]> pieceRows() {
        List<int[]> rows = new ArrayList<>();
        for (ParameterLayout.Block block : layout.blocks()) {
            if (isWithoutInfluence(block.name())) {
                continue;
            }
            boolean lstmBias = block.name().startsWith("lstm.") && block.name().endsWith(".b");
            int task = block.name().startsWith("task")
                    ? Integer.parseInt(
                            block.name().substring("task".length(), block.name().indexOf('.')))
                    : -1;
            for (int from = 0; from < block.size(); from += PIECE) {
                rows.add(new int[] {block.offset() + from, Math.min(PIECE, block.size() - from), lstmBias ? 1 : 0, task
                });
            }
        }
        return rows;
    }

    private boolean isWithoutInfluence(String name) {
        return directions.stream().anyMatch(direction -> name.equals(direction.name() + ".RW") && !recurs(direction));
    }

    /** Parameters that a step moves. */
    int movedParameters() {
        int moved = layout.size();
        for (Direction direction : directions) {
            if (!recurs(direction)) {
                moved -= layout.block(direction.name() + ".RW").size();
            }
        }
        return moved;
    }

    private int[] tables(List<int[]> partRows, List<int[]> pieceRows) {
        List<int[]> all = new ArrayList<>();
        int[] labels =
                shape.labelsOfTasks().stream().mapToInt(Integer::intValue).toArray();
        int[] first = new int[shape.tasks()];
        int[] columnTasks = new int[columnsOfAll];
        int[] columnLabels = new int[columnsOfAll];
        Arrays.fill(columnTasks, -1);
        for (int task = 0; task < shape.tasks(); task++) {
            first[task] = shape.labels(0, task);
            for (int label = 0; label < labels[task]; label++) {
                columnTasks[first[task] + label] = task;
                columnLabels[first[task] + label] = label;
            }
        }
        int[] own = new int[ownInputs.length * shape.tasks() * 2];
        for (int layer = 0; layer < ownInputs.length; layer++) {
            for (int task = 0; task < shape.tasks(); task++) {
                String name = "task" + task + (layer < ownInputs.length - 1 ? ".dense" + layer : ".output");
                int at = 2 * (layer * shape.tasks() + task);
                own[at] = layout.block(name + ".W").offset();
                own[at + 1] = layout.block(name + ".b").offset();
            }
        }
        int at = 0;
        at = table("labelsOfTasks", labels, all, at);
        at = table("firstColumns", first, all, at);
        at = table("columnTasks", columnTasks, all, at);
        at = table("columnLabels", columnLabels, all, at);
        at = table("ownBlocks", own, all, at);
        at = table("partTable", partRows.stream().flatMapToInt(Arrays::stream).toArray(), all, at);
        table("pieceTable", pieceRows.stream().flatMapToInt(Arrays::stream).toArray(), all, at);
        return all.stream().flatMapToInt(Arrays::stream).toArray();
    }

    private int table(String name, int[] values, List<int[]> all, int at) {
        tableAt.put(name, at);
        all.add(values);
        return at + values.length;
    }

    /** A few lines for people. */
    String describe() {
        return """
                network     %d-dimensional vectors, hidden %d, %d shared layers, %d tasks, %s
                batch       %d
                parameters  %,d, of which a step moves %,d
                a member    %,.1f MB: parameters, gradients, moments and a copy %,.1f, a step's memory %,.1f, data of %d steps %,.1f
                """.formatted(
                        shape.wordDimension(),
                        shape.hidden(),
                        shape.sharedLayers(),
                        shape.tasks(),
                        shape.readout(),
                        batch,
                        layout.size(),
                        movedParameters(),
                        bytesOfMember() / 1e6,
                        20e-6 * layout.size(),
                        bytesOfMember() / 1e6 - 20e-6 * layout.size() - 4e-6 * MOST_STEPS * stepInts,
                        MOST_STEPS,
                        4e-6 * MOST_STEPS * stepInts);
    }
}
