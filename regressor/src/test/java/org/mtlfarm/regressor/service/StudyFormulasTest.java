package org.mtlfarm.regressor.service;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import org.mtlfarm.regressor.search.FitSettings;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.FormulaSpecification;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.Slot;
import org.mtlfarm.schemas.Sources;
import org.mtlfarm.schemas.TrainingSettings;

import static org.assertj.core.api.Assertions.assertThat;

class StudyFormulasTest {
    static {
        AvroCodec.trustMessages();
    }

    private static final String LAW = "f1 ~ tokens";
    private static final Instant NOW = Instant.ofEpochMilli(1_700_000_000_000L);
    private static final FitSettings QUICK =
            FitSettings.defaults().withEffort(20_000_000L).withThreads(1).withCap(Duration.ofHours(1));

    private final StudyFormulas formulas = new StudyFormulas();

    @Test
    void aFormulaIsDueOnceItHasFiveCompleteRowsAndAgainWhenThereAreMore() {
        for (int i = 0; i < 7; i++) {
            plan(i, LAW);
        }
        for (int i = 0; i < 4; i++) {
            average(i, true);
        }
        average(4, false);
        assertThat(formulas.due()).isEmpty();
        average(4, true);
        assertThat(formulas.due()).hasSize(1);
        StudyFormulas.Due due = formulas.due().get(0);
        assertThat(due.settled()).isFalse();
        formulas.done(due, null);
        assertThat(formulas.due()).isEmpty();
        average(5, true);
        assertThat(formulas.due()).hasSize(1);
    }

    @Test
    void theSpreadOverRunsIsThatOfCompleteExperiments() {
        for (int i = 0; i < 3; i++) {
            plan(i, LAW);
            average(i, i < 2);
        }
        assertThat(formulas.spreads()).hasSize(1);
        assertThat(formulas.spreads().values().iterator().next()).hasSize(2);
    }

    @Test
    void theLastFitComesWhenEveryExperimentIsCompleteOrHasFailed() {
        for (int i = 0; i < 6; i++) {
            plan(i, LAW);
            average(i, i < 5);
        }
        formulas.done(formulas.due().get(0), null);
        Average partial = average(5, false);
        List<Slot> slots = new ArrayList<>(partial.getSlots());
        slots.add(new Slot(3, Outcome.FAILED, 0.0, 0.0, 0.0, null, null));
        slots.add(new Slot(4, Outcome.FAILED, 0.0, 0.0, 0.0, null, null));
        Average failed =
                Average.newBuilder(partial).setFailed(2).setSlots(slots).build();
        formulas.average(id(5), failed);
        assertThat(formulas.due()).singleElement().matches(StudyFormulas.Due::settled);
        formulas.done(formulas.due().get(0), null);
        assertThat(formulas.due()).isEmpty();
    }

    @Test
    void rowsThatTheConditionExcludesAndCancelledExperimentsDoNotCount() {
        for (int i = 0; i < 8; i++) {
            plan(i, "f1 ~ tokens where tokens > 3000");
            average(i, true);
        }
        assertThat(formulas.due()).hasSize(1);
        assertThat(FormulaFit.rows(
                        formulas.due().get(0).specification(),
                        formulas.due().get(0).averages()))
                .hasSize(5);
        Plan cancelled = Plan.newBuilder(plan(7, "f1 ~ tokens where tokens > 3000"))
                .setCancelled(true)
                .build();
        formulas.plan("s/" + id(7), cancelled);
        assertThat(formulas.due()).isEmpty();
    }

    @Test
    void whatOnlyStandsBesideTheGridIsNotFittedNorWaitedFor() {
        for (int i = 0; i < 6; i++) {
            plan(i, LAW);
            average(i, true);
        }
        for (int i = 6; i < 8; i++) {
            formulas.plan(
                    "s/" + id(i), Plan.newBuilder(plan(i, LAW)).setControl(true).build());
        }
        average(6, true);
        assertThat(formulas.due()).singleElement().satisfies(due -> {
            assertThat(due.averages()).hasSize(6);
            assertThat(due.settled()).isTrue();
        });
    }

