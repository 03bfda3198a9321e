package org.mtlfarm.regressor.search;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

import org.mtlfarm.regressor.evaluation.ConstantFit;
import org.mtlfarm.regressor.evaluation.Evaluator;
import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.Operator;

/**
 * One population of an evolutionary search: for each complexity the few best structures found. Parents are drawn from all
 * complexities alike, which keeps short, plain building blocks alive beside long formulas. A child is a random change of a
 * parent, or the parent with one subtree replaced by what the enumeration holds nearest to the values wanted there. Its scale and
 * offset come in closed form, the constants inside by damped least squares.
 */
final class Island {
    /** What a grown subtree is joined by. */
    private static final List<Operator> GROWING = List.of(Operator.ADD, Operator.MUL);
    /** Members compared at one row take as long as one node at one row. */
    private static final int COMPARED_A_NODE = 2;
    /** Percent of the enumeration's parts that one step looks at. */
    private static final int SOME_PARTS = 16;
    /** Structures kept of each complexity. */
    private static final int NICHE = 10;
    /** Times that a structure with constants is tried from other starting values. */
    private static final int TRIES = 3;

    /** What choosing, changing and simplifying an expression takes, in node evaluations. */
    private static final long STEP = 5_000;

    /** Steps of a fit on the few rows, which tells whether one on all rows is worth its time. */
    private static final int FIRST_STEPS = 8;

    private static final int MORE_STEPS = 10;
    /** A step of a fit that lowers the error by less than this share is its last. */
    private static final double GAIN = 1e-4;
    /** An error on the few rows may be so many times what is good enough on all. */
    private static final double LENIENCE = 1.5;

    private final Problem problem;
    private final Enumeration enumeration;
    private final SplittableRandom random;
    private final Evaluator evaluator;
    private final Evaluator fewEvaluator;
    private final ConstantFit constantFit;
    private final ConstantFit fewFit;
    private final SemanticBackpropagation backpropagation;
    private final Box.Check box;
    private final List<List<Member>> niches = new ArrayList<>();
    private final Map<Long, Integer> tried = new HashMap<>();
    private final Front front;
    private final double[] values;
    private final List<Operator> unary;
    private final List<Operator> binary;
    private long considered;
    private long steps;

    Island(Problem problem, Enumeration enumeration, long seed) {
        this.problem = problem;
        this.enumeration = enumeration;
        this.random = new SplittableRandom(seed);
        this.evaluator = new Evaluator(problem.blocks);
        this.fewEvaluator = new Evaluator(problem.few);
        this.constantFit = new ConstantFit(evaluator, GAIN);
        this.fewFit = new ConstantFit(fewEvaluator, GAIN);
        this.backpropagation = new SemanticBackpropagation(problem, enumeration);
        this.box = problem.box.check();
        this.front = new Front(problem.maxComplexity);
        this.values = new double[problem.blocks.rows()];
        for (int c = 0; c <= problem.maxComplexity; c++) {
            niches.add(new ArrayList<>());
        }
        List<Operator> sorted = problem.operators.stream().sorted().toList();
        this.unary = sorted.stream().filter(o -> o.arity() == 1).toList();
        this.binary = sorted.stream().filter(o -> o.arity() == 2).toList();
    }

    Front front() {
        return front;
    }

    /** Expressions judged. */
    long considered() {
        return considered;
    }

    long nodeEvaluations() {
        return evaluator.nodeEvaluations()
                + fewEvaluator.nodeEvaluations()
                + backpropagation.nodeEvaluations()
                + box.nodeEvaluations();
    }

    /** Work done: node evaluations, and enumerated members compared, each at each row, and what every step takes besides. */
    private long work() {
        return nodeEvaluations() + backpropagation.compared() / COMPARED_A_NODE + STEP * steps;
    }

    /** All members, of each complexity the best first. */
    List<Member> members() {
        return niches.stream().flatMap(List::stream).toList();
    }

    /** Takes in a member of another island. */
    void immigrate(Member member) {
        settle(member);
    }

