package org.mtlfarm.regressor.search;

import java.util.List;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import org.mtlfarm.regressor.evaluation.Blocks;
import org.mtlfarm.regressor.evaluation.ConstantFit;
import org.mtlfarm.regressor.evaluation.Evaluator;
import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.ExpressionParser;
import org.mtlfarm.regressor.expression.Operator;
import org.mtlfarm.regressor.table.Table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Each stage alone, as docs/regressor.md shows it. */
class SearchStagesTest {
    @Test
    void theEnumerationAloneFindsASmallLawWithItsScaleAndOffsetInClosedForm() {
        Problem problem = problem("7.5*(n/sqrt(T))-20");
        Enumeration enumeration = Enumeration.of(problem);
        assertThat(enumeration.size()).isBetween(5_000, 16_000);
        assertThat(enumeration.member(0).complexity()).isOne();
        Member best = enumeration.nearest(problem, 3).get(0);
        assertThat(best.squaredError()).isLessThan(1e-12 * problem.totalSquares);
        assertThat(best.expression().value(100, 4)).isCloseTo(355, within(1e-4));
    }

    @Test
    void theTargetsTransformationsAreWhatIsWantedUnderAnOperator() {
        // Nothing small is a line of the target, but its logarithm is one of n*sqrt(T).
        Problem problem = problem("5*exp(-0.0271*(n*sqrt(T)))");
        SemanticBackpropagation backpropagation = new SemanticBackpropagation(problem, Enumeration.of(problem));
        Expression under = backpropagation.targetUnder(Operator.EXP, 1).get(0);
        assertThat(under.operator(under.complexity() - 1)).isEqualTo(Operator.EXP);
        assertThat(under.value(10, 4)).isCloseTo(5 * Math.exp(-0.542), within(1e-6));
        Expression asIs = backpropagation.target(1).get(0);
        assertThat(Math.abs(asIs.value(10, 4) - 5 * Math.exp(-0.542))).isGreaterThan(1e-3);
    }

    @Test
    void aPartOfAFormulaIsReplacedByWhatIsMissingThere() {
        Problem problem = problem("sqrt(n)*(T+3)");
        SemanticBackpropagation backpropagation = new SemanticBackpropagation(problem, Enumeration.of(problem));
        Expression formula = ExpressionParser.parse("sqrt(n)*n", names());
        int wrong = formula.complexity() - 2;
        Expression repaired = backpropagation.replacements(formula, wrong, 1).get(0);
        assertThat(repaired.value(9, 5)).isCloseTo(24, within(1e-6));
    }

    @Test
    void theEvolutionAloneGoesOnFromGivenExpressionsAndGivesTheSameOnAnyNumberOfThreads() {
        Problem problem = problem("40*exp(-3/(n*T+20))+n");
        Expression guess = ExpressionParser.parse("exp(-2/(n*T+10))+n", names());
        Enumeration enumeration = Enumeration.of(problem);
        Evolution one = new Evolution(problem, enumeration, 3);
        one.begin(List.of(guess));
        Evolution two = new Evolution(problem, enumeration, 3);
        two.begin(List.of(guess));
        List<Member> before = one.front();
        assertThat(one.run(4_000_000, 1, () -> false, share -> {})).isEqualTo(FitResult.Stop.EFFORT);
        two.run(4_000_000, 2, () -> false, share -> {});
        assertThat(one.front()).isEqualTo(two.front());
        assertThat(last(one.front()).squaredError())
                .isLessThanOrEqualTo(last(before).squaredError());
        Evolution restored = new Evolution(problem, enumeration, 4);
        restored.restore(one.islands());
        assertThat(last(restored.front()).squaredError())
                .isLessThanOrEqualTo(1.001 * last(one.front()).squaredError());
    }

    @Test
    void constantsOfAFrontAreFittedFromAFewStartsWhereOneEndsInTheWrongValley() {
        Problem problem = problem("20*sin(0.09*n)+T");
        Expression wrong = ExpressionParser.parse("11*sin(0.21*n)+T", names());
        Evaluator evaluator = new Evaluator(problem.blocks);
        Member member = new Member(wrong, evaluator.squaredError(wrong, wrong.constants()));
        FrontFit fit = new FrontFit(problem);
        Member once = fit.fitted(List.of(member), 0, new SplittableRandom(1), () -> false)
                .get(0);
        Member often = fit.fitted(List.of(member), 30, new SplittableRandom(1), () -> false)
                .get(0);
        assertThat(once.squaredError()).isGreaterThan(1e-3 * problem.totalSquares);
        assertThat(often.squaredError()).isLessThan(1e-9 * problem.totalSquares);
        assertThat(often.structure()).isEqualTo(member.structure());
    }

    @Test
    void theConstantsOfOneFormulaAreFittedWithNoSearchAtAll() {
        Table table = table("0.69*sqrt(n)+T");
        Evaluator evaluator = new Evaluator(new Blocks(table.columns(), table.values(), null));
        Expression formula = ExpressionParser.parse("1*sqrt(n)+T", names());
        ConstantFit.Outcome outcome = new ConstantFit(evaluator, 1e-9).fit(formula, 20);
        assertThat(outcome.constants()[0]).isCloseTo(0.69, within(1e-6));
    }

    private static Member last(List<Member> front) {
        return front.get(front.size() - 1);
    }

    private static List<String> names() {
        return List.of("n", "T");
    }

    private static Problem problem(String law) {
        return new Problem(table(law), FitSettings.defaults());
    }

    private static Table table(String law) {
        SplittableRandom random = new SplittableRandom(11);
        double[][] columns = new double[2][120];
        double[] target = new double[120];
        Expression expression = ExpressionParser.parse(law, names());
        for (int r = 0; r < target.length; r++) {
            columns[0][r] = 1 + 60 * random.nextDouble();
            columns[1][r] = 1 + 9 * random.nextDouble();
            target[r] = expression.value(columns[0][r], columns[1][r]);
        }
        return Table.of(names(), columns, "y", target);
    }
}
