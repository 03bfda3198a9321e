package org.mtlfarm.worker.network.fused;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import org.mtlfarm.benchmarks.engines.Workload;
import org.mtlfarm.schemas.Readout;
import org.mtlfarm.worker.network.ParameterLayout;

/** {@code benchmarks/engines kernels}: the fused engine's kernels at the sizes of the authors' network. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class KernelBenchmark {
    private static final int HIDDEN = 300;
    private static final int GATES = 4 * HIDDEN;
    private static final int BATCH = Workload.BATCH;
    private static final int WORDS = 400;
    private static final int PARAMETERS = 1_650_000;

    private final float[] gates = new float[BATCH * GATES];
    private final float[] logits = new float[BATCH * 5];
    private final int[] labels = new int[BATCH];
    private Workload workload;
    private NativeFloats weights;
    private NativeFloats gradients;
    private NativeFloats states;
    private NativeFloats sums;
    private NativeFloats read;
    private LstmDirection direction;
    private Adam adam;
    private Adam.Block block;

    @Setup
    public void open() {
        Products.useOneThread();
        workload = Workload.of(HIDDEN, HIDDEN, 1, Readout.LAST, 1);
        weights = new NativeFloats(PARAMETERS);
        weights.put(0, workload.parameters(), 0, Math.min(PARAMETERS, workload.parameters().length));
        gradients = new NativeFloats(PARAMETERS);
        states = new NativeFloats(WORDS * HIDDEN);
        sums = new NativeFloats(WORDS * GATES);
        read = new NativeFloats(BATCH * 2 * HIDDEN);
        direction = new LstmDirection(
                "lstm.forward",
                workload.shape(),
                ParameterLayout.of(workload.shape()),
                FusedModel.positions(Readout.LAST)[0],
                workload.vectors(),
                BATCH,
                BATCH);
        direction.forward(weights, workload.windows()[0], 0, BATCH, true, read, 0, 2 * HIDDEN);
        adam = new Adam(weights);
        block = new Adam.Block(0, PARAMETERS, Workload.LEARNING_RATE);
        adam.begin();
        Arrays.fill(gates, 0.3f);
    }

    @TearDown
    public void close() {
        for (NativeFloats each : new NativeFloats[] {weights, gradients, states, sums, read}) {
            each.close();
        }
        direction.close();
    }

    /** 120,000 numbers. */
    @Benchmark
    public void tanh() {
        Activations.tanh(gates, 0, gates.length);
    }

    /** 1.65 million parameters. */
    @Benchmark
    public void adam() {
        adam.step(block, gradients);
    }

    /** 100 rows, 5 labels. */
    @Benchmark
    public double softmaxCrossEntropy() {
        return SoftmaxCrossEntropy.lossAndGradient(logits, BATCH, 5, 0, 5, labels);
    }

    /** [400, 300] x [300, 1200]: 288 million operations. */
    @Benchmark
    public void projection() {
        Products.forward(WORDS, HIDDEN, GATES, states, 0, weights, 0, sums, 0, GATES);
    }

    /** [100, 300] x [300, 1200]: 72 million operations. */
    @Benchmark
    public void recurrentForward() {
        Products.forward(BATCH, HIDDEN, GATES, states, 0, weights, 0, sums, 0, GATES);
    }

    /** [100, 1200] x [1200, 300]: 72 million operations. */
    @Benchmark
    public void recurrentBackward() {
        Products.backward(BATCH, HIDDEN, GATES, sums, 0, weights, 0, states, 0);
    }

    /** [300, 400] x [400, 1200]: 288 million operations. */
    @Benchmark
    public void weightGradient() {
        Products.gradient(WORDS, HIDDEN, GATES, states, 0, sums, 0, GATES, gradients, 0);
    }

    /** Seven steps on 100 windows. */
    @Benchmark
    public void directionForward() {
        direction.forward(weights, workload.windows()[0], 0, BATCH, true, read, 0, 2 * HIDDEN);
    }

    /** Back through the seven steps. */
    @Benchmark
    public void directionBackward() {
        direction.backward(weights, BATCH, read, 0, 2 * HIDDEN, gradients);
    }
}
