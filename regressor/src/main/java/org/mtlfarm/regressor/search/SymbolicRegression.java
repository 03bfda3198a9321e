package org.mtlfarm.regressor.search;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;

import org.mtlfarm.regressor.evaluation.Blocks;
import org.mtlfarm.regressor.evaluation.ConstantFit;
import org.mtlfarm.regressor.evaluation.Evaluator;
import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.Notation;
import org.mtlfarm.regressor.expression.Operator;
import org.mtlfarm.regressor.selection.DescriptionLength;
import org.mtlfarm.regressor.selection.Rounding;
import org.mtlfarm.regressor.selection.Score;
import org.mtlfarm.regressor.table.Split;
import org.mtlfarm.regressor.table.Table;
import org.mtlfarm.schemas.InvalidInputException;

/**
 * Finds formulas for a table: the stages of a search ({@link Enumeration}, {@link Evolution} with {@link
 * SemanticBackpropagation}, {@link FrontFit}) one after the other on part of the rows, and all that they found judged on the rest.
 */
public final class SymbolicRegression {
    /** Further starts of the constants of each member of the front. */
    private static final int STARTS = 3;
    /** Between the seeds of one search and of the next that goes on from it. */
    private static final long SEARCH_STRIDE = 0x9E3779B9L;

    private static final int REFIT_STEPS = 20;
    private static final int PRUNE_STEPS = 10;
    private static final double REFIT_GAIN = 1e-8;

    private SymbolicRegression() {}

    /** Searches without telling of its progress. */
    public static FitResult fit(Table table, FitSettings settings) {
        return fit(table, settings, progress -> {});
    }

    /**
     * Searches.
     *
     * @param progress told after each round, on the calling thread
     * @throws InvalidInputException if the table has too few rows, or the settings do not go together
     * @throws CancellationException if the calling thread is interrupted meanwhile; its flag stays set
     */
    public static FitResult fit(Table table, FitSettings settings, Consumer<FitProgress> progress) {
        return fit(table, settings, Split.of(table, settings.seed()), progress);
    }

    /** Searches, with a split of one's own in the place of that which the seed draws. */
    public static FitResult fit(Table table, FitSettings settings, Split split, Consumer<FitProgress> progress) {
        check(table, settings);
        long start = System.nanoTime();
        Table training = table.rows(split.training());
        Found found = settings.preset() == Preset.GPLEARN
                ? new GplearnSearch(
                                training,
                                settings,
                                GplearnSettings.paper(training.values()),
                                start + settings.timeLimit().toNanos())
                        .run(progress, table.features())
                : new Search(training, settings, start, progress).found(training);
        return result(table, settings, split, training, found, start);
    }

    /**
     * Fits the constants of a state's formulas to a table's training part, and chooses among them anew; no search.
     *
     * @param from formulas over the table's features
     */
    public static FitResult refit(Table table, FitSettings settings, SearchState from) {
        check(table, settings.withStart(from));
        long start = System.nanoTime();
        Split split = Split.of(table, settings.seed());
        Table training = table.rows(split.training());
        Problem problem = new Problem(training, settings);
        Evaluator evaluator =
                new Evaluator(training.rows() == problem.blocks.rows() ? problem.blocks : blocks(training));
        ConstantFit fit = new ConstantFit(evaluator, REFIT_GAIN);
        Box.Check box = problem.box.check();
        Front front = new Front(settings.maxComplexity());
        front.offer(problem.constant());
        List<Expression> formulas = from.formulas();
        for (Expression formula : formulas) {
            ConstantFit.Outcome outcome = fit.fit(formula, REFIT_STEPS);
            if (outcome.squaredError() < Double.POSITIVE_INFINITY) {
                Expression fitted = formula.withConstants(outcome.constants());
                if (problem.allowed(fitted) && box.kept(fitted)) {
                    front.offer(new Member(fitted, outcome.squaredError()));
                }
            }
        }
        List<Expression> refitted = refitted(front.pareto(), problem, training).stream()
                .map(Member::expression)
                .toList();
        Found found = new Found(
                refitted, null, formulas.size(), evaluator.nodeEvaluations(), FitResult.Stop.EFFORT, from.islands());
        return result(table, settings, split, training, found, start);
    }

