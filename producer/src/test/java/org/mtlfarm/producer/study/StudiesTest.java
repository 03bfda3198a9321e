package org.mtlfarm.producer.study;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.InvalidInputException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** The study files that users start from. */
class StudiesTest {
    private static final CorpusCatalogue BUILTIN = new FixedCorpus(30_000);
    private static final CorpusCatalogue WIKIGOLD = new FixedCorpus(26_752);
    private static final StepTime FIVE_MILLIS = (experiment, facts) -> 0.005;

    @Test
    void theFolderHoldsTheStudiesThatAreTestedHere() {
        assertThat(StudyFiles.names(folder()))
                .containsExactly(
                        "adaptive",
                        "balanced",
                        "balanced-small",
                        "mixed",
                        "quick",
                        "smoke",
                        "unbalanced",
                        "unbalanced-small",
                        "wikigold");
    }

    @Test
    void theQuickStudyIs21ExperimentsInMinutesOnTwoCores() {
        StudyPlan plan = Planner.plan(StudyReader.read(StudyFiles.find("quick", folder())), BUILTIN);
        Estimate estimate = Estimate.of(plan, FIVE_MILLIS, 2);

        assertThat(plan.warnings()).isEmpty();
        assertThat(plan.study().formulas()).hasSize(4);
        assertThat(estimate.experiments()).isEqualTo(21);
        assertThat(estimate.runs()).isEqualTo(105);
        assertThat(estimate.steps()).isEqualTo(99_750);
        assertThat(estimate.estimatedSeconds()).isCloseTo(249, within(1.0));
    }

    @Test
    void theWikigoldStudyFitsItsCorpusAndTenMinutes() {
        Study study = StudyReader.read(StudyFiles.find("wikigold", folder()));
        StudyPlan plan = Planner.plan(study.withSources("wikigold", "glove"), WIKIGOLD);
        Estimate estimate = Estimate.of(plan, FIVE_MILLIS, 2);

        assertThat(plan.warnings()).isEmpty();
        assertThat(estimate.experiments()).isEqualTo(16);
        assertThat(estimate.steps()).isEqualTo(123_000);
        assertThat(estimate.estimatedSeconds()).isCloseTo(307.5, within(1.0));
    }

    @Test
    void theWikigoldStudyDoesNotRunOnSomethingElse() {
        Study study = StudyReader.read(StudyFiles.find("wikigold", folder()));

        assertThatThrownBy(() -> Planner.plan(study, WIKIGOLD))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("--corpus")
                .hasMessageContaining("--vectors");
    }

    @Test
    void theBalancedStudyHasThePublishedSettingsAndNearlyTheirSteps() {
        Study study = StudyReader.read(StudyFiles.find("balanced", folder()));
        StudyPlan plan = Planner.plan(study.withSources("conll", "fasttext"), new FixedCorpus(200_000));

        // 429 settings (FACTS: 444 with those of T = 1 told apart), each with 1 to 4 networks; 77.75 million steps in
        // all.
        assertThat(plan.experiments()).hasSize(906);
        assertThat(plan.experiments().stream()
                        .map(experiment -> List.of(
                                experiment.getTasks(), experiment.getTokensReal(), (Object) experiment.getAlpha()))
                        .distinct())
                .hasSize(429);
        assertThat(Estimate.of(plan, FIVE_MILLIS, 2).steps()).isEqualTo(75_050_000);
    }

    @Test
    void theUnbalancedStudyHasAboutThePublishedSteps() {
        Study study = StudyReader.read(StudyFiles.find("unbalanced", folder()));
        StudyPlan plan = Planner.plan(study.withSources("conll", "fasttext"), new FixedCorpus(200_000));

        assertThat(plan.experiments()).hasSize(1284);
        assertThat(Estimate.of(plan, FIVE_MILLIS, 2).steps()).isBetween(228_000_000L, 236_000_000L);
    }

    @Test
    void theSmallStudiesFitWikigoldAndAnHour() {
        for (String name : List.of("balanced-small", "unbalanced-small")) {
            Study study = StudyReader.read(StudyFiles.find(name, folder()));
            StudyPlan plan = Planner.plan(study.withSources("wikigold", "glove"), WIKIGOLD);

            assertThat(plan.warnings()).isEmpty();
            assertThat(Estimate.of(plan, (experiment, facts) -> 0.007, 2).estimatedSeconds())
                    .isLessThan(3600);
        }
    }

    @Test
    void theAdaptiveStudyHasTheGridOfTheSmallBalancedOneAndHoldsAllOfIt() {
        Study balanced = StudyReader.read(StudyFiles.find("balanced-small", folder()));
        StudyPlan plan = Planner.plan(StudyReader.read(StudyFiles.find("adaptive", folder())), BUILTIN);

        assertThat(plan.study().grids()).isEqualTo(balanced.grids());
        assertThat(plan.study().training()).isEqualTo(balanced.training());
        assertThat(plan.experiments()).hasSize(64);
        assertThat(plan.plans(Instant.EPOCH)).allSatisfy(one -> {
            assertThat(one.getCancelled()).isTrue();
            assertThat(one.getSampling().getFirst()).isEqualTo(16);
        });
    }

    @Test
    void theMixedStudyIsMinutesAndHasEveryNumberOfGoodTasksWithEveryNumberOfBadOnes() {
        StudyPlan plan = Planner.plan(StudyReader.read(StudyFiles.find("mixed", folder())), BUILTIN);
        Estimate estimate = Estimate.of(plan, FIVE_MILLIS, 2);

        assertThat(plan.warnings()).isEmpty();
        // One more on text: here the alpha of AMI 0 is 0, where elsewhere it is 1/c.
        assertThat(estimate.experiments()).isEqualTo(16);
        assertThat(estimate.steps()).isEqualTo(104_250 - 7_500);
        assertThat(plan.experiments()).extracting(Experiment::getTasks).startsWith(1, 2, 3, 2, 3, 4, 3, 4, 5, 4, 5, 6);
    }

    @Test
    void theSmokeStudyIsSeconds() {
        StudyPlan plan = Planner.plan(StudyReader.read(StudyFiles.find("smoke", folder())), BUILTIN);

        assertThat(plan.warnings()).isEmpty();
        assertThat(Estimate.of(plan, FIVE_MILLIS, 1).estimatedSeconds()).isLessThan(10);
    }

    @Test
    void theDocumentationNamesTheKeysAndShowsTheTextThatIsHashed() throws Exception {
        String documentation = Files.readString(folder().resolve("README.md"));

        assertThat(List.of(
                        "`study`",
                        "`corpus`",
                        "`vectors`",
                        "`runs`",
                        "`maxAttempts`",
                        "`deadline`",
                        "`grid`",
                        "`experiments`"))
                .allSatisfy(key -> assertThat(documentation).contains(key));
        assertThat(documentation).contains(ExperimentIdentityTest.TEXT);
    }

    private static Path folder() {
        return Stream.iterate(Path.of("").toAbsolutePath(), Objects::nonNull, Path::getParent)
                .map(parent -> parent.resolve("studies"))
                .filter(Files::isDirectory)
                .findFirst()
                .orElseThrow();
    }
}
