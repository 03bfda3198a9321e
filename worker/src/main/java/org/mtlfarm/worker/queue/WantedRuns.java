package org.mtlfarm.worker.queue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunKey;

/**
 * What the plan says of runs: whether any study still wants them, and wants them now. A run of an experiment that no plan names is wanted:
 * somebody has put it on the queue. Safe for use by several threads.
 */
final class WantedRuns {
    private record Wish(int runs, boolean paused) {}

    /** Runs that a study wants of an experiment; none once it is cancelled. By experiment id, then study. */
    private final Map<String, Map<String, Wish>> wanted = new HashMap<>();

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    /** @param listener called after each change of the plan, by whoever makes it known */
    void onChange(Runnable listener) {
        listeners.add(listener);
    }

    void plan(Plan plan) {
        synchronized (this) {
            wanted.computeIfAbsent(plan.getExperiment().getExperimentId(), id -> new HashMap<>())
                    .put(plan.getStudy(), new Wish(plan.getCancelled() ? 0 : plan.getRuns(), plan.getPaused()));
        }
        listeners.forEach(Runnable::run);
    }

    synchronized boolean contains(Run run) {
        RunKey key = RunKey.of(run);
        Map<String, Wish> studies = wanted.get(key.experimentId());
        return studies == null || studies.values().stream().anyMatch(wish -> key.runIndex() < wish.runs());
    }

    /** Whether every study that wants the run is paused. */
    synchronized boolean isPaused(Run run) {
        RunKey key = RunKey.of(run);
        Map<String, Wish> studies = wanted.get(key.experimentId());
        return contains(run)
                && studies != null
                && studies.values().stream()
                        .filter(wish -> key.runIndex() < wish.runs())
                        .allMatch(Wish::paused);
    }
}
