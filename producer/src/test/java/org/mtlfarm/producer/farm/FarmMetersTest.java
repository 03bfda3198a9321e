package org.mtlfarm.producer.farm;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.Sampling;
import org.mtlfarm.schemas.SamplingState;

import static org.assertj.core.api.Assertions.assertThat;

class FarmMetersTest {
    private static final Instant NOW = Messages.START.plusSeconds(60);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final FarmMeters meters = new FarmMeters(registry);
    private final FarmState state = new FarmState(Duration.ofSeconds(30));

    @Test
    void everyNumberIsThereFromTheStart() {
        assertThat(gauge("farm.queue.waiting.runs")).isZero();
        assertThat(gauge("farm.runs", "state", "missing")).isZero();
        assertThat(registry.get("farm.reconciler.enqueued").functionCounter().count())
                .isZero();
    }

    @Test
    void aLookTellsTheFarmsRunsAndEachStudys() {
        Plan first = plan("s", "e1");
        Plan second = plan("t", "e2");
        state.enqueued(Messages.run(first, 0), 0, 0);
        state.result(Messages.result(Messages.run(first, 0), Outcome.TRAINED));
        state.enqueued(Messages.run(first, 1), 0, 1);
        state.progress(Messages.progress(Messages.run(first, 1), 40, 8, NOW));
        state.enqueued(Messages.run(second, 0), 0, 2);
        state.queueStart(Map.of(0, 1L));

        meters.take(state, NOW);

        assertThat(gauge("farm.runs", "state", "done")).isEqualTo(1);
        assertThat(gauge("farm.queue.in.flight.runs")).isEqualTo(1);
        assertThat(gauge("farm.queue.waiting.runs")).isEqualTo(1);
        assertThat(gauge("farm.runs", "state", "missing")).isEqualTo(1);
        assertThat(gauge("farm.study.runs", "study", "s", "state", "running")).isEqualTo(1);
        assertThat(gauge("farm.study.experiments", "study", "s", "state", "partial"))
                .isEqualTo(1);
        assertThat(gauge("farm.study.experiments", "study", "t", "state", "waiting"))
                .isEqualTo(1);
        assertThat(gauge("farm.study.eta", "study", "s")).isEqualTo(7.5);
        assertThat(gauge("farm.study.eta", "study", "t")).isNaN();
    }

    @Test
    void anExperimentWithARunThatFailedForGoodIsToldApartWhateverItsOthersHaveComeTo() {
        Plan plan = plan("s", "e1");
        state.result(Messages.result(Messages.run(plan, 0), Outcome.FAILED));
        meters.take(state, NOW);

        assertThat(experiments("failed")).isEqualTo(1);
        assertThat(experiments("waiting")).isZero();

        state.result(Messages.result(Messages.run(plan, 1), Outcome.TRAINED));
        meters.take(state, NOW);

        assertThat(experiments("failed")).isEqualTo(1);
        assertThat(experiments("partial")).isZero();
    }

    @Test
    void whatAnAdaptiveStudyHoldsAndSparesIsToldBesideWhatItWants() {
        plan("s", "e1");
        sampled(plan("s", "e2"), SamplingState.HELD);
        sampled(plan("s", "e3"), SamplingState.SPARED);
        sampled(plan("t", "e4"), SamplingState.HELD);

        meters.take(state, NOW);

        assertThat(experiments("waiting")).isEqualTo(1);
        assertThat(experiments("held")).isEqualTo(1);
        assertThat(experiments("spared")).isEqualTo(1);
        assertThat(gauge("farm.study.experiments", "study", "t", "state", "held"))
                .isEqualTo(1);
    }

    private void sampled(Plan plan, SamplingState as) {
        Sampling sampling = Sampling.newBuilder()
                .setState(as)
                .setPrecision(0.02)
                .setFirst(1)
                .setBatch(1)
                .build();
        state.plan(
                Plan.newBuilder(plan).setCancelled(true).setSampling(sampling).build(), 9);
    }

    private double experiments(String ofState) {
        return gauge("farm.study.experiments", "study", "s", "state", ofState);
    }

    @Test
    void aStudyThatIsCancelledIsToldOfNoMore() {
        Plan plan = plan("s", "e1");
        meters.take(state, NOW);
        state.plan(Plan.newBuilder(plan).setCancelled(true).build(), 9);
        meters.take(state, NOW);

        assertThat(registry.find("farm.study.runs").gauges()).isEmpty();
    }

    private Plan plan(String study, String experiment) {
        Plan plan = Messages.plan(study, experiment);
        state.plan(plan, 0);
        return plan;
    }

    private double gauge(String name, String... tags) {
        return registry.get(name).tags(tags).gauge().value();
    }
}
