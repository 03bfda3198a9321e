package org.mtlfarm.worker.simulator;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.mtlfarm.schemas.AmiNormalisation;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.worker.random.SplitMix64;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class AmiCurveTest {
    /** CoNLL-2003's training tokens: O, PER, ORG, LOC, MISC. */
    private static final long[] CONLL_2003 = {169_578, 11_128, 10_025, 8_297, 4_593};

    /** The published AMIs have two digits and were measured on samples. */
    private static final double PUBLISHED = 0.0105;

    private static final double THREE_DIGITS = 0.00051;

    private static AmiCurve conll(AmiNormalisation normalisation) {
        return AmiCurve.of(CONLL_2003, normalisation);
    }

    @ParameterizedTest(name = "alpha {0}")
    @CsvSource({
        // alpha, published AMI, arithmetic mean, maximum
        "0.2,  0,    0,     0",
        "0.6,  0.13, 0.132, 0.099",
        "0.65, 0.17, 0.171, 0.130",
        "0.7,  0.21, 0.217, 0.168",
        "0.75, 0.27, 0.274, 0.217",
        "0.8,  0.34, 0.344, 0.280",
        "0.85, 0.43, 0.433, 0.364",
        "0.9,  0.55, 0.550, 0.482",
        "0.91, 0.57, 0.578, 0.512",
        "0.92, 0.60, 0.608, 0.544",
        "0.93, 0.63, 0.640, 0.580",
        "0.94, 0.68, 0.675, 0.618",
        "0.95, 0.71, 0.713, 0.661",
        "0.96, 0.75, 0.755, 0.709",
        "0.97, 0.80, 0.802, 0.764",
        "0.98, 0.85, 0.854, 0.826",
        "0.99, 0.91, 0.916, 0.900",
        "1,    1,    1,     1"
    })
    void thePublishedTableOfAlphaAndAmiIsReproduced(double alpha, double published, double arithmetic, double max) {
        double found = conll(AmiNormalisation.ARITHMETIC).amiOf(alpha);

        assertThat(found).isCloseTo(arithmetic, within(THREE_DIGITS)).isCloseTo(published, within(PUBLISHED));
        assertThat(conll(AmiNormalisation.MAX).amiOf(alpha)).isCloseTo(max, within(THREE_DIGITS));
    }

    @Property(tries = 200)
    void theAlphaOfAnAmiGivesThatAmi(
            @ForAll @DoubleRange(max = 1) double ami,
            @ForAll @Size(min = 2, max = 8) long[] counts,
            @ForAll AmiNormalisation normalisation) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] = 1 + Math.floorMod(counts[i], 100_000);
        }
        AmiCurve curve = AmiCurve.of(counts, normalisation);

        double alpha = curve.alphaOf(ami);

        assertThat(alpha).isBetween(1.0 / counts.length, 1.0);
        assertThat(curve.amiOf(alpha)).isCloseTo(ami, within(1e-9));
    }

    @Property(tries = 100)
    void moreOfTheRealLabelsNeverMeansALowerAmi(
            @ForAll @DoubleRange(min = 0.2, max = 1) double one,
            @ForAll @DoubleRange(min = 0.2, max = 1) double other,
            @ForAll AmiNormalisation normalisation) {
        AmiCurve curve = conll(normalisation);

        assertThat(curve.amiOf(Math.min(one, other))).isLessThanOrEqualTo(curve.amiOf(Math.max(one, other)) + 1e-12);
    }

    @Property(tries = 20)
    void theCurveIsWhatManySimulatedTokensComeTo(@ForAll @IntRange(min = 2, max = 6) int labels, @ForAll long seed) {
        SplitMix64 random = new SplitMix64(seed);
        int[] real = new int[100_000];
        for (int i = 0; i < real.length; i++) {
            real[i] = Math.min(random.nextInt(labels), random.nextInt(labels));
        }
        int[] drawn = new TaskSimulator(new LabelMatrix(labels, 0.8)).draw(real, random);
        for (AmiNormalisation normalisation : AmiNormalisation.values()) {
            assertThat(AdjustedMutualInformation.of(real, drawn).under(normalisation))
                    .isCloseTo(AmiCurve.of(real, labels, normalisation).amiOf(0.8), within(0.015));
        }
    }

    @Test
    void whatNoAlphaCanGiveIsRefused() {
        AmiCurve curve = conll(AmiNormalisation.ARITHMETIC);
        for (double ami : new double[] {-0.01, 1.01, Double.NaN}) {
            assertThatThrownBy(() -> curve.alphaOf(ami))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("in [0, 1], found " + ami);
        }
        assertThatThrownBy(() -> AmiCurve.of(new long[] {5, 0}, AmiNormalisation.MAX))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("at least two labels, found counts [5, 0]");
        assertThat(curve.alphaOf(0)).isEqualTo(0.2);
        assertThat(curve.alphaOf(1)).isEqualTo(1);
    }
}
