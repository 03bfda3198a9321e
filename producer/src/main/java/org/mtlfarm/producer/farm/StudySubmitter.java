package org.mtlfarm.producer.farm;

import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

import org.apache.kafka.clients.producer.Producer;

import org.mtlfarm.producer.study.StudyPlan;
import org.mtlfarm.schemas.BrokerUnavailableException;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunKey;

/**
 * Puts a study's experiments on the plan and its missing runs on the queue. Submitting again, or in another study, adds
 * only what is not there. Killed half way, or run twice at once, it may leave runs unqueued or queued twice: the
 * reconciler enqueues the former, and of the latter the first result counts.
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
        ConfirmedRecords records = new ConfirmedRecords(producer);
        List<Plan> plans = study.plans(now);
        int planned = 0;
        for (Plan plan : plans) {
            Optional<Plan> known = state.plan(PlanKey.of(plan));
            Plan wanted = known.map(first -> plannedSince(plan, first)).orElse(plan);
            if (known.filter(wanted::equals).isEmpty()) {
                records.send(wanted);
                planned++;
            }
        }
        // Before any run is enqueued: what is planned can be reconciled, what is only queued cannot.
        records.await();

        int[] standings = new int[RunStanding.values().length];
        for (Plan plan : plans.stream().sorted(BY_ID).toList()) {
            for (Run run : StudyPlan.runs(plan, now)) {
                RunKey key = RunKey.of(run);
                RunStanding standing = state.standing(key, now);
                if (standing == RunStanding.CANCELLED) {
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
                planned,
                plans.size() - planned,
                standings[RunStanding.MISSING.ordinal()],
                standings[RunStanding.DONE.ordinal()],
                standings[RunStanding.QUEUED.ordinal()] + standings[RunStanding.RUNNING.ordinal()],
                standings[RunStanding.FAILED.ordinal()]);
    }

    private static Plan plannedSince(Plan plan, Plan first) {
        return Plan.newBuilder(plan).setPlannedAt(first.getPlannedAt()).build();
    }
}
