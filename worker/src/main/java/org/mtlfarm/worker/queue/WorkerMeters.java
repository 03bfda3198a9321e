package org.mtlfarm.worker.queue;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;

import org.mtlfarm.metrics.KafkaMeters;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.worker.network.CardEngine;
import org.mtlfarm.worker.network.CardUse;

/**
 * What a worker tells Prometheus; {@code docs/operations.md} says what each is for. Hears the runs as a listener, and passes on
 * what it hears.
 */
public final class WorkerMeters implements WorkerListener {
    /** Reports come at least that often, so a first one that says more is of a run that goes on from a checkpoint. */
    private static final long MOST_STEPS_A_REPORT = 50;

    private static final long MILLIS_REMEMBERED = 500;

    private static final Duration[] BUCKETS = Stream.of(1, 2, 5, 10, 20, 60, 120, 300, 600, 1800, 3600, 7200, 21_600)
            .map(Duration::ofSeconds)
            .toArray(Duration[]::new);

    private final MeterRegistry registry;
    private final WorkerListener next;
    private final Clock clock;
    private final Timer durations;
    private final LongAdder steps = new LongAdder();
    private final LongAdder tokens = new LongAdder();
    private final DoubleAdder seconds = new DoubleAdder();
    private final AtomicLong lastProgressMillis;
    /** Steps heard of, by run in training. */
    private final Map<RunKey, Long> heard = new ConcurrentHashMap<>();

    /**
     * @param next hears everything as well
     */
    public WorkerMeters(MeterRegistry registry, WorkerListener next, Clock clock) {
        this.registry = registry;
        this.next = next;
        this.clock = clock;
        this.lastProgressMillis = new AtomicLong(clock.millis());
        this.durations = Timer.builder("farm.worker.run.duration")
                .description("Training and scoring of a run that was trained or has diverged")
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
        counter("farm.worker.training.steps", "Training steps made", steps, LongAdder::sum);
        counter("farm.worker.training.tokens", "Tokens in the batches of these steps", tokens, LongAdder::sum);
        counter(
                "farm.worker.training.seconds",
                "Time that these steps took, over all slots",
                seconds,
                DoubleAdder::sum);
        Gauge.builder("farm.worker.last.progress.timestamp", lastProgressMillis, millis -> millis.get() / 1e3)
                .baseUnit("seconds")
                .description("Unix time of the last step, or of the last run taken or finished")
                .register(registry);
    }

    /** Begins to tell of a worker; once. */
    void of(WorkerCounters counters, int slots) {
        Gauge.builder("farm.worker.slots", () -> slots)
                .description("Runs that can be trained at a time")
                .register(registry);
        Gauge.builder("farm.worker.slots.busy", counters, WorkerCounters::busy)
                .description("Slots that hold a run")
                .register(registry);
        runs(counters, Outcome.TRAINED, WorkerCounters::trained);
        runs(counters, Outcome.DIVERGED, WorkerCounters::diverged);
        runs(counters, Outcome.FAILED, WorkerCounters::failed);
        runs(counters, Outcome.CANCELLED, WorkerCounters::cancelled);
        counter("farm.worker.retries", "Failed tries put back on the queue", counters, WorkerCounters::retried);
        counter("farm.worker.refused", "Runs for another worker, given back", counters, WorkerCounters::refused);
        counter(
                "farm.worker.given.back",
                "Runs given back by a stop, for a lost lock, or as suspects while others trained",
                counters,
                WorkerCounters::givenBack);
        counter(
                "farm.worker.redelivered",
                "Runs taken that had been handed out before",
                counters,
                WorkerCounters::redelivered);
        counter("farm.worker.leases.lost", "Locks lost before the run's end", counters, WorkerCounters::leasesLost);
        counter("farm.worker.lease.renewals", "Locks renewed", counters, WorkerCounters::renewals);
        counter(
                "farm.worker.unconfirmed",
                "Acknowledgements that the broker did not confirm",
                counters,
                WorkerCounters::unconfirmed);
        counter("farm.worker.unreadable", "Queue records that are no run", counters, WorkerCounters::unreadable);
        counter(
                "farm.worker.abandoned",
                "Trainings that ignored their cancellation",
                counters,
                WorkerCounters::abandoned);
        counter("farm.worker.dead.letters", "Runs given up", counters, WorkerCounters::deadLetters);
    }

