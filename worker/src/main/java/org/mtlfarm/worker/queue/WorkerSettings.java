package org.mtlfarm.worker.queue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;

import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.WorkGroup;

/**
 * How a worker works.
 *
 * @param worker names it in results and progress: host and process
 * @param slots runs trained at once; each is a member of the work group, which takes 1000 at most
 * @param drain how long runs in flight may take after a stop before they are given back
 * @param retryBackOff between the first failed try of a run and the next; doubles with every try
 * @param refusalBackOff between a refused run and the next one taken; doubles, up to 40 times this, while runs are refused
 * @param idleExit the worker stops when it has had no run that it could train for this long, or for the group's lock where
 *     that is longer and runs are left on the queue (a minute before it was offered the first); empty: it waits for ever
 */
public record WorkerSettings(
        String worker,
        int slots,
        Duration drain,
        WorkGroup group,
        Duration retryBackOff,
        Duration refusalBackOff,
        Optional<Duration> idleExit) {
    public WorkerSettings {
        if (worker.isBlank()) {
            throw new InvalidInputException("a worker's name must not be empty");
        }
        if (slots < 1 || slots > 1000) {
            throw new InvalidInputException("slots must be in [1, 1000], found " + slots);
        }
        if (drain.isNegative() || retryBackOff.isNegative() || refusalBackOff.isNegative()) {
            throw new InvalidInputException("a worker's times must not be negative, found drain " + drain
                    + ", retry back-off " + retryBackOff + ", refusal back-off " + refusalBackOff);
        }
        if (idleExit.filter(idle -> idle.isNegative() || idle.isZero()).isPresent()) {
            throw new InvalidInputException("the time after which an idle worker ends must be positive, found "
                    + idleExit.get().toMillis() + " ms");
        }
    }

    /** This process, which gives back what it has not finished when it is stopped. */
    public static WorkerSettings of(int slots) {
        return new WorkerSettings(
                thisProcess(),
                slots,
                Duration.ZERO,
                WorkGroup.WORKERS,
                Duration.ofSeconds(1),
                Duration.ofMillis(250),
                Optional.empty());
    }

    public WorkerSettings withSlots(int changed) {
        return new WorkerSettings(worker, changed, drain, group, retryBackOff, refusalBackOff, idleExit);
    }

    public WorkerSettings withDrain(Duration changed) {
        return new WorkerSettings(worker, slots, changed, group, retryBackOff, refusalBackOff, idleExit);
    }

    public WorkerSettings withGroup(WorkGroup changed) {
        return new WorkerSettings(worker, slots, drain, changed, retryBackOff, refusalBackOff, idleExit);
    }

    public WorkerSettings withRetryBackOff(Duration changed) {
        return new WorkerSettings(worker, slots, drain, group, changed, refusalBackOff, idleExit);
    }

    public WorkerSettings withIdleExit(Duration changed) {
        return new WorkerSettings(worker, slots, drain, group, retryBackOff, refusalBackOff, Optional.of(changed));
    }

    private static String thisProcess() {
        long pid = ProcessHandle.current().pid();
        try {
            return InetAddress.getLocalHost().getHostName() + "-" + pid;
        } catch (UnknownHostException e) {
            return "unnamed-host-" + pid;
        }
    }
}
