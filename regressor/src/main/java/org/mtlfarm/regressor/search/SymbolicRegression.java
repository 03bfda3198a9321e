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
import java.util.function.Consumer;

import org.mtlfarm.regressor.evaluation.Blocks;
import org.mtlfarm.regressor.evaluation.ConstantFit;
import org.mtlfarm.regressor.evaluation.Evaluator;
import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.Notation;
import org.mtlfarm.regressor.selection.DescriptionLength;
import org.mtlfarm.regressor.selection.Rounding;
import org.mtlfarm.regressor.selection.Score;
import org.mtlfarm.regressor.table.Split;
import org.mtlfarm.regressor.table.Table;
import org.mtlfarm.schemas.InvalidInputException;

/**
 * Finds formulas for a table: enumerates small ones, then searches on islands from there, and judges all on rows that it has
 * not seen. A fixed number of islands works in rounds of fixed effort, whatever the number of threads, so that threads change
 * the time and not the formula.
 */
public final class SymbolicRegression {
    private static final int ISLANDS = 4;
    private static final int LIBRARY = 16_000;
    /** Work of one island in one round. */
    private static final long ROUND = 30_000_000L;
    /** Below this share of the target's variance an error is rounding. */
    private static final double EXACT = 1e-20;
    /** Rounds that are added to find a shorter one when a formula is exact. */
    private static final int ROUNDS_AFTER_EXACT = 4;

    private SymbolicRegression() {}

    /** Searches without telling of its progress. */
    public static FitResult fit(Table table, FitSettings settings) {
        return fit(table, settings, progress -> {});
    }

    /**
     * Searches.
     *
     * @param progress told after each round, on the calling thread
     * @throws InvalidInputException if the table has too few rows
     * @throws CancellationException if the calling thread is interrupted meanwhile; its flag stays set
     */
    public static FitResult fit(Table table, FitSettings settings, Consumer<FitProgress> progress) {
        if (table.rows() < Table.FEWEST_ROWS) {
            throw new InvalidInputException(table.source() + ": expected at least " + Table.FEWEST_ROWS
                    + " rows to fit a formula to, found " + table.rows());
        }
        for (Expression guess : settings.guesses()) {
            if (guess.variableLimit() > table.features().size()) {
                throw new IllegalArgumentException("a guess speaks of variable " + (guess.variableLimit() - 1)
                        + ", the table has " + table.features().size());
            }
        }
        long start = System.nanoTime();
        Split split = Split.of(table, settings.seed());
        Table training = table.rows(split.training());
        Found found = settings.preset() == Preset.GPLEARN
                ? new GplearnSearch(
                                training,
                                settings,
                                GplearnSettings.paper(training.values()),
                                start + settings.timeLimit().toNanos())
                        .run(progress, table.features())
                : new Search(training, settings, start, progress).found(training);
        List<FitResult.Law> laws = found.front().stream()
                .map(expression -> law(expression, table, split))
                .toList();
        int best = found.best() != null
                ? found.front().indexOf(found.best())
                : DescriptionLength.shortest(
                        found.front(),
                        laws.stream().mapToDouble(FitResult.Law::trainMse).toArray(),
                        training.values());
        double seconds = (System.nanoTime() - start) / 1e9;
        return new FitResult(
                table.target(),
                table.features(),
                laws.get(best),
                laws,
                table.rows(),
                seconds,
                found.evaluations(),
                found.nodeEvaluations() / seconds,
                settings.seed(),
                found.stop());
    }

    /** Constants fitted on all training rows and rounded within the noise. */
    private static List<Member> refitted(List<Member> front, Problem problem, Table training) {
        Blocks blocks = training.rows() == problem.blocks.rows()
                ? problem.blocks
                : new Blocks(training.columns(), training.values(), Problem.weights(training));
        Evaluator evaluator = new Evaluator(blocks);
        ConstantFit fit = new ConstantFit(evaluator, 1e-12);
        Front again = new Front(problem.maxComplexity);
        for (Member member : front) {
            ConstantFit.Outcome outcome = fit.fit(member.expression(), 100);
            if (Double.isFinite(outcome.squaredError())) {
                Expression rounded = Rounding.withinNoise(
                        member.expression().withConstants(outcome.constants()), evaluator, problem.totalSquares);
                again.offer(new Member(rounded, evaluator.squaredError(rounded, rounded.constants())));
            }
        }
        return again.pareto();
    }

