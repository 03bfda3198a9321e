package org.mtlfarm.regressor.sampling;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.mtlfarm.regressor.search.FitSettings;
import org.mtlfarm.regressor.service.FormulaFit;
import org.mtlfarm.regressor.table.Table;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.AverageColumn;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.FormulaSpecification;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.Sampling;
import org.mtlfarm.schemas.SamplingState;
import org.mtlfarm.schemas.Samplings;

/**
 * What an adaptive study does next. When all that it has asked for is done, the law of its most telling formula is fitted, and
 * the experiments of its grid are asked for after which the laws that are still possible would differ least. It has enough when the law
 * is known to the study's precision everywhere on the grid, and has foretold the latest round that well. What is decided depends on
 * the plans, the averages and the settings of the fit alone: whoever decides, and however often, decides the same.
 */
public final class AdaptiveStudy {
    private AdaptiveStudy() {}

    /**
     * What is to change.
     *
     * @param plans as they are to be from now on; none: nothing can be decided yet
     * @param why for people, in one line
     */
    public record Decision(List<Plan> plans, String why) {
        public Decision {
            plans = List.copyOf(plans);
        }

        private static Decision wait(String why) {
            return new Decision(List.of(), why);
        }
    }

    /** Whether a study has experiments that it may yet ask for. */
    public static boolean isOpen(Collection<Plan> plans) {
        return plans.stream().anyMatch(Samplings::isHeld);
    }

    /**
     * Decides.
     *
     * @param plans all of one study
     * @param averages by experiment id; those of other studies, too
     * @param fit how the law is searched
     */
    public static Decision decide(Collection<Plan> plans, Map<String, Average> averages, FitSettings fit) {
        List<Plan> held = sorted(plans, SamplingState.HELD);
        List<Plan> asked = sorted(plans, SamplingState.ASKED).stream()
                .filter(plan -> !plan.getCancelled())
                .toList();
        if (held.isEmpty()) {
            return Decision.wait("nothing is held");
        }
        if (!isWhole(held, plans)) {
            return Decision.wait("not all of its plan is there");
        }
        if (Stream.concat(asked.stream(), held.stream()).anyMatch(Plan::getPaused)) {
            return Decision.wait("paused");
        }
        List<Average> done = new ArrayList<>();
        for (Plan plan : asked) {
            Average average = averages.get(plan.getExperiment().getExperimentId());
            Average planned = average == null ? null : FormulaFit.asPlanned(average, plan.getRuns());
            if (planned == null || !FormulaFit.isSettled(planned) || hasCancelledRun(planned)) {
                return Decision.wait("what was asked for is not done");
            }
            done.add(planned);
        }
        return new Deciding(held, asked, done, fit).decide();
    }

    /** While a study is submitted its plan comes piece by piece; the first experiments are to span all of it. */
    private static boolean isWhole(List<Plan> held, Collection<Plan> plans) {
        List<Integer> grids = held.stream()
                .map(plan -> plan.getSampling().getGrid())
                .filter(grid -> grid > 0)
                .distinct()
                .toList();
        if (grids.size() != 1) {
            return grids.isEmpty();
        }
        long there = plans.stream()
                .filter(plan -> plan.getSampling() != null
                        && Set.of(grids.get(0), 0).contains(plan.getSampling().getGrid()))
                .filter(plan -> !Samplings.is(plan, SamplingState.ASKED) || !plan.getCancelled())
                .count();
        return there >= grids.get(0);
    }

    /** Cancelled with its study, which wants it again: it is yet to come. */
    private static boolean hasCancelledRun(Average planned) {
        return planned.getSlots().stream()
                .anyMatch(slot -> slot.getRunIndex() < planned.getRuns() && slot.getOutcome() == Outcome.CANCELLED);
    }

    private static List<Plan> sorted(Collection<Plan> plans, SamplingState state) {
        return plans.stream()
                .filter(plan -> Samplings.is(plan, state))
                .sorted(Comparator.comparing(plan -> plan.getExperiment().getExperimentId()))
                .toList();
    }

    /** One decision, once all that was asked for is done. */
    private static final class Deciding {
        private final List<Plan> held;
        private final List<Plan> asked;
        private final List<Average> done;
        private final FitSettings fit;
        private final Sampling settings;
        private final FormulaSpecification law;
        private final int latest;

        Deciding(List<Plan> held, List<Plan> asked, List<Average> done, FitSettings fit) {
            this.held = held;
            this.asked = asked;
            this.done = done;
            this.fit = fit;
            this.settings = held.get(0).getSampling();
            this.law = law(held.get(0));
            this.latest = asked.stream()
                    .mapToInt(plan -> plan.getSampling().getRound())
                    .max()
                    .orElse(0);
        }

        Decision decide() {
            List<Average> rows = FormulaFit.rows(law, done);
            if (rows.size() < Table.FEWEST_ROWS) {
                return farFromEachOther();
            }
            SamplingRound round = SamplingRound.of(table(rows), fit);
            double[][] grid = Stream.concat(rows.stream(), expected(rows).stream())
                    .map(this::factors)
                    .toArray(double[][]::new);
            List<Integer> candidates =
                    IntStream.range(rows.size(), grid.length).boxed().toList();
            double doubt = candidates.stream()
                    .mapToDouble(setting -> round.doubt(grid[setting]))
                    .max()
                    .orElse(0);
            double noise = noise(rows);
            Optional<Double> surprise = surprise(rows);
            String so = String.format(
                    Locale.ROOT,
                    "after round %d, %d experiments, the law of '%s' is known to %.4f on the grid%s; %.4f is enough",
                    latest,
                    rows.size(),
                    law,
                    doubt,
                    surprise.map(error -> String.format(Locale.ROOT, " and foretold the round to %.4f", error))
                            .orElse(""),
                    settings.getPrecision());
            boolean enough = doubt <= settings.getPrecision()
                    && surprise.filter(error -> error <= Math.hypot(settings.getPrecision(), noise))
                            .isPresent();
            if (enough) {
                return new Decision(
                        candidates.stream()
                                .map(setting -> spared(held.get(setting - rows.size()), round.doubt(grid[setting])))
                                .toList(),
                        so + ": " + held.size() + " experiments are spared");
            }
            List<Integer> next = round.next(grid, candidates, noise, settings.getBatch());
            return new Decision(
                    next.stream()
                            .map(setting -> asked(held.get(setting - rows.size()), round.doubt(grid[setting])))
                            .toList(),
                    so + ": " + next.size() + " of the " + held.size() + " held are asked for");
        }

