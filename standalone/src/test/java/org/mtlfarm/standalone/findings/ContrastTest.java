package org.mtlfarm.standalone.findings;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import org.mtlfarm.regressor.prediction.Interval;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.standalone.report.KnownStudy;
import org.mtlfarm.standalone.report.StudyReport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Differences with their intervals, and what is said of them. */
class ContrastTest {
    private static Average average(int tokens, double... scores) {
        double mean = Arrays.stream(scores).average().orElseThrow();
        double squares = Arrays.stream(scores)
                .map(score -> (score - mean) * (score - mean))
                .sum();
        return Average.newBuilder()
                .setExperiment(KnownStudy.experiment(1, tokens, 1, 30))
                .setRunsDone(scores.length)
                .setComplete(true)
                .setF1Mean(mean)
                .setF1Std(scores.length < 2 ? 0 : Math.sqrt(squares / (scores.length - 1)))
                .setF1Min(0)
                .setF1Max(1)
                .setF1DevMean(mean)
                .setAmiMean(1)
                .setUpdatedAt(Instant.EPOCH)
                .build();
    }

    /** Quantiles as tables of Student's t have them (Abramowitz and Stegun, table 26.10). */
    @Test
    void studentsQuantilesAreThoseOfTheTables() {
        assertThat(StudentT.within(0.95, 4)).isCloseTo(2.776, within(5e-4));
        assertThat(StudentT.within(0.95, 8)).isCloseTo(2.306, within(5e-4));
        assertThat(StudentT.within(0.99, 10)).isCloseTo(3.169, within(5e-4));
        assertThat(StudentT.within(0.95, 1)).isCloseTo(12.706, within(5e-4));
    }

    /** By hand: variances 0.00025 and 0.001, standard error sqrt(0.00025), 5.8824 degrees of freedom, t 2.4590. */
    @Test
    void theDifferenceOfTwoExperimentsHasWelchsInterval() {
        Average one = average(500, 0.30, 0.31, 0.32, 0.33, 0.34);
        Average other = average(1000, 0.20, 0.22, 0.24, 0.26, 0.28);
        Effect effect = Contrast.between(one, other);
        assertThat(effect.value()).isCloseTo(0.08, within(1e-12));
        assertThat(effect.interval().upper() - effect.value()).isCloseTo(2.4590 * Math.sqrt(0.00025), within(2e-5));
        assertThat(effect.sign()).isEqualTo(Effect.Sign.RISES);
        assertThat(Contrast.between(one, one).sign()).isEqualTo(Effect.Sign.UNTOLD);
    }

    @Test
    void oneRunTellsNothingOfItsSpread() {
        Effect effect = Contrast.between(average(500, 0.9), average(1000, 0.1, 0.1, 0.1));
        assertThat(effect.interval().lower()).isNaN();
        assertThat(effect.sign()).isEqualTo(Effect.Sign.UNTOLD);
    }

    /** An experiment that two differences share makes them move together: its variance counts with the sum of its weights. */
    @Test
    void aSharedExperimentCountsOnce() {
        Average shared = average(500, 0.1, 0.2, 0.3, 0.4, 0.5);
        Average sure = average(1000, 0.6, 0.6, 0.6, 0.6, 0.6);
        Average sureToo = average(2000, 0.7, 0.7, 0.7, 0.7, 0.7);
        Interval mean = new Contrast()
                .plus(sure, 0.5)
                .plus(sureToo, 0.5)
                .plus(shared, -0.5)
                .plus(shared, -0.5)
                .effect()
                .interval();
        assertThat(mean.width()).isCloseTo(2 * 2.7764 * Math.sqrt(0.025 / 5), within(1e-4));
    }

    /** 5 runs each, unequal noise: 19 of 20 intervals must hold the true difference, within what 4,000 draws allow. */
    @Test
    void ofManyIntervalsNineteenInTwentyHoldTheTruth() {
        SplittableRandom random = new SplittableRandom(7);
        int held = 0;
        int studies = 4000;
        for (int i = 0; i < studies; i++) {
            Effect effect = Contrast.between(noisy(500, 0.5, 0.01, random), noisy(1000, 0.45, 0.04, random));
            held += effect.interval().holds(0.05) ? 1 : 0;
        }
        assertThat((double) held / studies).isBetween(0.935, 0.965);
    }

