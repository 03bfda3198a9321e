package org.mtlfarm.regressor.selection;

import java.util.List;

import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.ExpressionParser;
import org.mtlfarm.regressor.table.CsvTable;
import org.mtlfarm.regressor.table.Split;
import org.mtlfarm.regressor.table.Table;
import org.mtlfarm.schemas.InvalidInputException;

/**
 * A formula that one has already, judged on a table: on the part that a fit with the same seed holds out, and on all rows.
 *
 * @param complexity nodes
 */
public record Evaluate(Expression expression, Score heldOut, Score all, int complexity) {
    /**
     * Judges a formula on a file; it may speak of any column but the target.
     *
     * @param group as in {@link CsvTable#select}, or null
     */
    public static Evaluate formula(String formula, CsvTable csv, String target, String group, long seed) {
        List<String> columns =
                csv.header().stream().filter(name -> !name.equals(target)).toList();
        ExpressionParser.parse(formula, columns);
        ExpressionParser.Named named = ExpressionParser.parse(formula);
        if (named.variables().isEmpty()) {
            // A constant: any numeric column stands in for the features that it does not have.
            return of(named.expression(), constantTable(csv, target, group), seed);
        }
        return of(named.expression(), csv.select(target, named.variables(), null, group), seed);
    }

    /** Judges an expression over the table's features. */
    public static Evaluate of(Expression expression, Table table, long seed) {
        if (table.rows() == 0) {
            throw new InvalidInputException(table.source() + ": expected rows, found none");
        }
        Split split = Split.of(table, seed);
        return new Evaluate(
                expression,
                Score.of(expression, table.rows(split.heldOut())),
                Score.of(expression, table),
                expression.complexity());
    }

    private static Table constantTable(CsvTable csv, String target, String group) {
        double[] values = csv.numbers(target);
        return new Table(
                "the table",
                List.of("(none)"),
                new double[1][values.length],
                target,
                values,
                null,
                group == null ? null : csv.text(group));
    }
}
