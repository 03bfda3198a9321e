package org.mtlfarm.producer.farm;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import org.apache.kafka.clients.producer.Producer;

import org.mtlfarm.producer.study.StudyPlan;
import org.mtlfarm.schemas.DeadLetter;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.Provenance;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.Sampling;
import org.mtlfarm.schemas.SamplingState;
import org.mtlfarm.schemas.Samplings;
import org.mtlfarm.schemas.Try;

/**
 * Holds the plan, which is the truth, against the queue, which is only a hint: a planned run that has neither result nor
 * final failure and is not on the queue is put there again. Used by one thread.
 */
public final class Reconciler {
    /** What results, dead letters and tries name where they name their worker. */
    static final String NAME = "reconciler";

    /** For every worker to learn that a study was resumed; until then it may still put runs aside. */
    private static final Duration NEWS = Duration.ofSeconds(30);

    private final Producer<String, byte[]> producer;
    private final FarmView view;
    private final InstantSource now;
    private final Duration lockPeriod;

    /**
     * @param producer idempotent, with {@code acks=all}; stays the caller's
     * @param view stays the caller's
     * @param now asked after each look at the view: by which it is told how long ago the broker stamped a record
     * @param lockPeriod a run that was enqueued less than this ago is left alone
     */
    public Reconciler(Producer<String, byte[]> producer, FarmView view, InstantSource now, Duration lockPeriod) {
        this.producer = producer;
        this.view = view;
        this.now = now;
        this.lockPeriod = lockPeriod;
    }

    /**
     * Enqueues what is missing, and what was cancelled for one study just before another wanted it. A run whose queue record the broker has dropped has had a try: its worker died with it more
     * often than the broker delivers a record. When it has had all its tries, it is given up: a failed result and a dead letter.
     *
     * @param study only what this study wants; empty for everything
     */
    public Reconciliation reconcile(Optional<String> study) {
        FarmState state = view.refresh();
        Instant now = this.now.instant();
        ConfirmedRecords records = new ConfirmedRecords(producer, view.wire());
        int enqueued = 0;
        int givenUp = 0;
        for (Run run : wantedRuns(state, study, now)) {
            RunKey key = RunKey.of(run);
            RunStanding standing = state.standing(key, now);
            if (standing != RunStanding.MISSING && standing != RunStanding.CANCELLED
                    || enqueuedLately(state, key, now)) {
                continue;
            }
            boolean again = true;
            if (standing == RunStanding.CANCELLED) {
                records.send(afresh(state, run));
            } else {
                again = sendMissing(records, state, run, now);
            }
            enqueued += again ? 1 : 0;
            givenUp += again ? 0 : 1;
        }
        records.await();
        return new Reconciliation(enqueued, givenUp);
    }

    /**
     * What reconciling came to.
     *
     * @param enqueued runs put on the queue
     * @param givenUp runs that have had all their tries, each now with a failed result and a dead letter
     */
    public record Reconciliation(int enqueued, int givenUp) {}

    /**
     * Enqueues the runs that failed for good or were cancelled, with as many tries to come as a new run has.
     *
     * @return runs enqueued
     */
    public int retry(Optional<String> study) {
        FarmState state = view.refresh();
        Instant now = this.now.instant();
        ConfirmedRecords records = new ConfirmedRecords(producer, view.wire());
        int enqueued = 0;
        for (Run run : wantedRuns(state, study, now)) {
            RunStanding standing = state.standing(RunKey.of(run), now);
            if (standing == RunStanding.FAILED || standing == RunStanding.CANCELLED) {
                records.send(afresh(state, run));
                enqueued++;
            }
        }
        records.await();
        return enqueued;
    }

    /**
     * Takes a study's experiments off the plan: they are not counted or reconciled any more. Results stay. Workers follow
     * the plan: they stop the runs that no other study wants, and publish them and those on the queue as cancelled.
     */
    public Cancellation cancel(String study) {
        FarmState state = view.refresh();
        Instant now = this.now.instant();
        List<Plan> plans = state.plans().stream()
                .filter(plan -> plan.getStudy().equals(study) && isOnThePlan(plan))
                .toList();
        Set<String> wantedElsewhere = state.plans().stream()
                .filter(plan -> !plan.getStudy().equals(study) && !plan.getCancelled())
                .map(plan -> plan.getExperiment().getExperimentId())
                .collect(Collectors.toSet());
        ConfirmedRecords records = new ConfirmedRecords(producer, view.wire());
        int stillQueued = 0;
        for (Plan plan : plans) {
            records.send(cancelled(plan));
            if (!plan.getCancelled()
                    && !wantedElsewhere.contains(plan.getExperiment().getExperimentId())) {
                stillQueued += queued(state, plan, now);
            }
        }
        records.await();
        return new Cancellation(
                Math.toIntExact(plans.stream().filter(Reconciler::mayBeWanted).count()), stillQueued);
    }