    @Test
    void aRestartFitsOnlyWhatHasChangedUntilTheStudySettles() {
        List<Average> averages = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            plan(i, LAW);
            if (i < 6) {
                averages.add(average(i, true));
            }
        }
        Formula published = fit(averages);
        formulas.published(published);
        assertThat(formulas.due()).isEmpty();
        assertThat(FormulaFit.isCurrent(published, averages)).isTrue();
        averages.add(average(6, true));
        assertThat(FormulaFit.isCurrent(published, averages)).isFalse();
        assertThat(formulas.due()).singleElement().matches(StudyFormulas.Due::settled);
    }

    @Test
    void theSameAveragesGiveTheSameFormulaInWhateverOrderTheyCame() {
        List<Average> averages = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            averages.add(average(i, true));
        }
        Formula first = fit(averages);
        Collections.shuffle(averages, new Random(4));
        Formula second =
                Formula.newBuilder(fit(averages)).setSeconds(first.getSeconds()).build();
        assertThat(second).hasToString(first.toString());
        assertThat(first.getBest().getExpression().toString()).isEqualTo("0.007*sqrt(tokens)");
        assertThat(first.getRows()).isEqualTo(12);
        assertThat(first.getExperiments()).hasSize(12);
    }

    @Test
    void aStudyThatNowWantsFewerRunsIsCompleteWithThose() {
        for (int i = 0; i < 6; i++) {
            formulas.plan("s/" + id(i), Plan.newBuilder(plan(i, LAW)).setRuns(3).build());
            // Five runs were wanted when its results came, and two were cancelled.
            Average average = average(i, false);
            List<Slot> slots = new ArrayList<>(average.getSlots());
            slots.add(new Slot(3, Outcome.CANCELLED, 0.0, 0.0, 0.0, null, null));
            formulas.average(id(i), Average.newBuilder(average).setSlots(slots).build());
        }
        assertThat(formulas.due()).hasSize(1).allSatisfy(due -> {
            assertThat(due.settled()).isTrue();
            assertThat(FormulaFit.rows(due.specification(), due.averages())).hasSize(6);
        });
    }

    @Test
    void aStudyThatNowWantsMoreRunsIsIncompleteUntilTheyAreDone() {
        for (int i = 0; i < 6; i++) {
            formulas.plan("s/" + id(i), Plan.newBuilder(plan(i, LAW)).setRuns(7).build());
            average(i, true);
        }
        assertThat(formulas.due()).isEmpty();
    }

    @Test
    void fewRowsGiveNoFormula() {
        assertThat(FormulaFit.fit(
                        "s", FormulaSpecification.parse(LAW), List.of(average(0, true)), QUICK, NOW, progress -> {}))
                .isEmpty();
    }

    @Test
    void moreRowsOfTheSameLawAreAMatterOfItsConstants() {
        List<Average> averages = averages(12, 0.007);
        Formula first = fit(averages);
        averages.add(average(12, 0.007));
        Formula second = update(first, averages);
        assertThat(second.getRows()).isEqualTo(13);
        assertThat(second.getSearchedRows()).isEqualTo(12);
        assertThat(second.getBest().getExpression().toString()).matches("0\\.00[67]\\d*\\*sqrt\\(tokens\\)");
        assertThat(second.getSeconds()).isLessThan(first.getSeconds());
    }

    @Test
    void rowsThatTheLawDoesNotFitSetTheSearchGoingFromWhereItWas() {
        List<Average> averages = averages(12, 0.007);
        Formula first = fit(averages);
        for (int i = 12; i < 20; i++) {
            averages.add(average(i, 0.012));
        }
        Formula second = update(first, averages);
        assertThat(second.getSearchedRows()).isEqualTo(20);
        assertThat(second.getBest().getExpression().toString()).doesNotMatch("\\S*\\*sqrt\\(tokens\\)");
    }

    @Test
    void aRestartBetweenGivesTheSameFormulaAsNone() {
        List<Average> averages = averages(12, 0.007);
        Formula first = fit(averages);
        AvroCodec<Formula> codec = AvroCodec.of(Formula.class);
        Formula read = codec.decode(codec.encode(first));
        for (int i = 12; i < 18; i++) {
            averages.add(average(i, 0.012));
        }
        Formula without = update(first, averages);
        Formula with = Formula.newBuilder(update(read, averages))
                .setSeconds(without.getSeconds())
                .build();
        assertThat(with).hasToString(without.toString());
        assertThat(without.getPopulation()).isNotEmpty();
    }

    private static Formula update(Formula previous, List<Average> averages) {
        return FormulaFit.update(previous, "s", FormulaSpecification.parse(LAW), averages, QUICK, NOW, progress -> {})
                .orElseThrow();
    }

    /** Averages of a law with a little noise, the same for the same index. */
    private static List<Average> averages(int count, double factor) {
        List<Average> averages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            averages.add(average(i, factor));
        }
        return averages;
    }

    private static Average average(int index, double factor) {
        double f1 = factor * Math.sqrt(1000 * (index + 1)) + 1e-4 * new Random(index).nextGaussian();
        return average(index, true, f1);
    }

    private static Formula fit(List<Average> averages) {
        return FormulaFit.fit("s", FormulaSpecification.parse(LAW), averages, QUICK, NOW, progress -> {})
                .orElseThrow();
    }

    private static String id(int index) {
        return "e" + (char) ('a' + index);
    }

    private static Experiment experiment(int index) {
        return Experiment.newBuilder()
                .setExperimentId(id(index))
                .setCorpusHash("c")
                .setVectorsHash("v")
                .setTasks(1)
                .setTokensReal(1000 * (index + 1))
                .setTokensSynthetic(1000 * (index + 1))
                .setAlpha(1)
                .setSharedLayers(2)
                .setTraining(
                        TrainingSettings.newBuilder().setEpochs(1).setHidden(10).build())
                .build();
    }

    private Plan plan(int index, String formula) {
        Plan plan = Plan.newBuilder()
                .setStudy("s")
                .setExperiment(experiment(index))
                .setFormulas(List.of(formula))
                .setSources(Sources.newBuilder()
                        .setCorpus("builtin")
                        .setVectors("builtin")
                        .build())
                .setPlannedAt(NOW)
                .build();
        formulas.plan("s/" + id(index), plan);
        return plan;
    }

    /** F1 = 0.007 sqrt(tokens). */
    private Average average(int index, boolean complete) {
        Average average = average(index, complete, 0.007 * Math.sqrt(1000 * (index + 1)));
        formulas.average(id(index), average);
        return average;
    }

    private static Average average(int index, boolean complete, double f1) {
        return Average.newBuilder()
                .setExperiment(experiment(index))
                .setRuns(5)
                .setRunsDone(complete ? 5 : 3)
                .setComplete(complete)
                .setF1Mean(f1)
                .setF1Std(0)
                .setF1Min(f1)
                .setF1Max(f1)
                .setF1DevMean(f1)
                .setAmiMean(1)
                .setSlots(slots(complete ? 5 : 3, f1))
                .setUpdatedAt(NOW)
                .build();
    }

    private static List<Slot> slots(int trained, double f1) {
        return IntStream.range(0, trained)
                .mapToObj(run -> new Slot(run, Outcome.TRAINED, f1, f1, 1.0, null, null))
                .toList();
    }
}
