package org.mtlfarm.regressor.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import org.mtlfarm.regressor.evaluation.Blocks;
import org.mtlfarm.regressor.evaluation.Evaluator;
import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.Operator;
import org.mtlfarm.regressor.table.Table;

/**
 * Genetic programming by the rules of gplearn 0.4 (its documentation and FACTS): protected division, logarithm and root;
 * half-and-half initial trees; tournaments on the error plus parsimony times length; one change a child; no elitism, no
 * fitted constants; the result is the last generation's least raw error. Where gplearn's minimum would take a value that is
 * no number for the least, here it is the worst.
 */
final class GplearnSearch {
    private static final Map<Operator, Operator> PROTECTED = new EnumMap<>(Map.of(
            Operator.DIV, Operator.PDIV,
            Operator.LOG, Operator.PLOG,
            Operator.SQRT, Operator.PSQRT));
    private static final List<Operator> PAPER = List.of(
            Operator.ADD,
            Operator.SUB,
            Operator.MUL,
            Operator.DIV,
            Operator.LOG,
            Operator.SQRT,
            Operator.EXP,
            Operator.NEG);
    /** Weight of an operator against a leaf when a subtree is chosen. */
    private static final double OPERATOR_WEIGHT = 0.9;

    private final GplearnSettings settings;
    private final SplittableRandom random;
    private final List<Operator> functions;
    private final int variables;
    private final Blocks blocks;
    private final double weightSum;
    private final Evaluator[] evaluators;
    private final long deadline;
    private long evaluations;

    private record Program(Expression expression, double error) {}