        /** Too little is known for a law: those of the grid that lie farthest from each other, and from what is known. */
        private Decision farFromEachOther() {
            List<Plan> all = Stream.concat(asked.stream(), held.stream())
                    .sorted(Comparator.comparing(plan -> plan.getExperiment().getExperimentId()))
                    .toList();
            double[][] settings =
                    all.stream().map(plan -> planned(plan.getExperiment())).toArray(double[][]::new);
            Set<Plan> open = new HashSet<>(held);
            List<Plan> next = FirstSettings.of(settings, settings.length).stream()
                    .map(all::get)
                    .filter(open::contains)
                    .limit(latest == 0 ? this.settings.getFirst() : this.settings.getBatch())
                    .map(plan -> asked(plan, null))
                    .toList();
            return new Decision(
                    next,
                    "nothing is known of the law yet: " + next.size() + " of the " + held.size()
                            + " held are asked for, far from each other");
        }

        /** How wrong the law of the rounds before was of the latest; empty where there was none. */
        private Optional<Double> surprise(List<Average> rows) {
            Set<String> newest = new HashSet<>();
            asked.stream()
                    .filter(plan -> plan.getSampling().getRound() == latest)
                    .forEach(plan -> newest.add(plan.getExperiment().getExperimentId()));
            List<Average> before = rows.stream()
                    .filter(row -> !newest.contains(row.getExperiment().getExperimentId()))
                    .toList();
            List<Average> newer = rows.stream()
                    .filter(row -> newest.contains(row.getExperiment().getExperimentId()))
                    .toList();
            return before.size() < Table.FEWEST_ROWS || newer.isEmpty()
                    ? Optional.empty()
                    : Optional.of(SamplingRound.of(table(before), fit).surprise(table(newer)));
        }

        private Plan asked(Plan plan, Double doubt) {
            return Plan.newBuilder(plan)
                    .setCancelled(false)
                    .setPaused(false)
                    .setSampling(Sampling.newBuilder(plan.getSampling())
                            .setState(SamplingState.ASKED)
                            .setRound(latest + 1)
                            .setDoubt(doubt)
                            .build())
                    .build();
        }

        private static Plan spared(Plan plan, double doubt) {
            return Plan.newBuilder(plan)
                    .setSampling(Sampling.newBuilder(plan.getSampling())
                            .setState(SamplingState.SPARED)
                            .setDoubt(doubt)
                            .build())
                    .build();
        }

        private Table table(List<Average> rows) {
            return FormulaFit.table(held.get(0).getStudy(), law, rows);
        }

        private double[] factors(Average average) {
            return law.features().stream()
                    .mapToDouble(column -> column.valueOf(average))
                    .toArray();
        }

        /** Standard error of an average. */
        private double noise(List<Average> rows) {
            return Math.sqrt(rows.stream()
                    .mapToDouble(row -> row.getF1Std() * row.getF1Std() / row.getRuns())
                    .average()
                    .orElse(0));
        }

        /** The held experiments as their averages would tell their factors: the AMI is that of others of the same alpha. */
        private List<Average> expected(List<Average> rows) {
            AmiOfAlpha ami = AmiOfAlpha.of(rows);
            return held.stream()
                    .map(Plan::getExperiment)
                    .map(experiment -> expected(experiment, ami))
                    .toList();
        }

        private static Average expected(Experiment experiment, AmiOfAlpha ami) {
            return Average.newBuilder()
                    .setExperiment(experiment)
                    .setRuns(1)
                    .setRunsDone(0)
                    .setComplete(false)
                    .setF1Mean(0)
                    .setF1Std(0)
                    .setF1Min(0)
                    .setF1Max(0)
                    .setF1DevMean(0)
                    .setAmiMean(experiment.getTasks() == 1 ? 1 : ami.at(experiment.getAlpha()))
                    .setSlots(List.of())
                    .setUpdatedAt(Instant.EPOCH)
                    .build();
        }

        private static double[] planned(Experiment experiment) {
            return new double[] {
                experiment.getTasks(),
                experiment.getTokensReal(),
                experiment.getTokensSynthetic(),
                experiment.getAlpha(),
                experiment.getSharedLayers()
            };
        }

        /** Of the study's formulas of F1 without a condition, the first with the most factors. */
        private static FormulaSpecification law(Plan plan) {
            return plan.getFormulas().stream()
                    .map(text -> FormulaSpecification.parse(text.toString()))
                    .filter(formula -> formula.target() == AverageColumn.F1
                            && formula.conditions().isEmpty())
                    .max(Comparator.comparingInt(formula -> formula.features().size()))
                    .orElseThrow(() -> new IllegalArgumentException("study " + plan.getStudy()
                            + ": expected a formula of f1 without a condition, found " + plan.getFormulas()));
        }
    }
}
