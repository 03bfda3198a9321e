package org.mtlfarm.aggregator;

import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

import org.mtlfarm.metrics.KafkaMeters;

/** What an aggregator tells Prometheus; {@code docs/operations.md} says what each meter is for. */
public final class AggregatorMeters {
    private AggregatorMeters() {}

    /** Puts an aggregator's meters into a registry; once. */
    public static void bind(AggregatorService aggregator, MeterRegistry registry) {
        results(aggregator, registry, "counted", AggregatorCounters::counted);
        results(aggregator, registry, "repeated_same", AggregatorCounters::repeatedSame);
        results(aggregator, registry, "repeated_different", AggregatorCounters::repeatedDifferent);
        results(aggregator, registry, "untrained", AggregatorCounters::untrained);
        FunctionCounter.builder("farm.aggregator.averages", aggregator.counters(), AggregatorCounters::averages)
                .description("Averages published")
                .register(registry);
        FunctionCounter.builder("farm.aggregator.set.aside", aggregator, AggregatorService::recordsSetAside)
                .description("Results that no average can use")
                .register(registry);
        Gauge.builder("farm.aggregator.running", aggregator, service -> service.isRunning() ? 1 : 0)
                .description("1 while it takes in results")
                .register(registry);
        KafkaMeters.ofStreams(registry).add(aggregator::clientMetrics);
    }

    private static void results(
            AggregatorService aggregator,
            MeterRegistry registry,
            String kind,
            ToDoubleFunction<AggregatorCounters> count) {
        FunctionCounter.builder("farm.aggregator.results", aggregator.counters(), count)
                .description("Results taken in, by what became of them")
                .tag("kind", kind)
                .register(registry);
    }
}
