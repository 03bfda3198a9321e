package org.mtlfarm.regressor.service;

import java.time.Duration;
import java.util.List;
import java.util.Set;

import org.mtlfarm.regressor.expression.Operator;
import org.mtlfarm.regressor.search.Constraint;
import org.mtlfarm.regressor.search.FitSettings;

/**
 * How the service fits.
 *
 * @param whileRunning of each fit while experiments of the study are still open: small, since workers need the cores
 * @param whenSettled of the last fit, when every experiment of the study is complete or has finally failed
 * @param quiet averages that come closer together than this are fitted together
 * @param patience but no average waits longer than this for its fit to begin
 */
public record RegressorSettings(FitSettings whileRunning, FitSettings whenSettled, Duration quiet, Duration patience) {
    public RegressorSettings {
        if (quiet.isNegative() || patience.compareTo(quiet) < 0) {
            throw new IllegalArgumentException(
                    "quiet must be at least 0 and at most patience, were " + quiet + " and " + patience);
        }
    }

    /**
     * The paper's operators and powers. Of a few dozen averages a sine of high frequency explains anything, and a law of F1
     * that goes up and down with the tokens means nothing; {@code farm fit} has all operators.
     */
    static final Set<Operator> OPERATORS = Set.of(
            Operator.ADD,
            Operator.SUB,
            Operator.MUL,
            Operator.DIV,
            Operator.POW,
            Operator.NEG,
            Operator.INV,
            Operator.SQUARE,
            Operator.SQRT,
            Operator.LOG,
            Operator.EXP);

    /**
     * What is explained is an F1. A few dozen averages are easily explained by a formula with a pole between them; a law stays near
     * [0, 1] between the rows, too. Not within: least squares do not know of the ends.
     */
    static final Constraint NO_POLES = Constraint.between(-0.1, 1.1);

    /** One core for a second or two an interim fit, for about five the last one; the effort decides, not the clock. */
    public static RegressorSettings defaults() {
        FitSettings base = FitSettings.defaults()
                .withOperators(OPERATORS)
                .withConstraints(List.of(NO_POLES))
                .withThreads(1)
                .withTimeLimit(Duration.ofMinutes(2));
        return new RegressorSettings(
                base.withEffort(300_000_000L),
                base.withEffort(1_200_000_000L),
                Duration.ofSeconds(2),
                Duration.ofSeconds(20));
    }

    /** The same with more threads for the last fit, when the cores are free. The formulas do not depend on it. */
    public RegressorSettings withThreads(int threads) {
        return new RegressorSettings(whileRunning, whenSettled.withThreads(threads), quiet, patience);
    }

    /** The same with another seed. */
    public RegressorSettings withSeed(long seed) {
        return new RegressorSettings(whileRunning.withSeed(seed), whenSettled.withSeed(seed), quiet, patience);
    }
}
