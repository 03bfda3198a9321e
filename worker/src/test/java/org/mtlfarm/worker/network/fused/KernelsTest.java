package org.mtlfarm.worker.network.fused;

import java.util.Arrays;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** The kernels that are plain Java; the hashes say that every processor and JDK gives the same bits. */
class KernelsTest {
    @Test
    void tanhIsRightToAFewUnitsInTheLastPlace() {
        double worst = 0;
        for (double x = -12; x <= 12; x += 1e-4) {
            float at = (float) x;
            worst = Math.max(worst, Math.abs(Activations.tanh(at) - Math.tanh(at)));
        }
        assertThat(worst).isLessThan(4e-7);
    }

    @Test
    void tanhKeepsItsPrecisionNearZeroAndStaysBelowOne() {
        for (double x = 1e-30; x < 1e-3; x *= 1.7) {
            assertThat((double) Activations.tanh((float) x) / Math.tanh((float) x))
                    .isCloseTo(1, within(3e-7));
        }
        for (float x : new float[] {7.8f, 7.9f, 8, 100, Float.MAX_VALUE, Float.POSITIVE_INFINITY}) {
            assertThat(Activations.tanh(x)).isBetween(0.9999995f, Math.nextDown(1f));
            assertThat(Activations.tanh(-x)).isEqualTo(-Activations.tanh(x));
        }
        assertThat(Activations.tanh(Float.NaN)).isNaN();
    }

    @Test
    void theActivationsGiveTheSameBitsEverywhere() {
        float[] x = numbers(10_000, 6);
        for (int i = 0; i < 20; i++) {
            Activations.tanh(x, 0, x.length);
            Activations.sigmoidOfHalvedTanh(x, x.length / 2, x.length);
            for (int j = 0; j < x.length; j++) {
                x[j] *= 5;
            }
        }
        assertThat(Arrays.hashCode(x)).isEqualTo(-820031833);
    }

    @Test
    void adamGivesTheSameBitsEverywhere() {
        float[] numbers = numbers(10_000, 1);
        try (NativeFloats parameters = new NativeFloats(numbers.length);
                NativeFloats gradients = new NativeFloats(numbers.length)) {
            parameters.put(0, numbers, 0, numbers.length);
            gradients.put(0, numbers(numbers.length, 0.1), 0, numbers.length);
            Adam adam = new Adam(parameters);
            Adam.Block moved = new Adam.Block(0, 7_000, 1e-3);
            Adam.Block drifting = new Adam.Block(7_000, numbers.length, 2e-3);
            for (int step = 0; step < 30; step++) {
                adam.begin();
                adam.step(moved, gradients);
                if (step < 5) {
                    adam.step(drifting, gradients);
                } else {
                    adam.drift(drifting);
                }
            }
            parameters.get(0, numbers, 0, numbers.length);
        }
        assertThat(Arrays.hashCode(numbers)).isEqualTo(550189739);
    }

    @Test
    void theLossAndItsGradientGiveTheSameBitsEverywhere() {
        float[] logits = numbers(500, 4);
        int[] labels = new int[100];
        Arrays.setAll(labels, i -> i % 5);
        double loss = SoftmaxCrossEntropy.lossAndGradient(logits, 100, 5, 0, 5, labels);
        assertThat(Arrays.hashCode(logits)).isEqualTo(-1793096688);
        assertThat(Double.toHexString(loss)).isEqualTo("0x1.ab6e408f46be4p1");
    }

    @Test
    void theGradientOfTheLossIsItsCentralDifference() {
        float[] logits = {0.3f, -1, 2, 0.5f, 0.25f, -0.75f};
        int[] labels = {2, 0};
        float[] gradient = logits.clone();
        SoftmaxCrossEntropy.lossAndGradient(gradient, 2, 3, 0, 3, labels);
        for (int i = 0; i < logits.length; i++) {
            float step = 1e-2f;
            float[] above = logits.clone();
            above[i] += step;
            float[] below = logits.clone();
            below[i] -= step;
            double difference = SoftmaxCrossEntropy.lossAndGradient(above, 2, 3, 0, 3, labels)
                    - SoftmaxCrossEntropy.lossAndGradient(below, 2, 3, 0, 3, labels);
            assertThat((double) gradient[i]).isCloseTo(difference / (2 * step), within(1e-5));
        }
    }

    @Test
    void aMomentTooSmallToMoveAParameterIsDropped() {
        try (NativeFloats parameters = new NativeFloats(1);
                NativeFloats gradients = new NativeFloats(1)) {
            Adam adam = new Adam(parameters);
            Adam.Block block = new Adam.Block(0, 1, 1e-3);
            gradients.put(0, new float[] {1e-6f}, 0, 1);
            adam.begin();
            adam.step(block, gradients);
            assertThat(first(parameters)).isLessThan(0);
            for (int step = 0; step < 2_000; step++) {
                adam.begin();
                adam.drift(block);
            }
            float rested = first(parameters);
            adam.begin();
            adam.drift(block);
            assertThat(first(parameters)).isEqualTo(rested);
        }
    }

    private static float first(NativeFloats numbers) {
        float[] first = new float[1];
        numbers.get(0, first, 0, 1);
        return first[0];
    }

    private static float[] numbers(int count, double limit) {
        SplittableRandom random = new SplittableRandom(count);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) (limit * (2 * random.nextDouble() - 1));
        }
        return numbers;
    }
}
