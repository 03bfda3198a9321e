package org.mtlfarm.producer.farm;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.mtlfarm.producer.study.RunSteps;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.Progress;
import org.mtlfarm.schemas.RunKey;

/**
 * What is done, running, failed and missing of what is planned and not cancelled. A run has exactly one of the standings
 * done, failed, cancelled, running, queued, missing and paused, and {@code runsPlanned} is their sum.
 *
 * @param planned experiments
 * @param complete experiments of which every run is done
 * @param partial experiments of which some runs are done
 * @param withFailures experiments of which a run failed for good, so that they stay incomplete
 * @param partialWithFailures of these, the ones of which some runs are done
 * @param failed runs that failed for good
 * @param running runs in training
 * @param queued runs that wait for a worker
 * @param etaSeconds until the last run that is not given up is done, at the speed of the runs in training; 0 when there
 *     is none, {@code null} while none is in training
 * @param failures the failed runs
 * @param runsDone runs with a result that counts, diverged ones included
 * @param diverged of these, the diverged ones
 * @param missing runs that are nowhere; the reconciler enqueues them
 * @param cancelled runs that were cancelled before a study wanted them again; the reconciler enqueues them
 * @param paused runs that wait until a study that wants them is resumed
 * @param stepsPlanned Adam steps of all planned runs
 * @param stepsDone of these, the ones of done runs and those made by runs in training
 * @param stepsLeft of these, the ones that are still to come: not those of runs that failed
 * @param held experiments that an adaptive study may yet ask for; not among those planned
 * @param spared experiments that an adaptive study has enough without; not among those planned
 * @param runsSpared the runs of these
 */
public record FarmStatus(
        int planned,
        int complete,
        int partial,
        int withFailures,
        int partialWithFailures,
        int failed,
        int running,
        int queued,
        Double etaSeconds,
        List<Failure> failures,
        int runsPlanned,
        int runsDone,
        int diverged,
        int missing,
        int cancelled,
        int paused,
        long stepsPlanned,
        long stepsDone,
        long stepsLeft,
        int held,
        int heldPaused,
        int spared,
        int runsSpared) {
    /** A run that failed for good, and why. */
    public record Failure(String experiment, int run, String reason) {}

    public FarmStatus {
        failures = List.copyOf(failures);
    }

    /** Nothing is left to do: every planned run is done or has failed, and nothing more may be asked for. */
    public boolean isFinished() {
        return running + queued + missing + cancelled + paused + held == 0;
    }

    /**
     * @param study only what this study wants; empty for everything
     */
    public static FarmStatus of(FarmState state, Optional<String> study, Instant now) {
        Count count = new Count(state, now);
        state.wanted(study).forEach(count::add);
        state.plans().stream()
                .filter(plan -> study.map(plan.getStudy()::equals).orElse(true))
                .forEach(count::addSampled);
        return count.status();
    }

    private static final class Count {
        private final FarmState state;
        private final Instant now;
        private final int[] standings = new int[RunStanding.values().length];
        private final List<Failure> failures = new ArrayList<>();
        private int planned;
        private int complete;
        private int partial;
        private int withFailures;
        private int partialWithFailures;
        private int diverged;
        private long stepsPlanned;
        private long stepsDone;
        private long stepsLeft;
        private double stepsPerSecond;
        private int held;
        private int heldPaused;
        private int spared;
        private int runsSpared;

        Count(FarmState state, Instant now) {
            this.state = state;
            this.now = now;
        }

        void add(Plan plan) {
            String id = plan.getExperiment().getExperimentId();
            long steps = RunSteps.of(plan.getExperiment());
            int doneBefore = of(RunStanding.DONE);
            int failedBefore = of(RunStanding.FAILED);
            for (int index = 0; index < plan.getRuns(); index++) {
                add(new RunKey(id, index), steps);
            }
            int done = of(RunStanding.DONE) - doneBefore;
            planned++;
            complete += done == plan.getRuns() ? 1 : 0;
            partial += done > 0 && done < plan.getRuns() ? 1 : 0;
            if (of(RunStanding.FAILED) > failedBefore) {
                withFailures++;
                partialWithFailures += done > 0 ? 1 : 0;
            }
        }

        /** An experiment of an adaptive study that it has not asked for. */
        void addSampled(Plan plan) {
            if (plan.getSampling() == null) {
                return;
            }
            switch (plan.getSampling().getState()) {
                case HELD -> {
                    held++;
                    heldPaused += plan.getPaused() ? 1 : 0;
                }
                case SPARED -> {
                    spared++;
                    runsSpared += plan.getRuns();
                }
                case ASKED -> {
                    // Counted with what is planned.
                }
            }
        }

        private void add(RunKey key, long steps) {
            RunStanding standing = state.standing(key, now);
            standings[standing.ordinal()]++;
            stepsPlanned += steps;
            switch (standing) {
                case DONE -> {
                    stepsDone += steps;
                    diverged +=
                            state.counted(key).filter(Outcome.DIVERGED::equals).isPresent() ? 1 : 0;
                }
                case RUNNING -> {
                    Progress progress = state.progress(key).orElseThrow();
                    long made = Math.min(steps, progress.getStep());
                    stepsDone += made;
                    stepsLeft += steps - made;
                    stepsPerSecond += Math.max(0, progress.getStepsPerSecond());
                }
                case QUEUED, MISSING, CANCELLED, PAUSED -> stepsLeft += steps;
                case FAILED ->
                    failures.add(new Failure(
                            key.experimentId(),
                            key.runIndex(),
                            state.failure(key).orElseThrow().reason()));
            }
        }

        FarmStatus status() {
            boolean finished = of(RunStanding.RUNNING)
                            + of(RunStanding.QUEUED)
                            + of(RunStanding.MISSING)
                            + of(RunStanding.CANCELLED)
                            + of(RunStanding.PAUSED)
                            + held
                    == 0;
            Double known = stepsPerSecond > 0 ? (Double) (stepsLeft / stepsPerSecond) : null;
            int runsPlanned = 0;
            for (int runs : standings) {
                runsPlanned += runs;
            }
            return new FarmStatus(
                    planned,
                    complete,
                    partial,
                    withFailures,
                    partialWithFailures,
                    of(RunStanding.FAILED),
                    of(RunStanding.RUNNING),
                    of(RunStanding.QUEUED),
                    finished ? Double.valueOf(0) : known,
                    failures,
                    runsPlanned,
                    of(RunStanding.DONE),
                    diverged,
                    of(RunStanding.MISSING),
                    of(RunStanding.CANCELLED),
                    of(RunStanding.PAUSED),
                    stepsPlanned,
                    stepsDone,
                    stepsLeft,
                    held,
                    heldPaused,
                    spared,
                    runsSpared);
        }

        private int of(RunStanding standing) {
            return standings[standing.ordinal()];
        }
    }
}