    /** An expression judged on the two parts of a table. */
    private static FitResult.Law law(Expression expression, Table table, Split split) {
        Score train = Score.of(expression, table.rows(split.training()));
        Score test = Score.of(expression, table.rows(split.heldOut()));
        return new FitResult.Law(
                expression,
                Notation.INFIX.print(expression, table.features()),
                Notation.LATEX.print(expression, table.features()),
                expression.complexity(),
                train.mse(),
                test.mse(),
                test.r2());
    }

    /** One search under way. */
    private static final class Search {
        private final Problem problem;
        private final FitSettings settings;
        private final Consumer<FitProgress> progress;
        private final List<String> features;
        private final long start;
        private final long deadline;
        private final Front front;
        private final List<Island> islands = new ArrayList<>();
        private long libraryEvaluations;
        private FitResult.Stop stop = FitResult.Stop.EFFORT;

        Search(Table training, FitSettings settings, long start, Consumer<FitProgress> progress) {
            this.problem = new Problem(training, settings);
            this.settings = settings;
            this.progress = progress;
            this.features = training.features();
            this.start = start;
            this.deadline = start + settings.timeLimit().toNanos();
            this.front = new Front(settings.maxComplexity());
        }

        Found found(Table training) {
            run();
            List<Expression> expressions = refitted(front.pareto(), problem, training).stream()
                    .map(Member::expression)
                    .toList();
            return new Found(expressions, null, evaluations(), nodeEvaluations(), stop);
        }

        private void run() {
            front.offer(constant());
            if (!(problem.totalSquares > 0)) {
                stop = FitResult.Stop.EXACT;
                return;
            }
            Evaluator few = new Evaluator(problem.few);
            Library library = Library.enumerate(few, problem.operators, LIBRARY, problem.maxComplexity);
            libraryEvaluations = few.nodeEvaluations();
            for (int i = 0; i < ISLANDS; i++) {
                islands.add(new Island(problem, library, settings.seed() * ISLANDS + i));
            }
            islands.get(0).begin(settings.guesses());
            for (Island island : islands.subList(1, ISLANDS)) {
                islands.get(0).members().forEach(island::immigrate);
            }
            gather();
            ExecutorService threads = Executors.newFixedThreadPool(settings.threads(), task -> {
                Thread thread = new Thread(task, "symbolic-regression");
                thread.setDaemon(true);
                return thread;
            });
            try {
                rounds(threads);
            } finally {
                threads.shutdownNow();
            }
        }

        private Member constant() {
            Expression mean = Expression.constant(problem.targetMean);
            return new Member(mean, problem.totalSquares);
        }

        private void rounds(ExecutorService threads) {
            BooleanSupplier late = () ->
                    System.nanoTime() - deadline > 0 || Thread.currentThread().isInterrupted();
            long rounds = Math.max(1, settings.effort() / (ISLANDS * ROUND));
            long effort = Math.min(ROUND, Math.max(1, settings.effort() / ISLANDS));
            long afterExact = 0;
            for (long round = 0; round < rounds; round++) {
                List<Callable<Void>> tasks = new ArrayList<>();
                for (Island island : islands) {
                    tasks.add(() -> {
                        island.search(effort, late);
                        return null;
                    });
                }
                await(threads, tasks);
                gather();
                tell((double) (round + 1) / rounds);
                if (late.getAsBoolean()) {
                    stop = FitResult.Stop.TIME_LIMIT;
                    return;
                }
                if (front.error(problem.maxComplexity) <= EXACT * problem.totalSquares
                        && ++afterExact > ROUNDS_AFTER_EXACT) {
                    stop = FitResult.Stop.EXACT;
                    return;
                }
                migrate();
            }
        }

        private static void await(ExecutorService threads, List<Callable<Void>> tasks) {
            try {
                for (Future<Void> done : threads.invokeAll(tasks)) {
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

        private void tell(double share) {
            List<Member> pareto = front.pareto();
            Member best = pareto.get(pareto.size() - 1);
            double time = (double) (System.nanoTime() - start) / (deadline - start);
            progress.accept(new FitProgress(
                    Math.min(1, Math.max(share, time)),
                    evaluations(),
                    best.squaredError() / problem.weightSum,
                    best.expression().print(features)));
        }

        private long evaluations() {
            return islands.stream().mapToLong(Island::considered).sum();
        }

        private long nodeEvaluations() {
            return libraryEvaluations
                    + islands.stream().mapToLong(Island::nodeEvaluations).sum();
        }
    }
}
