package org.mtlfarm.worker.simulator;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.mtlfarm.schemas.AmiNormalisation;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.worker.random.SplitMix64;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class TaskSimulatorTest {
    private static final int TOKENS = 200_000;
    private static final int LABELS = 5;
    private static final double ROUNDING = 1e-9;

    private final int[] real = IntStream.range(0, TOKENS).map(i -> i % LABELS).toArray();

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.05, 0.2, 0.6, 0.99, 1})
    void labelsAreDrawnWithTheProbabilitiesOfTheMatrix(double alpha) {
        LabelMatrix matrix = new LabelMatrix(LABELS, alpha);

        int[] drawn = new TaskSimulator(matrix).draw(real, new SplitMix64(11));

        double[][] shares = new double[LABELS][LABELS];
        for (int i = 0; i < TOKENS; i++) {
            shares[real[i]][drawn[i]] += (double) LABELS / TOKENS;
        }
        for (int i = 0; i < LABELS; i++) {
            assertThat(IntStream.range(0, LABELS)
                            .mapToDouble(j -> matrix.probability(0, j))
                            .sum())
                    .isCloseTo(1, within(ROUNDING));
            for (int j = 0; j < LABELS; j++) {
                double p = matrix.probability(i, j);
                double fiveStandardErrors = 5 * Math.sqrt(p * (1 - p) * LABELS / TOKENS);
                assertThat(shares[i][j]).isCloseTo(p, within(fiveStandardErrors + ROUNDING));
            }
        }
    }

    @Test
    void anAlphaOfOneCopiesTheTask() {
        assertThat(new TaskSimulator(new LabelMatrix(LABELS, 1)).draw(real, new SplitMix64(1)))
                .isEqualTo(real);
    }

    @Test
    void noDrawFallsOutsideTheLabelsWhateverTheGeneratorGives() {
        for (long bits : new long[] {0, -1L, -1L << 11, 1L << 11}) {
            RandomGenerator constant = () -> bits;
            for (double alpha : new double[] {0, Math.nextUp(0.0), 0.3, Math.nextDown(1.0), 1}) {
                for (int labels = 2; labels < 8; labels++) {
                    for (int label = 0; label < labels; label++) {
                        int drawn = new LabelMatrix(labels, alpha).draw(label, constant);
                        assertThat(drawn).isBetween(0, labels - 1);
                        assertThat(drawn == label).isEqualTo(constant.nextDouble() < alpha);
                    }
                }
            }
        }
    }

    @Test
    void theSameSeedGivesTheSameLabelsOnEveryJavaVersion() {
        int[] short20 = Arrays.copyOf(real, 20);

        assertThat(new TaskSimulator(new LabelMatrix(LABELS, 0.5)).draw(short20, SplitMix64.ofStream(7, 1)))
                .containsExactly(0, 1, 2, 3, 2, 0, 1, 4, 3, 2, 2, 1, 3, 0, 4, 4, 1, 2, 1, 4);
    }

    @Test
    void aTaskDependsOnItsNumberAndTheSeedAlone() {
        TaskSimulator simulator = new TaskSimulator(new LabelMatrix(LABELS, 0.6));

        int[] first = simulator.draw(real, 1, 42);

        assertThat(first).isEqualTo(simulator.draw(real, SplitMix64.ofStream(42, 1)));
        assertThat(simulator.draw(real, 2, 42)).isNotEqualTo(first);
        assertThat(simulator.draw(real, 1, 43)).isNotEqualTo(first);
    }

    @Test
    void simulatedTasksHaveTheAmiThatTheirAlphaPromises() {
        AmiCurve curve = AmiCurve.of(real, LABELS, AmiNormalisation.ARITHMETIC);
        for (double alpha : new double[] {0.2, 0.6, 0.9, 0.97}) {
            int[] drawn = new TaskSimulator(new LabelMatrix(LABELS, alpha)).draw(real, new SplitMix64(5));

            assertThat(AdjustedMutualInformation.of(real, drawn).arithmetic())
                    .isCloseTo(curve.amiOf(alpha), within(0.005));
        }
    }

    @Test
    void anAlphaOutsideTheUnitIntervalIsTheUsersMistake() {
        for (double alpha : new double[] {-0.1, 1.0001, Double.NaN}) {
            assertThatThrownBy(() -> new LabelMatrix(LABELS, alpha))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessage("alpha must be in [0, 1], was " + alpha);
        }
        assertThatThrownBy(() -> new LabelMatrix(1, 0.5)).hasMessageContaining("labels must be at least 2");
    }
}
