package org.mtlfarm.regressor.rates;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;

import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.Operator;
import org.mtlfarm.regressor.rates.Scale.Term;

/**
 * What an expression comes to when one variable grows without bound: a few terms, the fastest first, and what is known of
 * the rest (an asymptotic expansion; a truncated transseries, van der Hoeven, "Transseries and Real Differential Algebra",
 * 2006). Several terms rather than the first alone, so that {@code sqrt(n + 1) - sqrt(n)} still has an order when the
 * first ones cancel.
 *
 * <p>The rest is {@code rest(x) * w(x)} where every limit point of w lies in [low, high]. So {@code 2 + sin(x)} is no term
 * and a rest of scale 1 in [1, 3], and has a logarithm. A null rest is 0. Where the algebra
 * does not reach, or there is no value out there, operations throw an {@link ArithmeticException}.
 */
final class Expansion {
    private static final int MOST_TERMS = 8;
    /** Exponentials inside each other; nobody reads more, and comparing them takes long. */
    private static final int MOST_HEIGHT = 4;

    /** A hyperbolic tangent of more than this is 1 to the last bit. */
    private static final double SETTLED = 20;

    /** Of its series around 0. */
    private static final double[] TANH = {0, 1, 0, -1.0 / 3, 0, 2.0 / 15, 0, -17.0 / 315, 0};

    private static final double UNKNOWN = Double.POSITIVE_INFINITY;

    private final List<Term> terms;
    private final Rest rest;

    /** {@code scale * w}, every limit point of w in [low, high]. */
    private record Rest(Scale scale, double low, double high) {
        static Rest unknown(Scale scale) {
            return new Rest(scale, -UNKNOWN, UNKNOWN);
        }

        static Rest plus(Rest a, Rest b) {
            if (a == null || b == null) {
                return a == null ? b : a;
            }
            int order = a.scale.compareTo(b.scale);
            return order > 0 ? a : order < 0 ? b : new Rest(a.scale, a.low + b.low, a.high + b.high);
        }

        Rest times(double factor, Scale by) {
            double a = product(low, factor);
            double b = product(high, factor);
            return new Rest(scale.times(by), Math.min(a, b), Math.max(a, b));
        }

        Rest times(Rest other) {
            Rest a = times(other.low, other.scale);
            Rest b = times(other.high, other.scale);
            return new Rest(a.scale, Math.min(a.low, b.low), Math.max(a.high, b.high));
        }

        private static double product(double a, double b) {
            return a == 0 || b == 0 ? (Double.isInfinite(a + b) ? a + b : 0) : a * b;
        }

        boolean finite() {
            return Double.isFinite(low) && Double.isFinite(high);
        }

        boolean tight() {
            return finite() && (low > 0 || high < 0);
        }
    }

    private Expansion(List<Term> terms, Rest rest) {
        this.terms = terms;
        this.rest = rest;
    }

    /** Terms in order and a rest, brought to the form where every term outgrows the rest. */
    private static Expansion of(List<Term> terms, Rest rest) {
        List<Term> kept = new ArrayList<>();
        Rest left = rest;
        for (Term term : terms) {
            if (!Double.isFinite(term.factor()) || term.factor() == 0) {
                throw new ArithmeticException("a factor leaves the range of a double");
            }
            if (kept.size() == MOST_TERMS || left != null && term.scale().compareTo(left.scale) <= 0) {
                left = Rest.plus(left, new Rest(term.scale(), term.factor(), term.factor()));
            } else if (term.scale().height() > MOST_HEIGHT) {
                throw new ArithmeticException("exponentials inside each other");
            } else {
                kept.add(term);
            }
        }
        return new Expansion(List.copyOf(kept), left);
    }

    private static Expansion constant(double value) {
        return value == 0 ? new Expansion(List.of(), null) : of(List.of(new Term(value, Scale.ONE)), null);
    }

    private static Expansion bounded(Scale scale, double low, double high) {
        if (Double.isNaN(low) || Double.isNaN(high)) {
            throw new ArithmeticException("no bounds");
        }
        return new Expansion(List.of(), new Rest(scale, Math.min(low, high), Math.max(low, high)));
    }

