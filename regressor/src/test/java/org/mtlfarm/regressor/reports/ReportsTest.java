package org.mtlfarm.regressor.reports;

import java.time.Duration;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.ExpressionParser;
import org.mtlfarm.regressor.search.FitSettings;
import org.mtlfarm.regressor.table.Split;
import org.mtlfarm.regressor.table.Table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class ReportsTest {
    private static final List<String> NAMES = List.of("n", "T");
    private static final Expression LAW = ExpressionParser.parse("0.7*sqrt(n)+2*T", NAMES);

    @Test
    void everyRowIsLeftOutOnceAndConstantsAreFittedToTheRest() {
        Table table = noisy(200, 1, 3);
        CrossValidation right = CrossValidation.of(LAW, table, 10, 1);
        assertThat(right.folds()).isEqualTo(10);
        assertThat(right.mse()).isCloseTo(1, within(0.3));
        // Constants far from the fit make no difference: they are fitted in each fold.
        CrossValidation moved = CrossValidation.of(LAW.withConstants(5, -3), table, 10, 1);
        assertThat(moved.mse()).isCloseTo(right.mse(), within(1e-6));
        CrossValidation wrong = CrossValidation.of(ExpressionParser.parse("0.7*sqrt(n)", NAMES), table, 10, 1);
        assertThat(wrong.r2()).isLessThan(right.r2() - 0.01);
    }

    @Test
    void foldsOfSingleRowsHaveAnErrorToo() {
        CrossValidation few = CrossValidation.of(LAW, noisy(12, 0.1, 5), 10, 1);
        assertThat(few.r2()).isBetween(0.9, 1.0);
    }

    @Test
    void foldsKeepGroupsTogether() {
        String[] groups = new String[60];
        for (int r = 0; r < groups.length; r++) {
            groups[r] = "g" + r % 7;
        }
        Table plain = noisy(60, 1, 3);
        Table table = new Table("t", NAMES, plain.columns(), "y", plain.values(), null, groups);
        int held = 0;
        for (Split split : Split.folds(table, 10, 4)) {
            held += split.heldOut().length;
            for (int out : split.heldOut()) {
                for (int in : split.training()) {
                    assertThat(groups[out]).isNotEqualTo(groups[in]);
                }
            }
        }
        assertThat(Split.folds(table, 10, 4)).hasSize(7);
        assertThat(held).isEqualTo(60);
    }

    @Test
    void aLawHoldsBeyondItsDataAndAFitOfTheSameRowsDoesNot() {
        Table table = noisy(300, 0.5, 6);
        Expression bent = ExpressionParser.parse("20+0.007*n-2e-7*n^2+2*T", NAMES);
        List<Extrapolation> law = Extrapolation.of(LAW, table);
        assertThat(law).extracting(Extrapolation::feature).containsExactly("n", "T");
        assertThat(law.get(0).rows()).isBetween(30, 31);
        assertThat(law.get(0).outside()).isLessThan(1.5 * law.get(0).inside());
        Extrapolation off = Extrapolation.of(bent, table).get(0);
        assertThat(off.outside()).isGreaterThan(2 * off.inside());
    }

    @Test
    void lackOfFitIsToldFromNoiseWhereSettingsRepeat() {
        Random random = new Random(2);
        double[][] columns = new double[2][300];
        double[] target = new double[300];
        for (int r = 0; r < 300; r++) {
            columns[0][r] = 1000 * (1 + r % 10);
            columns[1][r] = 1 + r % 3;
            target[r] = LAW.value(columns[0][r], columns[1][r]) + random.nextGaussian();
        }
        Table table = Table.of(NAMES, columns, "y", target);
        SettingResiduals right = SettingResiduals.of(LAW, table, 3);
        assertThat(right.settings()).isEqualTo(30);
        assertThat(right.noise()).isCloseTo(1, within(0.2));
        assertThat(right.p()).isGreaterThan(0.01);
        assertThat(right.ceiling()).isBetween(0.98, 1.0);
        assertThat(right.worst()).hasSize(3);
        SettingResiduals wrong =
                SettingResiduals.of(ExpressionParser.parse("0.7*sqrt(n)+2*T+0.05*(T-2)*n^0.4", NAMES), table, 1);
        assertThat(wrong.p()).isLessThan(1e-4);
        assertThat(wrong.worst().get(0).at()[1]).isNotEqualTo(2);
    }

    /** scipy.stats.f.sf(2.5, 4, 17) = 0.0814716... and f.sf(1, 10, 10) = 0.5 by symmetry. */
    @Test
    void theTailOfSnedecorsF() {
        assertThat(SettingResiduals.upperTail(1, 10, 10)).isCloseTo(0.5, within(1e-12));
        assertThat(SettingResiduals.upperTail(0, 3, 4)).isEqualTo(1);
        assertThat(SettingResiduals.upperTail(Double.POSITIVE_INFINITY, 3, 4)).isEqualTo(0);
        // With 2 and 2 degrees of freedom the tail is 1 / (1 + f).
        assertThat(SettingResiduals.upperTail(3, 2, 2)).isCloseTo(0.25, within(1e-12));
    }

    @Test
    void intervalsHoldTheShareOfNewRowsThatTheyClaim() {
        Table training = noisy(150, 1, 9);
        Expression fitted = CrossValidation.fitted(LAW, training, 50);
        Bootstrap bootstrap = new Bootstrap(fitted, training, 400, 1);
        assertThat(bootstrap.resamples()).isEqualTo(400);
        Table fresh = noisy(2000, 1, 10);
        double[][] ends = bootstrap.intervals(fresh, 0.9);
        int held = 0;
        for (int r = 0; r < fresh.rows(); r++) {
            held += fresh.values()[r] >= ends[0][r] && fresh.values()[r] <= ends[1][r] ? 1 : 0;
        }
        assertThat(held / 2000.0).isCloseTo(0.9, within(0.03));
    }

    @Test
    void otherSplitsOfALawsRowsFindItAgain() {
        FitSettings quick =
                FitSettings.defaults().withEffort(20_000_000L).withThreads(1).withCap(Duration.ofHours(1));
        Table table = noisy(120, 0.05, 4);
        Stability stability = Stability.of(LAW, table, quick, 3, progress -> {});
        assertThat(stability.found()).hasSize(3);
        assertThat(stability.leastR2()).isGreaterThan(0.999).isLessThanOrEqualTo(stability.medianR2());
        assertThat(stability.disagreement()).isLessThan(0.02);
    }

    private static Table noisy(int rows, double noise, long seed) {
        Random random = new Random(seed);
        double[][] columns = new double[2][rows];
        double[] target = new double[rows];
        for (int r = 0; r < rows; r++) {
            columns[0][r] = 500 + random.nextInt(20_000);
            columns[1][r] = 1 + random.nextInt(15);
            target[r] = LAW.value(columns[0][r], columns[1][r]) + noise * random.nextGaussian();
        }
        return Table.of(NAMES, columns, "y", target);
    }
}
