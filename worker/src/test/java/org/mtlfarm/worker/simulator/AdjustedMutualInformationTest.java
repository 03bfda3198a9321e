package org.mtlfarm.worker.simulator;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

import org.mtlfarm.schemas.AmiNormalisation;
import org.mtlfarm.worker.SharedData;
import org.mtlfarm.worker.random.SplitMix64;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class AdjustedMutualInformationTest {
    private static final double EXACT = 1e-9;
    private static final double ROUNDING = 1e-12;

    @ParameterizedTest(name = "{0}")
    @CsvFileSource(resources = "ami-reference.csv", numLinesToSkip = 1, maxCharsPerColumn = 20_000)
    void itAgreesWithExactArithmetic(
            String name,
            String table,
            long n,
            double mi,
            double expectedMi,
            double entropyU,
            double entropyV,
            double arithmetic,
            double max,
            double geometric,
            double min) {
        AdjustedMutualInformation found = AdjustedMutualInformation.ofTable(parse(table));

        assertThat(found.n()).isEqualTo(n);
        assertThat(found.mi()).isCloseTo(mi, within(ROUNDING));
        assertThat(found.expectedMi()).isCloseTo(expectedMi, within(ROUNDING));
        assertThat(found.entropyU()).isCloseTo(entropyU, within(ROUNDING));
        assertThat(found.entropyV()).isCloseTo(entropyV, within(ROUNDING));
        assertThat(found.arithmetic()).isCloseTo(arithmetic, within(EXACT));
        assertThat(found.max()).isCloseTo(max, within(EXACT));
        assertThat(found.geometric()).isCloseTo(geometric, within(EXACT));
        assertThat(found.min()).isCloseTo(min, within(EXACT));
    }

    @Test
    void everyReferenceCaseBesideTheRepositoryAgrees() throws IOException {
        int cases = 0;
        for (JsonNode reference : SharedData.json("reference/ami_cases.json").get("cases")) {
            if (reference.path("implementation_defined").asBoolean()) {
                continue;
            }
            cases++;
            String name = reference.get("name").asText();
            AdjustedMutualInformation found = AdjustedMutualInformation.ofTable(table(reference.get("contingency")));
            assertThat(found.n()).as(name).isEqualTo(reference.get("n").asLong());
            assertThat(found.mi()).as(name).isCloseTo(reference.get("mi").asDouble(), within(EXACT));
            assertThat(found.expectedMi())
                    .as(name)
                    .isCloseTo(reference.get("expected_mi").asDouble(), within(EXACT));
            assertThat(found.entropyU()).as(name).isCloseTo(reference.get("h_u").asDouble(), within(EXACT));
            assertThat(found.entropyV()).as(name).isCloseTo(reference.get("h_v").asDouble(), within(EXACT));
            for (AmiNormalisation normalisation : AmiNormalisation.values()) {
                double expected = reference
                        .get("ami")
                        .get(normalisation.name().toLowerCase())
                        .asDouble();
                assertThat(found.under(normalisation)).as(name + normalisation).isCloseTo(expected, within(EXACT));
            }
        }
        assertThat(cases).isGreaterThan(10);
    }

    @Test
    void anAmiWorseThanChanceStaysBelowZero() {
        assertThat(AdjustedMutualInformation.ofTable(new long[][] {{1, 1}, {1, 1}})
                        .arithmetic())
                .isCloseTo(-0.5, within(ROUNDING));
    }

    @Test
    void whereTheValueIsZeroByZeroTheSamePartitionGivesOneAndAnyOtherZero() {
        AdjustedMutualInformation oneLabelEach = AdjustedMutualInformation.of(new int[4], new int[4]);
        AdjustedMutualInformation allDifferent = AdjustedMutualInformation.of(range(8), range(8));
        AdjustedMutualInformation nothingShared = AdjustedMutualInformation.of(range(6), new int[6]);
        AdjustedMutualInformation noTokens = AdjustedMutualInformation.of(new int[0], new int[0]);
        for (AmiNormalisation normalisation : AmiNormalisation.values()) {
            assertThat(oneLabelEach.under(normalisation)).isEqualTo(1);
            assertThat(allDifferent.under(normalisation)).isEqualTo(1);
            assertThat(nothingShared.under(normalisation)).isEqualTo(0);
            assertThat(noTokens.under(normalisation)).isEqualTo(1);
        }
    }

    @Test
    void thousandsOfLabelsAreCountedWithoutATableOfAllPairs() {
        SplitMix64 random = new SplitMix64(3);
        int[] u = IntStream.range(0, 100_000).map(i -> random.nextInt(4_000)).toArray();
        int[] v = Arrays.stream(u)
                .map(label -> random.nextDouble() < 0.5 ? label : random.nextInt(4_000))
                .toArray();

        AdjustedMutualInformation related = AdjustedMutualInformation.of(u, v);
        int[] shuffled =
                IntStream.range(0, u.length).map(i -> random.nextInt(4_000)).toArray();

        assertThat(related.arithmetic()).isBetween(0.3, 0.6);
        assertThat(AdjustedMutualInformation.of(u, shuffled).arithmetic()).isCloseTo(0, within(0.005));
    }

    @Test
    void sortedPairsAndTheTableOfAllPairsGiveTheSame() {
        SplitMix64 random = new SplitMix64(4);
        int[] u = IntStream.range(0, 3_000).map(i -> random.nextInt(1_500)).toArray();
        int[] v = IntStream.range(0, 3_000).map(i -> random.nextInt(1_500)).toArray();
        long[][] table = new long[1_500][1_500];
        for (int i = 0; i < u.length; i++) {
            table[u[i]][v[i]]++;
        }

        assertThat(AdjustedMutualInformation.of(u, v)).isEqualTo(AdjustedMutualInformation.ofTable(table));
    }

    @Property(tries = 200)
    void itIsTheSameBothWaysRound(@ForAll("pairs") List<int[]> pairs) {
        AdjustedMutualInformation one = AdjustedMutualInformation.of(pairs.get(0), pairs.get(1));
        AdjustedMutualInformation other = AdjustedMutualInformation.of(pairs.get(1), pairs.get(0));

        for (AmiNormalisation normalisation : AmiNormalisation.values()) {
            assertThat(one.under(normalisation)).isCloseTo(other.under(normalisation), within(1e-9));
        }
    }

    @Provide
    Arbitrary<List<int[]>> pairs() {
        return Arbitraries.integers()
                .between(2, 60)
                .flatMap(size -> Arbitraries.integers()
                        .between(-2, 3)
                        .array(int[].class)
                        .ofSize(size)
                        .list()
                        .ofSize(2));
    }

    @Property(tries = 200)
    void aLabellingHasAnAmiOfOneWithItselfUnderAnyNames(
            @ForAll @Size(min = 1, max = 60) List<@IntRange(max = 5) Integer> labels) {
        int[] u = labels.stream().mapToInt(Integer::intValue).toArray();
        int[] renamed = Arrays.stream(u).map(label -> 1_000_003 * (7 - label)).toArray();

        for (AmiNormalisation normalisation : AmiNormalisation.values()) {
            assertThat(AdjustedMutualInformation.of(u, renamed).under(normalisation))
                    .isCloseTo(1, within(1e-9));
        }
    }

    @Property(tries = 20)
    void independentLabellingsHaveAnAmiOfAboutZero(@ForAll long seed) {
        SplitMix64 random = new SplitMix64(seed);
        int[] u = IntStream.range(0, 20_000).map(i -> random.nextInt(5)).toArray();
        int[] v = IntStream.range(0, 20_000).map(i -> random.nextInt(7)).toArray();

        // Ten standard deviations of the mutual information, whose double times n is chi-squared with 24 degrees.
        assertThat(AdjustedMutualInformation.of(u, v).arithmetic()).isCloseTo(0, within(0.001));
    }

    @Test
    void labellingsOfDifferentLengthAndTablesThatAreNoneAreRefused() {
        assertThatThrownBy(() -> AdjustedMutualInformation.of(new int[2], new int[3]))
                .hasMessageContaining("found 2 and 3 labels");
        assertThatThrownBy(() -> AdjustedMutualInformation.ofTable(new long[][] {{1, 2}, {3}}))
                .hasMessageContaining("expected 2 columns in row 1, found 1");
        assertThatThrownBy(() -> AdjustedMutualInformation.ofTable(new long[][] {{1, -2}}))
                .hasMessageContaining("found -2");
    }

    private static int[] range(int size) {
        return IntStream.range(0, size).toArray();
    }

    private static long[][] parse(String table) {
        return Arrays.stream(table.split("\\|"))
                .map(row ->
                        Arrays.stream(row.split(" ")).mapToLong(Long::parseLong).toArray())
                .toArray(long[][]::new);
    }

    private static long[][] table(JsonNode rows) {
        long[][] table = new long[rows.size()][];
        for (int i = 0; i < table.length; i++) {
            table[i] = new long[rows.get(i).size()];
            for (int j = 0; j < table[i].length; j++) {
                table[i][j] = rows.get(i).get(j).asLong();
            }
        }
        return table;
    }
}