    /**
     * Of an expression.
     *
     * @param variable the one that grows
     * @param others values of all variables; that of the growing one counts for nothing
     * @return empty where the algebra does not reach, or the expression has no value beyond some x
     */
    static Optional<Expansion> of(Expression expression, int variable, double[] others) {
        try {
            return Optional.of(read(expression, variable, others));
        } catch (ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static Expansion read(Expression expression, int variable, double[] others) {
        Expansion[] stack = new Expansion[expression.complexity()];
        int top = 0;
        int constant = 0;
        for (int i = 0; i < expression.complexity(); i++) {
            if (expression.isConstant(i)) {
                stack[top++] = constant(expression.constantAt(constant++));
            } else if (expression.isVariable(i)) {
                int v = expression.variableAt(i);
                stack[top++] = v == variable ? of(List.of(new Term(1, Scale.logarithm(0))), null) : constant(others[v]);
            } else {
                Operator operator = expression.operator(i);
                Expansion right = operator.arity() == 2 ? stack[--top] : null;
                stack[top - 1] = stack[top - 1].apply(operator, right);
            }
        }
        return stack[0];
    }

    private Expansion apply(Operator operator, Expansion b) {
        if (constant() && (b == null || b.constant())) {
            return folded(operator, limit(), b == null ? 1 : b.limit());
        }
        return switch (operator) {
            case ADD -> plus(b);
            case SUB -> plus(b.scaled(-1));
            case MUL -> times(b);
            case DIV -> over(b);
            case POW -> power(b);
            case NEG -> scaled(-1);
            case INV -> constant(1).over(this);
            case SQUARE -> times(this);
            case ABS -> absolute();
            case EXP -> exponential();
            case LOG -> logarithm();
            case SQRT -> power(0.5);
            case SIN -> sine(0);
            case COS -> sine(1);
            case TANH -> hyperbolicTangent();
            case PDIV -> b.unprotected() ? over(b) : constant(1);
            case PLOG -> unprotected() ? absolute().logarithm() : constant(0);
            case PSQRT -> absolute().power(0.5);
        };
    }

    private static Expansion folded(Operator operator, double a, double b) {
        double value = operator.apply(a, b);
        boolean tooSmall = value == 0
                && switch (operator) {
                    case EXP -> true;
                    case MUL, DIV, POW, INV, SQUARE, PDIV -> a != 0 && b != 0;
                    default -> false;
                };
        if (tooSmall) {
            // Beside something that grows it counts all the same: exp(-c*x) tends to 0 for every c.
            throw new ArithmeticException("a constant too small for a double");
        }
        return constant(value);
    }

    /** Whether the size ends above the bound of gplearn's rules. */
    private boolean unprotected() {
        int order = leading().compareTo(Scale.ONE);
        if (order < 0) {
            return false;
        }
        double least = order > 0 ? UNKNOWN : Operator.PROTECTED;
        double limit = terms.isEmpty() ? 0 : Math.abs(terms.get(0).factor());
        if (terms.isEmpty() && !rest.tight() || order == 0 && (terms.isEmpty() || limit == least && !constant())) {
            throw new ArithmeticException("about as large as the bound");
        }
        return order > 0 || limit > least;
    }

    private boolean constant() {
        return zero()
                || rest == null && terms.size() == 1 && terms.get(0).scale().equals(Scale.ONE);
    }

    /** Nothing grows faster; of 0, something that vanishes. */
    private Scale leading() {
        return !terms.isEmpty()
                ? terms.get(0).scale()
                : rest != null ? rest.scale : Scale.logarithm(0).power(-1);
    }

    private boolean zero() {
        return terms.isEmpty() && rest == null;
    }

    private Expansion scaled(double factor) {
        return of(
                terms.stream()
                        .map(term -> new Term(term.factor() * factor, term.scale()))
                        .toList(),
                rest == null ? null : rest.times(factor, Scale.ONE));
    }

    private Expansion plus(Expansion b) {
        return of(Scale.sum(terms, b.terms, 1), Rest.plus(rest, b.rest));
    }

    private Expansion times(Expansion b) {
        List<Term> products = List.of();
        for (Term left : terms) {
            List<Term> row = b.terms.stream()
                    .map(right -> new Term(
                            left.factor() * right.factor(), left.scale().times(right.scale())))
                    .toList();
            products = products.isEmpty() ? row : Scale.sum(products, row, 1);
        }
        Rest left = null;
        if (b.rest != null && !terms.isEmpty()) {
            left = b.rest.times(terms.get(0).factor(), terms.get(0).scale());
        }
        if (rest != null && !b.terms.isEmpty()) {
            left = Rest.plus(
                    left, rest.times(b.terms.get(0).factor(), b.terms.get(0).scale()));
        }
        if (rest != null && b.rest != null) {
            left = Rest.plus(left, rest.times(b.rest));
        }
        return of(products, left);
    }

    private Expansion over(Expansion b) {
        return times(b.power(-1));
    }

    /** The first term, and the rest as its share, which vanishes: {@code first * (1 + share)}. */
    private Expansion share() {
        Term first = terms.get(0);
        Scale under = first.scale().power(-1);
        return of(
                terms.subList(1, terms.size()).stream()
                        .map(term -> new Term(
                                term.factor() / first.factor(), term.scale().times(under)))
                        .toList(),
                rest == null ? null : rest.times(1 / first.factor(), under));
    }

    /** The sum of {@code coefficient(k) * this^k}; this vanishes. */
    private Expansion series(IntToDoubleFunction coefficient) {
        Expansion sum = constant(coefficient.applyAsDouble(0));
        Expansion power = constant(1);
        for (int k = 1; !zero() && k <= MOST_TERMS; k++) {
            power = power.times(this);
            double factor = coefficient.applyAsDouble(k);
            sum = factor == 0 ? sum : sum.plus(power.scaled(factor));
        }
        return zero()
                ? sum
                : of(sum.terms, Rest.plus(sum.rest, Rest.unknown(leading().power(MOST_TERMS + 1))));
    }

    private Expansion power(double r) {
        if (r == 0) {
            return constant(1);
        }
        boolean whole = Math.abs(r - Math.rint(r)) < 1e-14 * Math.abs(r);
        boolean odd = whole && Math.rint(r) % 2 != 0;
        if (terms.isEmpty()) {
            return rest == null ? zeroTo(r) : powerOfRest(r, whole, odd);
        }
        if (whole && r > 0 && r <= MOST_TERMS) {
            Expansion product = this;
            for (int k = 1; k < Math.rint(r); k++) {
                product = product.times(this);
            }
            return product;
        }
        double first = terms.get(0).factor();
        if (first < 0 && !whole) {
            throw new ArithmeticException("a root of a negative number");
        }
        double factor = Math.copySign(Math.pow(Math.abs(first), r), odd ? first : 1);
        Expansion series = share().series(k -> {
            double binomial = 1;
            for (int i = 0; i < k; i++) {
                binomial *= (r - i) / (i + 1);
            }
            return binomial;
        });
        return of(List.of(new Term(factor, terms.get(0).scale().power(r))), null)
                .times(series);
    }

    private Expansion zeroTo(double r) {
        if (r < 0) {
            throw new ArithmeticException("division by 0");
        }
        return this;
    }

    private Expansion powerOfRest(double r, boolean whole, boolean odd) {
        Scale scale = rest.scale.power(r);
        if (rest.low > 0 || rest.low == 0 && r > 0 || odd && (r > 0 || rest.high < 0)) {
            return bounded(scale, signedPower(rest.low, r), signedPower(rest.high, r));
        }
        if (whole && rest.high < 0) {
            return bounded(scale, Math.pow(rest.low, r), Math.pow(rest.high, r));
        }
        if (whole && r > 0) {
            return bounded(scale, 0, Math.pow(Math.max(-rest.low, rest.high), r));
        }
        throw new ArithmeticException("a power of what may be 0 or negative");
    }

    private static double signedPower(double value, double r) {
        return Math.copySign(Math.pow(Math.abs(value), r), value);
    }

    private Expansion power(Expansion exponent) {
        if (exponent.zero()) {
            return constant(1);
        }
        if (exponent.constant()) {
            return power(exponent.terms.get(0).factor());
        }
        return logarithm().times(exponent).exponential();
    }

    private Expansion absolute() {
        if (!terms.isEmpty()) {
            return terms.get(0).factor() < 0 ? scaled(-1) : this;
        }
        if (rest == null || rest.low >= 0) {
            return this;
        }
        return rest.high <= 0 ? scaled(-1) : bounded(rest.scale, 0, Math.max(-rest.low, rest.high));
    }

    private Expansion logarithm() {
        if (terms.isEmpty()
                ? rest == null || !(rest.low > 0) || !rest.finite()
                : terms.get(0).factor() < 0) {
            throw new ArithmeticException("a logarithm of what may be 0 or negative");
        }
        if (terms.isEmpty()) {
            return of(rest.scale.log(), new Rest(Scale.ONE, Math.log(rest.low), Math.log(rest.high)));
        }
        Term first = terms.get(0);
        return of(first.scale().log(), null)
                .plus(constant(Math.log(first.factor())))
                .plus(share().series(k -> k == 0 ? 0 : (k % 2 == 0 ? -1.0 : 1.0) / k));
    }

    private Expansion exponential() {
        List<Term> large = new ArrayList<>();
        List<Term> small = new ArrayList<>();
        double constant = 0;
        for (Term term : terms) {
            int order = term.scale().compareTo(Scale.ONE);
            if (order == 0) {
                constant = term.factor();
            } else {
                (order > 0 ? large : small).add(term);
            }
        }
        Scale scale = Scale.exponential(large);
        int order = rest == null ? -1 : rest.scale.compareTo(Scale.ONE);
        if (order > 0) {
            throw new ArithmeticException("an exponential of what is known too little");
        }
        if (order == 0) {
            return bounded(scale, Math.exp(rest.low), Math.exp(rest.high));
        }
        return of(List.of(new Term(Math.exp(constant), scale)), null)
                .times(new Expansion(small, rest).series(Expansion::inverseFactorial));
    }

    private static double inverseFactorial(int k) {
        double product = 1;
        for (int i = 2; i <= k; i++) {
            product /= i;
        }
        return product;
    }

    /** The sine a number of quarter turns on. */
    private Expansion sine(int quarters) {
        int order = leading().compareTo(Scale.ONE);
        if (order > 0 || order == 0 && (terms.isEmpty() || rest != null && rest.scale.equals(Scale.ONE))) {
            return bounded(Scale.ONE, -1, 1);
        }
        double at = order == 0 ? terms.get(0).factor() : 0;
        double sine = Math.sin(at);
        double cosine = Math.cos(at);
        double[] derivatives = {sine, cosine, -sine, -cosine};
        Expansion beside = order == 0 ? of(terms.subList(1, terms.size()), rest) : this;
        return beside.series(k -> derivatives[(k + quarters) % 4] * inverseFactorial(k));
    }

    /** With u = exp(-2x): (1 - u) / (1 + u), for positive x that grow; with t = tanh(c): (t + tanh(x)) / (1 + t tanh(x)) of c + x. */
    private Expansion hyperbolicTangent() {
        int order = leading().compareTo(Scale.ONE);
        if (terms.isEmpty() && rest != null && order >= 0) {
            return order > 0
                    ? bounded(Scale.ONE, rest.low > 0 ? 1 : -1, rest.high < 0 ? -1 : 1)
                    : bounded(Scale.ONE, Math.tanh(rest.low), Math.tanh(rest.high));
        }
        if (order < 0) {
            return series(k -> TANH[k]);
        }
        double sign = Math.signum(terms.get(0).factor());
        if (order == 0 && Math.abs(terms.get(0).factor()) > SETTLED) {
            return constant(sign);
        }
        if (order == 0) {
            Expansion at = constant(Math.tanh(terms.get(0).factor()));
            Expansion beside = afterFirst().hyperbolicTangent();
            return at.plus(beside).over(constant(1).plus(at.times(beside)));
        }
        // Of an exponent that is known too little it is known enough that it falls.
        if (rest != null && rest.scale.compareTo(Scale.ONE) > 0) {
            Term first = terms.get(0);
            Scale fall = Scale.exponential(List.of(new Term(-Math.abs(first.factor()), first.scale())));
            return of(List.of(new Term(sign, Scale.ONE)), Rest.unknown(fall));
        }
        Expansion power = scaled(-2 * sign).exponential();
        Expansion below = constant(1).plus(power);
        return constant(1).plus(power.scaled(-1)).over(below).scaled(sign);
    }

    /** The order: that of the first term, or of the rest where there is no term. */
    Scale order() {
        return zero() ? Scale.ONE : leading();
    }

    /** Whether the expression comes back to its order again and again, rather than staying below it only. */
    boolean tight() {
        return rest == null || !terms.isEmpty() || rest.tight();
    }

    /** Whether the rest decides, and swings between known bounds. */
    boolean swings() {
        return terms.isEmpty() && rest != null && rest.finite() && (rest.low != 0 || rest.high != 0);
    }

    /** The limit; not a number where there is none. */
    double limit() {
        if (zero()) {
            return 0;
        }
        int order = leading().compareTo(Scale.ONE);
        return order < 0 ? 0 : order == 0 && !terms.isEmpty() ? terms.get(0).factor() : Double.NaN;
    }

    /** Without the first term. */
    Expansion afterFirst() {
        return new Expansion(terms.subList(Math.min(1, terms.size()), terms.size()), rest);
    }

    /** Nothing beside the terms told of. */
    boolean none() {
        return zero();
    }

    /** The sum of the terms where x has that logarithm. */
    FarValue at(double logX) {
        FarValue sum = FarValue.of(0);
        for (Term term : terms) {
            sum = sum.plus(FarValue.of(term.factor()).times(term.scale().at(logX)));
        }
        return sum;
    }

    FarValue first(double logX) {
        return FarValue.of(terms.get(0).factor()).times(terms.get(0).scale().at(logX));
    }

    /** Whether the first term leads already where x has that logarithm, and the last one is at most that share of it. */
    boolean holds(double logX, double share) {
        FarValue first = first(logX);
        double largest = 0;
        double last = 0;
        for (Term term : terms.subList(1, terms.size())) {
            FarValue value = FarValue.of(term.factor()).times(term.scale().at(logX));
            last = Math.exp(value.logSize() - first.logSize());
            largest = Math.max(largest, last);
        }
        return largest < 0.5 && (rest == null || last < share);
    }

    boolean hasTerms() {
        return !terms.isEmpty();
    }

    /** Whether a ratio to the order lies between the bounds that are known of the rest, with so much to spare. */
    boolean within(double ratio, double spare) {
        double room = spare * Math.max(Math.abs(rest.low), Math.abs(rest.high));
        return ratio >= rest.low - room && ratio <= rest.high + room;
    }
}
