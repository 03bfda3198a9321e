package org.mtlfarm.regressor.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.mtlfarm.regressor.evaluation.Evaluator;
import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.Operator;
import org.mtlfarm.regressor.expression.Simplifier;

/**
 * The first stage of a search: all small expressions over the variables, bottom-up, each once: two whose values on a few rows differ by scale and offset
 * only are the same. Beside those without constants stand simple forms with one constant inside, {@code log(x + c)},
 * {@code exp(c*x)}, {@code x^c}, for a few values of c, to be fitted from there. Given wanted values and weights, tells which
 * member comes nearest to them, scale and offset in closed form. Immutable; threads may share it.
 *
 * <p>Costs a few tenths of a second for 16,000 members, and 4 MB: each is evaluated on 64 rows.
 */
public final class Enumeration {
    private static final int MOST_MEMBERS = 16_000;
    /** Members that one array holds of one row. */
    private static final int PART = 256;

    /** Kept beyond those asked for until they are compared in double. */
    private static final int SPARE = 2;

    private static final Set<Operator> SHAPING =
            EnumSet.of(Operator.EXP, Operator.LOG, Operator.SIN, Operator.COS, Operator.TANH);
    private static final double[] SHIFTS = {0.01, 0.03, 0.1, 0.3, 1, 3, 10};
    private static final double[] RATES = {0.1, 0.3, 1, 3, 10};
    private static final double[] EXPONENTS = {-3, -2, -1.5, -0.5, 0.25, 1.0 / 3, 2.0 / 3, 1.5, 3, 4};

    private final int rows;
    private final List<Expression> members;
    /** [member] */
    private final int[] complexities;
    /** First member of each complexity, and the end. */
    private final int[] starts;
    /**
     * [part][row][member in part], each member with mean 0 and root mean square 1. Single precision halves what has to come
     * from memory; the few members that are returned are compared again in double.
     */
    private final float[][][] values;

    private final double[] means;
    private final double[] scales;
    private final long nodeEvaluations;

    private Enumeration(int rows, List<Candidate> candidates, long nodeEvaluations) {
        this.nodeEvaluations = nodeEvaluations;
        candidates.sort((a, b) -> Integer.compare(a.expression.complexity(), b.expression.complexity()));
        this.rows = rows;
        this.members = candidates.stream().map(Candidate::expression).toList();
        this.complexities = members.stream().mapToInt(Expression::complexity).toArray();
        int count = members.size();
        int largest = count == 0 ? 0 : members.get(count - 1).complexity();
        this.starts = new int[largest + 2];
        for (int size = 0; size < starts.length; size++) {
            int limit = size;
            starts[size] =
                    (int) members.stream().filter(m -> m.complexity() < limit).count();
        }
        this.values = new float[(count + PART - 1) / PART][rows][PART];
        this.means = new double[count];
        this.scales = new double[count];
        for (int m = 0; m < count; m++) {
            Candidate candidate = candidates.get(m);
            means[m] = candidate.mean;
            scales[m] = candidate.scale;
            for (int r = 0; r < rows; r++) {
                values[m / PART][r][m % PART] = (float) ((candidate.values[r] - candidate.mean) / candidate.scale);
            }
        }
    }

    private record Candidate(Expression expression, double[] values, double mean, double scale, boolean shaped) {}

    /**
     * Enumerates on an evaluator's rows.
     *
     * @param capacity members at most
     */
    static Enumeration of(Evaluator evaluator, Set<Operator> operators, int capacity, int maxComplexity) {
        return new BottomUp(evaluator, operators, capacity, maxComplexity).enumeration();
    }

    /** Enumerates, on a few of the rows, with the operators and the size that the problem allows. */
    public static Enumeration of(Problem problem) {
        return of(new Evaluator(problem.few), problem.operators, MOST_MEMBERS, problem.maxComplexity);
    }

    /** Number of members. */
    public int size() {
        return members.size();
    }

    int rows() {
        return rows;
    }

