package org.mtlfarm.standalone.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import org.mtlfarm.schemas.Provenance;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.worker.queue.ProgressListener;
import org.mtlfarm.worker.queue.RunTraining;

/**
 * A training in which all runs of a process are members of one gang, as on a card: each hands over its next step and waits; one
 * thread takes the steps that are there and makes them together, in the time of one. A run takes 100 to 1,123 steps, and its score
 * follows from all of them in their order, so one that a neighbour's end, halt or stall lost, repeated or mixed up shows in it.
 *
 * @see ScriptedTraining of which each run has a thread's time of its own
 */
public final class ScriptedGang implements RunTraining {
    private static final int CRASHED = 134;

    private final long stepNanos;
    private final Set<String> endless;
    private final Set<String> crashing;
    private final Queue<Member> waiting = new ConcurrentLinkedQueue<>();
    private final Thread card;
    private final AtomicInteger largest = new AtomicInteger();

    /** A run in training. Its numbers are the card's alone while it waits. */
    private static final class Member {
        private final Thread thread = Thread.currentThread();
        private long state;
        private volatile boolean stepped;

        private Member(long seed) {
            state = seed;
        }
    }

    /**
     * @param step how long a step takes, of however many runs
     * @param endless keys of runs that go on until they are cancelled
     * @param crashing keys of runs that take their process with them
     */
    public ScriptedGang(Duration step, Set<String> endless, Set<String> crashing) {
        this.stepNanos = step.toNanos();
        this.endless = endless;
        this.crashing = crashing;
        card = new Thread(this::launch, "card");
        card.setDaemon(true);
        card.start();
    }

    /** The most runs that have made a step together. */
    public int largest() {
        return largest.get();
    }

    /** F1 of a run that was trained to its end. */
    public static double f1(Run run) {
        long state = run.getSeed();
        for (long batch = batches(run); batch > 0; batch--) {
            state = next(state);
        }
        return f1(state);
    }

    @Override
    public RunResult train(Run run, ProgressListener progress, BooleanSupplier cancelled) {
        String key = RunKey.of(run).toString();
        Member member = new Member(run.getSeed());
        long batches = batches(run);
        for (long batch = 0; batch < batches || endless.contains(key); batch++) {
            if (cancelled.getAsBoolean()) {
                throw new CancellationException("cancelled at batch " + batch);
            }
            if (crashing.contains(key) && batch == batches / 2) {
                Runtime.getRuntime().halt(CRASHED);
            }
            step(member);
            progress.progressed(batch, batches, 0, 1, 0.5, 1000);
        }
        return ScriptedTraining.result(run, batches, f1(member.state), provenance(run));
    }

    private static long batches(Run run) {
        return 100 + (run.getSeed() >>> 54);
    }

    private void step(Member member) {
        member.stepped = false;
        waiting.add(member);
        LockSupport.unpark(card);
        while (!member.stepped) {
            LockSupport.park(this);
            if (Thread.interrupted()) {
                throw new CancellationException("interrupted");
            }
        }
    }

    /** The card's thread. */
    private void launch() {
        List<Member> present = new ArrayList<>();
        while (true) {
            while (waiting.isEmpty()) {
                LockSupport.park(this);
            }
            LockSupport.parkNanos(stepNanos);
            for (Member member = waiting.poll(); member != null; member = waiting.poll()) {
                present.add(member);
            }
            largest.accumulateAndGet(present.size(), Math::max);
            for (Member member : present) {
                member.state = next(member.state);
                member.stepped = true;
                LockSupport.unpark(member.thread);
            }
            present.clear();
        }
    }

    /** SplitMix64's step. */
    private static long next(long state) {
        long mixed = state + 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ mixed >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }

    private static double f1(long state) {
        return (state >>> 20 & 0xFFFFFF) / (double) (1 << 24);
    }

    @Override
    public Provenance provenance(Run run) {
        return new Provenance(
                run.getSeed(), "scripted gang", "1", "1", "c", "v", "builtin", "builtin", "17", "Linux", "x86");
    }
}
