package org.mtlfarm.regressor.sampling;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import org.mtlfarm.regressor.search.FitSettings;
import org.mtlfarm.regressor.service.FormulaFit;
import org.mtlfarm.regressor.service.RegressorSettings;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.FormulaSpecification;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.Sampling;
import org.mtlfarm.schemas.SamplingState;
import org.mtlfarm.schemas.Slot;
import org.mtlfarm.schemas.Sources;
import org.mtlfarm.schemas.TrainingSettings;

import static org.assertj.core.api.Assertions.assertThat;

/** A grid of 50 experiments whose F1 is known, asked for round by round. */
class AdaptiveStudyTest {
    static {
        AvroCodec.trustMessages();
    }

    private static final Instant NOW = Instant.ofEpochMilli(1_700_000_000_000L);
    private static final int RUNS = 5;
    private static final double STD = 0.01;
    private static final FitSettings FIT =
            RegressorSettings.defaults().whileRunning().withEffort(60_000_000L).withCap(Duration.ofHours(1));

    private final Map<String, Plan> plans = new TreeMap<>();
    private final Map<String, Average> averages = new HashMap<>();

    AdaptiveStudyTest() {
        for (int tasks : new int[] {1, 2, 4, 8}) {
            for (int tokens : new int[] {500, 1000, 2000, 4000, 8000}) {
                for (double alpha : new double[] {0.5, 0.8, 0.99}) {
                    held(tasks, tokens, tasks == 1 ? 1 : alpha);
                }
            }
        }
    }

    private void held(int tasks, int tokens, double alpha) {
        String id = "t%d-n%d-a%s".formatted(tasks, tokens, alpha);
        Experiment experiment = Experiment.newBuilder()
                .setExperimentId(id)
                .setCorpusHash("c")
                .setVectorsHash("v")
                .setTasks(tasks)
                .setTokensReal(tokens)
                .setTokensSynthetic(tokens)
                .setAlpha(alpha)
                .setSharedLayers(2)
                .setTraining(TrainingSettings.newBuilder()
                        .setEpochs(10)
                        .setHidden(50)
                        .build())
                .build();
        plans.put(
                id,
                Plan.newBuilder()
                        .setStudy("s")
                        .setExperiment(experiment)
                        .setRuns(RUNS)
                        .setFormulas(List.of("f1 ~ tokens", "f1 ~ tokens, tasks, ami", "f1 ~ ami where tasks > 1"))
                        .setSources(new Sources("builtin", "builtin"))
                        .setCancelled(true)
                        .setSampling(Sampling.newBuilder()
                                .setState(SamplingState.HELD)
                                .setPrecision(0.02)
                                .setFirst(12)
                                .setBatch(5)
                                .setGrid(50)
                                .build())
                        .setPlannedAt(NOW)
                        .build());
    }

    private static double ami(Experiment experiment) {
        return experiment.getTasks() == 1 ? 1 : Math.pow(experiment.getAlpha(), 3);
    }

    private static double f1(Experiment experiment) {
        double tokens = experiment.getTokensReal() * Math.pow(experiment.getTasks(), 0.6 * ami(experiment));
        return 0.8 * tokens / (tokens + 3000);
    }

    /** All that is asked for has run. */
    private void run() {
        for (Plan plan : plans.values()) {
            Experiment experiment = plan.getExperiment();
            String id = experiment.getExperimentId();
            if (!plan.getCancelled()) {
                double error = STD / Math.sqrt(RUNS) * new Random(id.hashCode()).nextGaussian();
                averages.put(id, average(experiment, f1(experiment) + error, RUNS));
            }
        }
    }