    /** What it took. */
    long nodeEvaluations() {
        return nodeEvaluations;
    }

    /** A member; the shorter have the lower indexes. */
    public Expression member(int index) {
        return members.get(index);
    }

    /** Complexities run from 1 to this. */
    int largest() {
        return starts.length - 2;
    }

    /** First member of a complexity; of {@link #largest} + 1, the end. */
    int start(int complexity) {
        return starts[complexity];
    }

    private static final class BottomUp {
        private final Evaluator evaluator;
        private final Set<Operator> operators;
        private final Simplifier simplifier;
        private final int capacity;
        private final int maxComplexity;
        private final int rows;
        private final List<List<Candidate>> levels = new ArrayList<>();
        private final List<Candidate> inner = new ArrayList<>();
        private final Set<Long> seen = new HashSet<>();
        private final double[] buffer;
        private int count;

        BottomUp(Evaluator evaluator, Set<Operator> operators, int capacity, int maxComplexity) {
            this.evaluator = evaluator;
            this.operators = operators;
            this.simplifier = new Simplifier(operators);
            this.capacity = capacity;
            this.maxComplexity = maxComplexity;
            this.rows = evaluator.blocks().rows();
            this.buffer = new double[rows];
        }

        Enumeration enumeration() {
            levels.add(List.of());
            List<Candidate> leaves = new ArrayList<>();
            for (int v = 0; v < evaluator.blocks().variables(); v++) {
                offer(Expression.variable(v), false, leaves);
            }
            levels.add(leaves);
            for (int size = 2; size <= Math.min(6, maxComplexity) && count < capacity; size++) {
                if (size == 4) {
                    withConstants();
                }
                List<Candidate> level = new ArrayList<>();
                binaries(size, level);
                unaries(size, level);
                levels.add(level);
            }
            List<Candidate> all = new ArrayList<>(inner);
            levels.forEach(all::addAll);
            return new Enumeration(rows, all, evaluator.nodeEvaluations());
        }

        private void unaries(int size, List<Candidate> level) {
            for (Candidate operand : levels.get(size - 1)) {
                for (Operator operator : Operator.values()) {
                    boolean shaping = SHAPING.contains(operator);
                    if (operators.contains(operator)
                            && operator.arity() == 1
                            && !(shaping && operand.shaped && unaryRoot(operand.expression))) {
                        offer(Expression.apply(operator, operand.expression), shaping || operand.shaped, level);
                    }
                }
            }
        }

        /** Logarithms of exponentials and the like say little; of sums of such they may. */
        private static boolean unaryRoot(Expression expression) {
            int root = expression.complexity() - 1;
            return expression.isOperator(root) && expression.operator(root).arity() == 1;
        }

        private void binaries(int size, List<Candidate> level) {
            for (int left = 1; left < size - 1; left++) {
                for (Operator operator : Operator.values()) {
                    int right = size - 1 - left;
                    if (!operators.contains(operator)
                            || operator.arity() != 2
                            || operator == Operator.POW && right > 1
                            || operator.commutative() && left < right) {
                        continue;
                    }
                    pairs(operator, levels.get(left), levels.get(right), level);
                }
            }
        }

        private void pairs(Operator operator, List<Candidate> left, List<Candidate> right, List<Candidate> level) {
            for (Candidate a : left) {
                for (Candidate b : right) {
                    offer(Expression.apply(operator, a.expression, b.expression), a.shaped || b.shaped, level);
                }
            }
        }

        /** {@code u(x + c)}, {@code u(c*x)}, {@code x^c} over the smallest bases, alone and times or through a variable. */
        private void withConstants() {
            List<Candidate> bases = new ArrayList<>(levels.get(1));
            levels.get(2).stream().filter(c -> !c.shaped).forEach(bases::add);
            levels.get(3).stream().filter(c -> !c.shaped).limit(60).forEach(bases::add);
            for (Candidate base : bases) {
                int before = inner.size();
                constantForms(base);
                if (base.expression.complexity() > 1) {
                    continue;
                }
                for (Candidate form : List.copyOf(inner.subList(before, inner.size()))) {
                    for (Candidate variable : levels.get(1)) {
                        offerForm(Operator.MUL, variable.expression, form.expression);
                        offerForm(Operator.DIV, variable.expression, form.expression);
                    }
                }
            }
        }

