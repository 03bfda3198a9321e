package org.mtlfarm.regressor.reports;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.hipparchus.special.Beta;

import org.mtlfarm.regressor.evaluation.Blocks;
import org.mtlfarm.regressor.evaluation.Evaluator;
import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.table.Table;

/**
 * Where a formula is off: its residuals by setting, rows of equal features being one, and whether they are larger than what
 * rows of one setting differ among each other (the lack-of-fit test). Rows count alike, whatever their weights.
 *
 * @param settings different ones
 * @param noise variance of the target within settings; not a number where none has two rows
 * @param ceiling the largest coefficient of determination that any function of these features can have on these rows
 * @param lackOfFit F of the lack of fit against the noise; not a number where it cannot be told
 * @param p probability of an F as large, were the formula right
 * @param worst the settings that are furthest off for the number of their rows, the worst first
 */
public record SettingResiduals(
        int settings, double noise, double ceiling, double lackOfFit, double p, List<Setting> worst) {
    public SettingResiduals {
        worst = List.copyOf(worst);
    }

    /**
     * One setting.
     *
     * @param at [feature]
     * @param mean of target less formula
     * @param score that mean by its standard error, as the residuals of all rows give it
     */
    public record Setting(double[] at, int rows, double mean, double score) {}

    /** Of an expression over the table's features; so many of the worst settings are kept. */
    public static SettingResiduals of(Expression expression, Table table, int most) {
        double[] values = new Evaluator(new Blocks(table.columns(), table.values(), null)).values(expression);
        Map<List<Double>, List<Integer>> settings = new LinkedHashMap<>();
        for (int r = 0; r < table.rows(); r++) {
            List<Double> at = new ArrayList<>();
            for (double[] column : table.columns()) {
                at.add(column[r]);
            }
            settings.computeIfAbsent(at, key -> new ArrayList<>()).add(r);
        }
        double mean = Arrays.stream(table.values()).average().orElse(Double.NaN);
        double total = 0;
        double squares = 0;
        for (int r = 0; r < values.length; r++) {
            total += square(table.values()[r] - mean);
            squares += square(table.values()[r] - values[r]);
        }
        double deviation = Math.sqrt(squares / values.length);
        double pure = 0;
        List<Setting> worst = new ArrayList<>();
        for (List<Integer> rows : settings.values()) {
            double of =
                    rows.stream().mapToDouble(r -> table.values()[r]).average().orElseThrow();
            pure += rows.stream()
                    .mapToDouble(r -> square(table.values()[r] - of))
                    .sum();
            double off = of - values[rows.get(0)];
            double[] at = Arrays.stream(table.columns())
                    .mapToDouble(column -> column[rows.get(0)])
                    .toArray();
            worst.add(new Setting(at, rows.size(), off, off / deviation * Math.sqrt(rows.size())));
        }
        worst.sort(Comparator.comparingDouble((Setting setting) -> -Math.abs(setting.score())));
        int within = values.length - settings.size();
        int lack = settings.size() - expression.constantCount();
        double noise = within > 0 ? pure / within : Double.NaN;
        double f = within > 0 && lack > 0 && pure > 0 ? (squares - pure) / lack / noise : Double.NaN;
        return new SettingResiduals(
                settings.size(),
                noise,
                total > 0 && within > 0 ? 1 - pure / total : Double.NaN,
                f,
                upperTail(f, lack, within),
                worst.subList(0, Math.min(most, worst.size())));
    }

    /** The probability that Snedecor's F of so many degrees of freedom is larger. */
    public static double upperTail(double f, double numerator, double denominator) {
        if (Double.isNaN(f) || !(numerator > 0) || !(denominator > 0)) {
            return Double.NaN;
        }
        return f <= 0
                ? 1
                : Beta.regularizedBeta(denominator / (denominator + numerator * f), denominator / 2, numerator / 2);
    }

    private static double square(double value) {
        return value * value;
    }
}
