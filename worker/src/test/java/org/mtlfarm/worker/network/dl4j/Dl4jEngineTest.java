package org.mtlfarm.worker.network.dl4j;

import java.util.Arrays;
import java.util.Random;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.mtlfarm.schemas.Readout;
import org.mtlfarm.worker.network.NetworkShape;
import org.mtlfarm.worker.network.ParameterLayout;
import org.mtlfarm.worker.network.PlainNetwork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class Dl4jEngineTest {
    private static final int BATCH = 4;
    private static final int ROWS = 9;
    private static final int CHECKED_OF_A_BLOCK = 40;
    private static final double GRADIENT_TOLERANCE = 5e-7;

    @ParameterizedTest
    @CsvSource({"0,LAST,3", "1,CENTER,2", "2,LAST,1", "2,CENTER,3", "3,LAST,2", "3,CENTER,1"})
    void gradientsAreTheCentralDifferencesOfThePlainNetwork(int sharedLayers, Readout readout, int tasks) {
        NetworkShape shape = new NetworkShape(3, 2, sharedLayers, tasks, 3, readout);
        Random random = new Random(5);
        float[] vectors = uniform(random, ROWS * 3, 1);
        Arrays.fill(vectors, 0, 3, 0);
        float[] parameters = uniform(random, ParameterLayout.of(shape).size(), 0.2f);
        int[] windows = random.ints(BATCH * NetworkShape.WINDOW, 0, ROWS).toArray();
        int[][] labels = new int[tasks][];
        for (int task = 0; task < tasks; task++) {
            labels[task] = task == 1 ? null : random.ints(BATCH, 0, 3).toArray();
        }
        float[] found = Dl4jEngine.gradient(shape, vectors, parameters, windows, labels);
        PlainNetwork plain = new PlainNetwork(shape, vectors, parameters);
        for (ParameterLayout.Block block : ParameterLayout.of(shape).blocks()) {
            for (int i = block.offset();
                    i < block.offset() + block.size();
                    i += 1 + block.size() / CHECKED_OF_A_BLOCK) {
                assertThat((double) found[i])
                        .as("%s, number %d", block.name(), i - block.offset())
                        .isCloseTo(plain.derivative(i, windows, labels), within(GRADIENT_TOLERANCE));
            }
        }
    }

    private static float[] uniform(Random random, int size, float bound) {
        float[] numbers = new float[size];
        for (int i = 0; i < size; i++) {
            numbers[i] = bound * (2 * random.nextFloat() - 1);
        }
        return numbers;
    }
}