        private void offerForm(Operator operator, Expression left, Expression right) {
            if (operators.contains(operator)) {
                offer(Expression.apply(operator, left, right), true, inner);
            }
        }

        private void constantForms(Candidate base) {
            double size = Math.hypot(base.mean, base.scale);
            double least = Arrays.stream(base.values).min().orElse(0);
            if (operators.contains(Operator.ADD)) {
                for (double shift : SHIFTS) {
                    for (Operator operator : List.of(Operator.INV, Operator.LOG, Operator.SQRT, Operator.SQUARE)) {
                        double beyond = operator == Operator.SQUARE ? 0 : Math.min(0, least);
                        form(operator, Operator.ADD, base.expression, shift * size - beyond);
                        if (operator == Operator.SQUARE || operator == Operator.INV) {
                            form(operator, Operator.ADD, base.expression, -shift * size);
                        }
                    }
                }
            }
            if (operators.contains(Operator.MUL)) {
                for (double rate : RATES) {
                    for (Operator operator : List.of(Operator.EXP, Operator.TANH, Operator.SIN, Operator.COS)) {
                        form(operator, Operator.MUL, base.expression, rate / base.scale);
                        if (operator == Operator.EXP) {
                            form(operator, Operator.MUL, base.expression, -rate / base.scale);
                        }
                    }
                }
            }
            if (operators.contains(Operator.POW)) {
                for (double exponent : EXPONENTS) {
                    offer(Expression.apply(Operator.POW, base.expression, Expression.constant(exponent)), true, inner);
                }
            }
        }

        private void form(Operator outer, Operator inside, Expression base, double constant) {
            if (!Double.isFinite(constant) || constant == 0) {
                return;
            }
            Expression operand = inside == Operator.ADD
                    ? Expression.apply(inside, base, Expression.constant(constant))
                    : Expression.apply(inside, Expression.constant(constant), base);
            if (operators.contains(outer)) {
                offer(Expression.apply(outer, operand), true, inner);
            } else if (outer == Operator.INV && operators.contains(Operator.DIV)) {
                offer(Expression.apply(Operator.DIV, Expression.constant(1), operand), true, inner);
            }
        }

        private void offer(Expression expression, boolean shaped, List<Candidate> level) {
            if (count >= capacity || expression.complexity() > maxComplexity) {
                return;
            }
            evaluator.values(expression, expression.constants(), buffer);
            double mean = 0;
            for (double value : buffer) {
                mean += value / rows;
            }
            double square = 0;
            for (double value : buffer) {
                square += (value - mean) * (value - mean) / rows;
            }
            double scale = Math.sqrt(square);
            if (!Double.isFinite(mean) || !Double.isFinite(scale) || scale <= 1e-9 * Math.abs(mean) || scale < 1e-290) {
                return;
            }
            if (seen.add(fingerprint(mean, scale))) {
                level.add(new Candidate(expression, buffer.clone(), mean, scale, shaped));
                count++;
            }
        }

        /** Of the values to seven digits, without scale, offset and sign. */
        private long fingerprint(double mean, double scale) {
            double sign = 0;
            long hash = 1125899906842597L;
            for (double value : buffer) {
                double standard = (value - mean) / scale;
                if (sign == 0 && Math.abs(standard) > 1e-3) {
                    sign = Math.signum(standard);
                }
                hash = hash * 0x5851F42D4C957F2DL + Math.round(sign * standard * 1e7);
                hash ^= hash >>> 31;
            }
            return hash;
        }
    }

