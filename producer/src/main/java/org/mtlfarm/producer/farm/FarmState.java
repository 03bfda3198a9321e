package org.mtlfarm.producer.farm;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import org.mtlfarm.schemas.DeadLetter;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.Progress;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.Try;

/**
 * What the farm's topics say of every run, folded record by record in the order of each topic. Used by one thread.
 *
 * <p>Which came last, a failure or a new place on the queue, is told by the tries they count and not by clocks: a failure
 * counts the tries made, its own included, and a run enqueued after it carries at least as many.
 */
public final class FarmState {
    /** A run on the queue: where its record stands, the tries made before, and the most there may be. */
    record Enqueued(int partition, long offset, int attempt, int maxAttempts, List<Try> history, Instant at) {
        Enqueued {
            history = List.copyOf(history);
        }
    }

    /** A run given up or cancelled, after so many tries; their history where the failure told it. */
    public record Failure(Outcome outcome, String reason, int attempts, List<Try> history) {
        public Failure {
            history = List.copyOf(history);
        }
    }

    private static final class Trace {
        private Outcome counted;
        private Enqueued enqueued;
        private Failure failure;
        private Progress progress;
    }

    private final Map<PlanKey, Plan> plans = new LinkedHashMap<>();
    private final Map<PlanKey, Long> plannedAt = new HashMap<>();
    /** By experiment, the keys of its plans. */
    private final Map<String, List<PlanKey>> keys = new HashMap<>();
    /** Experiments that a study has paused, or resumed since. */
    private final Set<String> everPaused = new HashSet<>();

    private final Map<RunKey, Trace> traces = new HashMap<>();
    private final Map<Integer, Long> queueStart = new HashMap<>();
    private final Duration staleAfter;

    /**
     * @param staleAfter how long after its last progress a run still counts as running
     */
    public FarmState(Duration staleAfter) {
        this.staleAfter = staleAfter;
    }

    /** A plan record; throws {@link IllegalArgumentException} if its experiment's id can be no key. */
    public void plan(Plan plan, long offset) {
        new RunKey(plan.getExperiment().getExperimentId(), 0);
        PlanKey key = PlanKey.of(plan);
        Plan before = plans.put(key, plan);
        if (before == null) {
            keys.computeIfAbsent(key.experimentId(), id -> new ArrayList<>(1)).add(key);
        }
        if (plan.getPaused() || plan.getResumedAt() != null) {
            everPaused.add(key.experimentId());
        }
        boolean saidBefore = before != null
                && Plan.newBuilder(before)
                        .setPlannedAt(plan.getPlannedAt())
                        .build()
                        .equals(plan);
        if (!saidBefore) {
            plannedAt.put(key, offset);
        }
    }

    /** Offset of the first of the latest plan records of a key that all say the same; empty if there is none. */
    Optional<Long> plannedAt(PlanKey key) {
        return Optional.ofNullable(plannedAt.get(key));
    }

    /** A record of the work queue, where it stands there. */
    public void enqueued(Run run, int partition, long offset) {
        Trace trace = trace(RunKey.of(run));
        // A key keeps its partition, so offsets order its records, unless partitions were added; then clocks must do.
        boolean later = trace.enqueued == null
                || (trace.enqueued.partition() == partition
                        ? trace.enqueued.offset() < offset
                        : !trace.enqueued.at().isAfter(run.getEnqueuedAt()));
        if (later) {
            trace.enqueued = new Enqueued(
                    partition, offset, run.getAttempt(), run.getMaxAttempts(), run.getHistory(), run.getEnqueuedAt());
        }
    }

    /** The work queue's first offset, by partition, that is not done with; what is before has been acknowledged or dropped. */
    public void queueStart(Map<Integer, Long> startOffsets) {
        queueStart.putAll(startOffsets);
    }

    public void progress(Progress progress) {
        trace(RunKey.of(progress)).progress = progress;
    }

    public void result(RunResult result) {
        Trace trace = trace(RunKey.of(result));
        switch (result.getOutcome()) {
            case TRAINED, DIVERGED -> {
                if (trace.counted == null) {
                    trace.counted = result.getOutcome();
                }
            }
            case FAILED, CANCELLED ->
                fail(trace, new Failure(result.getOutcome(), result.getReason(), result.getAttempt(), List.of()));
            case UNKNOWN -> {
                // Written by a newer farm; whatever it means, the run has no result that this one can count.
            }
        }
    }

    /** A dead letter counts all tries made, in its run. */
    public void deadLetter(DeadLetter letter) {
        Run run = letter.getRun();
        fail(
                trace(RunKey.of(run)),
                new Failure(Outcome.FAILED, letter.getReason(), run.getAttempt(), run.getHistory()));
    }

    /** Every plan record, the cancelled ones included. */
    public Collection<Plan> plans() {
        return Collections.unmodifiableCollection(plans.values());
    }

    /**
     * Finds a name that a person typed.
     *
     * @throws InvalidInputException if no study of that name was ever submitted
     */
    public void requireStudy(String name) {
        Set<String> known = new TreeSet<>();
        plans.values().forEach(plan -> known.add(plan.getStudy()));
        if (!known.contains(name)) {
            throw new InvalidInputException("expected the name of a study that was submitted ("
                    + (known.isEmpty() ? "so far none was" : String.join(", ", known)) + "), found " + name);
        }
    }

    public Optional<Plan> plan(PlanKey key) {
        return Optional.ofNullable(plans.get(key));
    }

