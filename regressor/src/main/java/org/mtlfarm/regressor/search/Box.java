package org.mtlfarm.regressor.search;

import java.util.Arrays;
import java.util.List;

import org.mtlfarm.regressor.evaluation.Blocks;
import org.mtlfarm.regressor.evaluation.Evaluator;
import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.table.Table;

/**
 * The box that the features' values span, as points at which constraints are checked: for each monotone feature ladders from
 * its least to its largest value, standing at corners of the box and at points spread evenly in it (Halton 1960). What holds
 * at these points is taken to hold in the box; a formula that has no value at one of them breaks every constraint, and one with a
 * pole between them every range. Immutable; threads may share it.
 */
final class Box {
    /** Points at which one constraint is checked. */
    private static final int POINTS = 1056;
    /** Ladders of a feature that has others beside it. */
    private static final int LADDERS = 32;
    /** A step back by less than this share of the values' size is rounding. */
    private static final double ROUNDING = 1e-9;

    private static final int[] PRIMES = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53};

    private final List<Constraint> constraints;
    /** One for each constraint. */
    private final List<Blocks> points;
    /** Points on one ladder. */
    private final int rungs;

    Box(Table table, List<Constraint> constraints) {
        this.constraints = List.copyOf(constraints);
        this.rungs = table.columns().length == 1 ? POINTS : POINTS / LADDERS;
        this.points = constraints.stream()
                .map(constraint -> {
                    double[][] columns = ladders(table, Math.max(0, constraint.variable()), rungs);
                    return new Blocks(columns, new double[columns[0].length], null);
                })
                .toList();
    }

    /** A checker for one thread. */
    Check check() {
        return new Check();
    }

    /** Keeps buffers: one thread at a time. */
    final class Check {
        private final List<Evaluator> evaluators =
                points.stream().map(Evaluator::new).toList();

        /** Whether the expression keeps every constraint. */
        boolean kept(Expression expression) {
            for (int c = 0; c < constraints.size(); c++) {
                double[] values = evaluators.get(c).values(expression);
                Constraint constraint = constraints.get(c);
                if (!(constraint.monotone()
                        ? monotone(values, constraint.direction(), rungs)
                        : within(values, constraint.low(), constraint.high())
                                && !hasPole(expression, evaluators.get(c)))) {
                    return false;
                }
            }
            return true;
        }

        private static boolean hasPole(Expression expression, Evaluator evaluator) {
            for (Expression term : Poles.terms(expression)) {
                if (changesSign(evaluator.values(term))) {
                    return true;
                }
            }
            return false;
        }

        long nodeEvaluations() {
            long sum = 0;
            for (Evaluator evaluator : evaluators) {
                sum += evaluator.nodeEvaluations();
            }
            return sum;
        }
    }

    private static boolean monotone(double[] values, double direction, int rungs) {
        double size = 0;
        for (double value : values) {
            if (!Double.isFinite(value)) {
                return false;
            }
            size = Math.max(size, Math.abs(value));
        }
        for (int i = 1; i < values.length; i++) {
            if (i % rungs != 0 && direction * (values[i] - values[i - 1]) < -ROUNDING * size) {
                return false;
            }
        }
        return true;
    }

    private static boolean changesSign(double[] values) {
        boolean above = false;
        boolean below = false;
        for (double value : values) {
            above |= value >= 0;
            below |= value <= 0;
        }
        return above && below;
    }

    private static boolean within(double[] values, double low, double high) {
        double size =
                Math.max(Double.isInfinite(low) ? 0 : Math.abs(low), Double.isInfinite(high) ? 0 : Math.abs(high));
        for (double value : values) {
            if (!(value >= low - ROUNDING * size && value <= high + ROUNDING * size) || Double.isInfinite(value)) {
                return false;
            }
        }
        return true;
    }

    /** Ladders in one variable, one after the other: [variable][ladder * rungs + rung]. */
    private static double[][] ladders(Table table, int variable, int count) {
        int variables = table.columns().length;
        double[][] sorted = new double[variables][];
        for (int v = 0; v < variables; v++) {
            sorted[v] = table.columns()[v].clone();
            Arrays.sort(sorted[v]);
        }
        double[] rungs = rungs(sorted[variable], count);
        double[][] columns = new double[variables][POINTS];
        for (int ladder = 0; ladder < POINTS / count; ladder++) {
            for (int v = 0; v < variables; v++) {
                double low = sorted[v][0];
                double high = sorted[v][sorted[v].length - 1];
                double foot = low + place(ladder, v, variable) * (high - low);
                for (int rung = 0; rung < count; rung++) {
                    columns[v][ladder * count + rung] = v == variable ? rungs[rung] : foot;
                }
            }
        }
        return columns;
    }

    /** Half of them equally spaced, half where the data lie. */
    private static double[] rungs(double[] sorted, int count) {
        double[] rungs = new double[count];
        double low = sorted[0];
        double high = sorted[sorted.length - 1];
        int even = (count + 1) / 2;
        for (int i = 0; i < even; i++) {
            rungs[i] = low + (high - low) * i / (even - 1);
        }
        for (int i = even; i < count; i++) {
            rungs[i] = sorted[(int) ((long) (sorted.length - 1) * (i - even + 1) / (count - even + 1))];
        }
        Arrays.sort(rungs);
        return rungs;
    }

    /** Where a ladder stands in another variable, in [0, 1]: a third of them at corners, as far as these go. */
    private static double place(int ladder, int v, int variable) {
        int corners = LADDERS / 3;
        if (ladder < corners) {
            int bit = v < variable ? v : v - 1;
            return bit < 0 ? 0 : bit < 4 ? ladder >> bit & 1 : (ladder * (bit + 7) >> 3 & 1);
        }
        int base = PRIMES[v % PRIMES.length];
        double place = 0;
        double digit = 1;
        for (int i = ladder - corners + 1 + v / PRIMES.length; i > 0; i /= base) {
            digit /= base;
            place += digit * (i % base);
        }
        return place;
    }
}