    /**
     * Those nearest to a problem's target, each with the scale and the offset, if any, that least squares give it on a few of the
     * rows, judged on all.
     *
     * @param each how many of each complexity, and of each of the forms m, a*m, m+b and a*m+b, at most
     * @return the smallest errors first
     */
    public List<Member> nearest(Problem problem, int each) {
        Evaluator evaluator = new Evaluator(problem.blocks);
        return new SemanticBackpropagation(problem, this)
                .target(each, Integer.MAX_VALUE).stream()
                        .map(formula -> new Member(formula, evaluator.squaredError(formula, formula.constants())))
                        .filter(member -> Double.isFinite(member.squaredError()))
                        .sorted((a, b) -> Double.compare(a.squaredError(), b.squaredError()))
                        .toList();
    }

    /** How a member is brought to the wanted values. */
    enum Form {
        PLAIN(0),
        SCALED(2),
        SHIFTED(2),
        BOTH(4);

        private final int nodes;

        Form(int nodes) {
            this.nodes = nodes;
        }

        /** Nodes that scale and offset take. */
        int nodes() {
            return nodes;
        }
    }

    private static final int FORMS = Form.values().length;

    /** Which member, with {@code scale * member + offset} of which form, comes how near. */
    record Match(int member, Form form, double scale, double offset, double error) {
        /** The member so brought. */
        Expression formed(Enumeration enumeration) {
            Expression result = enumeration.member(member);
            if (form == Form.SCALED || form == Form.BOTH) {
                result = Expression.apply(Operator.MUL, Expression.constant(scale), result);
            }
            if (form == Form.SHIFTED || form == Form.BOTH) {
                result = Expression.apply(Operator.ADD, result, Expression.constant(offset));
            }
            return result;
        }
    }

    /**
     * The nearest members.
     *
     * @param wanted [row]
     * @param weights [row], at least 0; 0 where nothing is wanted
     * @param parts which parts of the members to look at; null for all
     * @param rows which rows to choose by; null for all. Those chosen are compared at every row where something is wanted
     * @param most nodes that member and form may have
     * @param each how many of each complexity and form
     * @return the best of each complexity and form, nearest first
     */
    List<Match> nearest(double[] wanted, double[] weights, boolean[] parts, boolean[] rows, int most, int each) {
        double[] choosing = weights;
        if (rows != null) {
            choosing = weights.clone();
            for (int r = 0; r < choosing.length; r++) {
                choosing[r] = rows[r] ? choosing[r] : 0;
            }
        }
        Sums sums = new Sums(wanted, choosing);
        if (!(sums.weight > 0)) {
            return List.of();
        }
        Best best = new Best(starts.length, each + SPARE);
        Wanted rowsWanted = new Wanted(wanted, choosing, sums);
        float[] a = new float[PART];
        float[] b = new float[PART];
        float[] c = new float[PART];
        for (int part = 0; part < values.length; part++) {
            if (parts != null && !parts[part]) {
                continue;
            }
            if (complexities[part * PART] > most) {
                break;
            }
            Arrays.fill(a, 0);
            Arrays.fill(b, 0);
            Arrays.fill(c, 0);
            for (int i = 0; i < rowsWanted.row.length; i += 4) {
                accumulate(values[part], rowsWanted, i, a, b, c);
            }
            int count = Math.min(PART, members.size() - part * PART);
            for (int m = 0; m < count; m++) {
                judge(part * PART + m, a[m], b[m], rowsWanted.size * c[m], sums, most, best);
            }
        }
        return again(best, wanted, weights, rows == null ? sums : new Sums(wanted, weights), most, each);
    }