    private static Average noisy(int tokens, double mean, double noise, SplittableRandom random) {
        double[] scores = new double[5];
        Arrays.setAll(
                scores,
                i -> mean
                        + noise
                                * Math.sqrt(-2 * Math.log(1 - random.nextDouble()))
                                * Math.cos(2 * Math.PI * random.nextDouble()));
        return average(tokens, scores);
    }

    private static Map<String, Effect.Sign> signs(StudyReport report) {
        return Trend.of(report.averages()).stream()
                .collect(Collectors.toMap(
                        Trend::name,
                        trend -> trend.effect() == null
                                ? Effect.Sign.UNTOLD
                                : trend.effect().sign()));
    }

    @Test
    void aStudyOfAKnownLawSaysWhatTheLawSays() {
        StudyReport report = KnownStudy.report(KnownStudy::helpful, 0.02, 1);
        assertThat(signs(report))
                .isEqualTo(Map.of(
                        "tokens", Effect.Sign.RISES,
                        "ami", Effect.Sign.RISES,
                        "tasks-related", Effect.Sign.RISES,
                        "tasks-unrelated", Effect.Sign.FALLS));
        List<Trend> trends = Trend.of(report.averages());
        assertThat(Sentences.of(trends.get(0)))
                .startsWith("F1 rises with the tokens a task, n: +0.3")
                .contains("(500 to 3000), mean over 16 settings");
        assertThat(Sentences.of(trends.get(3)))
                .startsWith("F1 falls with the number of tasks T where they are unrelated");
        double truth = trends.get(3).pairs().stream()
                .mapToDouble(pair -> KnownStudy.helpful(pair.most().getExperiment())
                        - KnownStudy.helpful(pair.least().getExperiment()))
                .average()
                .orElseThrow();
        assertThat(trends.get(3).effect().value()).isCloseTo(truth, within(0.03));
    }

    @Test
    void whereThereIsNothingButNoiseNothingIsTold() {
        StudyReport report = KnownStudy.report(experiment -> 0.4, 0.02, 3);
        assertThat(signs(report)).containsValues(Effect.Sign.UNTOLD).doesNotContainValue(Effect.Sign.FALLS);
        assertThat(Trend.of(report.averages()))
                .allSatisfy(trend -> assertThat(Sentences.of(trend))
                        .startsWith("Whether F1 rises or falls with")
                        .contains("cannot be told"));
    }

    @Test
    void everyMultitaskExperimentFindsItsControls() {
        StudyReport report = KnownStudy.report(KnownStudy::helpful, 0.02, 1);
        List<Comparison> comparisons = Comparison.of(report.averages(), report.controls());
        assertThat(comparisons).hasSize(60).allSatisfy(one -> {
            Experiment own = one.multitask().getExperiment();
            assertThat(experiment(one.single()).getTokensReal()).isEqualTo(own.getTokensReal());
            assertThat(experiment(one.steps()).getTraining().getEpochs()).isEqualTo(30 * own.getTasks());
            assertThat(experiment(one.tokens()).getTokensReal()).isEqualTo(own.getTokensReal() * own.getTasks());
            assertThat(experiment(one.chance()).getTasks()).isEqualTo(own.getTasks());
            assertThat(one.chance().orElseThrow().getAmiMean()).isZero();
        });
        assertThat(Sentences.ofGains(comparisons))
                .hasSize(4)
                .anySatisfy(sentence -> assertThat(sentence)
                        .startsWith("Closely related tasks stay behind T = 1 with as many tokens as all tasks"));
        assertThat(Comparison.of(report.averages(), List.of()).get(0).steps()).isEmpty();
    }

    private static Experiment experiment(Optional<Average> average) {
        return average.orElseThrow().getExperiment();
    }
}
