package org.mtlfarm.regressor.prediction;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

import org.hipparchus.exception.MathRuntimeException;
import org.hipparchus.optim.MaxIter;
import org.hipparchus.optim.linear.LinearConstraint;
import org.hipparchus.optim.linear.LinearConstraintSet;
import org.hipparchus.optim.linear.LinearObjectiveFunction;
import org.hipparchus.optim.linear.NonNegativeConstraint;
import org.hipparchus.optim.linear.Relationship;
import org.hipparchus.optim.linear.SimplexSolver;
import org.hipparchus.optim.nonlinear.scalar.GoalType;

import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.AverageColumn;

/**
 * Where a formula has data: the range of each factor, and the convex hull of the settings. Numbers of tokens and tasks count by
 * their logarithms, as corpora bound their product.
 */
public final class FactorSpace {
    private static final double NEAR = 1e-9;
    private static final int MOST_PIVOTS = 10_000;

    private final List<double[]> rows;

    /** Of settings, each a value for every column in the order of {@link AverageColumn}. */
    public FactorSpace(List<double[]> rows) {
        this.rows = List.copyOf(rows);
    }

    /** Of the settings of averages. */
    public static FactorSpace of(Collection<Average> averages) {
        return new FactorSpace(averages.stream()
                .map(average -> Arrays.stream(AverageColumn.values())
                        .mapToDouble(column -> column.valueOf(average))
                        .toArray())
                .toList());
    }

    public int rows() {
        return rows.size();
    }

    /** The least and greatest value of a factor; empty where there is no row. */
    public Optional<Interval> range(AverageColumn column) {
        return rows.isEmpty()
                ? Optional.empty()
                : Optional.of(new Interval(
                        rows.stream()
                                .mapToDouble(row -> row[column.ordinal()])
                                .min()
                                .orElseThrow(),
                        rows.stream()
                                .mapToDouble(row -> row[column.ordinal()])
                                .max()
                                .orElseThrow()));
    }

    /** Whether a setting of some factors is a mixture of those that there are. */
    public boolean holds(List<AverageColumn> factors, double... at) {
        for (int f = 0; f < at.length; f++) {
            Optional<Interval> range = range(factors.get(f));
            if (range.isEmpty() || !range.get().holds(at[f])) {
                return false;
            }
        }
        List<double[]> points = new ArrayList<>();
        for (double[] row : rows) {
            double[] point = scaled(
                    factors, factors.stream().mapToDouble(f -> row[f.ordinal()]).toArray());
            if (points.stream().noneMatch(other -> Arrays.equals(other, point))) {
                points.add(point);
            }
        }
        return mixes(points, scaled(factors, at));
    }

    /** Each factor from 0 to 1 over its range. */
    private double[] scaled(List<AverageColumn> factors, double[] at) {
        double[] point = new double[at.length];
        for (int f = 0; f < at.length; f++) {
            AverageColumn factor = factors.get(f);
            Interval range = range(factor).orElseThrow();
            double low = onScale(factor, range.lower());
            double high = onScale(factor, range.upper());
            point[f] = high > low ? (onScale(factor, at[f]) - low) / (high - low) : 0;
        }
        return point;
    }

    private static double onScale(AverageColumn factor, double value) {
        return switch (factor) {
            case TOKENS, TOKENS_SYNTHETIC, TASKS -> Math.log(value);
            default -> value;
        };
    }

    /** Whether weights of at least 0 that add up to 1 give the point. */
    private static boolean mixes(List<double[]> points, double[] wanted) {
        List<LinearConstraint> constraints = new ArrayList<>();
        double[] ones = new double[points.size()];
        Arrays.fill(ones, 1);
        constraints.add(new LinearConstraint(ones, Relationship.EQ, 1));
        for (int f = 0; f < wanted.length; f++) {
            int factor = f;
            double[] column =
                    points.stream().mapToDouble(point -> point[factor]).toArray();
            constraints.add(new LinearConstraint(column, Relationship.LEQ, wanted[f] + NEAR));
            constraints.add(new LinearConstraint(column, Relationship.GEQ, wanted[f] - NEAR));
        }
        try {
            new SimplexSolver()
                    .optimize(
                            new MaxIter(MOST_PIVOTS),
                            new LinearObjectiveFunction(new double[points.size()], 0),
                            new LinearConstraintSet(constraints),
                            GoalType.MINIMIZE,
                            new NonNegativeConstraint(true));
            return true;
        } catch (MathRuntimeException infeasible) {
            return false;
        }
    }
}