    /** Those kept, compared in double, nearest first. */
    private List<Match> again(Best kept, double[] wanted, double[] weights, Sums sums, int most, int each) {
        Best best = new Best(starts.length, each);
        for (Match[] ofComplexityAndForm : kept.matches) {
            for (Match match : ofComplexityAndForm) {
                if (match == null) {
                    continue;
                }
                double a = 0;
                double b = 0;
                double c = 0;
                for (int r = 0; r < rows; r++) {
                    double value = values[match.member / PART][r][match.member % PART];
                    double weighted = weights[r] * value;
                    if (weights[r] > 0) {
                        a += weighted;
                        b += weighted * value;
                        c += weighted * (wanted[r] - sums.mean);
                    }
                }
                judge(match.member, a, b, c, sums, most, best);
            }
        }
        List<Match> matches = new ArrayList<>();
        for (Match[] ofComplexityAndForm : best.matches) {
            for (Match match : ofComplexityAndForm) {
                if (match != null) {
                    matches.add(match);
                }
            }
        }
        matches.sort((x, y) -> Double.compare(x.error, y.error));
        return matches;
    }

    /** Members in some of the parts; in all for null. */
    long membersIn(boolean[] parts) {
        long count = 0;
        for (int part = 0; part < values.length; part++) {
            if (parts == null || parts[part]) {
                count += Math.min(PART, members.size() - part * PART);
            }
        }
        return count;
    }

    /** Number of parts that {@link #nearest} can be limited to. */
    int parts() {
        return values.length;
    }

    /** The nearest so far, of each complexity and form. */
    private static final class Best {
        private final Match[][] matches;
        /** Error of the last one kept: what another one has to stay below. */
        private final double[] bars;

        Best(int complexities, int each) {
            this.matches = new Match[complexities * FORMS][each];
            this.bars = new double[complexities * FORMS];
            Arrays.fill(bars, Double.POSITIVE_INFINITY);
        }

        void keep(int place, Match match) {
            Match[] kept = matches[place];
            int at = kept.length - 1;
            while (at > 0 && (kept[at - 1] == null || kept[at - 1].error > match.error)) {
                kept[at] = kept[at - 1];
                at--;
            }
            kept[at] = match;
            Match last = kept[kept.length - 1];
            bars[place] = last == null ? Double.POSITIVE_INFINITY : last.error;
        }
    }

    /** The rows where something is wanted, filled up to a multiple of four with rows of weight 0. */
    private static final class Wanted {
        private final int[] row;
        private final float[] weight;
        /** Less its mean, in units of {@link #size}. */
        private final float[] apart;
        /** Root mean square, so that single precision can hold what is wanted. */
        private final double size;

        Wanted(double[] wanted, double[] weights, Sums sums) {
            int count = 0;
            for (double value : weights) {
                count += value > 0 ? 1 : 0;
            }
            int filled = (count + 3) / 4 * 4;
            this.row = new int[filled];
            this.weight = new float[filled];
            this.apart = new float[filled];
            this.size = sums.square > 0 ? Math.sqrt(sums.square / sums.weight) : 1;
            int i = 0;
            for (int r = 0; r < weights.length; r++) {
                if (weights[r] > 0) {
                    row[i] = r;
                    weight[i] = (float) weights[r];
                    apart[i++] = (float) ((wanted[r] - sums.mean) / size);
                }
            }
        }
    }

    /** Adds four rows to the sums. One array is written in a loop: with several the JIT fears that they are the same. */
    private static void accumulate(float[][] h, Wanted wanted, int first, float[] a, float[] b, float[] c) {
        float[] h0 = h[wanted.row[first]];
        float[] h1 = h[wanted.row[first + 1]];
        float[] h2 = h[wanted.row[first + 2]];
        float[] h3 = h[wanted.row[first + 3]];
        float w0 = wanted.weight[first];
        float w1 = wanted.weight[first + 1];
        float w2 = wanted.weight[first + 2];
        float w3 = wanted.weight[first + 3];
        addTo(a, h0, h1, h2, h3, w0, w1, w2, w3);
        addSquaresTo(b, h0, h1, h2, h3, w0, w1, w2, w3);
        addTo(
                c,
                h0,
                h1,
                h2,
                h3,
                w0 * wanted.apart[first],
                w1 * wanted.apart[first + 1],
                w2 * wanted.apart[first + 2],
                w3 * wanted.apart[first + 3]);
    }