    /**
     * The plans that are not cancelled, one an experiment: where several studies want it, the one with most runs.
     *
     * @param study only this study's; empty for all
     */
    public List<Plan> wanted(Optional<String> study) {
        Map<String, Plan> byExperiment = new LinkedHashMap<>();
        for (Plan plan : plans.values()) {
            if (!plan.getCancelled() && study.map(plan.getStudy()::equals).orElse(true)) {
                byExperiment.merge(
                        plan.getExperiment().getExperimentId(),
                        plan,
                        (one, other) -> other.getRuns() > one.getRuns() ? other : one);
            }
        }
        return List.copyOf(byExperiment.values());
    }

    /** Whether a study wants something and is paused. */
    public boolean isPaused(String study) {
        return plans.values().stream()
                .anyMatch(plan -> plan.getStudy().equals(study) && plan.getPaused() && Reconciler.mayBeWanted(plan));
    }

    /** Studies of which a plan record tells, the cancelled ones included, the latest planned first. */
    public List<String> studies() {
        Map<String, Instant> latest = new TreeMap<>();
        plans.values()
                .forEach(plan -> latest.merge(
                        plan.getStudy(), plan.getPlannedAt(), (one, other) -> other.isAfter(one) ? other : one));
        return latest.entrySet().stream()
                .sorted(Map.Entry.<String, Instant>comparingByValue().reversed())
                .map(Map.Entry::getKey)
                .toList();
    }

    public RunStanding standing(RunKey key, Instant now) {
        RunStanding standing = unpaused(key, now);
        boolean waits =
                standing == RunStanding.QUEUED || standing == RunStanding.MISSING || standing == RunStanding.CANCELLED;
        return waits && isPaused(key) ? RunStanding.PAUSED : standing;
    }

    /** Whether some study wants the run, and each that does is paused. */
    private boolean isPaused(RunKey key) {
        boolean paused = false;
        for (Plan plan : wanting(key)) {
            if (!plan.getPaused()) {
                return false;
            }
            paused = true;
        }
        return paused;
    }

    /** When a study that wants the run was last resumed; empty if none ever was. */
    Optional<Instant> resumedAt(RunKey key) {
        return wanting(key).stream()
                .map(Plan::getResumedAt)
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder());
    }

    /** The plans that want a run, if any of them was ever paused; else none. */
    private List<Plan> wanting(RunKey key) {
        return !everPaused.contains(key.experimentId())
                ? List.of()
                : keys.get(key.experimentId()).stream()
                        .map(plans::get)
                        .filter(plan -> !plan.getCancelled() && key.runIndex() < plan.getRuns())
                        .toList();
    }

    private RunStanding unpaused(RunKey key, Instant now) {
        Trace trace = traces.get(key);
        if (trace == null) {
            return RunStanding.MISSING;
        }
        if (trace.counted != null) {
            return RunStanding.DONE;
        }
        if (trace.failure != null && !enqueuedSince(trace.failure, trace.enqueued)) {
            return trace.failure.outcome() == Outcome.CANCELLED ? RunStanding.CANCELLED : RunStanding.FAILED;
        }
        if (isRunning(trace, now)) {
            return RunStanding.RUNNING;
        }
        return isQueued(trace.enqueued) ? RunStanding.QUEUED : RunStanding.MISSING;
    }

    /** How the run that counts ended; empty while there is none. */
    Optional<Outcome> counted(RunKey key) {
        return Optional.ofNullable(traces.get(key)).map(trace -> trace.counted);
    }

    Optional<Enqueued> enqueued(RunKey key) {
        return Optional.ofNullable(traces.get(key)).map(trace -> trace.enqueued);
    }

    /** How a run failed last; empty if it never did. */
    public Optional<Failure> failure(RunKey key) {
        return Optional.ofNullable(traces.get(key)).map(trace -> trace.failure);
    }

    /** What was last told of a run in training; it may be long ago. */
    public Optional<Progress> progress(RunKey key) {
        return Optional.ofNullable(traces.get(key)).map(trace -> trace.progress);
    }

    private static void fail(Trace trace, Failure failure) {
        if (trace.failure == null || failure.attempts() >= trace.failure.attempts()) {
            boolean toldBefore = trace.failure != null
                    && failure.history().isEmpty()
                    && failure.attempts() == trace.failure.attempts();
            trace.failure = toldBefore
                    ? new Failure(failure.outcome(), failure.reason(), failure.attempts(), trace.failure.history())
                    : failure;
        } else if (failure.outcome() != trace.failure.outcome()) {
            // Of an older copy of the run. The average's slot goes by the last that was said, and so must this.
            trace.failure =
                    new Failure(failure.outcome(), failure.reason(), trace.failure.attempts(), trace.failure.history());
        }
    }

    private static boolean enqueuedSince(Failure failure, Enqueued enqueued) {
        return enqueued != null && enqueued.attempt() >= failure.attempts();
    }

    private boolean isRunning(Trace trace, Instant now) {
        boolean fresh = trace.progress != null
                && !trace.progress.getAt().plus(staleAfter).isBefore(now);
        return fresh && (trace.enqueued == null || !trace.progress.getAt().isBefore(trace.enqueued.at()));
    }

    private boolean isQueued(Enqueued enqueued) {
        return enqueued != null && enqueued.offset() >= queueStart.getOrDefault(enqueued.partition(), 0L);
    }

    private Trace trace(RunKey key) {
        return traces.computeIfAbsent(key, unseen -> new Trace());
    }
}
