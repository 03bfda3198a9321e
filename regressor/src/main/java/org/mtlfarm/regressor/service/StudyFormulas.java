package org.mtlfarm.regressor.service;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.mtlfarm.regressor.table.Table;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.FormulaSpecification;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.Samplings;

/**
 * Which formulas the studies want and which of them the averages have outdated. Knows nothing of Kafka or time; one thread
 * at a time.
 */
public final class StudyFormulas {
    private static final Logger LOG = LoggerFactory.getLogger(StudyFormulas.class);

    /** By study, then experiment id. */
    private final Map<String, Map<String, Plan>> plans = new TreeMap<>();
    /** By experiment id. */
    private final Map<String, Average> averages = new HashMap<>();
    /** By study and specification: what the last formula was fitted to. */
    private final Map<String, Fitted> fitted = new HashMap<>();

    private record Fitted(List<String> experiments, List<Double> targets, boolean settled, Formula formula) {}

    /**
     * A formula that is to be fitted.
     *
     * @param averages of all the study's experiments
     * @param settled nothing more is coming: the last fit
     * @param previous what was published last, to go on from; null at first
     */
    public record Due(
            String study,
            FormulaSpecification specification,
            List<Average> averages,
            boolean settled,
            Formula previous) {
        public Due {
            averages = List.copyOf(averages);
        }

        /** The key of the formula's record. */
        public String key() {
            return study + "/" + specification;
        }
    }

    /** Takes in a plan; null voids what the key stood for. */
    public void plan(String key, Plan plan) {
        if (plan == null) {
            int slash = key.lastIndexOf('/');
            Map<String, Plan> study = plans.get(key.substring(0, Math.max(0, slash)));
            if (study != null) {
                study.remove(key.substring(slash + 1));
            }
            return;
        }
        plans.computeIfAbsent(plan.getStudy(), study -> new TreeMap<>())
                .put(plan.getExperiment().getExperimentId(), plan);
    }

    /** Takes in an average; null voids the experiment's. */
    public void average(String experimentId, Average average) {
        if (average == null) {
            averages.remove(experimentId);
        } else {
            averages.put(experimentId, average);
        }
    }

    /** Takes in a formula published before, so that a restart does not fit again what has not changed. */
    public void published(Formula formula) {
        List<String> experiments =
                formula.getExperiments().stream().map(Object::toString).toList();
        fitted.put(
                formula.getStudy() + "/" + formula.getSpecification(),
                new Fitted(experiments, null, formula.getSettled(), formula));
    }

    /** The formulas whose rows have changed since they were fitted, or whose study has settled since. */
    public List<Due> due() {
        List<Due> due = new ArrayList<>();
        plans.forEach((study, ofStudy) -> {
            List<Plan> wanted =
                    ofStudy.values().stream().filter(StudyFormulas::fitted).toList();
            List<Average> known = wanted.stream()
                    .filter(plan -> averages.containsKey(plan.getExperiment().getExperimentId()))
                    .map(plan -> FormulaFit.asPlanned(
                            averages.get(plan.getExperiment().getExperimentId()), plan.getRuns()))
                    .toList();
            boolean settled = known.size() == wanted.size()
                    && known.stream().allMatch(FormulaFit::isSettled)
                    && ofStudy.values().stream().noneMatch(Samplings::isHeld);
            for (FormulaSpecification specification : specifications(wanted)) {
                Fitted last = fitted.get(study + "/" + specification);
                Due one = new Due(study, specification, known, settled, last == null ? null : last.formula);
                List<Average> rows = FormulaFit.rows(specification, known);
                if (rows.size() >= Table.FEWEST_ROWS && outdated(last, one, rows)) {
                    due.add(one);
                }
            }
        });
        return due;
    }

    /** Standard deviations of F1 over the runs, by study: of every complete experiment that it wants. */
    public Map<String, double[]> spreads() {
        Map<String, double[]> spreads = new TreeMap<>();
        plans.forEach((study, ofStudy) -> spreads.put(
                study,
                ofStudy.values().stream()
                        .filter(StudyFormulas::fitted)
                        .map(plan -> averages.get(plan.getExperiment().getExperimentId()))
                        .filter(average -> average != null && average.getComplete())
                        .mapToDouble(Average::getF1Std)
                        .toArray()));
        return spreads;
    }

    /** Notes that a formula that was due has been published; null where no formula came of it. */
    public void done(Due due, Formula formula) {
        List<Average> rows = FormulaFit.rows(due.specification(), due.averages());
        fitted.put(
                due.key(),
                new Fitted(FormulaFit.experiments(rows), targets(due.specification(), rows), due.settled(), formula));
    }

    /** Whether formulas are fitted to what is planned, once it is done. */
    private static boolean fitted(Plan plan) {
        return !plan.getCancelled() && !plan.getControl();
    }

    private static boolean outdated(Fitted last, Due due, List<Average> rows) {
        return last == null
                || !last.experiments.equals(FormulaFit.experiments(rows))
                || last.targets != null && !last.targets.equals(targets(due.specification(), rows))
                || due.settled() && !last.settled;
    }

    private static List<Double> targets(FormulaSpecification specification, List<Average> rows) {
        return rows.stream()
                .map(average -> specification.target().valueOf(average))
                .toList();
    }

    /** Every formula that one of the plans asks for, once. */
    private static Collection<FormulaSpecification> specifications(List<Plan> plans) {
        Map<String, FormulaSpecification> specifications = new LinkedHashMap<>();
        for (Plan plan : plans) {
            for (CharSequence text : plan.getFormulas()) {
                if (specifications.containsKey(text.toString())) {
                    continue;
                }
                try {
                    FormulaSpecification specification = FormulaSpecification.parse(text.toString());
                    specifications.putIfAbsent(specification.toString(), specification);
                } catch (InvalidInputException e) {
                    LOG.warn("left out a formula of study {}: {}", plan.getStudy(), e.getMessage());
                }
            }
        }
        return specifications.values();
    }
}