    /** Whether its study wants it, or may yet. */
    static boolean mayBeWanted(Plan plan) {
        return !plan.getCancelled() || Samplings.isHeld(plan);
    }

    /** Whether it is told of with its study: wanted, or not asked for by one that is adaptive. */
    static boolean isOnThePlan(Plan plan) {
        return mayBeWanted(plan) || Samplings.is(plan, SamplingState.SPARED);
    }

    /** The plan of a study that does not want it any more, and will not ask for it. What it had asked for it may want again. */
    static Plan cancelled(Plan plan) {
        return Plan.newBuilder(plan)
                .setCancelled(true)
                .setPaused(false)
                .setSampling(Samplings.is(plan, SamplingState.ASKED) ? plan.getSampling() : null)
                .build();
    }

    /**
     * Takes in what an adaptive study has decided of experiments that it held, and enqueues those it asks for. What is not held any
     * more is left as it is: another has decided the same, or somebody has cancelled the study. Nothing is taken in if the study was
     * paused or submitted anew since, or more of it is on the plan than was known: it is to be decided again.
     *
     * @param known the study's plans that the decision rests on
     * @param decided those of them that are to change
     */
    public Reconciliation sample(String study, Collection<Plan> known, List<Plan> decided) {
        FarmState state = view.refresh();
        List<Plan> present = state.plans().stream()
                .filter(plan -> plan.getStudy().equals(study))
                .toList();
        boolean still = held(known).equals(held(present))
                && asked(known).equals(asked(present))
                && decided.stream()
                        .allMatch(plan -> state.plan(PlanKey.of(plan))
                                .filter(now -> Samplings.isHeld(now) && isDecisionOn(now, plan))
                                .isPresent());
        if (still) {
            ConfirmedRecords records = new ConfirmedRecords(producer, view.wire());
            decided.forEach(records::send);
            records.await();
        }
        return reconcile(Optional.of(study));
    }

    private static Set<PlanKey> held(Collection<Plan> plans) {
        return plans.stream().filter(Samplings::isHeld).map(PlanKey::of).collect(Collectors.toSet());
    }

    private static Set<PlanKey> asked(Collection<Plan> plans) {
        return plans.stream()
                .filter(plan -> Samplings.is(plan, SamplingState.ASKED) && !plan.getCancelled())
                .map(PlanKey::of)
                .collect(Collectors.toSet());
    }

    /** Whether it differs in nothing but what a decision changes. */
    private static boolean isDecisionOn(Plan held, Plan decided) {
        Sampling then = decided.getSampling();
        Sampling now = held.getSampling();
        boolean sameSettings = then.getPrecision() == now.getPrecision()
                && then.getFirst() == now.getFirst()
                && then.getBatch() == now.getBatch()
                && then.getGrid() == now.getGrid();
        return sameSettings
                && !held.getPaused()
                && Plan.newBuilder(held)
                        .setCancelled(decided.getCancelled())
                        .setSampling(then)
                        .build()
                        .equals(decided);
    }

    /**
     * Lets a study rest: its runs in training go on, no other is trained until it is resumed. Runs that another study wants,
     * too, are trained for that one.
     *
     * @return experiments paused
     */
    public int pause(String study) {
        FarmState state = view.refresh();
        ConfirmedRecords records = new ConfirmedRecords(producer, view.wire());
        int paused = 0;
        for (Plan plan : state.plans()) {
            if (plan.getStudy().equals(study) && mayBeWanted(plan) && !plan.getPaused()) {
                records.send(Plan.newBuilder(plan).setPaused(true).build());
                paused++;
            }
        }
        records.await();
        return paused;
    }

    /** Lets a paused study go on, and enqueues what was put aside meanwhile. */
    public Resumption resume(String study) {
        FarmState state = view.refresh();
        ConfirmedRecords records = new ConfirmedRecords(producer, view.wire());
        Instant at = now.instant();
        List<Plan> resumed = state.plans().stream()
                .filter(plan -> plan.getStudy().equals(study) && mayBeWanted(plan) && plan.getPaused())
                .map(plan ->
                        Plan.newBuilder(plan).setPaused(false).setResumedAt(at).build())
                .toList();
        resumed.forEach(records::send);
        records.await();
        view.refresh();
        int enqueued = 0;
        for (Plan plan : resumed.stream().filter(one -> !one.getCancelled()).toList()) {
            for (Run run : StudyPlan.runs(plan, at)) {
                RunStanding standing = state.standing(RunKey.of(run), at);
                if (standing == RunStanding.CANCELLED) {
                    records.send(afresh(state, run));
                    enqueued++;
                } else if (standing == RunStanding.MISSING) {
                    enqueued += sendMissing(records, state, run, at) ? 1 : 0;
                }
            }
        }
        records.await();
        return new Resumption(resumed.size(), enqueued);
    }

    /**
     * What resuming a study came to.
     *
     * @param experiments that were paused
     * @param enqueued runs that had been put aside
     */
    public record Resumption(int experiments, int enqueued) {}