    /** Begins to tell of the card that this worker computes on; once. */
    public void of(CardEngine engine) {
        Supplier<CardUse> use = remembered(engine);
        Tags card = Tags.of("gpu", use.get().card());
        gauge(
                "farm.gpu.utilization.ratio",
                "Part of the time in which the GPU has work of this worker",
                card,
                use,
                CardUse::utilization);
        gauge(
                "farm.gpu.memory.used.bytes",
                "Memory of the GPU in use, by all processes",
                card,
                use,
                CardUse::memoryUsedBytes);
        gauge("farm.gpu.memory.total.bytes", "Memory of the GPU", card, use, CardUse::memoryTotalBytes);
        gauge("farm.gpu.models", "Models in training on the GPU", card, use, CardUse::models);
        counter("farm.gpu.launches", "How often steps were sent to the GPU", card, use, CardUse::launches);
        counter("farm.gpu.steps", "Steps of models in these", card, use, CardUse::steps);
    }

    /** All of a scrape's numbers are of one moment, and of one question. */
    private Supplier<CardUse> remembered(CardEngine engine) {
        return new Supplier<>() {
            private CardUse last;
            private long askedMillis;

            @Override
            public synchronized CardUse get() {
                long now = clock.millis();
                if (last == null || Math.abs(now - askedMillis) > MILLIS_REMEMBERED) {
                    last = engine.use();
                    askedMillis = now;
                }
                return last;
            }
        };
    }

    private void gauge(
            String name, String description, Tags tags, Supplier<CardUse> use, ToDoubleFunction<CardUse> number) {
        Gauge.builder(name, () -> number.applyAsDouble(use.get()))
                .description(description)
                .tags(tags)
                .register(registry);
    }

    private void counter(
            String name, String description, Tags tags, Supplier<CardUse> use, ToDoubleFunction<CardUse> number) {
        FunctionCounter.builder(name, use, asked -> number.applyAsDouble(asked.get()))
                .description(description)
                .tags(tags)
                .register(registry);
    }

    /** Of the producers by which results leave. */
    KafkaMeters producers() {
        return KafkaMeters.ofProducers(registry, "worker");
    }

    private void runs(WorkerCounters counters, Outcome outcome, ToDoubleFunction<WorkerCounters> count) {
        FunctionCounter.builder("farm.worker.runs", counters, count)
                .description("Results published")
                .tag("outcome", outcome.name().toLowerCase(java.util.Locale.ROOT))
                .register(registry);
    }

    private <T> void counter(String name, String description, T source, ToDoubleFunction<T> count) {
        FunctionCounter.builder(name, source, count).description(description).register(registry);
    }

    @Override
    public void started(Run run) {
        heard.put(RunKey.of(run), 0L);
        lastProgressMillis.set(clock.millis());
        next.started(run);
    }

    @Override
    public void progressed(Run run, long step, long stepsInAll, double loss, double stepsPerSecond) {
        Long before = heard.replace(RunKey.of(run), step);
        if (before != null && step > before) {
            long made = before == 0 ? Math.min(step, MOST_STEPS_A_REPORT) : step - before;
            steps.add(made);
            tokens.add(made * run.getExperiment().getTraining().getBatch());
            if (stepsPerSecond > 0 && Double.isFinite(stepsPerSecond)) {
                seconds.add(made / stepsPerSecond);
            }
        }
        lastProgressMillis.set(clock.millis());
        next.progressed(run, step, stepsInAll, loss, stepsPerSecond);
    }

    @Override
    public void finished(Run run, RunResult result) {
        heard.remove(RunKey.of(run));
        lastProgressMillis.set(clock.millis());
        if (result.getOutcome() == Outcome.TRAINED || result.getOutcome() == Outcome.DIVERGED) {
            durations.record(Duration.ofNanos((long) (1e9 * (result.getTrainSeconds() + result.getScoreSeconds()))));
        }
        next.finished(run, result);
    }

    @Override
    public void givenBack(Run run, String reason) {
        heard.remove(RunKey.of(run));
        next.givenBack(run, reason);
    }

    @Override
    public void endsIdle(String reason) {
        next.endsIdle(reason);
    }
}
