package org.mtlfarm.standalone.findings;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

import org.mtlfarm.producer.study.RunSteps;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.Sampling;
import org.mtlfarm.schemas.SamplingState;

/**
 * What an adaptive study has made of an experiment of its grid.
 *
 * @param runs wanted, were it asked for
 * @param steps of each of these
 * @param round in which it was asked for, from 1; 0 if it was not
 * @param doubt half the width of the law's 95 % interval here, in F1, when it was asked for or spared; not a number where there was no law
 * @param precision half the width that is enough, in F1
 */
public record Sampled(
        String experiment,
        int tasks,
        int tokens,
        int tokensSynthetic,
        double alpha,
        int sharedLayers,
        int runs,
        long steps,
        SamplingState state,
        int round,
        double doubt,
        double precision) {
    private static final Comparator<Sampled> IN_ORDER = Comparator.comparing(Sampled::state)
            .thenComparingInt(Sampled::round)
            .thenComparingInt(Sampled::tasks)
            .thenComparingInt(Sampled::tokens)
            .thenComparingInt(Sampled::tokensSynthetic)
            .thenComparingDouble(Sampled::alpha)
            .thenComparing(Sampled::experiment);

    /** Those of a study's plans that are an adaptive study's, by round; none where it is no such study. */
    public static List<Sampled> of(Collection<Plan> plans) {
        return plans.stream()
                .filter(plan -> plan.getSampling() != null)
                // What was asked for and is off the plan since is its study's no more.
                .filter(plan -> !plan.getCancelled() || plan.getSampling().getState() != SamplingState.ASKED)
                .map(Sampled::of)
                .sorted(IN_ORDER)
                .toList();
    }

    private static Sampled of(Plan plan) {
        Experiment experiment = plan.getExperiment();
        Sampling sampling = plan.getSampling();
        return new Sampled(
                experiment.getExperimentId(),
                experiment.getTasks(),
                experiment.getTokensReal(),
                experiment.getTokensSynthetic(),
                experiment.getAlpha(),
                experiment.getSharedLayers(),
                plan.getRuns(),
                RunSteps.of(experiment),
                sampling.getState(),
                sampling.getRound(),
                sampling.getDoubt() == null ? Double.NaN : sampling.getDoubt(),
                sampling.getPrecision());
    }
}