    /** The first generation: given expressions, and the members nearest to the target and to what it is under each operator. */
    void begin(List<Expression> expressions) {
        settle(problem.constant());
        expressions.forEach(this::consider);
        backpropagation.target(25, 500).forEach(this::consider);
        for (Operator operator : unary) {
            if (operator != Operator.NEG && problem.maxComplexity > 2) {
                backpropagation.targetUnder(operator, 10, 200).forEach(this::consider);
            }
        }
    }

    /** Searches until so much work is done or it is told to stop. */
    void search(long effort, BooleanSupplier stop) {
        long end = work() + effort;
        while (work() < end && !stop.getAsBoolean()) {
            step();
        }
    }

    /** Members that an earlier search left, with constants fitted to the rows of this one. */
    void restore(List<Expression> members) {
        for (Expression written : members) {
            Expression member = problem.simplifier.simplify(written);
            if (member.complexity() <= problem.maxComplexity && problem.operators.containsAll(member.operators())) {
                tried.merge(core(member).structureHash(), 1, Integer::sum);
                ConstantFit.Outcome outcome = constantFit.fit(member, MORE_STEPS);
                if (outcome.squaredError() <= problem.totalSquares) {
                    settle(new Member(member.withConstants(outcome.constants()), outcome.squaredError()));
                }
            }
        }
    }

    private void step() {
        steps++;
        Member parent = parent();
        Expression expression = parent.expression();
        int kind = random.nextInt(100);
        if (kind < 11) {
            replaceByEnumerated(expression, random.nextInt(expression.complexity()));
        } else if (kind < 31) {
            Expression other = parent().expression();
            consider(expression.replace(
                    random.nextInt(expression.complexity()), other.subtree(random.nextInt(other.complexity()))));
        } else if (kind < 52) {
            consider(expression.replace(random.nextInt(expression.complexity()), block()));
        } else if (kind < 68) {
            consider(pointMutated(expression));
        } else if (kind < 79) {
            consider(hoisted(expression));
        } else if (kind < 95) {
            consider(extended(expression));
        } else {
            grow(expression);
        }
    }

    /** A term or factor comes beside a subtree, often the whole: what the enumeration holds nearest to what is missing there. */
    private void grow(Expression expression) {
        List<Operator> choice =
                GROWING.stream().filter(problem.operators::contains).toList();
        if (choice.isEmpty() || expression.complexity() + 2 > problem.maxComplexity) {
            return;
        }
        Operator operator = choice.get(random.nextInt(choice.size()));
        int root = expression.complexity() - 1;
        int position = random.nextBoolean() ? root : random.nextInt(root + 1);
        Expression neutral = Expression.constant(operator == Operator.ADD ? 0 : 1);
        Expression grown =
                expression.replace(position, Expression.apply(operator, expression.subtree(position), neutral));
        replaceByEnumerated(grown, position + 1);
    }

    /** Only some of the enumeration is looked at, at half of the rows, so that the second best comes to its turn as well. */
    private void replaceByEnumerated(Expression expression, int position) {
        boolean[] parts = new boolean[enumeration.parts()];
        for (int p = 0; p < parts.length; p++) {
            parts[p] = random.nextInt(100) < SOME_PARTS;
        }
        boolean[] rows = new boolean[enumeration.rows()];
        for (int r = 0; r < rows.length; r++) {
            rows[r] = random.nextBoolean();
        }
        backpropagation.replacements(expression, position, parts, rows, 2, 4).forEach(this::consider);
    }

    private Member parent() {
        int filled = 0;
        for (List<Member> niche : niches) {
            filled += niche.isEmpty() ? 0 : 1;
        }
        int chosen = random.nextInt(filled);
        for (List<Member> niche : niches) {
            if (!niche.isEmpty() && chosen-- == 0) {
                int rank = 0;
                while (rank + 1 < niche.size() && random.nextInt(100) < 65) {
                    rank++;
                }
                return niche.get(rank);
            }
        }
        throw new IllegalStateException("no member on the island");
    }

    /** A random small expression. */
    private Expression block() {
        int kind = random.nextInt(10);
        if (kind < 2 || enumeration.size() == 0) {
            return Expression.constant(constant());
        }
        if (kind < 6) {
            return Expression.variable(random.nextInt(problem.blocks.variables()));
        }
        int complexity = 2 + random.nextInt(Math.max(1, Math.min(5, enumeration.largest()) - 1));
        complexity = Math.min(complexity, enumeration.largest());
        int from = enumeration.start(complexity);
        int to = enumeration.start(complexity + 1);
        return from == to
                ? enumeration.member(random.nextInt(enumeration.size()))
                : enumeration.member(from + random.nextInt(to - from));
    }

