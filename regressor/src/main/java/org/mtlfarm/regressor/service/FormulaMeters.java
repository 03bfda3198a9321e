package org.mtlfarm.regressor.service;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;

import org.mtlfarm.schemas.Formula;

/**
 * What a regressor tells Prometheus; {@code docs/operations.md} says what each meter is for. Written by the regressor's thread,
 * read by any.
 */
public final class FormulaMeters {
    private static final double[] QUANTILES = {0.5, 0.9, 1};

    private final List<FormulaGauge> gauges;
    private final MultiGauge spreads;
    private final Timer fits;
    private final LongAdder searched = new LongAdder();
    private final LongAdder constants = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final Map<String, Formula> formulas = new TreeMap<>();

    private record FormulaGauge(MultiGauge gauge, ToDoubleFunction<Formula> value) {}

    public FormulaMeters(MeterRegistry registry) {
        gauges = List.of(
                gauge(
                        registry,
                        "farm.formula.test.r2",
                        "R2 on held-out rows",
                        formula -> formula.getBest().getTestR2()),
                gauge(
                        registry,
                        "farm.formula.test.mse",
                        "Mean squared error on held-out rows",
                        formula -> formula.getBest().getTestMse()),
                gauge(
                        registry,
                        "farm.formula.complexity.nodes",
                        "Nodes of the formula",
                        formula -> formula.getBest().getComplexity()),
                gauge(registry, "farm.formula.rows", "Averages that it was fitted to", Formula::getRows),
                gauge(
                        registry,
                        "farm.formula.settled",
                        "1 when the study is done",
                        formula -> formula.getSettled() ? 1 : 0),
                gauge(
                        registry,
                        "farm.formula.fit.timestamp.seconds",
                        "Unix time of the fit",
                        formula -> formula.getFittedAt().toEpochMilli() / 1e3));
        spreads = MultiGauge.builder("farm.study.f1.std")
                .description(
                        "Standard deviation of F1 over the runs of an experiment: quantiles over complete experiments")
                .register(registry);
        fits = Timer.builder("farm.regressor.fit.duration")
                .description("Time of a fit")
                .register(registry);
        fits(registry, "searched", searched);
        fits(registry, "constants", constants);
        FunctionCounter.builder("farm.regressor.failures", failures, LongAdder::sum)
                .description("Fits that no formula came of")
                .register(registry);
    }

    private static FormulaGauge gauge(
            MeterRegistry registry, String name, String description, ToDoubleFunction<Formula> value) {
        return new FormulaGauge(
                MultiGauge.builder(name).description(description).register(registry), value);
    }

    private static void fits(MeterRegistry registry, String kind, LongAdder count) {
        FunctionCounter.builder("farm.regressor.fits", count, LongAdder::sum)
                .description("Formulas fitted: searched anew, or the constants only")
                .tag("kind", kind)
                .register(registry);
    }

    /** What was published before this process began. */
    void known(Formula formula) {
        formulas.put(formula.getStudy() + "/" + formula.getSpecification(), formula);
        show();
    }

    void fitted(Formula formula) {
        fits.record(Duration.ofNanos((long) (1e9 * formula.getSeconds())));
        (formula.getSearchedRows() == formula.getRows() ? searched : constants).increment();
        known(formula);
    }

    void failed() {
        failures.increment();
    }

    /** By study, the standard deviation of every complete experiment. */
    void spreads(Map<String, double[]> byStudy) {
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        byStudy.forEach((study, deviations) -> {
            double[] sorted = deviations.clone();
            Arrays.sort(sorted);
            for (double quantile : QUANTILES) {
                double value = sorted.length == 0 ? Double.NaN : sorted[(int) Math.ceil(quantile * sorted.length) - 1];
                rows.add(MultiGauge.Row.of(Tags.of("study", study, "quantile", Double.toString(quantile)), value));
            }
        });
        spreads.register(rows, true);
    }

    private void show() {
        for (FormulaGauge gauge : gauges) {
            List<MultiGauge.Row<?>> rows = new ArrayList<>();
            formulas.values()
                    .forEach(formula -> rows.add(MultiGauge.Row.of(
                            Tags.of("study", formula.getStudy(), "formula", formula.getSpecification()),
                            gauge.value().applyAsDouble(formula))));
            gauge.gauge().register(rows, true);
        }
    }
}
