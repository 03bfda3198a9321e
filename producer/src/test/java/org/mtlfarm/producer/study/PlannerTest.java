package org.mtlfarm.producer.study;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.UniqueElements;
import org.junit.jupiter.api.Test;

import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunKey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

class PlannerTest {
    private static final CorpusCatalogue LARGE = new FixedCorpus(1_000_000);
    private static final CorpusCatalogue WIKIGOLD = new FixedCorpus(26_752);

    @Test
    void everyCombinationIsAnExperimentButASingleTaskHasNoAlpha() {
        StudyPlan plan = Planner.plan(study("""
                grid:
                  tasks: [1, 2, 4]
                  tokens: [500, 1000, 2000]
                  alpha: [0.6, 0.9, 0.99]
                """), LARGE);

        assertThat(plan.combinations()).isEqualTo(27);
        assertThat(plan.experiments()).hasSize(21);
        assertThat(plan.runs()).isEqualTo(105);
        assertThat(plan.experiments())
                .filteredOn(experiment -> experiment.getTasks() == 1)
                .hasSize(3)
                .allSatisfy(experiment -> assertThat(experiment.getAlpha()).isEqualTo(1));
    }

    @Test
    void aSingleTaskHasNoSyntheticTokens() {
        StudyPlan plan = Planner.plan(
                study("grid: {tasks: [1, 2], tokens: {real: [500], synthetic: [1000, 2000]}, alpha: 0.9}"), LARGE);

        assertThat(plan.experiments())
                .extracting(Experiment::getTasks, Experiment::getTokensReal, Experiment::getTokensSynthetic)
                .containsExactly(tuple(1, 500, 500), tuple(2, 500, 1000), tuple(2, 500, 2000));
    }

    @Test
    void whatIsWantedTwiceIsPlannedOnce() {
        StudyPlan plan = Planner.plan(study("""
                grid: {tasks: [2, 2], tokens: 500, alpha: [0.9, 0.90]}
                experiments:
                  - {tasks: 2, tokens: {real: 500, synthetic: 500}, alpha: 9e-1}
                  - {tasks: 2, tokens: 500, alpha: 0.8}
                """), LARGE);

        assertThat(plan.experiments()).extracting(Experiment::getAlpha).containsExactly(0.9, 0.8);
    }

    @Test
    void controlsStandBesideTheGridWithAsManyStepsOrTokensOrTasksThatTellNothing() {
        StudyPlan plan = Planner.plan(study("""
                grid: {tasks: [2, 4], tokens: 500, alpha: [0.9, 0.2]}
                controls: [STEPS, TOKENS, CHANCE]
                """), LARGE);

        assertThat(plan.experiments())
                .filteredOn(experiment -> plan.controls().contains(experiment.getExperimentId()))
                .extracting(
                        Experiment::getTasks,
                        Experiment::getTokensReal,
                        Experiment::getAlpha,
                        experiment -> experiment.getTraining().getEpochs())
                .containsExactly(
                        tuple(1, 500, 1.0, 100),
                        tuple(1, 500, 1.0, 200),
                        tuple(1, 1000, 1.0, 100),
                        tuple(1, 500, 1.0, 400),
                        tuple(1, 2000, 1.0, 100));
        assertThat(plan.plans(Instant.EPOCH)).filteredOn(Plan::getControl).hasSize(5);
    }

    @Test
    void aControlOfUnequalSizesHasAsManyStepsAndTokensAsAllTasks() {
        StudyPlan plan = Planner.plan(study("""
                experiments: {tasks: 3, tokens: {real: 200, synthetic: 500}, alpha: 0.9}
                controls: [steps, tokens, chance]
                """), LARGE);

        assertThat(plan.experiments())
                .extracting(
                        Experiment::getTasks,
                        Experiment::getTokensReal,
                        Experiment::getAlpha,
                        experiment -> experiment.getTraining().getEpochs())
                .containsExactly(
                        tuple(3, 200, 0.9, 100),
                        tuple(1, 200, 1.0, 100),
                        tuple(1, 200, 1.0, 600),
                        tuple(1, 1200, 1.0, 100),
                        tuple(3, 200, 0.2, 100));
        Experiment multitask = plan.experiments().get(0);
        assertThat(RunSteps.of(plan.experiments().get(2))).isEqualTo(RunSteps.of(multitask));
    }

