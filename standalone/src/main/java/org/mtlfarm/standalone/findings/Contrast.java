package org.mtlfarm.standalone.findings;

import java.util.LinkedHashMap;
import java.util.Map;

import org.mtlfarm.regressor.prediction.Interval;
import org.mtlfarm.schemas.Average;

/**
 * A weighted sum of experiments' mean scores, such as the difference of two, or the mean of many differences. Its interval is that
 * of Welch (1947): each experiment has its own spread over its runs, degrees of freedom after Satterthwaite (1946). An experiment
 * that stands in several differences counts once, with the weights added up. It speaks of the scatter of runs, over these settings.
 */
public final class Contrast {
    /** The share of intervals that hold what they are of. */
    public static final double LEVEL = 0.95;

    private record Term(Average average, double weight) {}

    private final Map<String, Term> terms = new LinkedHashMap<>();

    /** One less another. */
    public static Effect between(Average one, Average other) {
        return new Contrast().plus(one, 1).plus(other, -1).effect();
    }

    public Contrast plus(Average average, double weight) {
        terms.merge(
                average.getExperiment().getExperimentId(),
                new Term(average, weight),
                (held, more) -> new Term(held.average(), held.weight() + more.weight()));
        return this;
    }

    public Effect effect() {
        double value = 0;
        double variance = 0;
        double squares = 0;
        boolean known = true;
        for (Term term : terms.values()) {
            Average average = term.average();
            value += term.weight() * average.getF1Mean();
            if (term.weight() == 0) {
                continue;
            }
            int runs = average.getRunsDone();
            known &= runs > 1;
            double part = term.weight() * term.weight() * average.getF1Std() * average.getF1Std() / runs;
            variance += part;
            squares += runs > 1 ? part * part / (runs - 1) : 0;
        }
        if (!known) {
            return new Effect(value, new Interval(Double.NaN, Double.NaN));
        }
        double half = variance == 0 ? 0 : StudentT.within(LEVEL, variance * variance / squares) * Math.sqrt(variance);
        return new Effect(value, new Interval(value - half, value + half));
    }

    /** The interval of one experiment's mean. */
    public static Interval ofMean(Average average) {
        return new Contrast().plus(average, 1).effect().interval();
    }
}