    private static void check(Table table, FitSettings settings) {
        if (table.rows() < Table.FEWEST_ROWS) {
            throw new InvalidInputException(table.source() + ": expected at least " + Table.FEWEST_ROWS
                    + " rows to fit a formula to, found " + table.rows());
        }
        for (Expression guess : settings.guesses()) {
            if (guess.variableLimit() > table.features().size()) {
                throw new IllegalArgumentException("a guess speaks of variable " + (guess.variableLimit() - 1)
                        + ", the table has " + table.features().size());
            }
            for (Operator operator : guess.operators()) {
                if (!settings.operators().contains(operator)) {
                    throw new InvalidInputException("a guess has the operator " + operator.symbol()
                            + ", which is not among those that formulas may use");
                }
            }
        }
        for (Constraint constraint : settings.constraints()) {
            if (constraint.variable() >= table.features().size()) {
                throw new IllegalArgumentException("a constraint speaks of variable " + constraint.variable()
                        + ", the table has " + table.features().size());
            }
        }
        if (settings.from() != null
                && !(settings.from().features().equals(table.features())
                        && settings.from().target().equals(table.target()))) {
            throw new InvalidInputException("the search state explains "
                    + settings.from().target() + " by "
                    + String.join(", ", settings.from().features()) + "; asked for is " + table.target() + " by "
                    + String.join(", ", table.features()));
        }
        if (settings.preset() == Preset.GPLEARN
                && (settings.from() != null
                        || !settings.guesses().isEmpty()
                        || !settings.forbidden().isEmpty()
                        || !settings.constraints().isEmpty())) {
            throw new InvalidInputException(
                    "the gplearn preset knows no guesses, forbidden nestings, constraints or states to go on from");
        }
    }