    @Test
    void anAmiIsSolvedToAnAlphaOnTheCorpusAndRounded() {
        StudyPlan plan = Planner.plan(study("grid: {tasks: 2, tokens: 500, ami: [0.5]}"), LARGE);

        assertThat(plan.experiments()).extracting(Experiment::getAlpha).containsExactly(0.707107);
    }

    @Test
    void moreTokensThanTheCorpusHasAreRefusedWithTheArithmeticAllAtOnce() {
        Study study = study("""
                grid:
                  tasks: [1, 2, 8, 10]
                  tokens: [50, 1000, 5000,
                           27000]
                  alpha: 0.9
                experiments:
                  - {tasks: 2, tokens: {real: 6000, synthetic: 30000}, alpha: 0.9}
                """);

        assertThatThrownBy(() -> Planner.plan(study, WIKIGOLD))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("""
                        x.yaml:4: grid.tokens[0]: expected at least one batch of 100 tokens (fewer make no step), found 50
                        x.yaml:4: grid.tokens[2]: tasks 8 x 5,000 tokens = 40,000, the corpus has 26,752 training \
                        tokens (at most 5 tasks fit); more still for tasks 10
                        x.yaml:5: grid.tokens[3]: 27,000 tokens, the corpus has 26,752 training tokens; more still \
                        for tasks 2, 8, 10
                        x.yaml:8: experiments[0].tokens.real: 6,000 tokens + 1 artificial tasks x 30,000 tokens = \
                        36,000, the corpus has 26,752 training tokens (at most 1 task fit)""");
    }

    @Test
    void jointTasksLabelTheSameTokens() {
        StudyPlan plan = Planner.plan(
                study("grid: {tasks: 15, tokens: 26000, alpha: 0.9}\ntraining: {strategy: JOINT}"), WIKIGOLD);

        assertThat(plan.experiments()).hasSize(1);
        assertThatThrownBy(() -> Planner.plan(
                        study("grid: {tasks: 2, tokens: {real: 500, synthetic: 900}, alpha: 1}\n"
                                + "training: {strategy: JOINT}"),
                        WIKIGOLD))
                .hasMessage("x.yaml:2: grid.tokens.real: expected as many tokens for artificial tasks as for the real"
                        + " one (JOINT: all tasks label the same tokens), found 500 and 900");
    }

    @Test
    void formulasThatTheStudyCannotAnswerAreWarnedOf() {
        StudyPlan plan = Planner.plan(study("""
                grid: {tasks: [1, 2], tokens: 500, alpha: 0.9}
                formulas:
                  - f1 ~ tasks
                  - f1 ~ tasks, tokens
                  - f1 ~ tasks where tasks > 4
                """), LARGE);

        assertThat(plan.warnings())
                .containsExactly(
                        "formula 'f1 ~ tasks, tokens' cannot show the effect of tokens: it is the same in all 2"
                                + " experiments",
                        "formula 'f1 ~ tasks where tasks > 4' will find no rows: no experiment of the study has"
                                + " tasks > 4");
    }

    @Test
    void runsAreSeededByTheirIdentity() {
        StudyPlan study = Planner.plan(study("runs: 3\ngrid: {tasks: 2, tokens: 500, alpha: 0.9}"), LARGE);
        Plan plan = study.plans(Instant.EPOCH).get(0);

        List<Run> runs = StudyPlan.runs(plan, Instant.EPOCH);

        assertThat(runs)
                .hasSize(3)
                .allSatisfy(run ->
                        assertThat(run.getSeed()).isEqualTo(RunKey.of(run).seed()));
        assertThat(runs).extracting(Run::getRunIndex).containsExactly(0, 1, 2);
    }

