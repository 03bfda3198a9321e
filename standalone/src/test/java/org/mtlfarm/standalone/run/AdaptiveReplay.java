package org.mtlfarm.standalone.run;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.mtlfarm.producer.study.RunSteps;
import org.mtlfarm.regressor.sampling.AdaptiveStudy;
import org.mtlfarm.regressor.sampling.SamplingRound;
import org.mtlfarm.regressor.service.FormulaFit;
import org.mtlfarm.regressor.service.RegressorSettings;
import org.mtlfarm.regressor.table.Table;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.FormulaSpecification;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.Sampling;
import org.mtlfarm.schemas.SamplingState;
import org.mtlfarm.standalone.findings.Sampled;
import org.mtlfarm.standalone.findings.Sentences;
import org.mtlfarm.standalone.report.ReportFolder;
import org.mtlfarm.standalone.report.StudyReport;

/**
 * What an adaptive study would have asked for where the whole grid has run: its runs have the same seeds, so it is the same study. Prints
 * each round, and how well the law of what it asked for foretells what it spared. By hand: {@code benchmarks/farm adaptive FOLDER [PRECISION
 * [FIRST [BATCH]]]}.
 */
public final class AdaptiveReplay {
    private static final String LAW = "f1 ~ tokens, ami, tasks";

    private AdaptiveReplay() {}

    public static void main(String[] arguments) {
        StudyReport report = ReportFolder.read(Path.of(arguments[0]), Instant.EPOCH);
        Sampling held = Sampling.newBuilder()
                .setState(SamplingState.HELD)
                .setPrecision(arguments.length > 1 ? Double.parseDouble(arguments[1]) : 0.02)
                .setFirst(arguments.length > 2 ? Integer.parseInt(arguments[2]) : 16)
                .setBatch(arguments.length > 3 ? Integer.parseInt(arguments[3]) : 6)
                .build();
        Map<String, Average> whole = report.averages().stream()
                .collect(Collectors.toMap(average -> average.getExperiment().getExperimentId(), average -> average));
        Map<String, Plan> plans = new TreeMap<>();
        whole.forEach((id, average) -> plans.put(
                id,
                Plan.newBuilder()
                        .setStudy("replay")
                        .setExperiment(average.getExperiment())
                        .setRuns(average.getRuns())
                        .setFormulas(List.of(LAW))
                        .setSources(report.sources())
                        .setCancelled(true)
                        .setSampling(held)
                        .setPlannedAt(Instant.EPOCH)
                        .build()));
        while (AdaptiveStudy.isOpen(plans.values())) {
            long start = System.nanoTime();
            AdaptiveStudy.Decision decision = AdaptiveStudy.decide(
                    plans.values(), whole, RegressorSettings.defaults().whileRunning());
            System.out.printf(
                    Locale.ROOT, "%s (decided in %.1f s)%n", decision.why(), (System.nanoTime() - start) / 1e9);
            decision.plans().forEach(plan -> plans.put(plan.getExperiment().getExperimentId(), plan));
        }
        Sentences.ofSampling(Sampled.of(plans.values())).ifPresent(System.out::println);
        tell(
                plans.values().stream()
                        .filter(plan -> plan.getSampling().getState() == SamplingState.ASKED)
                        .map(plan -> whole.get(plan.getExperiment().getExperimentId()))
                        .toList(),
                report.averages());
    }

    private static void tell(List<Average> asked, List<Average> all) {
        FormulaSpecification law = FormulaSpecification.parse(LAW);
        Table table = FormulaFit.table("replay", law, FormulaFit.rows(law, asked));
        SamplingRound last =
                SamplingRound.of(table, RegressorSettings.defaults().whenSettled());
        List<Average> spared = new ArrayList<>(all);
        spared.removeAll(asked);
        double[] errors = {rms(last, law, spared), rms(last, law, all)};
        Table whole = FormulaFit.table("replay", law, FormulaFit.rows(law, all));
        SamplingRound ofAll =
                SamplingRound.of(whole, RegressorSettings.defaults().whenSettled());
        double noise = Math.sqrt(all.stream()
                .mapToDouble(one -> one.getF1Std() * one.getF1Std() / one.getRuns())
                .average()
                .orElseThrow());
        System.out.printf(
                Locale.ROOT,
                "its law is wrong by %.4f (rms) of the %d spared and by %.4f of all %d; the law of the whole grid by %.4f of these; an average's standard error is %.4f%n",
                errors[0],
                spared.size(),
                errors[1],
                all.size(),
                rms(ofAll, law, all),
                noise);
        long steps = all.stream()
                .mapToLong(one -> one.getRuns() * RunSteps.of(one.getExperiment()))
                .sum();
        System.out.printf(Locale.ROOT, "steps of the whole grid: %,d%n", steps);
    }

    private static double rms(SamplingRound round, FormulaSpecification law, List<Average> rows) {
        return Math.sqrt(rows.stream()
                .mapToDouble(row -> {
                    double[] at = law.features().stream()
                            .mapToDouble(column -> column.valueOf(row))
                            .toArray();
                    double error = row.getF1Mean() - round.value(at);
                    return error * error;
                })
                .average()
                .orElse(Double.NaN));
    }
}
