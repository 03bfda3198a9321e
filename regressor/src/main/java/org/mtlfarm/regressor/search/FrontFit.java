package org.mtlfarm.regressor.search;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

import org.mtlfarm.regressor.evaluation.ConstantFit;
import org.mtlfarm.regressor.evaluation.Evaluator;
import org.mtlfarm.regressor.expression.Expression;

/**
 * The third stage of a search: the constants of every member of a front, by damped least squares from where they are and from a few
 * other starts; a fit may have ended in the wrong valley. Costs some hundred evaluations of the member a start. One thread at
 * a time.
 */
public final class FrontFit {
    private static final int FEW_STEPS = 8;
    private static final int STEPS = 40;
    private static final double GAIN = 1e-8;
    /** After a few steps on few rows a start may have so many times the error that it has to beat, and is worth more. */
    private static final double LENIENCE = 4;

    private final Problem problem;
    private final Evaluator evaluator;
    private final Evaluator fewEvaluator;
    private final ConstantFit fit;
    private final ConstantFit fewFit;
    private final Box.Check box;

    public FrontFit(Problem problem) {
        this.problem = problem;
        this.evaluator = new Evaluator(problem.blocks);
        this.fewEvaluator = new Evaluator(problem.few);
        this.fit = new ConstantFit(evaluator, GAIN);
        this.fewFit = new ConstantFit(fewEvaluator, GAIN);
        this.box = problem.box.check();
    }

    /**
     * Fits.
     *
     * @param front whose members keep the problem's constraints
     * @param starts besides the members' own constants: each multiplied by a random factor, about a third to three
     * @param random draws them
     * @param late asked before each start whether to make no more
     * @return for each member itself or the same structure with a smaller error
     */
    public List<Member> fitted(List<Member> front, int starts, SplittableRandom random, BooleanSupplier late) {
        return front.stream()
                .map(member -> fitted(member, starts, random, late))
                .toList();
    }

    private Member fitted(Member member, int starts, SplittableRandom random, BooleanSupplier late) {
        double[] own = member.expression().constants();
        if (own.length == 0) {
            return member;
        }
        Member best = better(member.expression(), own, member);
        for (int start = 0; start < starts && !late.getAsBoolean(); start++) {
            double[] constants = own.clone();
            for (int k = 0; k < constants.length; k++) {
                constants[k] *= Math.exp(2.2 * (random.nextDouble() + random.nextDouble() - 1));
            }
            ConstantFit.Outcome few = fewFit.fit(member.expression(), constants, FEW_STEPS);
            if (few.squaredError() / problem.fewWeightSum < LENIENCE * best.squaredError() / problem.weightSum) {
                best = better(member.expression(), few.constants(), best);
            }
        }
        return best;
    }

    private Member better(Expression structure, double[] start, Member bar) {
        ConstantFit.Outcome outcome = fit.fit(structure, start, STEPS);
        if (outcome.squaredError() < bar.squaredError()) {
            Expression fitted = structure.withConstants(outcome.constants());
            if (box.kept(fitted)) {
                return new Member(fitted, outcome.squaredError());
            }
        }
        return bar;
    }

    /** Nodes times rows computed so far. */
    public long nodeEvaluations() {
        return evaluator.nodeEvaluations() + fewEvaluator.nodeEvaluations();
    }
}
