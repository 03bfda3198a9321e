package org.mtlfarm.cuda;

import java.nio.ByteOrder;
import java.nio.IntBuffer;

import org.mtlfarm.worker.network.NetworkShape;
import org.mtlfarm.worker.network.OptimiserState;
import org.mtlfarm.worker.network.Remembering;
import org.mtlfarm.worker.network.Resumable;

/** One network in training on a card: a member of a gang, whose steps it prepares on the thread that uses it. */
final class CudaModel implements Resumable, Remembering {
    private static final int[][] NO_LABELS = {};

    private final MemoryPlan memory;
    private final Gang gang;
    private final Gang.Member member;
    private final double learningRate;
    private final Runnable closing;
    private final StepData data;
    private final IntBuffer staging;
    private long stepsMade;
    private boolean closed;

    /**
     * @param rows of the vector table
     * @param closing what is left to do when the member has left
     */
    CudaModel(MemoryPlan memory, Gang gang, Gang.Member member, double learningRate, int rows, Runnable closing) {
        this.memory = memory;
        this.gang = gang;
        this.member = member;
        this.learningRate = learningRate;
        this.closing = closing;
        data = new StepData(memory, rows);
        staging = member.staging.asByteBuffer().order(ByteOrder.nativeOrder()).asIntBuffer();
    }

    @Override
    public double step(int task, int[] windows, int[] labels) {
        double[] loss = new double[1];
        checkTask(task);
        make(task, 1, windows, new int[][] {labels}, loss);
        return loss[0];
    }

    @Override
    public double jointStep(int[] windows, int[][] labels) {
        double[] loss = new double[1];
        make(ALL_TASKS, 1, windows, labels, loss);
        return loss[0];
    }

    @Override
    public void steps(int task, int count, int[] windows, int[][] labels, double[] losses) {
        if (task != ALL_TASKS) {
            checkTask(task);
        }
        if (losses.length < count) {
            throw new IllegalArgumentException("expected room for " + count + " losses, found " + losses.length);
        }
        make(task, count, windows, labels, losses);
    }

    @Override
    public int preferredSteps() {
        return MemoryPlan.MOST_STEPS;
    }

    private void make(int task, int count, int[] windows, int[][] labels, double[] losses) {
        checkOpen();
        int batch = memory.batch;
        checkWindows(windows, count * batch);
        boolean joint = task == ALL_TASKS;
        int expected = joint ? memory.shape.tasks() : 1;
        if (labels.length != expected) {
            throw new IllegalArgumentException("expected labels of " + expected + " tasks, found " + labels.length);
        }
        for (int slot = 0; slot < labels.length; slot++) {
            checkLabels(joint ? slot : task, labels[slot], count * batch);
        }
        for (int first = 0; first < count; first += MemoryPlan.MOST_STEPS) {
            int steps = Math.min(MemoryPlan.MOST_STEPS, count - first);
            data.begin();
            for (int step = 0; step < steps; step++) {
                data.write(
                        step,
                        joint ? 0 : task,
                        StepData.AdamStep.of(stepsMade + step + 1, learningRate),
                        windows,
                        (first + step) * batch,
                        batch,
                        labels,
                        staging);
            }
            double[] found = new double[steps];
            StepKind kind = joint ? StepKind.JOINT : StepKind.ONE_TASK;
            gang.make(new Gang.Request(member, kind, steps, data.mostWords(), found));
            System.arraycopy(found, 0, losses, first, steps);
            stepsMade += steps;
        }
    }

    @Override
    public void predict(int task, int[] windows, int count, int[] predicted) {
        checkOpen();
        checkTask(task);
        checkWindows(windows, count);
        if (predicted.length < count) {
            throw new IllegalArgumentException("expected room for " + count + " labels, found " + predicted.length);
        }
        int batch = memory.batch;
        int most = MemoryPlan.MOST_STEPS * batch;
        for (int first = 0; first < count; first += most) {
            int some = Math.min(most, count - first);
            int steps = (some + batch - 1) / batch;
            data.begin();
            for (int step = 0; step < steps; step++) {
                int from = first + step * batch;
                data.write(
                        step,
                        task,
                        StepData.AdamStep.NONE,
                        windows,
                        from,
                        Math.min(batch, first + some - from),
                        NO_LABELS,
                        staging);
            }
            gang.make(new Gang.Request(member, StepKind.PREDICTION, steps, data.mostWords(), null));
            staging.get(0, predicted, first, some);
        }
    }

    @Override
    public float[] parameters() {
        checkOpen();
        return gang.read(member, 0, memory.layout.size());
    }

    @Override
    public boolean remember() {
        checkOpen();
        double[] found = new double[1];
        gang.make(new Gang.Request(member, StepKind.REMEMBERING, 1, new int[memory.directions.size()], found));
        return found[0] == 0;
    }

    @Override
    public float[] remembered() {
        checkOpen();
        return gang.read(member, memory.remembered, memory.layout.size());
    }

    @Override
    public OptimiserState optimiser() {
        checkOpen();
        return new OptimiserState(
                gang.read(member, memory.means, memory.layout.size()),
                gang.read(member, memory.squares, memory.layout.size()),
                stepsMade);
    }

    @Override
    public void resume(OptimiserState state) {
        checkOpen();
        if (state.means().length != memory.layout.size()) {
            throw new IllegalArgumentException(
                    "expected moments of " + memory.layout.size() + " parameters, found " + state.means().length);
        }
        gang.write(member, memory.means, state.means());
        gang.write(member, memory.squares, state.squares());
        stepsMade = state.steps();
    }

    /** The gradient of the latest step by every parameter; those of heads that were idle are of an earlier step. */
    float[] gradients() {
        return gang.read(member, memory.gradients, memory.layout.size());
    }

    /** Frees what lies on the card; nothing else may be called afterwards. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            try {
                gang.leave(member);
            } finally {
                closing.run();
            }
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the model is closed");
        }
    }

    private void checkTask(int task) {
        if (task < 0 || task >= memory.shape.tasks()) {
            throw new IllegalArgumentException("task must be 0 to " + (memory.shape.tasks() - 1) + ", was " + task);
        }
    }

    private static void checkWindows(int[] windows, int count) {
        if (windows.length < (long) count * NetworkShape.WINDOW) {
            throw new IllegalArgumentException("expected " + count + " windows of " + NetworkShape.WINDOW
                    + " tokens, found " + windows.length + " tokens");
        }
    }

    private void checkLabels(int task, int[] labels, int count) {
        if (labels.length < count) {
            throw new IllegalArgumentException("expected " + count + " labels, found " + labels.length);
        }
        for (int index = 0; index < count; index++) {
            int label = labels[index];
            if (label < 0 || label >= memory.shape.labels(task)) {
                throw new IllegalArgumentException(
                        "label " + index + " must be 0 to " + (memory.shape.labels(task) - 1) + ", was " + label);
            }
        }
    }
}
