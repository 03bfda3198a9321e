package org.mtlfarm.standalone.run;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.apache.avro.specific.SpecificRecord;

import org.mtlfarm.regressor.service.FormulaFit;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.TopicReader;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.standalone.findings.Sampled;
import org.mtlfarm.standalone.report.StudyReport;

/** What the topics hold of a study. */
public final class StudyTopics {
    private StudyTopics() {}

    /**
     * A study of a running farm, as far as it has come.
     *
     * @throws InvalidInputException if no such study is planned, or nothing of it has been averaged yet
     */
    public static StudyReport report(KafkaSettings kafka, String study, Instant writtenAt) {
        List<Plan> all = plans(kafka, study);
        List<Plan> plans = all.stream().filter(plan -> !plan.getCancelled()).toList();
        if (plans.isEmpty()) {
            throw new InvalidInputException(
                    "--study: expected a study that is planned on this farm, found '" + study + "'");
        }
        Map<String, Average> known = read(Topics.AVERAGES, Average.class, kafka);
        List<Average> averages = averages(plans, known, false);
        if (averages.isEmpty()) {
            throw new InvalidInputException(
                    "study " + study + ": none of its " + plans.size() + " experiments has an average yet");
        }
        List<String> specifications = plans.stream()
                .flatMap(plan -> plan.getFormulas().stream())
                .distinct()
                .toList();
        return new StudyReport(
                study,
                plans.get(0).getSources(),
                averages,
                averages(plans, known, true),
                formulas(kafka, study, specifications),
                List.copyOf(results(
                                kafka,
                                plans.stream()
                                        .map(plan -> plan.getExperiment().getExperimentId())
                                        .collect(Collectors.toSet()),
                                plans.stream().mapToInt(Plan::getRuns).max().orElseThrow())
                        .values()),
                specifications,
                Sampled.of(all),
                writtenAt);
    }

    /** The plans of a study, those that are cancelled or held as well. */
    static List<Plan> plans(KafkaSettings kafka, String study) {
        return read(Topics.PLAN, Plan.class, kafka).values().stream()
                .filter(plan -> plan.getStudy().equals(study))
                .toList();
    }

    private static List<Average> averages(List<Plan> plans, Map<String, Average> known, boolean controls) {
        return plans.stream()
                .filter(plan -> plan.getControl() == controls
                        && known.containsKey(plan.getExperiment().getExperimentId()))
                .map(plan -> FormulaFit.asPlanned(known.get(plan.getExperiment().getExperimentId()), plan.getRuns()))
                .toList();
    }

    /** The study's formulas, in the order of its file. */
    private static List<Formula> formulas(KafkaSettings kafka, String study, List<String> specifications) {
        Map<String, Formula> known = read(Topics.FORMULAS, Formula.class, kafka);
        List<Formula> formulas = new ArrayList<>();
        for (String specification : specifications) {
            known.values().stream()
                    .filter(formula -> formula.getStudy().equals(study)
                            && formula.getSpecification().equals(specification))
                    .forEach(formulas::add);
        }
        return formulas;
    }

    private static <T extends SpecificRecord> Map<String, T> read(Topics topic, Class<T> type, KafkaSettings kafka) {
        try (TopicReader<T> reader = TopicReader.open(topic, type, kafka)) {
            return reader.readLatest();
        }
    }

    /** The first result that counts of each run of some experiments; of a run without one, its last. */
    static Map<RunKey, RunResult> results(KafkaSettings kafka, Set<String> experiments, int runs) {
        Map<RunKey, RunResult> results =
                new TreeMap<>(Comparator.comparing(RunKey::experimentId).thenComparing(RunKey::runIndex));
        try (TopicReader<RunResult> reader = TopicReader.open(Topics.RESULTS, RunResult.class, kafka)) {
            reader.readToEnd(message -> {
                RunResult result = message.value();
                if (result != null
                        && experiments.contains(result.getExperiment().getExperimentId())
                        && (counts(result) || result.getRunIndex() < runs)) {
                    results.merge(RunKey.of(result), result, (first, later) -> counts(first) ? first : later);
                }
            });
        }
        return results;
    }

    static boolean counts(RunResult result) {
        return result.getOutcome() == Outcome.TRAINED || result.getOutcome() == Outcome.DIVERGED;
    }
}