    private double constant() {
        double size = Math.exp(2 * gaussian());
        return random.nextInt(4) == 0 ? -size : size;
    }

    private double gaussian() {
        double u = 1 - random.nextDouble();
        return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * random.nextDouble());
    }

    private Expression pointMutated(Expression expression) {
        int position = random.nextInt(expression.complexity());
        int[] codes = expression.codes();
        if (expression.isConstant(position)) {
            double[] constants = expression.constants();
            int index = expression.constantsBefore(position);
            constants[index] = random.nextInt(5) == 0 ? constant() : constants[index] * Math.exp(gaussian());
            return Double.isFinite(constants[index]) ? expression.withConstants(constants) : expression;
        }
        if (expression.isVariable(position)) {
            codes[position] = Expression.FIRST_VARIABLE - random.nextInt(problem.blocks.variables());
        } else {
            List<Operator> choice = expression.operator(position).arity() == 1 ? unary : binary;
            if (choice.isEmpty()) {
                return expression;
            }
            codes[position] = choice.get(random.nextInt(choice.size())).ordinal();
        }
        return Expression.of(codes, expression.constants());
    }

    /** A subtree takes its parent's place. */
    private Expression hoisted(Expression expression) {
        int position = random.nextInt(expression.complexity());
        if (!expression.isOperator(position)) {
            return expression.complexity() == 1 ? expression : hoisted(expression);
        }
        Expression subtree = expression.subtree(position);
        boolean left = subtree.operator(subtree.complexity() - 1).arity() == 1 || random.nextBoolean();
        return expression.replace(position, left ? subtree.left() : subtree.right());
    }

    /** An operator comes between a subtree and its parent. */
    private Expression extended(Expression expression) {
        int position = random.nextInt(expression.complexity());
        Expression subtree = expression.subtree(position);
        if (!unary.isEmpty() && (binary.isEmpty() || random.nextInt(3) == 0)) {
            return expression.replace(position, Expression.apply(unary.get(random.nextInt(unary.size())), subtree));
        }
        if (binary.isEmpty()) {
            return expression;
        }
        Operator operator = binary.get(random.nextInt(binary.size()));
        Expression other = operator == Operator.POW ? Expression.constant(constant()) : block();
        boolean left = operator == Operator.POW || random.nextBoolean();
        return expression.replace(
                position,
                left ? Expression.apply(operator, subtree, other) : Expression.apply(operator, other, subtree));
    }

    /** Fits an expression's constants, scale and offset, and lets it settle where it is good enough. */
    private void consider(Expression raw) {
        if (raw.complexity() > 3 * problem.maxComplexity + 20) {
            return;
        }
        Expression core = core(problem.simplifier.simplify(raw));
        if (core.complexity() > problem.maxComplexity || core.complexity() == 1 && core.isConstant(0)) {
            return;
        }
        if (!problem.allowed(core)) {
            return;
        }
        int tries = tried.merge(core.structureHash(), 1, Integer::sum);
        if (tries > (core.constantCount() == 0 ? 1 : TRIES)) {
            return;
        }
        considered++;
        evaluator.values(core, core.constants(), values);
        Affine affine = Affine.of(values, problem);
        if (affine == null) {
            return;
        }
        if (core.constantCount() == 0) {
            closedForm(core, affine);
        } else {
            fitted(core, affine);
        }
    }

    private void closedForm(Expression core, Affine affine) {
        offerExact(core, affine.plainError());
        offerExact(scaled(core, affine.factor()), affine.scaledError());
        offerExact(shifted(core, affine.shift()), affine.shiftedError());
        offerExact(shifted(scaled(core, affine.slope()), affine.offset()), affine.bothError());
    }

    /** Judges an expression whose error is known nearly. */
    private void offerExact(Expression expression, double error) {
        if (expression != null
                && expression.complexity() <= problem.maxComplexity
                && error <= 1.01 * worst(expression.complexity()) + 1e-9 * problem.totalSquares) {
            settle(new Member(expression, evaluator.squaredError(expression, expression.constants())));
        }
    }

    private void fitted(Expression core, Affine affine) {
        Expression both = shifted(scaled(core, affine.slope()), affine.offset());
        Expression scaled = scaled(core, affine.factor());
        Expression largest = both != null && both.complexity() <= problem.maxComplexity
                ? both
                : scaled != null && scaled.complexity() <= problem.maxComplexity ? scaled : core;
        Expression found = fitConstants(largest);
        if (found == null) {
            return;
        }
        // The constants inside are good now: try what is left without offset or scale.
        if (largest != core) {
            Expression inner = core(found);
            evaluator.values(inner, inner.constants(), values);
            Affine again = Affine.of(values, problem);
            if (again != null) {
                if (largest == both) {
                    offerFitted(scaled(inner, again.factor()), again.scaledError());
                }
                offerFitted(shifted(inner, again.shift()), again.shiftedError());
                offerFitted(inner, again.plainError());
            }
        }
    }

    private void offerFitted(Expression expression, double error) {
        if (expression != null
                && expression.complexity() <= problem.maxComplexity
                && error <= 4 * worst(expression.complexity())) {
            fitConstants(expression);
        }
    }

    /** The expression with fitted constants, which has settled; null where it is not good enough. */
    private Expression fitConstants(Expression expression) {
        double bar = Math.min(worst(expression.complexity()), problem.totalSquares);
        ConstantFit.Outcome outcome = fewFit.fit(expression, FIRST_STEPS);
        if (!(outcome.squaredError() / problem.fewWeightSum < LENIENCE * bar / problem.weightSum)) {
            return null;
        }
        outcome = constantFit.fit(expression, outcome.constants(), MORE_STEPS);
        if (!(outcome.squaredError() < bar)) {
            return null;
        }
        Expression fitted = expression.withConstants(outcome.constants());
        settle(new Member(fitted, outcome.squaredError()));
        return fitted;
    }

    private Expression scaled(Expression expression, double factor) {
        return Double.isFinite(factor) && factor != 0 ? problem.simplifier.scaled(factor, expression) : null;
    }

    private Expression shifted(Expression expression, double offset) {
        return expression != null && Double.isFinite(offset) ? problem.simplifier.shifted(expression, offset) : null;
    }

    /** The expression without scale and offset at its root. */
    private static Expression core(Expression expression) {
        Expression core = expression;
        while (core.complexity() > 1) {
            Operator operator = core.operator(core.complexity() - 1);
            if (operator == Operator.NEG) {
                core = core.left();
            } else if (operator == Operator.ADD || operator == Operator.SUB || operator == Operator.MUL) {
                Expression left = core.left();
                Expression right = core.right();
                if (left.complexity() == 1 && left.isConstant(0)) {
                    core = right;
                } else if (right.complexity() == 1 && right.isConstant(0)) {
                    core = left;
                } else {
                    return core;
                }
            } else {
                return core;
            }
        }
        return core;
    }

    /** The error that a new member of that complexity has to stay below. */
    private double worst(int complexity) {
        List<Member> niche = niches.get(complexity);
        return niche.size() < NICHE
                ? Double.POSITIVE_INFINITY
                : niche.get(niche.size() - 1).squaredError();
    }

    private void settle(Member member) {
        if (!(member.squaredError() < Double.POSITIVE_INFINITY) || member.complexity() > problem.maxComplexity) {
            return;
        }
        List<Member> niche = niches.get(member.complexity());
        int same = 0;
        while (same < niche.size() && niche.get(same).structure() != member.structure()) {
            same++;
        }
        if (same < niche.size() && niche.get(same).squaredError() <= member.squaredError()
                || member.squaredError() >= worst(member.complexity())
                || !problem.allowed(member.expression())
                || !box.kept(member.expression())) {
            return;
        }
        if (same < niche.size()) {
            niche.remove(same);
        }
        front.offer(member);
        int place = niche.size();
        while (place > 0 && niche.get(place - 1).squaredError() > member.squaredError()) {
            place--;
        }
        niche.add(place, member);
        if (niche.size() > NICHE) {
            niche.remove(NICHE);
        }
    }
}
