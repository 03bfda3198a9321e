package org.mtlfarm.metrics;

import java.nio.file.Path;
import java.util.function.BooleanSupplier;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.DiskSpaceMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

/**
 * What one process tells Prometheus. Holds the registry that its parts put their meters into, and has the JVM's and the
 * process's own in it from the start. Safe for use by several threads.
 */
public final class FarmMetrics implements AutoCloseable {
    /** Of {@link #scrape}: Prometheus's text format. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private volatile BooleanSupplier ready = () -> false;

    private FarmMetrics(String service, String version) {
        registry.gauge(
                "farm.build.info",
                Tags.of("service", service, "version", version, "java", System.getProperty("java.version", "")),
                1);
        Gauge.builder("farm.ready", () -> isReady() ? 1 : 0)
                .description("1 while the service does its work")
                .register(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ClassLoaderMetrics().bindTo(registry);
        collections.bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new ProcessMeters().bindTo(registry);
    }

    /**
     * Of a process that has just started.
     *
     * @param service what it is: worker, aggregator
     * @param version of the farm
     */
    public static FarmMetrics of(String service, String version) {
        return new FarmMetrics(service, version);
    }

    /** For the parts' own meters. */
    public MeterRegistry registry() {
        return registry;
    }

    /** Tells from now on how much room is left where a folder lies. */
    public void watchRoom(Path folder) {
        new DiskSpaceMetrics(folder.toFile()).bindTo(registry);
    }

    /** From now on this says whether the service does its work; until then it does not. */
    public void readyWhen(BooleanSupplier working) {
        ready = working;
    }

    public boolean isReady() {
        return ready.getAsBoolean();
    }

    /** All meters as they stand, in Prometheus's text format. */
    public String scrape() {
        return registry.scrape(CONTENT_TYPE);
    }

    @Override
    public void close() {
        collections.close();
        registry.close();
    }
}