    private static FitResult result(
            Table table, FitSettings settings, Split split, Table training, Found found, long start) {
        List<FitResult.Law> laws = found.front().stream()
                .map(expression -> law(expression, table, split))
                .toList();
        int best = found.best() != null
                ? found.front().indexOf(found.best())
                : DescriptionLength.shortest(
                        found.front(),
                        laws.stream().mapToDouble(FitResult.Law::trainMse).toArray(),
                        training.values(),
                        settings.operators(),
                        training.features().size());
        double seconds = (System.nanoTime() - start) / 1e9;
        int searches = settings.from() == null ? 0 : settings.from().searches();
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
                found.stop(),
                new SearchState(table.target(), table.features(), searches + 1, found.islands()));
    }

    /** Constants fitted on all training rows and rounded within the noise. */
    private static List<Member> refitted(List<Member> front, Problem problem, Table training) {
        Evaluator evaluator =
                new Evaluator(training.rows() == problem.blocks.rows() ? problem.blocks : blocks(training));
        ConstantFit fit = new ConstantFit(evaluator, 1e-12);
        Box.Check box = problem.box.check();
        Front again = new Front(problem.maxComplexity);
        for (Member member : front) {
            ConstantFit.Outcome outcome = fit.fit(member.expression(), 100);
            if (!Double.isFinite(outcome.squaredError())) {
                continue;
            }
            // A constant whose sign has changed in the fit is written into the operator before it.
            Expression fitted = problem.simplifier.simplify(member.expression().withConstants(outcome.constants()));
            Expression rounded = Rounding.withinNoise(fitted, evaluator, problem.totalSquares);
            double error = evaluator.squaredError(rounded, rounded.constants());
            // With round constants it may be shorter: a factor of 1, an exponent of 2.
            Expression shorter = problem.simplifier.simplify(rounded);
            double shorterError = evaluator.squaredError(shorter, shorter.constants());
            boolean same = Math.abs(shorterError - error) <= 1e-6 * error + 1e-22 * problem.totalSquares;
            // The last digits may break a constraint; the member as it was found keeps it.
            for (Expression choice : List.of(same ? shorter : rounded, rounded, fitted, member.expression())) {
                if (problem.allowed(choice) && box.kept(choice)) {
                    again.offer(new Member(choice, evaluator.squaredError(choice, choice.constants())));
                    break;
                }
            }
        }
        return again.pareto();
    }

    private static Blocks blocks(Table training) {
        return new Blocks(training.columns(), training.values(), Problem.weights(training));
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

    /** One search under way: the stages, one after the other. */
    private static final class Search {
        private final Problem problem;
        private final FitSettings settings;
        private final Consumer<FitProgress> progress;
        private final List<String> features;
        private final long start;
        private final long deadline;
        private final Front front;

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
            front.offer(problem.constant());
            if (!(problem.totalSquares > 0)) {
                return new Found(expressions(training), null, 0, 0, FitResult.Stop.EXACT, List.of());
            }
            Enumeration enumeration = Enumeration.of(problem);
            SearchState from = settings.from();
            // Another search of the same seed goes other ways than those before it.
            long stream = settings.seed() + (from == null ? 0 : from.searches() * SEARCH_STRIDE);
            Evolution evolution = new Evolution(problem, enumeration, stream);
            evolution.begin(settings.guesses());
            if (from != null) {
                evolution.restore(from.islands());
            }
            FitResult.Stop stop =
                    evolution.run(settings.effort(), settings.threads(), this::late, share -> tell(evolution, share));
            FrontFit fit = new FrontFit(problem);
            fit.fitted(evolution.front(), STARTS, new SplittableRandom(stream), this::late)
                    .forEach(front::offer);
            long pruning = prune();
            return new Found(
                    expressions(training),
                    null,
                    evolution.considered(),
                    enumeration.nodeEvaluations() + evolution.nodeEvaluations() + fit.nodeEvaluations() + pruning,
                    stop,
                    evolution.islands());
        }

        private boolean late() {
            return System.nanoTime() - deadline > 0;
        }

        private List<Expression> expressions(Table training) {
            return refitted(front.pareto(), problem, training).stream()
                    .map(Member::expression)
                    .toList();
        }

        /** Tries each member of the front without each of its parts: evolution leaves terms that do nothing. */
        private long prune() {
            Evaluator evaluator = new Evaluator(problem.blocks);
            ConstantFit fit = new ConstantFit(evaluator, REFIT_GAIN);
            Box.Check box = problem.box.check();
            for (Member member : front.pareto()) {
                Expression expression = member.expression();
                for (int i = 0; i < expression.complexity(); i++) {
                    if (!expression.isOperator(i) || late()) {
                        continue;
                    }
                    Expression part = expression.subtree(i);
                    List<Expression> rests = expression.operator(i).arity() == 1
                            ? List.of(part.left())
                            : List.of(part.left(), part.right());
                    for (Expression rest : rests) {
                        Expression without = problem.simplifier.simplify(expression.replace(i, rest));
                        ConstantFit.Outcome outcome = fit.fit(without, PRUNE_STEPS);
                        if (outcome.squaredError() < front.error(without.complexity())) {
                            Expression fitted = without.withConstants(outcome.constants());
                            if (problem.allowed(fitted) && box.kept(fitted)) {
                                front.offer(new Member(fitted, outcome.squaredError()));
                            }
                        }
                    }
                }
            }
            return evaluator.nodeEvaluations();
        }

        private void tell(Evolution evolution, double share) {
            List<Member> pareto = evolution.front();
            Member best = pareto.get(pareto.size() - 1);
            double time = (double) (System.nanoTime() - start) / (deadline - start);
            progress.accept(new FitProgress(
                    Math.min(1, Math.max(share, time)),
                    evolution.considered(),
                    best.squaredError() / problem.weightSum,
                    best.expression().print(features)));
        }
    }
}
