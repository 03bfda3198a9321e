package org.mtlfarm.producer.farm;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

import org.mtlfarm.producer.study.CorpusCatalogue;
import org.mtlfarm.producer.study.CorpusFacts;
import org.mtlfarm.producer.study.Planner;
import org.mtlfarm.producer.study.StudyPlan;
import org.mtlfarm.producer.study.StudyReader;
import org.mtlfarm.schemas.AmiNormalisation;
import org.mtlfarm.schemas.BrokerUnavailableException;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.Sampling;
import org.mtlfarm.schemas.SamplingState;
import org.mtlfarm.schemas.Sources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class StudySubmitterTest {
    private static final String TWO_EXPERIMENTS = "runs: 2\ngrid: {tasks: 2, tokens: 500, alpha: [0.6, 0.9]}";

    private static final String ADAPTIVE =
            "runs: 2\ngrid: {tasks: [2, 3, 4, 5], tokens: 500, alpha: [0.6, 0.8, 0.9]}\nformulas: [f1 ~ tasks]\nsampling: {precision: 0.03}";

    private final RecordedFarm farm = new RecordedFarm();
    private final Reconciler reconciler = new Reconciler(farm.producer, farm.view, farm.clock, Duration.ofSeconds(30));
    private final StudySubmitter submitter = new StudySubmitter(farm.producer, farm.view, farm.clock);

    @Test
    void aStudyBecomesAPlanRecordAnExperimentAndARunRecordARun() {
        Submission submission = submit("s", TWO_EXPERIMENTS);

        assertThat(submission).isEqualTo(new Submission(2, 0, 4, 0, 0, 0));
        assertThat(farm.plans()).hasSize(2).allSatisfy(plan -> {
            assertThat(plan.getStudy()).isEqualTo("s");
            assertThat(plan.getPlannedAt()).isEqualTo(farm.clock.instant());
        });
        assertThat(farm.runs())
                .extracting(run -> RunKey.of(run).toString())
                .doesNotHaveDuplicates()
                .hasSize(4);
        assertThat(farm.producer.history())
                .allSatisfy(message -> assertThat(message.key()).matches("(s/[0-9a-f]{32})|([0-9a-f]{32}/[01])"));
    }

    @Test
    void submittingAgainChangesNothing() {
        submit("s", TWO_EXPERIMENTS);
        farm.passTime(Duration.ofHours(1));

        Submission again = submit("s", TWO_EXPERIMENTS);

        assertThat(again).isEqualTo(new Submission(0, 2, 0, 0, 4, 0));
        assertThat(farm.producer.history()).hasSize(6);
    }

    @Test
    void anAdaptiveStudyIsHeldUntilItsExperimentsAreAskedFor() {
        Submission submission = submit("s", ADAPTIVE);

        assertThat(submission).isEqualTo(new Submission(12, 0, 0, 0, 0, 0));
        assertThat(farm.runs()).isEmpty();
        assertThat(status().planned()).isZero();
        assertThat(status().held()).isEqualTo(12);
        assertThat(status().isFinished()).isFalse();

        List<Plan> asked = farm.plans().subList(0, 3).stream()
                .map(plan -> sampled(plan, SamplingState.ASKED))
                .toList();
        sample(asked);

        assertThat(farm.runs()).hasSize(6);
        assertThat(status().planned()).isEqualTo(3);
        assertThat(status().held()).isEqualTo(9);
    }

    @Test
    void submittedAgainAnAdaptiveStudyWantsWhatItAskedForAndMayAskForWhatItSpared() {
        submit("s", ADAPTIVE);
        List<Plan> plans = List.copyOf(farm.plans());
        sample(List.of(sampled(plans.get(0), SamplingState.ASKED)));
        sample(plans.subList(1, 12).stream()
                .map(plan -> sampled(plan, SamplingState.SPARED))
                .toList());
        assertThat(status().spared()).isEqualTo(11);
        assertThat(status().runsSpared()).isEqualTo(22);
        farm.runs().forEach(run -> farm.publish(Messages.result(run, Outcome.TRAINED)));
        assertThat(status().isFinished()).isTrue();

        submit("s", ADAPTIVE.replace("0.03", "0.01"));

        assertThat(status().complete()).isEqualTo(1);
        assertThat(status().held()).isEqualTo(11);
        assertThat(farm.runs()).hasSize(2);

        submit("s", ADAPTIVE.replace("sampling: {precision: 0.03}", "sampling: full"));

        assertThat(status().planned()).isEqualTo(12);
        assertThat(farm.runs()).hasSize(24);
    }

    @Test
    void aCancelledAdaptiveStudyAsksForNothingMore() {
        submit("s", ADAPTIVE);
        List<Plan> plans = List.copyOf(farm.plans());

        farm.state();
        reconciler.cancel("s");

        assertThat(status().held()).isZero();
        assertThat(status().isFinished()).isTrue();
        // Decided before the study was cancelled, told after.
        sample(List.of(sampled(plans.get(0), SamplingState.ASKED)));
        assertThat(farm.runs()).isEmpty();
    }

    @Test
    void aPausedAdaptiveStudyAsksForNothingUntilItIsResumed() {
        submit("s", ADAPTIVE);
        Plan held = farm.plans().get(0);
        farm.state();

        assertThat(reconciler.pause("s")).isEqualTo(12);
        assertThat(farm.state().isPaused("s")).isTrue();
        // Decided before it was paused, told after.
        sample(List.of(sampled(held, SamplingState.ASKED)));
        assertThat(farm.runs()).isEmpty();

        assertThat(reconciler.resume("s").experiments()).isEqualTo(12);
        assertThat(farm.state().isPaused("s")).isFalse();
        sample(List.of(sampled(known(held), SamplingState.ASKED)));
        assertThat(farm.runs()).hasSize(2);
    }

    @Test
    void whatWasDecidedOfAStudyThatIsSubmittedAnewMeanwhileIsForgotten() {
        submit("s", ADAPTIVE);
        Plan held = farm.plans().get(0);
        submit("s", ADAPTIVE.replace("0.03", "0.01"));

        sample(List.of(sampled(held, SamplingState.ASKED)));

        assertThat(farm.runs()).isEmpty();
        assertThat(status().held()).isEqualTo(12);
        sample(List.of(sampled(known(held), SamplingState.ASKED)));
        assertThat(farm.runs()).hasSize(2);
    }

    @Test
    void aStudyThatIsCancelledSparesNothingAnyMore() {
        submit("s", ADAPTIVE);
        List<Plan> plans = List.copyOf(farm.plans());
        sample(List.of(sampled(plans.get(0), SamplingState.ASKED)));
        sample(plans.subList(1, 12).stream()
                .map(plan -> sampled(plan, SamplingState.SPARED))
                .toList());

        reconciler.cancel("s");

        assertThat(status().spared()).isZero();
        submit("s", ADAPTIVE);
        assertThat(status().planned()).isEqualTo(1);
        assertThat(status().held()).isEqualTo(11);
    }

    @Test
    void whatWasDecidedOnAPartOfThePlanIsForgotten() {
        submit("s", ADAPTIVE);
        List<Plan> all = ofS();
        List<Plan> decided = List.of(sampled(all.get(0), SamplingState.ASKED));

        reconciler.sample("s", all.subList(0, 5), decided);

        farm.state();
        assertThat(farm.runs()).isEmpty();
        assertThat(status().held()).isEqualTo(12);
        reconciler.sample("s", all, decided);
        farm.state();
        assertThat(status().held()).isEqualTo(11);
    }

    private List<Plan> ofS() {
        return farm.state().plans().stream()
                .filter(plan -> plan.getStudy().equals("s"))
                .toList();
    }

    private Plan known(Plan plan) {
        return farm.state().plan(PlanKey.of(plan)).orElseThrow();
    }

    /** The mock delivers what was sent when it is asked for its state. */
    private void sample(List<Plan> decided) {
        reconciler.sample("s", ofS(), decided);
        farm.state();
        reconciler.reconcile(Optional.of("s"));
    }

    private FarmStatus status() {
        return FarmStatus.of(farm.state(), Optional.of("s"), farm.clock.instant());
    }

    private static Plan sampled(Plan plan, SamplingState state) {
        return Plan.newBuilder(plan)
                .setCancelled(state != SamplingState.ASKED)
                .setSampling(Sampling.newBuilder(plan.getSampling())
                        .setState(state)
                        .setRound(1)
                        .build())
                .build();
    }

    @Test
    void aSecondStudyAddsItsPlanButNoRunThatIsThereAlready() {
        submit("s", TWO_EXPERIMENTS);
        farm.publish(Messages.result(farm.runs().get(0), Outcome.TRAINED));

        Submission second = submit("t", "runs: 2\ngrid: {tasks: 2, tokens: 500, alpha: [0.6, 0.9, 1]}");

        assertThat(second).isEqualTo(new Submission(3, 0, 2, 1, 3, 0));
    }

    @Test
    void moreRunsOfTheSameStudyAreAddedToTheOnesThereAre() {
        submit("s", TWO_EXPERIMENTS);

        Submission more = submit("s", TWO_EXPERIMENTS.replace("runs: 2", "runs: 3"));

        assertThat(more).isEqualTo(new Submission(2, 0, 2, 0, 4, 0));
        assertThat(farm.runs().subList(4, 6)).extracting(Run::getRunIndex).containsExactly(2, 2);
    }

    @Test
    void newFormulasRewriteThePlanAloneAndKeepItsFirstTime() {
        submit("s", TWO_EXPERIMENTS);
        farm.passTime(Duration.ofHours(1));

        Submission changed = submit("s", TWO_EXPERIMENTS + "\nformulas: [f1 ~ alpha]");

        assertThat(changed).isEqualTo(new Submission(2, 0, 0, 0, 4, 0));
        assertThat(farm.plans().get(3).getFormulas()).containsExactly("f1 ~ alpha");
        assertThat(farm.plans().get(3).getPlannedAt())
                .isEqualTo(farm.plans().get(0).getPlannedAt());
    }

    @Test
    void whatAnEditedStudyNoLongerWantsIsTakenOffThePlanSoThatTheStudyEnds() {
        submit("s", TWO_EXPERIMENTS);
        submit("t", TWO_EXPERIMENTS);
        String kept = farm.runs().get(0).getExperiment().getExperimentId();
        farm.runs().stream()
                .filter(run -> run.getExperiment().getExperimentId().equals(kept))
                .forEach(run -> farm.publish(Messages.result(run, Outcome.TRAINED)));
        double alpha = farm.runs().get(0).getExperiment().getAlpha();

        Submission edited = submit("s", TWO_EXPERIMENTS.replace("[0.6, 0.9]", String.valueOf(alpha)));

        assertThat(edited).isEqualTo(new Submission(0, 1, 0, 2, 0, 0, 1));
        FarmStatus status = FarmStatus.of(farm.state(), Optional.of("s"), farm.clock.instant());
        assertThat(status.runsPlanned()).isEqualTo(2);
        assertThat(status.isFinished()).isTrue();
        assertThat(farm.state().wanted(Optional.of("t"))).hasSize(2);
        assertThat(submit("s", TWO_EXPERIMENTS)).isEqualTo(new Submission(1, 1, 0, 2, 2, 0));
    }

    @Test
    void aSubmissionThatIsCutOffIsCompletedByTheNext() {
        farm.producer.sendException = new TimeoutException("no broker");
        assertThatThrownBy(() -> submit("s", TWO_EXPERIMENTS))
                .isInstanceOf(BrokerUnavailableException.class)
                .hasMessageContaining("submitting again completes them")
                .hasMessageContaining("no broker");

        farm.producer.sendException = null;

        assertThat(submit("s", TWO_EXPERIMENTS)).isEqualTo(new Submission(2, 0, 4, 0, 0, 0));
    }

    @Test
    void aFailedRunIsLeftToRetry() {
        submit("s", TWO_EXPERIMENTS);
        farm.publish(Messages.result(farm.runs().get(0), Outcome.FAILED));

        assertThat(submit("s", TWO_EXPERIMENTS)).isEqualTo(new Submission(0, 2, 0, 0, 3, 1));
    }

    @Test
    void aCancelledStudyThatIsSubmittedAgainIsWantedAgain() {
        submit("s", TWO_EXPERIMENTS);
        farm.publish(Messages.result(farm.runs().get(0), Outcome.CANCELLED));
        farm.deliver();
        new Reconciler(farm.producer, farm.view, farm.clock, Duration.ofSeconds(30)).cancel("s");

        assertThat(submit("s", TWO_EXPERIMENTS)).isEqualTo(new Submission(2, 0, 1, 0, 3, 0));
        assertThat(farm.state().wanted(Optional.of("s")))
                .extracting(Plan::getCancelled)
                .containsExactly(false, false);
        assertThat(farm.state().standing(RunKey.of(farm.runs().get(0)), farm.clock.instant()))
                .isEqualTo(RunStanding.QUEUED);
    }

    private Submission submit(String name, String text) {
        farm.deliver();
        StudyPlan plan = Planner.plan(
                StudyReader.parse("study: " + name + "\n" + text, "x.yaml", Path.of("/")), new CorpusCatalogue() {
                    @Override
                    public CorpusFacts describe(Sources sources) {
                        return new CorpusFacts("c", "v", 10_000, List.of("O"), new long[] {10_000}, 50, List.of());
                    }

                    @Override
                    public double alphaForAmi(Sources sources, double ami, AmiNormalisation normalisation) {
                        throw new IllegalStateException("these studies name alphas");
                    }
                });
        return submitter.submit(plan);
    }
}