    /**
     * What cancelling a study came to.
     *
     * @param experiments taken off the plan
     * @param stillQueued runs that nobody wants any more, on the queue or in training, for the workers to cancel
     */
    public record Cancellation(int experiments, int stillQueued) {}

    /**
     * Enqueues a missing run, or gives it up if it has had all its tries; whether it was enqueued. One that was on the queue
     * while its study was paused may have been put aside, which is no try.
     */
    static boolean sendMissing(ConfirmedRecords records, FarmState state, Run run, Instant now) {
        Optional<FarmState.Enqueued> dropped = state.enqueued(RunKey.of(run));
        if (dropped.isEmpty()) {
            records.send(run);
            return true;
        }
        Instant enqueuedAt = dropped.get().at();
        if (state.resumedAt(RunKey.of(run))
                .filter(resumed -> enqueuedAt.isBefore(resumed.plus(NEWS)))
                .isPresent()) {
            records.send(Run.newBuilder(run)
                    .setAttempt(dropped.get().attempt())
                    .setMaxAttempts(dropped.get().maxAttempts())
                    .setHistory(dropped.get().history())
                    .build());
            return true;
        }
        int tries = dropped.get().attempt() + 1;
        int most = dropped.get().maxAttempts();
        List<Try> history = new ArrayList<>(dropped.get().history());
        history.add(Try.newBuilder()
                .setReason("the queue dropped it without a result: every worker that took it died or lost its lock")
                .setWorker(NAME)
                .setAt(now)
                .build());
        Run next = Run.newBuilder(run)
                .setAttempt(tries)
                .setMaxAttempts(most)
                .setHistory(history)
                .build();
        if (tries < most) {
            records.send(next);
            return true;
        }
        String reason = "the queue dropped it on its last of " + most
                + " tries without a result: every worker that took it died or lost its lock";
        records.send(failed(next, reason, now));
        records.send(DeadLetter.newBuilder()
                .setRun(next)
                .setReason(reason)
                .setWorker(NAME)
                .setAt(now)
                .build());
        return false;
    }

    /** So that the average knows that its place stays empty. */
    private static RunResult failed(Run run, String reason, Instant now) {
        return RunResult.newBuilder()
                .setExperiment(run.getExperiment())
                .setRunIndex(run.getRunIndex())
                .setRuns(run.getRuns())
                .setStudy(run.getStudy())
                .setOutcome(Outcome.FAILED)
                .setReason(reason)
                .setAttempt(run.getAttempt())
                .setSteps(0)
                .setTrainSeconds(0)
                .setScoreSeconds(0)
                .setFinalLoss(0)
                .setWorker(NAME)
                .setProvenance(Provenance.newBuilder()
                        .setSeed(run.getSeed())
                        .setEngine("")
                        .setEngineVersion("")
                        .setFarmVersion("")
                        .setCorpusHash(run.getExperiment().getCorpusHash())
                        .setVectorsHash(run.getExperiment().getVectorsHash())
                        .setCorpus(run.getSources().getCorpus())
                        .setVectors(run.getSources().getVectors())
                        .setJavaRuntime("")
                        .setOperatingSystem("")
                        .setProcessor("")
                        .build())
                .setFinishedAt(now)
                .build();
    }

    /** A run that was given up, as if it were new: it counts the tries made and has as many to come as a new one. */
    static Run afresh(FarmState state, Run run) {
        RunKey key = RunKey.of(run);
        int enqueued = state.enqueued(key).map(FarmState.Enqueued::attempt).orElse(0);
        int failed = state.failure(key).map(FarmState.Failure::attempts).orElse(0);
        int tries = Math.max(enqueued, failed);
        List<Try> history = state.failure(key)
                .map(FarmState.Failure::history)
                .filter(told -> !told.isEmpty())
                .or(() -> state.enqueued(key).map(FarmState.Enqueued::history))
                .orElse(List.of());
        return Run.newBuilder(run)
                .setAttempt(tries)
                .setMaxAttempts(tries + run.getMaxAttempts())
                .setHistory(history)
                .build();
    }

    private boolean enqueuedLately(FarmState state, RunKey key, Instant now) {
        return state.enqueued(key)
                .map(last -> last.at().plus(lockPeriod).isAfter(now))
                .orElse(false);
    }

    private static List<Run> wantedRuns(FarmState state, Optional<String> study, Instant now) {
        return state.wanted(study).stream()
                .flatMap(plan -> StudyPlan.runs(plan, now).stream())
                .toList();
    }

    private static int queued(FarmState state, Plan plan, Instant now) {
        int queued = 0;
        for (int index = 0; index < plan.getRuns(); index++) {
            RunStanding standing =
                    state.standing(new RunKey(plan.getExperiment().getExperimentId(), index), now);
            queued += standing == RunStanding.QUEUED || standing == RunStanding.RUNNING ? 1 : 0;
        }
        return queued;
    }
}
