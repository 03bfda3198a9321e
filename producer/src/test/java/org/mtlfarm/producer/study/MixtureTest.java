package org.mtlfarm.producer.study;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.OtherTask;
import org.mtlfarm.schemas.OtherTasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

/** Studies whose tasks beside the real one are not all alike. */
class MixtureTest {
    private static final CorpusCatalogue LARGE = new FixedCorpus(1_000_000);

    @Test
    void anExperimentListsItsTasksWithAlphaOrAmiAndTokensOfTheirOwn() {
        Experiment experiment = only("""
                experiments:
                  - {tokens: 2000, others: [{ami: 0.64, tokens: 3000}, {alpha: 0.2, tokens: 1000, count: 2}, {alpha: 0.9}]}
                """);

        assertThat(experiment.getTasks()).isEqualTo(5);
        assertThat(experiment.getOthers())
                .extracting(OtherTask::getAlpha, OtherTask::getTokens)
                .containsExactly(tuple(0.8, 3000), tuple(0.2, 1000), tuple(0.2, 1000), tuple(0.9, 2000));
        assertThat(experiment.getAlpha()).isEqualTo((0.8 + 0.2 + 0.2 + 0.9) / 4);
        assertThat(experiment.getTokensSynthetic()).isEqualTo(1750);
        assertThat(OtherTasks.totalTokens(experiment)).isEqualTo(9000);
        assertThat(RunSteps.of(experiment)).isEqualTo(100 * (20 + 30 + 10 + 10 + 20));
    }

    @Test
    void listsInAGridMakeEveryCombinationAndAMixtureOfNoTaskIsTheRealOneAlone() {
        StudyPlan plan = plan("""
                grid:
                  tokens: [500, 1000]
                  others: [{alpha: 0.9, count: [0, 1, 2]}, {ami: 0, count: [0, 1]}]
                """);

        assertThat(plan.combinations()).isEqualTo(12);
        assertThat(plan.experiments())
                .filteredOn(experiment -> experiment.getTokensReal() == 500)
                .extracting(experiment -> OtherTasks.describe(OtherTasks.of(experiment)))
                .containsExactly(
                        "",
                        "alpha 0 (500 tokens)",
                        "alpha 0.9 (500 tokens)",
                        "alpha 0.9 (500 tokens), alpha 0 (500 tokens)",
                        "2 x alpha 0.9 (500 tokens)",
                        "2 x alpha 0.9 (500 tokens), alpha 0 (500 tokens)");
    }

    @Test
    void aGridMayBeAListOfMixtures() {
        StudyPlan plan = plan("grid: {tokens: 500, others: [[], [{alpha: 1}], [{alpha: 1}, {alpha: 0.5}]]}");

        assertThat(plan.experiments()).extracting(Experiment::getTasks).containsExactly(1, 2, 3);
    }

    @Property(tries = 50)
    void tasksThatAreAlikeAreTheExperimentThatListsNone(
            @ForAll @IntRange(min = 1, max = 8) int count,
            @ForAll @DoubleRange(min = 0, max = 1) double alpha,
            @ForAll @IntRange(min = 100, max = 5000) int tokens) {
        String tasks = String.join(
                ", ",
                IntStream.range(0, count)
                        .mapToObj(i -> "{alpha: " + alpha + "}")
                        .toList());
        Experiment listed =
                only("experiments: {tokens: {real: 700, synthetic: " + tokens + "}, others: [" + tasks + "]}");
        Experiment counted = only("experiments: {tokens: 700, others: {alpha: " + alpha + ", tokens: " + tokens
                + ", count: " + count + "}}");

        assertThat(listed)
                .isEqualTo(counted)
                .isEqualTo(only("experiments: {tasks: " + (count + 1) + ", alpha: " + alpha
                        + ", tokens: {real: 700, synthetic: " + tokens + "}}"));
        assertThat(listed.getOthers()).isEmpty();
    }

    @Test
    void theOrderOfTasksAndEachOnesNumbersChangeTheId() {
        assertThat(List.of(
                                "[{alpha: 0.9}, {alpha: 0.2}]",
                                "[{alpha: 0.2}, {alpha: 0.9}]",
                                "[{alpha: 0.9}, {alpha: 0.2, tokens: 600}]",
                                "[{alpha: 0.8}, {alpha: 0.3}]",
                                "{alpha: 0.55, count: 2}")
                        .stream()
                        .map(others -> only("experiments: {tokens: 500, others: " + others + "}")
                                .getExperimentId()))
                .doesNotHaveDuplicates();
        assertThat(ExperimentIdentity.canonicalText(
                        only("experiments: {tokens: 500, others: [{alpha: 0.9}, {alpha: 0.2, tokens: 600}]}")))
                .endsWith("\namiNormalisation=ARITHMETIC\nothers=0.9/500,0.2/600\n");
    }