    private static Average average(Experiment experiment, double f1, int done) {
        return Average.newBuilder()
                .setExperiment(experiment)
                .setRuns(RUNS)
                .setRunsDone(done)
                .setComplete(done == RUNS)
                .setF1Mean(f1)
                .setF1Std(STD)
                .setF1Min(f1)
                .setF1Max(f1)
                .setF1DevMean(f1)
                .setAmiMean(ami(experiment))
                .setSlots(IntStream.range(0, done)
                        .mapToObj(run -> new Slot(run, Outcome.TRAINED, f1, f1, ami(experiment), null, null))
                        .toList())
                .setUpdatedAt(NOW)
                .build();
    }

    private AdaptiveStudy.Decision decide() {
        return AdaptiveStudy.decide(plans.values(), averages, FIT);
    }

    private void take(AdaptiveStudy.Decision decision) {
        decision.plans().forEach(plan -> plans.put(plan.getExperiment().getExperimentId(), plan));
    }

    private List<Plan> in(SamplingState state) {
        return plans.values().stream()
                .filter(plan -> plan.getSampling().getState() == state)
                .toList();
    }

    private void toTheEnd() {
        for (int round = 0; AdaptiveStudy.isOpen(plans.values()); round++) {
            assertThat(round).as("rounds").isLessThan(15);
            AdaptiveStudy.Decision decision = decide();
            assertThat(decision.plans()).as(decision.why()).isNotEmpty();
            take(decision);
            run();
        }
    }

    @Test
    void theFirstRoundLiesAllOverTheGrid() {
        AdaptiveStudy.Decision decision = decide();

        assertThat(decision.plans()).hasSize(12).allSatisfy(plan -> {
            assertThat(plan.getCancelled()).isFalse();
            assertThat(plan.getSampling().getState()).isEqualTo(SamplingState.ASKED);
            assertThat(plan.getSampling().getRound()).isEqualTo(1);
            assertThat(plan.getSampling().getDoubt()).isNull();
        });
        assertThat(decision.plans().stream().map(plan -> plan.getExperiment().getTokensReal()))
                .contains(500, 8000);
        assertThat(decision.plans().stream().map(plan -> plan.getExperiment().getTasks()))
                .contains(1, 8);
    }

    @Test
    void nothingIsDecidedBeforeAllOfThePlanIsThere() {
        List<Plan> all = List.copyOf(plans.values());
        List<Plan> extended = new ArrayList<>(all);
        extended.set(
                0,
                Plan.newBuilder(all.get(0))
                        .setSampling(Sampling.newBuilder(all.get(0).getSampling())
                                .setGrid(80)
                                .build())
                        .build());

        assertThat(all).hasSize(50);
        assertThat(AdaptiveStudy.decide(all.subList(0, 49), averages, FIT).plans())
                .isEmpty();
        assertThat(AdaptiveStudy.decide(extended, averages, FIT).plans())
                .as("of a study that is submitted anew")
                .isEmpty();
        List<Plan> fromBefore = all.subList(0, 30).stream()
                .map(plan -> Plan.newBuilder(plan)
                        .setSampling(Sampling.newBuilder(plan.getSampling())
                                .setGrid(0)
                                .build())
                        .build())
                .toList();
        assertThat(AdaptiveStudy.decide(fromBefore, averages, FIT).plans())
                .as("of versions that did not say how many")
                .hasSize(12);
    }

    @Test
    void nothingIsDecidedBeforeWhatWasAskedForIsDoneNorWhileTheStudyRests() {
        take(decide());
        assertThat(decide().plans()).isEmpty();
        run();
        Plan one = in(SamplingState.ASKED).get(0);
        String id = one.getExperiment().getExperimentId();
        Average whole = averages.put(id, average(one.getExperiment(), 0.3, RUNS - 1));
        assertThat(decide().plans()).isEmpty();
        List<Slot> slots = new ArrayList<>(whole.getSlots());
        slots.set(0, Slot.newBuilder(slots.get(0)).setOutcome(Outcome.CANCELLED).build());
        averages.put(
                id, Average.newBuilder(whole).setSlots(slots).setComplete(false).build());
        assertThat(decide().plans()).as("of a run that was cancelled").isEmpty();
        averages.put(id, whole);
        Plan held = in(SamplingState.HELD).get(0);
        String heldId = held.getExperiment().getExperimentId();
        plans.put(heldId, Plan.newBuilder(held).setPaused(true).build());
        assertThat(decide().plans()).isEmpty();
        plans.put(heldId, held);
        plans.put(id, Plan.newBuilder(one).setPaused(true).build());
        assertThat(decide().plans()).isEmpty();
        plans.put(id, one);
        assertThat(decide().plans())
                .hasSize(5)
                .allSatisfy(plan -> assertThat(plan.getSampling().getRound()).isEqualTo(2));
    }

