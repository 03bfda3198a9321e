package org.mtlfarm.producer.farm;

import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;

import org.mtlfarm.producer.study.StudyPlan;
import org.mtlfarm.schemas.BrokerUnavailableException;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.Sampling;
import org.mtlfarm.schemas.SamplingState;

/**
 * Puts a study's experiments on the plan and its missing runs on the queue. Submitting again, or in another study, adds
 * only what is not there, and does not resume a study that is paused; what the study wanted before and now does not is taken off the plan, as {@code farm cancel} does. Of two producers at once, the one whose plan record comes first enqueues an experiment's runs.
 * Killed half way, it leaves runs unqueued, which the reconciler enqueues.
 */
public final class StudySubmitter {
    /**
     * The order on the queue. Ids are hashes, so large and small experiments of every kind come mixed: the first averages
     * already span the factors, and the time left is foretold from runs of all sizes.
     */
    private static final Comparator<Plan> BY_ID =
            Comparator.comparing(plan -> plan.getExperiment().getExperimentId());

    private final Producer<String, byte[]> producer;
    private final FarmView view;
    private final Clock clock;

    /**
     * @param producer idempotent, with {@code acks=all}; stays the caller's
     * @param view stays the caller's
     */
    public StudySubmitter(Producer<String, byte[]> producer, FarmView view, Clock clock) {
        this.producer = producer;
        this.view = view;
        this.clock = clock;
    }

    /** Returns when the broker has confirmed every record; throws {@link BrokerUnavailableException} if it does not. */
    public Submission submit(StudyPlan study) {
        FarmState state = view.refresh();
        Instant now = clock.instant();
        ConfirmedRecords records = new ConfirmedRecords(producer, view.wire());
        boolean paused = state.isPaused(study.study().name());
        List<Plan> plans = study.plans(now).stream()
                .map(plan -> Plan.newBuilder(plan).setPaused(paused).build())
                .map(plan -> state.plan(PlanKey.of(plan))
                        .map(known -> plannedSince(plan, known))
                        .orElse(plan))
                .toList();
        Map<PlanKey, Future<RecordMetadata>> planned = new HashMap<>();
        for (Plan plan : plans) {
            if (state.plan(PlanKey.of(plan)).filter(plan::equals).isEmpty()) {
                planned.put(PlanKey.of(plan), records.send(plan));
            }
        }
        List<Plan> retired = retired(state, study.study().name(), plans);
        retired.forEach(plan -> records.send(Reconciler.cancelled(plan)));
        // Before any run is enqueued: what is planned can be reconciled, what is only queued cannot.
        records.await();
        view.refresh();

        int[] standings = new int[RunStanding.values().length];
        for (Plan plan :
                plans.stream().filter(one -> !one.getCancelled()).sorted(BY_ID).toList()) {
            boolean anothers = isAnothers(state, plan, planned);
            for (Run run : StudyPlan.runs(plan, now)) {
                RunKey key = RunKey.of(run);
                RunStanding standing = state.standing(key, now);
                if (anothers && standing == RunStanding.MISSING) {
                    standing = RunStanding.QUEUED;
                } else if (standing == RunStanding.CANCELLED) {
                    records.send(Reconciler.afresh(state, run));
                    standing = RunStanding.MISSING;
                } else if (standing == RunStanding.MISSING && !Reconciler.sendMissing(records, state, run, now)) {
                    standing = RunStanding.FAILED;
                }
                standings[standing.ordinal()]++;
            }
        }
        records.await();
        return new Submission(
                planned.size(),
                plans.size() - planned.size(),
                standings[RunStanding.MISSING.ordinal()],
                standings[RunStanding.DONE.ordinal()],
                standings[RunStanding.QUEUED.ordinal()]
                        + standings[RunStanding.RUNNING.ordinal()]
                        + standings[RunStanding.PAUSED.ordinal()],
                standings[RunStanding.FAILED.ordinal()],
                retired.size());
    }

    /** What the study wanted when it was last submitted and does not want now. */
    private static List<Plan> retired(FarmState state, String study, List<Plan> plans) {
        Set<PlanKey> wanted = plans.stream().map(PlanKey::of).collect(Collectors.toSet());
        return state.plans().stream()
                .filter(plan -> plan.getStudy().equals(study) && Reconciler.isOnThePlan(plan))
                .filter(plan -> !wanted.contains(PlanKey.of(plan)))
                .toList();
    }

    /** Whether another producer has planned the same since this one looked, and so enqueues its runs, or has died over it. */
    private static boolean isAnothers(FarmState state, Plan plan, Map<PlanKey, Future<RecordMetadata>> planned) {
        PlanKey key = PlanKey.of(plan);
        Future<RecordMetadata> own = planned.get(key);
        boolean saysTheSame = state.plan(key)
                .filter(latest -> plannedSince(plan, latest).equals(latest))
                .isPresent();
        if (own == null || !saysTheSame) {
            return false;
        }
        try {
            long offset = own.get().offset();
            return state.plannedAt(key).filter(first -> first < offset).isPresent();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a record that was confirmed is not", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokerUnavailableException("interrupted while a study was submitted", e);
        }
    }

    private static Plan plannedSince(Plan plan, Plan first) {
        Plan.Builder since =
                Plan.newBuilder(plan).setPlannedAt(first.getPlannedAt()).setResumedAt(first.getResumedAt());
        if (plan.getSampling() != null) {
            sampledSince(since, plan.getSampling(), first);
        }
        return since.build();
    }

    /** What an adaptive study has asked for, or wanted before it was one, it goes on to want; what it has spared it may ask for. */
    private static void sampledSince(Plan.Builder since, Sampling sampling, Plan first) {
        Sampling before = first.getSampling();
        boolean asked = before == null ? !first.getCancelled() : before.getState() == SamplingState.ASKED;
        if (asked) {
            since.setCancelled(false)
                    .setSampling(Sampling.newBuilder(sampling)
                            .setState(SamplingState.ASKED)
                            .setRound(before == null ? 1 : before.getRound())
                            .setDoubt(before == null ? null : before.getDoubt())
                            .build());
        }
    }
}