    private static void addTo(
            float[] sum, float[] h0, float[] h1, float[] h2, float[] h3, float w0, float w1, float w2, float w3) {
        for (int i = 0; i < PART; i++) {
            sum[i] = Math.fma(w0, h0[i], Math.fma(w1, h1[i], Math.fma(w2, h2[i], Math.fma(w3, h3[i], sum[i]))));
        }
    }

    private static void addSquaresTo(
            float[] sum, float[] h0, float[] h1, float[] h2, float[] h3, float w0, float w1, float w2, float w3) {
        for (int i = 0; i < PART; i++) {
            sum[i] = Math.fma(
                    w0 * h0[i],
                    h0[i],
                    Math.fma(w1 * h1[i], h1[i], Math.fma(w2 * h2[i], h2[i], Math.fma(w3 * h3[i], h3[i], sum[i]))));
        }
    }

    /** Weighted sums over the wanted values. */
    private static final class Sums {
        private final double weight;
        /** 1 / weight */
        private final double reciprocal;

        private final double mean;
        /** About the mean. */
        private final double square;
        /** About 0. */
        private final double rawSquare;

        Sums(double[] wanted, double[] weights) {
            double sum = 0;
            double total = 0;
            for (int r = 0; r < wanted.length; r++) {
                if (weights[r] > 0) {
                    total += weights[r];
                    sum += weights[r] * wanted[r];
                }
            }
            double centre = sum / total;
            double squares = 0;
            for (int r = 0; r < wanted.length; r++) {
                if (weights[r] > 0) {
                    squares += weights[r] * (wanted[r] - centre) * (wanted[r] - centre);
                }
            }
            this.weight = total;
            this.reciprocal = 1 / total;
            this.mean = centre;
            this.square = squares;
            this.rawSquare = squares + total * centre * centre;
        }
    }

    /**
     * Judges one member in every form.
     *
     * @param a weighted sum of its standard values
     * @param b of their squares
     * @param c of their products with the wanted values, less the mean of these
     */
    private void judge(int member, double a, double b, double c, Sums sums, int most, Best best) {
        int complexity = complexities[member];
        if (complexity > most) {
            return;
        }
        double variance = b - a * a * sums.reciprocal;
        if (!(variance > 1e-12 * b)) {
            return;
        }
        double scale = scales[member];
        double meanValue = means[member] + scale * a * sums.reciprocal;
        double raw = scale * scale * variance + sums.weight * meanValue * meanValue;
        double product = scale * c + sums.weight * meanValue * sums.mean;
        double shifted = sums.square - 2 * scale * c + scale * scale * variance;
        double apart = sums.mean - meanValue;
        double plain = shifted + sums.weight * apart * apart;
        int place = complexity * FORMS;
        double[] bars = best.bars;
        // Each form's error against its bar without a division: of thousands of members a few pass.
        if (c * c > (sums.square - bars[place + Form.BOTH.ordinal()]) * variance) {
            double slope = c / variance;
            double offset = sums.mean - slope / scale * meanValue;
            keep(best, member, complexity, Form.BOTH, slope / scale, offset, sums.square - c * slope, most);
        }
        if (product * product > (sums.rawSquare - bars[place + Form.SCALED.ordinal()]) * raw) {
            double factor = product / raw;
            keep(best, member, complexity, Form.SCALED, factor, 0, sums.rawSquare - product * factor, most);
        }
        if (shifted < bars[place + Form.SHIFTED.ordinal()]) {
            keep(best, member, complexity, Form.SHIFTED, 1, apart, shifted, most);
        }
        if (plain < bars[place + Form.PLAIN.ordinal()]) {
            keep(best, member, complexity, Form.PLAIN, 1, 0, plain, most);
        }
    }

    private static void keep(
            Best best, int member, int complexity, Form form, double scale, double offset, double error, int most) {
        if (complexity + form.nodes() <= most && Double.isFinite(scale) && Double.isFinite(offset) && scale != 0) {
            best.keep(complexity * FORMS + form.ordinal(), new Match(member, form, scale, offset, error));
        }
    }
}
