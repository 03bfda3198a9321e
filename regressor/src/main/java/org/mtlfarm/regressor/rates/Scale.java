package org.mtlfarm.regressor.rates;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A function of one variable x that says how fast something grows: powers of {@code x}, {@code log(x)}, {@code log(log(x))} and
 * so on, times the exponential of a sum of such functions that grow without bound (a transmonomial; Gruntz, "On computing
 * limits in a symbolic manipulation system", 1996). Ordered by growth.
 */
final class Scale implements Comparable<Scale> {
    static final Scale ONE = new Scale(new double[0], List.of());

    /** Powers that differ by less are the same; they come from constants by a few operations. */
    private static final double SAME_POWER = 1e-12;
    /** What is left of two factors is rounding, if it is smaller than this share of them. */
    private static final double CANCELLED = 1e-14;

    /** Of x, log(x), log(log(x)) ...; the last is not 0. */
    private final double[] powers;
    /** What stands in the exponential, the fastest first; no term is a multiple of an iterated logarithm: these are powers. */
    private final List<Term> exponent;

    /** {@code factor * scale}. */
    record Term(double factor, Scale scale) {}

    private Scale(double[] powers, List<Term> exponent) {
        int length = powers.length;
        while (length > 0 && Math.abs(powers[length - 1]) < SAME_POWER) {
            length--;
        }
        this.powers = Arrays.copyOf(powers, length);
        this.exponent = exponent;
    }

    /** The logarithm, iterated so many times, of x; 0 times is x. */
    static Scale logarithm(int times) {
        double[] powers = new double[times + 1];
        powers[times] = 1;
        return new Scale(powers, List.of());
    }

    /** The exponential of a sum of terms that grow without bound, the fastest first. */
    static Scale exponential(List<Term> terms) {
        double[] powers = new double[0];
        List<Term> left = new ArrayList<>();
        for (Term term : terms) {
            int times = term.scale.iterated();
            if (times > 0) {
                powers = Arrays.copyOf(powers, Math.max(powers.length, times));
                powers[times - 1] += term.factor;
            } else {
                left.add(term);
            }
        }
        return new Scale(powers, List.copyOf(left));
    }

    /** k where this is the logarithm iterated k times, else -1. */
    private int iterated() {
        int last = powers.length - 1;
        if (last < 0 || !exponent.isEmpty() || Math.abs(powers[last] - 1) >= SAME_POWER) {
            return -1;
        }
        for (int k = 0; k < last; k++) {
            if (Math.abs(powers[k]) >= SAME_POWER) {
                return -1;
            }
        }
        return last;
    }

    Scale times(Scale other) {
        double[] sums = Arrays.copyOf(powers, Math.max(powers.length, other.powers.length));
        for (int k = 0; k < other.powers.length; k++) {
            sums[k] += other.powers[k];
        }
        return new Scale(sums, sum(exponent, other.exponent, 1));
    }

    Scale power(double r) {
        double[] products = Arrays.stream(powers).map(p -> p * r).toArray();
        return new Scale(
                products,
                r == 0
                        ? List.of()
                        : exponent.stream()
                                .map(term -> new Term(term.factor * r, term.scale))
                                .toList());
    }

    /** The logarithm of this, a finite sum, the fastest first. */
    List<Term> log() {
        List<Term> logarithms = new ArrayList<>();
        for (int k = 0; k < powers.length; k++) {
            if (Math.abs(powers[k]) >= SAME_POWER) {
                logarithms.add(new Term(powers[k], logarithm(k + 1)));
            }
        }
        return sum(exponent, logarithms, 1);
    }

    /** {@code a + sign * b}, both and the result the fastest first; what cancels is left out. */
    static List<Term> sum(List<Term> a, List<Term> b, double sign) {
        if (b.isEmpty()) {
            return a;
        }
        List<Term> sum = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < a.size() || j < b.size()) {
            int order = i == a.size() ? -1 : j == b.size() ? 1 : a.get(i).scale.compareTo(b.get(j).scale);
            if (order > 0) {
                sum.add(a.get(i++));
            } else if (order < 0) {
                Term term = b.get(j++);
                sum.add(new Term(sign * term.factor, term.scale));
            } else {
                double left = a.get(i).factor;
                double right = sign * b.get(j++).factor;
                if (Math.abs(left + right) > CANCELLED * Math.max(Math.abs(left), Math.abs(right))) {
                    sum.add(new Term(left + right, a.get(i).scale));
                }
                i++;
            }
        }
        return sum;
    }

    /** Positive where this outgrows the other, 0 where they are the same. */
    @Override
    public int compareTo(Scale other) {
        if (exponent.isEmpty() && other.exponent.isEmpty()) {
            for (int k = 0; k < Math.max(powers.length, other.powers.length); k++) {
                double apart = power(this, k) - power(other, k);
                if (Math.abs(apart) >= SAME_POWER) {
                    return apart > 0 ? 1 : -1;
                }
            }
            return 0;
        }
        List<Term> apart = sum(log(), other.log(), -1);
        return apart.isEmpty() ? 0 : apart.get(0).factor > 0 ? 1 : -1;
    }

    private static double power(Scale scale, int k) {
        return k < scale.powers.length ? scale.powers[k] : 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Scale that && compareTo(that) == 0;
    }

    /** Scales that are the same but for rounding have the same one; none is kept by it. */
    @Override
    public int hashCode() {
        return exponent.size();
    }

    /** Exponentials inside each other: 0 for powers alone. */
    int height() {
        return exponent.isEmpty()
                ? 0
                : 1
                        + exponent.stream()
                                .mapToInt(term -> term.scale.height())
                                .max()
                                .orElse(0);
    }

    /** The power of x; not a number where an exponential stands beside it. */
    double exponentOfX() {
        return exponent.isEmpty() ? power(this, 0) : Double.NaN;
    }

    /** The value at an x whose logarithm is given, at least 1. */
    FarValue at(double logX) {
        FarValue value = FarValue.of(1);
        FarValue base = FarValue.ofLog(logX);
        for (double power : powers) {
            if (Math.abs(power) >= SAME_POWER) {
                value = value.times(base.power(FarValue.of(power)));
            }
            base = base.logarithm();
        }
        if (exponent.isEmpty()) {
            return value;
        }
        FarValue sum = FarValue.of(0);
        for (Term term : exponent) {
            sum = sum.plus(FarValue.of(term.factor).times(term.scale.at(logX)));
        }
        return value.times(sum.exponential());
    }

    /** As in {@code n*log(n)}, {@code 1/sqrt(n)}, {@code exp(-0.5*n)}; {@code 1} for what stays as it is. */
    String print(String variable) {
        List<String> above = new ArrayList<>();
        List<String> below = new ArrayList<>();
        String base = variable;
        for (double power : powers) {
            if (Math.abs(power) >= SAME_POWER) {
                (power > 0 ? above : below).add(raised(base, Math.abs(power)));
            }
            base = "log(" + base + ")";
        }
        if (!exponent.isEmpty()) {
            above.add(0, "exp(" + printSum(variable) + ")");
        }
        if (below.isEmpty()) {
            return above.isEmpty() ? "1" : String.join("*", above);
        }
        String divisor = String.join("*", below);
        return (above.isEmpty() ? "1" : String.join("*", above))
                + "/"
                + (below.size() > 1 ? "(" + divisor + ")" : divisor);
    }

    private String printSum(String variable) {
        StringBuilder text = new StringBuilder();
        for (Term term : exponent) {
            text.append(term.factor < 0 ? "-" : text.length() > 0 ? "+" : "");
            String factor = plain(Math.abs(term.factor));
            text.append(factor.equals("1") ? "" : factor + "*").append(term.scale.print(variable));
        }
        return text.toString();
    }

    private static String raised(String base, double power) {
        String printed = plain(power);
        return printed.equals("1") ? base : printed.equals("0.5") ? "sqrt(" + base + ")" : base + "^" + printed;
    }

    /** To four digits. */
    private static String plain(double value) {
        String digits = String.format(Locale.ROOT, "%.4g", value);
        return digits.contains("e") || !digits.contains(".") ? digits : digits.replaceAll("\\.?0+$", "");
    }

    @Override
    public String toString() {
        return print("x");
    }
}
