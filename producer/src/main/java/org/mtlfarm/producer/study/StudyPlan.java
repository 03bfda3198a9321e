package org.mtlfarm.producer.study;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.Sources;

/**
 * A study on a corpus: the experiments that it comes to.
 *
 * @param experiments in the order of the study, none twice; after those of its grids its controls
 * @param controls ids of the experiments that are controls and in none of its grids
 * @param combinations of the study's factors, of which T = 1 and repetitions make fewer experiments
 * @param warnings what the user should know before it runs
 */
public record StudyPlan(
        Study study,
        Sources sources,
        CorpusFacts facts,
        List<Experiment> experiments,
        Set<String> controls,
        int combinations,
        List<String> warnings) {
    public StudyPlan {
        experiments = List.copyOf(experiments);
        controls = Set.copyOf(controls);
        warnings = List.copyOf(warnings);
    }

    /** Runs of all experiments. */
    public int runs() {
        return Math.multiplyExact(experiments.size(), study.runs());
    }

    /** The plan record of each experiment; those of an adaptive study are all held. */
    public List<Plan> plans(Instant plannedAt) {
        return experiments.stream()
                .map(experiment -> Plan.newBuilder()
                        .setStudy(study.name())
                        .setExperiment(experiment)
                        .setRuns(study.runs())
                        .setFormulas(study.formulaTexts())
                        .setSources(sources)
                        .setMaxAttempts(study.maxAttempts())
                        .setDeadlineSeconds(Math.toIntExact(study.deadline().toSeconds()))
                        .setControl(controls.contains(experiment.getExperimentId()))
                        .setCancelled(study.sampling().isPresent())
                        .setSampling(study.sampling()
                                .map(sampling -> sampling.held(experiments.size()))
                                .orElse(null))
                        .setPlannedAt(plannedAt)
                        .build())
                .toList();
    }

    /** The run records of a plan, never tried before. */
    public static List<Run> runs(Plan plan, Instant enqueuedAt) {
        String id = plan.getExperiment().getExperimentId();
        return IntStream.range(0, plan.getRuns())
                .mapToObj(index -> Run.newBuilder()
                        .setExperiment(plan.getExperiment())
                        .setRunIndex(index)
                        .setSeed(new RunKey(id, index).seed())
                        .setRuns(plan.getRuns())
                        .setStudy(plan.getStudy())
                        .setSources(plan.getSources())
                        .setMaxAttempts(plan.getMaxAttempts())
                        .setDeadlineSeconds(plan.getDeadlineSeconds())
                        .setEnqueuedAt(enqueuedAt)
                        .build())
                .toList();
    }
}
