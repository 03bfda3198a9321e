package org.mtlfarm.regressor.search;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.Operator;

/**
 * How a formula is searched for.
 *
 * <p>The search stops at {@code effort}, which is counted in work done and not in time, so that a fit that was not cut short
 * by {@code timeLimit} depends on rows and seed alone: not on the number of threads, nor on the machine's speed.
 *
 * @param seed draws the split and everything random in the search
 * @param timeLimit wall time after which the search is cut short
 * @param effort units of work at most; about one node of an expression over one row, or one row compared
 * @param maxComplexity nodes at most
 * @param operators that formulas may use
 * @param threads working at once
 * @param guesses expressions over the table's features to start from
 * @param forbidden nestings that formulas shall not have
 * @param constraints that formulas must keep on the box of the training part
 * @param from what an earlier search left, to go on from; null to begin anew
 */
public record FitSettings(
        long seed,
        Duration timeLimit,
        long effort,
        int maxComplexity,
        Set<Operator> operators,
        int threads,
        Preset preset,
        List<Expression> guesses,
        List<Nesting> forbidden,
        List<Constraint> constraints,
        SearchState from) {
    /** Without the gplearn preset's three. */
    public static final Set<Operator> UNPROTECTED =
            Set.copyOf(EnumSet.complementOf(EnumSet.of(Operator.PDIV, Operator.PLOG, Operator.PSQRT)));

    /** Work a second, where a time limit sets the effort: one core of a 2021 server does it on the slowest tables measured. */
    private static final long EFFORT_A_SECOND = 350_000_000L;
    /** What the JIT takes of the first seconds, at most; of a shorter limit it takes a share. */
    private static final double WARM_UP_SECONDS = 4;

    private static final double WARM_UP_SHARE = 0.6;

    /** Nodes that can be asked for at most. */
    public static final int LARGEST_COMPLEXITY = 200;

    public FitSettings {
        if (timeLimit.isNegative() || timeLimit.isZero()) {
            throw new IllegalArgumentException("timeLimit must be positive, was " + timeLimit);
        }
        if (effort < 1) {
            throw new IllegalArgumentException("effort must be at least 1, was " + effort);
        }
        if (maxComplexity < 1 || maxComplexity > LARGEST_COMPLEXITY) {
            throw new IllegalArgumentException(
                    "maxComplexity must be 1 to " + LARGEST_COMPLEXITY + ", was " + maxComplexity);
        }
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, was " + threads);
        }
        operators = Set.copyOf(operators);
        guesses = List.copyOf(guesses);
        forbidden = List.copyOf(forbidden);
        constraints = List.copyOf(constraints);
    }

    /** Fifteen seconds on two threads, 20 nodes, every operator. */
    public static FitSettings defaults() {
        return new FitSettings(
                1,
                Duration.ofSeconds(15),
                effort(Duration.ofSeconds(15)),
                20,
                UNPROTECTED,
                Math.min(2, Runtime.getRuntime().availableProcessors()),
                Preset.FARM,
                List.of(),
                List.of(),
                List.of(),
                null);
    }

    public FitSettings withSeed(long value) {
        return new FitSettings(
                value,
                timeLimit,
                effort,
                maxComplexity,
                operators,
                threads,
                preset,
                guesses,
                forbidden,
                constraints,
                from);
    }

    /** Sets the effort along with it. */
    public FitSettings withTimeLimit(Duration value) {
        return new FitSettings(
                seed,
                value,
                effort(value),
                maxComplexity,
                operators,
                threads,
                preset,
                guesses,
                forbidden,
                constraints,
                from);
    }

    private static long effort(Duration limit) {
        double seconds = limit.toNanos() / 1e9;
        double searching = seconds - Math.min(WARM_UP_SECONDS, WARM_UP_SHARE * seconds);
        return Math.max(1, Math.round(searching * EFFORT_A_SECOND));
    }

    /** Leaves the effort as it is: with an hour, the effort alone decides. */
    public FitSettings withCap(Duration value) {
        return new FitSettings(
                seed, value, effort, maxComplexity, operators, threads, preset, guesses, forbidden, constraints, from);
    }

    /** Leaves the time limit as it is. */
    public FitSettings withEffort(long value) {
        return new FitSettings(
                seed,
                timeLimit,
                value,
                maxComplexity,
                operators,
                threads,
                preset,
                guesses,
                forbidden,
                constraints,
                from);
    }

    public FitSettings withMaxComplexity(int value) {
        return new FitSettings(
                seed, timeLimit, effort, value, operators, threads, preset, guesses, forbidden, constraints, from);
    }

    public FitSettings withOperators(Set<Operator> value) {
        return new FitSettings(
                seed, timeLimit, effort, maxComplexity, value, threads, preset, guesses, forbidden, constraints, from);
    }

    public FitSettings withThreads(int value) {
        return new FitSettings(
                seed,
                timeLimit,
                effort,
                maxComplexity,
                operators,
                value,
                preset,
                guesses,
                forbidden,
                constraints,
                from);
    }

    public FitSettings withPreset(Preset value) {
        return new FitSettings(
                seed,
                timeLimit,
                effort,
                maxComplexity,
                operators,
                threads,
                value,
                guesses,
                forbidden,
                constraints,
                from);
    }

    public FitSettings withGuess(Expression guess) {
        List<Expression> more = new ArrayList<>(guesses);
        more.add(guess);
        return new FitSettings(
                seed, timeLimit, effort, maxComplexity, operators, threads, preset, more, forbidden, constraints, from);
    }

    public FitSettings withForbidden(List<Nesting> value) {
        return new FitSettings(
                seed, timeLimit, effort, maxComplexity, operators, threads, preset, guesses, value, constraints, from);
    }

    public FitSettings withConstraints(List<Constraint> value) {
        return new FitSettings(
                seed, timeLimit, effort, maxComplexity, operators, threads, preset, guesses, forbidden, value, from);
    }

    /** Goes on from what an earlier search over the same features left. */
    public FitSettings withStart(SearchState value) {
        return new FitSettings(
                seed,
                timeLimit,
                effort,
                maxComplexity,
                operators,
                threads,
                preset,
                guesses,
                forbidden,
                constraints,
                value);
    }
}