    @Test
    void stepsFollowTheStrategyAndDropThePartialBatch() {
        String factors = "grid: {tasks: 3, tokens: {real: 250, synthetic: 399}, alpha: 0.9}\n";
        String joint = "grid: {tasks: 3, tokens: 250, alpha: 0.9}\n";

        assertThat(steps(factors + "training: {epochs: 10}")).isEqualTo(10 * (2 + 3 + 3));
        assertThat(steps(joint + "training: {epochs: 10, strategy: JOINT}")).isEqualTo(10 * 2);
    }

    @Test
    void theEstimateAddsUpRunsOverSlotsButNoLessThanTheLongestRun() {
        StudyPlan plan = Planner.plan(study("""
                grid: {tasks: [1, 2], tokens: 1000, alpha: 0.9}
                training: {epochs: 10}
                """), LARGE);
        StepTime tenMillis = (experiment, facts) -> 0.01;

        Estimate onOne = Estimate.of(plan, tenMillis, 1);
        Estimate onMany = Estimate.of(plan, tenMillis, 1000);

        assertThat(onOne.experiments()).isEqualTo(2);
        assertThat(onOne.runs()).isEqualTo(10);
        assertThat(onOne.steps()).isEqualTo(5 * (100 + 200));
        assertThat(onOne.estimatedSeconds()).isCloseTo(15, within(1e-9));
        assertThat(onMany.estimatedSeconds()).isCloseTo(2, within(1e-9));
        assertThat(onOne.bytes()).isBetween(10_000L, 40_000L);
    }

    @Test
    void theStepTimeIsWhatWasMeasuredOfTheAuthorsNetwork() {
        StudyPlan plan = Planner.plan(study("grid: {tasks: 1, tokens: 1000}\ntraining: {hidden: 300}"), LARGE);
        CorpusFacts narrow = plan.facts();
        CorpusFacts wide = new CorpusFacts("", "", 1, narrow.labels(), narrow.labelCounts(), 300, List.of());

        // FACTS: 41 to 47 ms with 300-dimensional vectors, 34 with 50-dimensional ones.
        assertThat(StepTime.fused().seconds(plan.experiments().get(0), wide)).isBetween(0.036, 0.052);
        assertThat(StepTime.fused().seconds(plan.experiments().get(0), narrow)).isBetween(0.029, 0.041);
    }

    @Property(tries = 100)
    void theOrderOfListsDoesNotChangeTheIds(
            @ForAll @Size(min = 1, max = 4) @UniqueElements List<@IntRange(min = 1, max = 15) Integer> tasks,
            @ForAll @Size(min = 1, max = 4) @UniqueElements List<@IntRange(min = 100, max = 5000) Integer> tokens,
            @ForAll @Size(min = 1, max = 4) @UniqueElements List<@IntRange(min = 0, max = 100) Integer> percents,
            @ForAll long seed) {
        Set<String> ids = ids(tasks, tokens, percents);

        Random random = new Random(seed);
        List.of(tasks, tokens, percents).forEach(list -> Collections.shuffle(list, random));

        assertThat(ids(tasks, tokens, percents)).isEqualTo(ids);
    }

    private static Set<String> ids(List<Integer> tasks, List<Integer> tokens, List<Integer> percents) {
        List<Double> alphas = percents.stream().map(percent -> percent / 100.0).toList();
        String grid = "grid: {tasks: " + tasks + ", tokens: " + tokens + ", alpha: " + alphas + "}";
        return Planner.plan(study(grid), LARGE).experiments().stream()
                .map(Experiment::getExperimentId)
                .collect(Collectors.toSet());
    }

    private static long steps(String text) {
        return RunSteps.of(Planner.plan(study(text), LARGE).experiments().get(0));
    }

    private static Study study(String text) {
        return StudyReader.parse("study: s\n" + text, "x.yaml", Path.of("/studies"));
    }
}
