package org.mtlfarm.aggregator;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.AverageColumn;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.Slot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class ExperimentSlotsTest {
    private static final double EPSILON = 1e-15;

    @Test
    void theAverageOfFiveRunsIsTheirMeanAndSpread() {
        Average average = averageOf(List.of(
                SampleResults.trained("e", 0, 0.2),
                SampleResults.trained("e", 1, 0.4),
                SampleResults.trained("e", 2, 0.4),
                SampleResults.trained("e", 3, 0.5),
                SampleResults.trained("e", 4, 0.5)));
        assertThat(average.getComplete()).isTrue();
        assertThat(average.getRunsDone()).isEqualTo(5);
        assertThat(average.getF1Mean()).isCloseTo(0.4, within(EPSILON));
        assertThat(average.getF1Std()).isCloseTo(Math.sqrt(0.06 / 4), within(EPSILON));
        assertThat(average.getF1Min()).isEqualTo(0.2);
        assertThat(average.getF1Max()).isEqualTo(0.5);
        assertThat(average.getF1DevMean()).isCloseTo(0.2, within(EPSILON));
        assertThat(average.getAmiMean()).isCloseTo(0.52, within(EPSILON));
    }

    @Test
    void aFailedOrCancelledRunLeavesItsPlaceEmptyUntilARetryFillsIt() {
        List<RunResult> results = new ArrayList<>(List.of(
                SampleResults.trained("e", 0, 0.2),
                SampleResults.trained("e", 1, 0.3),
                SampleResults.failed("e", 2),
                SampleResults.cancelled("e", 3),
                SampleResults.trained("e", 4, 0.4)));
        Average before = averageOf(results);
        assertThat(before.getComplete()).isFalse();
        assertThat(before.getFailed()).isEqualTo(2);
        assertThat(before.getRunsDone()).isEqualTo(3);
        assertThat(before.getF1Mean()).isCloseTo(0.3, within(EPSILON));

        results.add(SampleResults.trained("e", 2, 0.25));
        results.add(SampleResults.trained("e", 3, 0.35));
        Average after = averageOf(results);
        assertThat(after.getComplete()).isTrue();
        assertThat(after.getFailed()).isZero();
        assertThat(after.getDuplicatesDifferent()).isZero();
    }

    @Test
    void aFailureAfterASuccessTakesNothingAway() {
        List<RunResult> results = new ArrayList<>(List.of(SampleResults.trained("e", 0, 0.2)));
        Average before = averageOf(results);
        results.add(SampleResults.failed("e", 0));
        assertThat(averageOf(results)).isEqualTo(before);
    }

    @Test
    void aDivergedRunCountsWithItsScoreAndIsMarked() {
        Average average = averageOf(List.of(
                SampleResults.trained("e", 0, 2, 0.5),
                RunResult.newBuilder(SampleResults.diverged("e", 1, 0))
                        .setRuns(2)
                        .setTest(null)
                        .setDev(null)
                        .build()));
        assertThat(average.getComplete()).isTrue();
        assertThat(average.getDiverged()).isOne();
        assertThat(average.getF1Mean()).isEqualTo(0.25);
        assertThat(average.getSlots()).extracting(Slot::getOutcome).containsExactly(Outcome.TRAINED, Outcome.DIVERGED);
    }

    @Test
    void theFirstResultOfARunWinsAndLaterOnesAreCompared() {
        Average average = averageOf(List.of(
                SampleResults.trained("e", 0, 0.2),
                SampleResults.trained("e", 0, 0.2),
                SampleResults.trained("e", 0, Math.nextUp(0.2)),
                SampleResults.diverged("e", 0, 0.2)));
        assertThat(average.getF1Mean()).isEqualTo(0.2);
        assertThat(average.getDuplicatesIdentical()).isOne();
        assertThat(average.getDuplicatesDifferent()).isEqualTo(2);
    }

    @Test
    void moreRunsPlannedLaterMakeACompleteAverageIncompleteAgain() {
        List<RunResult> results =
                new ArrayList<>(List.of(SampleResults.trained("e", 0, 2, 0.2), SampleResults.trained("e", 1, 2, 0.4)));
        assertThat(averageOf(results).getComplete()).isTrue();
        results.add(SampleResults.trained("e", 2, 3, 0.6));
        assertThat(averageOf(results).getComplete()).isTrue();
        results.add(SampleResults.trained("e", 4, 5, 0.6));
        assertThat(averageOf(results).getRuns()).isEqualTo(5);
        assertThat(averageOf(results).getComplete()).isFalse();
        // A study that wants fewer runs takes none away.
        results.add(SampleResults.trained("e", 0, 1, 0.2));
        assertThat(averageOf(results).getRuns()).isEqualTo(5);
    }

    @Test
    void aResultThatContradictsItselfIsRefusedWithWhatIsWrong() {
        RunResult sound = SampleResults.trained("e", 0, 0.5);
        assertRefused(RunResult.newBuilder(sound).setRunIndex(5).build(), "runIndex must be below runs, was 5 of 5");
        assertRefused(RunResult.newBuilder(sound).setRunIndex(-1).build(), "runIndex must be at least 0, was -1");
        assertRefused(SampleResults.trained("e", 0, 1.5), "f1Test must be in [0, 1], was 1.5");
        assertRefused(SampleResults.trained("e", 0, Double.NaN), "f1Test must be in [0, 1], was NaN");
        assertRefused(RunResult.newBuilder(sound).setTest(null).build(), "a trained run must have test scores");
        assertRefused(
                RunResult.newBuilder(sound).setAmi(List.of(1.0)).build(),
                "ami must have one number a task, had 1 of 2");
        assertRefused(
                RunResult.newBuilder(sound).setOutcome(Outcome.UNKNOWN).build(),
                "outcome must be one that this version knows");
    }

    @Test
    void singleTaskLearningHasTheRelatednessOfACopy() {
        RunResult single = RunResult.newBuilder(SampleResults.trained("e", 0, 0.5))
                .setExperiment(SampleResults.experiment("e", 1))
                .setAmi(List.of(1.0))
                .build();
        assertThat(averageOf(List.of(single)).getAmiMean()).isEqualTo(1);
    }

    @Test
    void tasksThatDifferAreToldByTheirLeastAndMostRelatedOne() {
        Average average = averageOf(List.of(mixed(0, 0.1, 0.8), mixed(1, 0.3, 0.6), SampleResults.failed("e", 2)));
        assertThat(average.getAmiMean()).isCloseTo(0.45, within(1e-12));
        assertThat(AverageColumn.AMI_LEAST.valueOf(average)).isCloseTo(0.2, within(1e-12));
        assertThat(AverageColumn.AMI_MOST.valueOf(average)).isCloseTo(0.7, within(1e-12));
        assertThat(ExperimentSlots.of(average).average()).isEqualTo(average);
    }

    @Test
    void theMeanIsOverTheTasksOfWhichAnAmiCanBeMeasured() {
        Average average = averageOf(List.of(mixed(0, Double.NaN, 0.8)));
        assertThat(average.getAmiMean()).isEqualTo(0.8);
        assertThat(AverageColumn.AMI_LEAST.valueOf(average)).isEqualTo(0.8);
        Average none = averageOf(List.of(mixed(0, Double.NaN, Double.NaN)));
        assertThat(none.getAmiMean()).isNaN();
        assertThat(none.getF1Mean()).isEqualTo(0.5);
        assertThat(ExperimentSlots.of(none).average()).hasToString(none.toString());
        assertRefused(mixed(0, Double.POSITIVE_INFINITY, 0.5), "ami must be finite, or NaN");
    }

    private static RunResult mixed(int runIndex, double first, double second) {
        return RunResult.newBuilder(SampleResults.trained("e", runIndex, 0.5))
                .setExperiment(SampleResults.experiment("e", 3))
                .setAmi(List.of(1.0, first, second))
                .build();
    }

    /** Any permutation with repetitions, so every interleaving of what the workers, retries and redeliveries publish. */
    @Property
    void theOrderAndRepetitionOfResultsChangeNoBitOfTheAverage(@ForAll("shuffledWithRepetitions") Shuffled shuffled) {
        Average inOrder = averageOf(shuffled.distinct);
        Average asTheyCame = averageOf(shuffled.delivered);
        assertThat(asTheyCame.getDuplicatesDifferent()).isZero();
        assertThat(asTheyCame.getDuplicatesIdentical())
                .isEqualTo(counting(shuffled.delivered) - counting(shuffled.distinct));
        assertThat(Average.newBuilder(asTheyCame).setDuplicatesIdentical(0).build())
                .isEqualTo(inOrder);
    }

    @Property
    void everyAverageEqualsItsRecomputation(@ForAll("shuffledWithRepetitions") Shuffled shuffled) {
        EveryAverageEqualsItsRecomputation guarantee = new EveryAverageEqualsItsRecomputation();
        shuffled.delivered.forEach(guarantee::watch);
        guarantee.watch(averageOf(shuffled.delivered));
        guarantee.holds();
    }

    /** @param delivered every distinct result at least once, in any order */
    record Shuffled(List<RunResult> distinct, List<RunResult> delivered) {}

    @Provide
    Arbitrary<Shuffled> shuffledWithRepetitions() {
        Arbitrary<List<Double>> scores = Arbitraries.doubles()
                .between(0, 1)
                .ofScale(17)
                .list()
                .ofMinSize(1)
                .ofMaxSize(12);
        return scores.flatMap(f1 -> {
            List<RunResult> distinct = new ArrayList<>();
            for (int run = 0; run < f1.size(); run++) {
                // Every third run fails before a retry succeeds; every fifth diverges.
                if (run % 3 == 2) {
                    distinct.add(RunResult.newBuilder(SampleResults.failed("e", run))
                            .setRuns(12)
                            .build());
                }
                distinct.add(RunResult.newBuilder(
                                run % 5 == 4
                                        ? SampleResults.diverged("e", run, f1.get(run))
                                        : SampleResults.trained("e", run, f1.get(run)))
                        .setRuns(12)
                        .build());
            }
            Arbitrary<List<RunResult>> repeated =
                    Arbitraries.of(distinct).list().ofMaxSize(8);
            return repeated.flatMap(more -> {
                List<RunResult> all = new ArrayList<>(distinct);
                all.addAll(more);
                return Combinators.combine(Arbitraries.just(distinct), Arbitraries.shuffle(all))
                        .as(Shuffled::new);
            });
        });
    }

    private static long counting(List<RunResult> results) {
        return results.stream()
                .filter(result -> result.getOutcome() != Outcome.FAILED)
                .count();
    }

    private static void assertRefused(RunResult result, String reason) {
        assertThatThrownBy(() -> averageOf(List.of(result)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    /** Through the message between any two results, as the store keeps it. */
    private static Average averageOf(List<RunResult> results) {
        Average average = null;
        for (RunResult result : results) {
            ExperimentSlots slots =
                    average == null ? ExperimentSlots.empty(result.getExperiment()) : ExperimentSlots.of(average);
            average = slots.with(result, Instant.EPOCH).average();
        }
        return average;
    }
}
