package org.mtlfarm.regressor.search;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleConsumer;

import org.mtlfarm.regressor.expression.Expression;

/**
 * The second stage of a search: islands of populations that evolve side by side in rounds of fixed effort and learn of each
 * other's best after every round. Their number is fixed, so that threads change the time and not the formulas. One thread at a
 * time calls it.
 */
public final class Evolution {
    private static final int ISLANDS = 4;
    /** Work of one island in one round. */
    private static final long ROUND = 30_000_000L;
    /** Below this share of the target's variance an error is rounding. */
    private static final double EXACT = 1e-20;
    /** Rounds that are added to find a shorter one when a formula is exact. */
    private static final int ROUNDS_AFTER_EXACT = 4;

    private final Problem problem;
    private final List<Island> islands = new ArrayList<>();
    private final Front front;

    /** Empty islands, which draw their building blocks from an enumeration. */
    public Evolution(Problem problem, Enumeration enumeration, long seed) {
        this.problem = problem;
        this.front = new Front(problem.maxComplexity);
        for (int i = 0; i < ISLANDS; i++) {
            islands.add(new Island(problem, enumeration, seed * ISLANDS + i));
        }
    }

    /** The first generation: expressions to start from, if any, and those of the enumeration that come nearest to the target. */
    public void begin(List<Expression> expressions) {
        islands.get(0).begin(expressions);
        for (Island island : islands.subList(1, ISLANDS)) {
            islands.get(0).members().forEach(island::immigrate);
        }
        gather();
    }

    /** Takes in what the islands of an earlier search held, with constants fitted to the rows of this one. */
    public void restore(List<List<Expression>> members) {
        for (int i = 0; i < members.size(); i++) {
            islands.get(i % ISLANDS).restore(members.get(i));
        }
        gather();
    }

    /**
     * Evolves.
     *
     * @param effort units of work: about one node of an expression over one row, or two rows compared
     * @param threads working at once
     * @param late asked again and again, by all of the threads, whether to stop before that
     * @param progress told after each round which share of the effort is done, on the calling thread
     * @return why it ended
     * @throws CancellationException if the calling thread is interrupted meanwhile; its flag stays set
     */
    public FitResult.Stop run(long effort, int threads, BooleanSupplier late, DoubleConsumer progress) {
        ExecutorService executor = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "symbolic-regression");
            thread.setDaemon(true);
            return thread;
        });
        try {
            return rounds(effort, executor, late, progress);
        } finally {
            executor.shutdownNow();
        }
    }

    private FitResult.Stop rounds(
            long effort, ExecutorService executor, BooleanSupplier late, DoubleConsumer progress) {
        BooleanSupplier stopped =
                () -> late.getAsBoolean() || Thread.currentThread().isInterrupted();
        long rounds = Math.max(1, effort / (ISLANDS * ROUND));
        long share = Math.min(ROUND, Math.max(1, effort / ISLANDS));
        long afterExact = 0;
        for (long round = 0; round < rounds; round++) {
            List<Callable<Void>> tasks = new ArrayList<>();
            for (Island island : islands) {
                tasks.add(() -> {
                    island.search(share, stopped);
                    return null;
                });
            }
            await(executor, tasks);
            gather();
            progress.accept((double) (round + 1) / rounds);
            if (stopped.getAsBoolean()) {
                return FitResult.Stop.TIME_LIMIT;
            }
            if (front.error(problem.maxComplexity) <= EXACT * problem.totalSquares
                    && ++afterExact > ROUNDS_AFTER_EXACT) {
                return FitResult.Stop.EXACT;
            }
            migrate();
        }
        return FitResult.Stop.EFFORT;
    }

    private static void await(ExecutorService executor, List<Callable<Void>> tasks) {
        try {
            for (Future<Void> done : executor.invokeAll(tasks)) {
                done.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("the fit was interrupted");
        } catch (ExecutionException e) {
            throw new IllegalStateException("an island failed: " + e.getCause(), e.getCause());
        }
    }

    private void gather() {
        for (Island island : islands) {
            island.front().pareto().forEach(front::offer);
        }
    }

    /** Each island learns of the best of its neighbour. */
    private void migrate() {
        for (int i = 0; i < ISLANDS; i++) {
            islands.get(i).front().pareto().forEach(islands.get((i + 1) % ISLANDS)::immigrate);
        }
    }

    /** The best so far: each better than all that have fewer nodes, the simplest first. */
    public List<Member> front() {
        return front.pareto();
    }

    /** What the islands hold, of each complexity the best first: {@link #restore} takes it. */
    public List<List<Expression>> islands() {
        return islands.stream()
                .map(island -> island.members().stream().map(Member::expression).toList())
                .toList();
    }

    /** Expressions judged so far. */
    public long considered() {
        return islands.stream().mapToLong(Island::considered).sum();
    }

    /** Nodes times rows computed so far. */
    public long nodeEvaluations() {
        return islands.stream().mapToLong(Island::nodeEvaluations).sum();
    }
}