    @Test
    void itEndsWithAPartOfTheGridAndALawThatHoldsOnTheRest() {
        toTheEnd();

        List<Plan> spared = in(SamplingState.SPARED);
        assertThat(spared).hasSizeGreaterThan(15).allSatisfy(plan -> {
            assertThat(plan.getCancelled()).isTrue();
            assertThat(plan.getSampling().getDoubt()).isLessThanOrEqualTo(0.02);
        });
        List<Average> rows = new ArrayList<>(averages.values());
        SamplingRound law = SamplingRound.of(
                FormulaFit.table("s", FormulaSpecification.parse("f1 ~ tokens, tasks, ami"), rows), FIT);
        double squares = 0;
        for (Plan plan : spared) {
            Experiment experiment = plan.getExperiment();
            double error =
                    law.value(experiment.getTokensReal(), experiment.getTasks(), ami(experiment)) - f1(experiment);
            squares += error * error / spared.size();
        }
        assertThat(Math.sqrt(squares)).isLessThan(0.03);
    }

    @Test
    void whoeverDecidesDecidesTheSame() {
        take(decide());
        run();
        List<Plan> shuffled = new ArrayList<>(plans.values());
        Collections.shuffle(shuffled, new Random(1));
        Map<String, Average> more = new HashMap<>(averages);
        more.put("of another study", averages.values().iterator().next());

        assertThat(AdaptiveStudy.decide(shuffled, more, FIT)).isEqualTo(decide());
    }

    @Test
    void aRoundOfWhichEveryRunFailedIsNoEnd() {
        take(decide());
        for (Plan plan : in(SamplingState.ASKED)) {
            List<Slot> failed = IntStream.range(0, RUNS)
                    .mapToObj(run -> new Slot(run, Outcome.FAILED, 0.0, 0.0, 0.0, null, null))
                    .toList();
            averages.put(
                    plan.getExperiment().getExperimentId(),
                    Average.newBuilder(average(plan.getExperiment(), 0, 0))
                            .setFailed(RUNS)
                            .setSlots(failed)
                            .build());
        }

        assertThat(decide().plans())
                .hasSize(5)
                .allSatisfy(plan -> assertThat(plan.getSampling().getState()).isEqualTo(SamplingState.ASKED));
    }

    @Test
    void aStudyThatIsCancelledOrWholeIsNotOpen() {
        assertThat(AdaptiveStudy.isOpen(plans.values())).isTrue();
        plans.replaceAll((id, plan) -> Plan.newBuilder(plan).setSampling(null).build());
        Collection<Plan> cancelled = plans.values();
        assertThat(AdaptiveStudy.isOpen(cancelled)).isFalse();
        assertThat(decide().plans()).isEmpty();
    }

    @Test
    void theRelatednessOfAnAlphaIsThatOfTheSameOneOrLiesBetweenItsNeighbours() {
        take(decide());
        run();
        AmiOfAlpha ami = AmiOfAlpha.of(List.copyOf(averages.values()));

        assertThat(ami.at(1)).isEqualTo(1);
        assertThat(ami.at(0.99)).isEqualTo(Math.pow(0.99, 3));
        assertThat(ami.at(0.9)).isBetween(Math.pow(0.8, 3), Math.pow(0.99, 3));
        assertThat(ami.at(0.1)).isEqualTo(ami.at(0.5));
    }
}