    GplearnSearch(Table training, FitSettings fit, GplearnSettings settings, long deadline) {
        this.settings = settings;
        this.random = new SplittableRandom(fit.seed());
        Set<Operator> chosen = new LinkedHashSet<>();
        for (Operator operator : PAPER) {
            Operator own = PROTECTED.getOrDefault(operator, operator);
            if (fit.operators().contains(operator) || fit.operators().contains(own)) {
                chosen.add(own);
            }
        }
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException(
                    "the gplearn preset has add sub mul div log sqrt exp neg; none is allowed");
        }
        this.functions = List.copyOf(chosen);
        this.variables = training.features().size();
        double[] target = Arrays.stream(training.values())
                .map(value -> value * settings.targetScale())
                .toArray();
        this.blocks = new Blocks(training.columns(), target, Problem.weights(training));
        this.weightSum = target.length;
        this.evaluators = new Evaluator[fit.threads()];
        Arrays.setAll(evaluators, i -> new Evaluator(blocks));
        this.deadline = deadline;
    }

    Found run(Consumer<FitProgress> progress, List<String> features) {
        List<Program> parents = judged(
                IntStream.range(0, settings.population()).mapToObj(i -> grow()).toList(), Map.of());
        FitResult.Stop stop = FitResult.Stop.EFFORT;
        for (int generation = 1; generation < settings.generations(); generation++) {
            tell(progress, features, parents, (double) generation / settings.generations());
            if (System.nanoTime() - deadline > 0) {
                stop = FitResult.Stop.TIME_LIMIT;
                break;
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new CancellationException("the fit was interrupted");
            }
            Map<Expression, Double> known = new HashMap<>();
            parents.forEach(parent -> known.put(parent.expression, parent.error));
            List<Expression> children = new ArrayList<>();
            for (int i = 0; i < settings.population(); i++) {
                children.add(child(parents));
            }
            parents = judged(children, known);
        }
        Front front = new Front(parents.stream()
                .mapToInt(program -> program.expression.complexity())
                .max()
                .orElse(1));
        parents.forEach(program -> front.offer(new Member(program.expression, program.error)));
        List<Expression> pareto = front.pareto().stream()
                .map(member -> ownUnits(member.expression()))
                .toList();
        return new Found(
                pareto,
                pareto.get(pareto.size() - 1),
                evaluations,
                Arrays.stream(evaluators).mapToLong(Evaluator::nodeEvaluations).sum(),
                stop,
                List.of());
    }

    /** The expression in the units of the target. */
    private Expression ownUnits(Expression expression) {
        return settings.targetScale() == 1
                ? expression
                : Expression.apply(Operator.MUL, Expression.constant(1 / settings.targetScale()), expression);
    }

    private void tell(Consumer<FitProgress> progress, List<String> features, List<Program> programs, double share) {
        Program best = best(programs);
        progress.accept(new FitProgress(
                share,
                evaluations,
                best.error / (settings.targetScale() * settings.targetScale()),
                ownUnits(best.expression).print(features)));
    }

    private static Program best(List<Program> programs) {
        Program best = programs.get(0);
        for (Program program : programs) {
            best = program.error < best.error ? program : best;
        }
        return best;
    }

    private List<Program> judged(List<Expression> expressions, Map<Expression, Double> known) {
        double[] errors = new double[expressions.size()];
        evaluations += expressions.size();
        IntStream threads = IntStream.range(0, evaluators.length);
        (evaluators.length > 1 ? threads.parallel() : threads).forEach(t -> {
            for (int i = t; i < errors.length; i += evaluators.length) {
                Expression expression = expressions.get(i);
                Double same = known.get(expression);
                double error = same != null
                        ? same
                        : evaluators[t].squaredError(expression, expression.constants()) / weightSum;
                errors[i] = Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
            }
        });
        List<Program> programs = new ArrayList<>(errors.length);
        for (int i = 0; i < errors.length; i++) {
            programs.add(new Program(expressions.get(i), errors[i]));
        }
        return programs;
    }

    private Expression child(List<Program> parents) {
        double method = random.nextDouble();
        Expression parent = winner(parents);
        double bound = settings.crossover();
        if (method < bound) {
            Expression donor = winner(parents);
            return parent.replace(subtree(parent), donor.subtree(subtree(donor)));
        }
        bound += settings.subtreeMutation();
        if (method < bound) {
            int position = subtree(parent);
            Expression donor = grow();
            return parent.replace(position, donor.subtree(subtree(donor)));
        }
        bound += settings.hoistMutation();
        if (method < bound) {
            int position = subtree(parent);
            Expression part = parent.subtree(position);
            return parent.replace(position, part.subtree(subtree(part)));
        }
        bound += settings.pointMutation();
        return method < bound ? pointMutated(parent) : parent;
    }

    private Expression winner(List<Program> parents) {
        Program best = null;
        double least = 0;
        for (int i = 0; i < settings.tournament(); i++) {
            Program one = parents.get(random.nextInt(parents.size()));
            double fitness = one.error + settings.parsimony() * one.expression.complexity();
            if (best == null || fitness < least) {
                best = one;
                least = fitness;
            }
        }
        return best.expression;
    }

    /** Root of a random subtree. */
    private int subtree(Expression expression) {
        double total = 0;
        for (int i = 0; i < expression.complexity(); i++) {
            total += expression.isOperator(i) ? OPERATOR_WEIGHT : 1 - OPERATOR_WEIGHT;
        }
        double chosen = random.nextDouble() * total;
        for (int i = 0; i < expression.complexity(); i++) {
            chosen -= expression.isOperator(i) ? OPERATOR_WEIGHT : 1 - OPERATOR_WEIGHT;
            if (chosen < 0) {
                return i;
            }
        }
        return expression.complexity() - 1;
    }

    private Expression pointMutated(Expression expression) {
        int[] codes = expression.codes();
        List<Double> constants = new ArrayList<>();
        int next = 0;
        for (int i = 0; i < codes.length; i++) {
            boolean constant = expression.isConstant(i);
            double value = constant ? expression.constantAt(next++) : 0;
            if (random.nextDouble() >= settings.pointReplace()) {
                if (constant) {
                    constants.add(value);
                }
            } else if (expression.isOperator(i)) {
                int arity = expression.operator(i).arity();
                List<Operator> same =
                        functions.stream().filter(o -> o.arity() == arity).toList();
                codes[i] = same.get(random.nextInt(same.size())).ordinal();
            } else {
                int leaf = random.nextInt(variables + 1);
                if (leaf == variables) {
                    codes[i] = Expression.CONSTANT;
                    constants.add(constant());
                } else {
                    codes[i] = Expression.FIRST_VARIABLE - leaf;
                }
            }
        }
        return Expression.of(codes, constants.stream().mapToDouble(c -> c).toArray());
    }

    private double constant() {
        return settings.constantRange() * (2 * random.nextDouble() - 1);
    }

    /** A tree of the first generation: full or grown, with an operator at its root. */
    private Expression grow() {
        boolean full = random.nextInt(2) == 1;
        int maxDepth = settings.leastDepth() + random.nextInt(settings.depthLimit() - settings.leastDepth());
        return function(1, maxDepth, full);
    }

    /** An operator on a level, the root's being 1, with operands below. */
    private Expression function(int level, int maxDepth, boolean full) {
        Operator operator = functions.get(random.nextInt(functions.size()));
        Expression left = operand(level, maxDepth, full);
        return operator.arity() == 1
                ? Expression.apply(operator, left)
                : Expression.apply(operator, left, operand(level, maxDepth, full));
    }

    private Expression operand(int level, int maxDepth, boolean full) {
        // One more choice than there are functions leads to a function, as in gplearn.
        int choice = random.nextInt(variables + functions.size());
        if (level < maxDepth && (full || choice <= functions.size())) {
            return function(level + 1, maxDepth, full);
        }
        int leaf = random.nextInt(variables + 1);
        return leaf == variables ? Expression.constant(constant()) : Expression.variable(leaf);
    }
}
