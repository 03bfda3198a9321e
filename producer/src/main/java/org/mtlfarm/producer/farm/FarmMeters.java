package org.mtlfarm.producer.farm;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.LongAdder;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;

import org.mtlfarm.schemas.Plan;

/**
 * What is done, running, failed and missing, for Prometheus: over all that is wanted, and by study. As good as the last look;
 * {@code docs/operations.md} says what each meter is for. Written by one thread, read by any.
 */
public final class FarmMeters {
    private final MultiGauge runs;
    private final MultiGauge studyRuns;
    private final MultiGauge studyExperiments;
    private final MultiGauge studyEtas;
    private final LongAdder enqueued = new LongAdder();
    private final LongAdder givenUp = new LongAdder();
    private final LongAdder looks = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private volatile int waiting;
    private volatile int inFlight;
    private volatile double lookedAt = Double.NaN;

    public FarmMeters(MeterRegistry registry) {
        Gauge.builder("farm.queue.waiting.runs", () -> waiting)
                .description("Runs on the queue that no worker has taken")
                .register(registry);
        Gauge.builder("farm.queue.in.flight.runs", () -> inFlight)
                .description("Runs in training")
                .register(registry);
        Gauge.builder("farm.status.timestamp", () -> lookedAt)
                .baseUnit("seconds")
                .description("Unix time of the look that the farm's numbers are from")
                .register(registry);
        runs = MultiGauge.builder("farm.runs")
                .description("Runs that are wanted, by state")
                .register(registry);
        studyRuns = MultiGauge.builder("farm.study.runs")
                .description("Runs that a study wants, by state")
                .register(registry);
        studyExperiments = MultiGauge.builder("farm.study.experiments")
                .description("Experiments of a study's grid, by state")
                .register(registry);
        studyEtas = MultiGauge.builder("farm.study.eta")
                .baseUnit("seconds")
                .description("Until a study's last run is done; not a number while none is in training")
                .register(registry);
        counter(registry, "farm.reconciler.enqueued", "Runs put on the queue that were nowhere", enqueued);
        counter(registry, "farm.reconciler.given.up", "Runs given up that the queue had dropped too often", givenUp);
        counter(registry, "farm.reconciler.looks", "Times that the plan was held against the queue", looks);
        counter(registry, "farm.reconciler.failures", "Times that the farm could not be looked at", failures);
        take(FarmStatus.of(new FarmState(Duration.ZERO), Optional.empty(), Instant.EPOCH));
    }

    private static void counter(MeterRegistry registry, String name, String description, LongAdder count) {
        FunctionCounter.builder(name, count, LongAdder::sum)
                .description(description)
                .register(registry);
    }

    void reconciled(Reconciler.Reconciliation done) {
        looks.increment();
        enqueued.add(done.enqueued());
        givenUp.add(done.givenUp());
    }

    void failed() {
        failures.increment();
    }

    /**
     * Takes a look.
     *
     * @param now of the state's records
     */
    public void take(FarmState state, Instant now) {
        take(FarmStatus.of(state, Optional.empty(), now));
        Set<String> studies = new TreeSet<>();
        state.plans().stream()
                .filter(Reconciler::mayBeWanted)
                .map(Plan::getStudy)
                .forEach(studies::add);
        List<MultiGauge.Row<?>> ofRuns = new ArrayList<>();
        List<MultiGauge.Row<?>> ofExperiments = new ArrayList<>();
        List<MultiGauge.Row<?>> etas = new ArrayList<>();
        for (String study : studies) {
            FarmStatus status = FarmStatus.of(state, Optional.of(study), now);
            Tags tags = Tags.of("study", study);
            ofRuns.addAll(runs(status, tags));
            int partial = status.partial() - status.partialWithFailures();
            ofExperiments.add(row(tags, "complete", status.complete()));
            ofExperiments.add(row(tags, "failed", status.withFailures()));
            ofExperiments.add(row(tags, "partial", partial));
            ofExperiments.add(
                    row(tags, "waiting", status.planned() - status.complete() - status.withFailures() - partial));
            ofExperiments.add(row(tags, "held", status.held()));
            ofExperiments.add(row(tags, "spared", status.spared()));
            etas.add(MultiGauge.Row.of(tags, status.etaSeconds() == null ? Double.NaN : status.etaSeconds()));
        }
        studyRuns.register(ofRuns, true);
        studyExperiments.register(ofExperiments, true);
        studyEtas.register(etas, true);
        lookedAt = System.currentTimeMillis() / 1e3;
    }

    private void take(FarmStatus all) {
        runs.register(runs(all, Tags.empty()), true);
        waiting = all.queued();
        inFlight = all.running();
    }

    private static List<MultiGauge.Row<?>> runs(FarmStatus status, Tags tags) {
        return List.of(
                row(tags, "done", status.runsDone()),
                row(tags, "running", status.running()),
                row(tags, "queued", status.queued()),
                row(tags, "missing", status.missing()),
                row(tags, "failed", status.failed()),
                row(tags, "cancelled", status.cancelled()),
                row(tags, "paused", status.paused()));
    }

    private static MultiGauge.Row<?> row(Tags tags, String state, int number) {
        return MultiGauge.Row.of(tags.and("state", state), number);
    }
}
