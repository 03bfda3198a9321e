package org.mtlfarm.standalone.findings;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import org.mtlfarm.regressor.evaluation.Blocks;
import org.mtlfarm.regressor.evaluation.ConstantFit;
import org.mtlfarm.regressor.evaluation.Evaluator;
import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.ExpressionParser;
import org.mtlfarm.regressor.rates.Rate;
import org.mtlfarm.regressor.search.FitResult;
import org.mtlfarm.regressor.search.FitSettings;
import org.mtlfarm.regressor.search.Preset;
import org.mtlfarm.regressor.search.SymbolicRegression;
import org.mtlfarm.regressor.selection.Score;
import org.mtlfarm.regressor.service.FormulaFit;
import org.mtlfarm.regressor.table.Split;
import org.mtlfarm.regressor.table.Table;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.AverageColumn;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.FormulaSpecification;

/**
 * A study's formula beside others over the same factors: the published one as it is, the same with constants fitted to this
 * study, and what gplearn's way of searching finds. All are judged on the rows that the study's own fit held out.
 *
 * @param published the paper's formula over these factors; empty where it has none
 * @param entries the study's own first
 */
public record FormulaTable(
        Formula formula,
        FormulaSpecification specification,
        Table table,
        Split split,
        Optional<PublishedFormula> published,
        List<FormulaTable.Entry> entries) {
    private static final int STEPS = 50;
    private static final double GAIN = 1e-10;
    private static final double LEAST_AMI = 1e-9;

    /** Where a formula comes from. */
    public enum Origin {
        STUDY("this study"),
        PUBLISHED("published"),
        REFITTED("published, its constants fitted here"),
        GPLEARN("gplearn's preset on these rows");

        private final String words;

        Origin(String words) {
            this.words = words;
        }

        public String words() {
            return words;
        }
    }

    /**
     * One formula, judged.
     *
     * @param training on the rows that this study's own formula was fitted to
     * @param heldOut on those that it has not seen
     * @param rates how it grows in each factor, the others at their medians
     */
    public record Entry(
            Origin origin, Expression expression, Score training, Score heldOut, Score all, List<Rate> rates) {
        public Rate rate(String feature) {
            return rates.stream()
                    .filter(rate -> rate.feature().equals(feature))
                    .findFirst()
                    .orElse(null);
        }
    }

    public FormulaTable {
        entries = List.copyOf(entries);
    }

    /**
     * Judges.
     *
     * @param averages of the study; those that the formula was fitted to are found among them
     */
    public static Optional<FormulaTable> of(Formula formula, List<Average> averages) {
        FormulaSpecification specification = FormulaSpecification.parse(formula.getSpecification());
        List<Average> rows = FormulaFit.rows(specification, averages).stream()
                .filter(row -> formula.getExperiments().isEmpty()
                        || formula.getExperiments().contains(row.getExperiment().getExperimentId()))
                .toList();
        if (rows.size() < Table.FEWEST_ROWS) {
            return Optional.empty();
        }
        Table table = FormulaFit.table(formula.getStudy(), specification, rows);
        Split split = Split.of(table, formula.getSeed());
        Optional<PublishedFormula> published = PublishedFormula.over(specification.featureNames(), rows);
        List<Entry> entries = new ArrayList<>();
        entries.add(entry(
                Origin.STUDY,
                ExpressionParser.parse(formula.getBest().getExpression(), specification.featureNames()),
                table,
                split));
        published.map(known -> known.over(specification.featureNames())).ifPresent(expression -> {
            Table above = withAmiAboveZero(table);
            entries.add(entry(Origin.PUBLISHED, expression, above, split));
            entries.add(entry(Origin.REFITTED, fitted(expression, above.rows(split.training())), above, split));
        });
        gplearn(table, split, formula.getSeed())
                .ifPresent(expression -> entries.add(entry(Origin.GPLEARN, expression, table, split)));
        return Optional.of(new FormulaTable(formula, specification, table, split, published, entries));
    }

    public Entry own() {
        return entries.get(0);
    }

    public Optional<Entry> of(Origin origin) {
        return entries.stream().filter(entry -> entry.origin() == origin).findFirst();
    }

    private static Entry entry(Origin origin, Expression expression, Table table, Split split) {
        return new Entry(
                origin,
                expression,
                Score.of(expression, table.rows(split.training())),
                Score.of(expression, table.rows(split.heldOut())),
                Score.of(expression, table),
                Rate.of(expression, table));
    }

    /** A measured AMI may be just below 0, where the published roots have no value: it counts as next to nothing there. */
    private static Table withAmiAboveZero(Table table) {
        double[][] columns = table.columns().clone();
        int ami = table.features().indexOf(AverageColumn.AMI.columnName());
        if (ami >= 0) {
            columns[ami] = Arrays.stream(columns[ami])
                    .map(value -> Math.max(value, LEAST_AMI))
                    .toArray();
        }
        return new Table(
                table.source(),
                table.features(),
                columns,
                table.target(),
                table.values(),
                table.weights(),
                table.groups());
    }

    private static Optional<Expression> gplearn(Table table, Split split, long seed) {
        if (Arrays.stream(table.values()).distinct().count() < 2) {
            return Optional.empty();
        }
        FitResult found = SymbolicRegression.fit(
                table, FitSettings.defaults().withSeed(seed).withPreset(Preset.GPLEARN), split, progress -> {});
        return Optional.of(found.best().expression());
    }

    private static Expression fitted(Expression expression, Table rows) {
        Evaluator evaluator = new Evaluator(new Blocks(rows.columns(), rows.values(), rows.weights()));
        ConstantFit.Outcome outcome = new ConstantFit(evaluator, GAIN).fit(expression, STEPS);
        return Double.isFinite(outcome.squaredError()) ? expression.withConstants(outcome.constants()) : expression;
    }
}
