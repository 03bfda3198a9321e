package org.mtlfarm.regressor.rates;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.Operator;
import org.mtlfarm.regressor.table.Table;

/**
 * How a formula grows in one feature far beyond the data, the others at their medians: what the paper's section 5 reads off
 * by hand, {@code O(sqrt(n))}, {@code O(log(T))}. Read off the expression, operator by operator ({@link Expansion}), then
 * compared to the formula's own values at ever larger values of the feature.
 *
 * @param feature name
 * @param order {@code O(1)}, {@code O(log(n))}, {@code O(sqrt(n)*log(n))}, {@code O(1/n)}, {@code O(exp(0.5*n))}; {@code unknown}
 *     where nothing can be read off, or where the values contradict what was
 * @param exponent of the feature's power in the order: 0 for a constant or a logarithm, 1 for {@code O(n*log(n))}; not a number
 *     where there is none
 * @param check what the values say of the order
 * @param read the order as it was read off, whatever the values say; {@code unknown} where nothing could be
 * @param limit what the formula tends to; not a number where it tends to nothing finite, or that is not known
 * @param approach order of the distance to the limit, where there is a limit other than 0; else, and where the
 *     values contradict it, empty
 */
public record Rate(
        String feature, String order, double exponent, Check check, String read, double limit, String approach) {
    /** What values far out say of an order. */
    public enum Check {
        /** They follow it. */
        AGREES,
        /** They do not. */
        DISAGREES,
        /** None that could tell has digits left. */
        UNSEEN;

        /** As JSON has it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final String UNKNOWN = "unknown";

    /** Logarithms of the feature at which values are taken grow by this. */
    private static final double STRIDE = 1.1;

    private static final double FIRST_LOG = Math.log(10);

    private static final double LARGEST_LOG = 1e12;
    /** Relative error, from rounding, of values that count. */
    private static final double DIGITS = 1e-3;
    /** Relative distance to the expansion that counts as none. */
    private static final double SAME = 0.01;
    /** Values that must follow, the last that count. */
    private static final int LAST = 3;

    /** As a line of a report. */
    public String sentence() {
        if (check == Check.DISAGREES) {
            return "the order in " + feature + " reads as " + read + ", but the values far out do not follow";
        }
        if (order.equals(UNKNOWN)) {
            return "the order in " + feature + " cannot be read off";
        }
        String towards = limit == 0 || Double.isNaN(limit) ? "" : String.format(Locale.ROOT, ", towards %.4g", limit);
        String distance = approach.isEmpty() ? "" : ", from which it is " + approach + " away";
        String seen = check == Check.UNSEEN ? " (read off; too far out for values to show it)" : "";
        return "grows in " + feature + " as " + order + towards + distance + seen;
    }

    /** The rates of the features that occur. */
    public static List<Rate> of(Expression expression, Table table) {
        double[] medians = new double[table.columns().length];
        Arrays.setAll(medians, v -> median(table.columns()[v]));
        List<Rate> rates = new ArrayList<>();
        for (int v = 0; v < medians.length; v++) {
            if (expression.uses(v)) {
                rates.add(of(expression, table.features().get(v), v, medians));
            }
        }
        return rates;
    }

    /**
     * The rate in one feature.
     *
     * @param others values of all variables; that of the feature counts for nothing
     */
    static Rate of(Expression expression, String feature, int variable, double[] others) {
        Optional<Expansion> read = Expansion.of(expression, variable, others);
        if (read.isEmpty()) {
            return new Rate(feature, UNKNOWN, Double.NaN, Check.UNSEEN, UNKNOWN, Double.NaN, "");
        }
        Expansion expansion = read.get();
        List<Sample> samples = samples(expression, variable, others);
        Check check = check(expansion, samples, 0);
        String order = printed(expansion, feature);
        if (!told(expansion, check)) {
            return new Rate(feature, UNKNOWN, Double.NaN, check, expansion.tight() ? order : UNKNOWN, Double.NaN, "");
        }
        double limit = expansion.limit();
        Expansion beside = expansion.afterFirst();
        boolean approached =
                limit != 0 && Double.isFinite(limit) && !beside.none() && told(beside, check(beside, samples, limit));
        return new Rate(
                feature,
                order,
                expansion.order().exponentOfX(),
                check,
                order,
                limit,
                approached ? printed(beside, feature) : "");
    }

    /** What is an upper bound only is told where the values come back to it. */
    private static boolean told(Expansion expansion, Check check) {
        return check == Check.AGREES || check == Check.UNSEEN && expansion.tight();
    }

    private static String printed(Expansion expansion, String feature) {
        return "O(" + expansion.order().print(Expression.variable(0).print(List.of(feature))) + ")";
    }

    /** The formula's value where the feature has that logarithm. */
    private record Sample(double logX, FarValue value) {}

    private static List<Sample> samples(Expression expression, int variable, double[] others) {
        FarValue[] at = Arrays.stream(others).mapToObj(FarValue::of).toArray(FarValue[]::new);
        List<Sample> samples = new ArrayList<>();
        for (double logX = FIRST_LOG; logX < LARGEST_LOG; logX *= STRIDE) {
            at[variable] = FarValue.ofLog(logX);
            samples.add(new Sample(logX, value(expression, at)));
        }
        return samples;
    }

    /** Compares values, less a limit, with an expansion. */
    private static Check check(Expansion expansion, List<Sample> samples, double limit) {
        List<Sample> less = samples.stream()
                .map(sample -> new Sample(sample.logX(), sample.value().plus(FarValue.of(-limit))))
                .toList();
        return expansion.none()
                ? checkZero(less)
                : expansion.hasTerms() ? checkTerms(expansion, less) : checkRest(expansion, less);
    }

    private static Check checkZero(List<Sample> samples) {
        List<FarValue> values =
                samples.stream().map(Sample::value).filter(FarValue::defined).toList();
        if (values.size() < LAST) {
            return Check.UNSEEN;
        }
        return values.subList(values.size() - LAST, values.size()).stream().anyMatch(value -> value.known(DIGITS))
                ? Check.DISAGREES
                : Check.AGREES;
    }

    private static Check checkTerms(Expansion expansion, List<Sample> samples) {
        List<Double> apart = new ArrayList<>();
        List<Double> apartFromFirst = new ArrayList<>();
        for (Sample sample : samples) {
            FarValue expected = expansion.at(sample.logX());
            if (sample.value().known(DIGITS) && expected.known(DIGITS) && expansion.holds(sample.logX(), SAME)) {
                apart.add(distance(sample.value(), expected));
                apartFromFirst.add(distance(sample.value(), expansion.first(sample.logX())));
            }
        }
        int end = apart.size();
        if (end < LAST) {
            return Check.UNSEEN;
        }
        // The order is that of the first term: its share has to grow, too.
        boolean first = apartFromFirst.get(end - 1) <= Math.max(SAME, apartFromFirst.get(end / 2));
        if (first && apart.subList(end - LAST, end).stream().allMatch(distance -> distance <= SAME)) {
            return Check.AGREES;
        }
        return first && apart.get(end - 1) < apart.get(end / 2) ? Check.UNSEEN : Check.DISAGREES;
    }

    /** Of the logarithms; infinite where the signs differ. */
    private static double distance(FarValue a, FarValue b) {
        return a.sign() == b.sign() ? Math.abs(a.logSize() - b.logSize()) : Double.POSITIVE_INFINITY;
    }

    /** Where no term leads: the values keep to the order, within the bounds of their swing where these are known. */
    private static Check checkRest(Expansion expansion, List<Sample> samples) {
        List<Double> ratios = new ArrayList<>();
        for (Sample sample : samples) {
            FarValue order = expansion.order().at(sample.logX());
            if (sample.value().known(DIGITS) && order.known(DIGITS)) {
                ratios.add(sample.value().sign() * Math.exp(sample.value().logSize() - order.logSize()));
            }
        }
        int end = ratios.size();
        if (end < 2 * LAST) {
            return Check.UNSEEN;
        }
        // Bounds hold in the end; how soon is not known, since what is smaller in the end is not kept beside a swing.
        if (expansion.swings()
                && !ratios.subList(end - LAST, end).stream().allMatch(ratio -> expansion.within(ratio, SAME))) {
            return Check.UNSEEN;
        }
        double before = largest(ratios.subList(0, end / 2));
        double after = largest(ratios.subList(end / 2, end));
        return after > 0.1 * before && after < 10 * before ? Check.AGREES : Check.UNSEEN;
    }

    private static double largest(List<Double> values) {
        return values.stream().mapToDouble(Math::abs).max().orElse(0);
    }

    /** The expression's value where the variables have these. */
    static FarValue value(Expression expression, FarValue[] at) {
        FarValue[] stack = new FarValue[expression.complexity()];
        int top = 0;
        int constant = 0;
        for (int i = 0; i < expression.complexity(); i++) {
            if (expression.isConstant(i)) {
                stack[top++] = FarValue.of(expression.constantAt(constant++));
            } else if (expression.isVariable(i)) {
                stack[top++] = at[expression.variableAt(i)];
            } else {
                Operator operator = expression.operator(i);
                FarValue right = operator.arity() == 2 ? stack[--top] : null;
                stack[top - 1] = apply(operator, stack[top - 1], right);
            }
        }
        return stack[0];
    }

    private static FarValue apply(Operator operator, FarValue a, FarValue b) {
        return switch (operator) {
            case ADD -> a.plus(b);
            case SUB -> a.plus(b.negated());
            case MUL -> a.times(b);
            case DIV -> a.times(b.inverse());
            case POW -> a.power(b);
            case NEG -> a.negated();
            case INV -> a.inverse();
            case SQUARE -> a.times(a);
            case ABS -> a.size();
            case EXP -> a.exponential();
            case LOG -> a.logarithm();
            case SQRT -> a.root();
            case SIN -> a.sine();
            case COS -> a.cosine();
            case TANH -> a.hyperbolicTangent();
            case PDIV -> a.times(b.inverse()).chosen(b.compareSize(Operator.PROTECTED), 1);
            case PLOG -> a.size().logarithm().chosen(a.compareSize(Operator.PROTECTED), 0);
            case PSQRT -> a.size().root();
        };
    }

    private static double median(double[] column) {
        double[] sorted = column.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