    @Test
    void controlsOfAMixtureHaveItsSizesAndSteps() {
        StudyPlan plan = plan("""
                experiments: {tokens: 200, others: [{alpha: 0.9, tokens: 500}, {alpha: 0.5, tokens: 300}]}
                controls: [STEPS, TOKENS, CHANCE]
                """);

        assertThat(plan.experiments())
                .extracting(
                        Experiment::getTasks,
                        Experiment::getTokensReal,
                        experiment -> experiment.getTraining().getEpochs(),
                        experiment -> OtherTasks.describe(experiment.getOthers()))
                .containsExactly(
                        tuple(3, 200, 100, "alpha 0.9 (500 tokens), alpha 0.5 (300 tokens)"),
                        tuple(1, 200, 100, ""),
                        tuple(1, 200, 500, ""),
                        tuple(1, 1000, 100, ""),
                        tuple(3, 200, 100, "alpha 0.2 (500 tokens), alpha 0.2 (300 tokens)"));
    }

    @Test
    void whatTheCorpusCannotGiveIsToldAllAtOnceWithItsLines() {
        assertThatThrownBy(() -> Planner.plan(study("""
                        grid:
                          tokens: [500, 20000]
                          others:
                            - [{alpha: 0.9, tokens: 3000, count: 3}, {alpha: 0.2}]
                            - [{alpha: 0.9, tokens: 50}]
                        """), new FixedCorpus(26_752)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("""
                        x.yaml:5: grid.others[0]: 20,000 + 3 x 3,000 + 20,000 tokens = 49,000, the corpus has 26,752 training tokens
                        x.yaml:6: grid.others[1][0].tokens: expected at least one batch of 100 tokens (fewer make no step), found 50""".strip());
    }

    @Test
    void jointTasksAreOfOneSize() {
        assertThatThrownBy(() -> plan("""
                        experiments: {tokens: 500, others: [{alpha: 0.9, tokens: 600}, {alpha: 0.2}]}
                        training: {strategy: JOINT}
                        """))
                .hasMessageContaining("x.yaml:2: experiments.others[0]: expected as many tokens for each task as for")
                .hasMessageContaining("found 600 beside 500");
        assertThat(plan("""
                        experiments: {tokens: 500, others: [{alpha: 0.9}, {alpha: 0.2}]}
                        training: {strategy: JOINT}
                        """).experiments()).extracting(OtherTasks::totalTokens).containsExactly(500L);
    }

    @Test
    void realLabelsThatNobodyHasAreAMistakeOfTheirLine() {
        assertThatThrownBy(() -> plan("experiments: {tokens: 500, others: [{column: 3}, {file: pos.txt}]}"))
                .hasMessageContaining("x.yaml:2: experiments.others[0]: expected labels of column=3 beside the corpus")
                .hasMessageContaining("experiments.others[1]: expected labels of file=/studies/pos.txt");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{tasks: 3, tokens: 5, others: {alpha: 1}}     | .tasks: expected no tasks: beside others:, which says it",
                "{tokens: 5, alpha: 1, others: {alpha: 1}}     | .alpha: expected no alpha: beside others:",
                "{tokens: 5, others: [{alpha: 1, ami: 1}]}     | .others[0]: expected one of alpha:, ami:, column: and file:, found alpha: and ami:",
                "{tokens: 5, others: [{count: 2}]}             | .others[0]: expected one of alpha:, ami:, column: and file:, found none",
                "{tokens: 5, others: [0.9]}                    | .others[0]: expected a task such as {alpha: 0.9, tokens",
                "{tokens: 5, others: [{alpha: 1.2}]}           | .others[0].alpha: expected a number in [0, 1], found 1.2",
                "{tokens: 5, others: [{alpha: [0.1, 0.2]}]}    | .others[0].alpha: expected one value (lists of values",
                "{tokens: 5, others: [[{alpha: 1}]]}           | .others: expected the tasks of one experiment",
                "{tokens: 5, others: [{alpha: 1, count: 1000}]} | .others: expected at most 1000 tasks, the real one",
                "{tokens: 5, others: [{alpha: 1, counts: 2}]}  | .others[0].counts: unknown key 'counts'; did you mean 'count'",
                "{tokens: 5, others: [{file: {tags: 3}}]}      | .others[0].file.path: expected a file, found no such key",
            })
    void aWrongMixtureIsNamedWithWhatWasExpected(String experiment, String message) {
        assertThatThrownBy(() -> study("experiments: " + experiment))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("x.yaml:2: experiments" + message);
    }

    private static Experiment only(String text) {
        List<Experiment> experiments = plan(text).experiments();
        assertThat(experiments).hasSize(1);
        return experiments.get(0);
    }

    private static StudyPlan plan(String text) {
        return Planner.plan(study(text), LARGE);
    }

    private static Study study(String text) {
        return StudyReader.parse("study: s\n" + text, "x.yaml", Path.of("/studies"));
    }
}
