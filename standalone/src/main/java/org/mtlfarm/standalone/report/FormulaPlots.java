package org.mtlfarm.standalone.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import org.mtlfarm.regressor.evaluation.Blocks;
import org.mtlfarm.regressor.evaluation.Evaluator;
import org.mtlfarm.regressor.table.Table;
import org.mtlfarm.schemas.Candidate;
import org.mtlfarm.standalone.findings.FormulaTable;
import org.mtlfarm.standalone.plot.Markup;
import org.mtlfarm.standalone.plot.Plot;

/** Of one formula: its front, and what it leaves unexplained. */
final class FormulaPlots {
    /** A factor that is positive and spans more than this is drawn on a logarithmic axis. */
    private static final double WIDE = 5;

    private final FormulaTable formula;
    private final String number;
    private final double[] predicted;
    private final double[] residuals;

    private FormulaPlots(FormulaTable formula, int number) {
        this.formula = formula;
        this.number = "formula-" + number + "-";
        Table table = formula.table();
        this.predicted = new Evaluator(new Blocks(table.columns(), table.values(), null))
                .values(formula.own().expression());
        this.residuals = IntStream.range(0, predicted.length)
                .mapToDouble(r -> table.values()[r] - predicted[r])
                .toArray();
    }

    /** The front first, then the residuals. */
    static List<Plot> of(FormulaTable formula, int number) {
        FormulaPlots plots = new FormulaPlots(formula, number);
        List<Plot> drawn = new ArrayList<>(List.of(plots.front(), plots.residuals("prediction", plots.predicted)));
        for (int v = 0; v < formula.table().features().size(); v++) {
            drawn.add(plots.residuals(
                    formula.table().features().get(v), formula.table().columns()[v]));
        }
        return drawn;
    }

    private Plot front() {
        List<Plot.Point> training = new ArrayList<>();
        List<Plot.Point> heldOut = new ArrayList<>();
        for (Candidate candidate : formula.formula().getFront()) {
            training.add(
                    new Plot.Point(candidate.getComplexity(), candidate.getTrainMse(), 0, candidate.getExpression()));
            heldOut.add(
                    new Plot.Point(candidate.getComplexity(), candidate.getTestMse(), 0, candidate.getExpression()));
        }
        List<Plot.Points> points = new ArrayList<>();
        points.add(new Plot.Points("front, training", 0, training));
        points.add(new Plot.Points("front, held out", 1, heldOut));
        int colour = 2;
        for (FormulaTable.Entry entry : formula.entries()) {
            String name = entry.origin() == FormulaTable.Origin.STUDY
                    ? "recommended, held out"
                    : entry.origin() == FormulaTable.Origin.GPLEARN
                            ? "gplearn's, held out"
                            : entry.origin() == FormulaTable.Origin.REFITTED
                                    ? "published, refitted"
                                    : "published, held out";
            points.add(new Plot.Points(
                    name,
                    colour++,
                    List.of(new Plot.Point(
                            entry.expression().complexity(),
                            entry.heldOut().mse(),
                            0,
                            entry.expression().print(formula.table().features())))));
        }
        boolean logarithmic = points.stream()
                .flatMap(of -> of.points().stream())
                .allMatch(point -> !Double.isFinite(point.y()) || point.y() > 0);
        return new Plot(
                number + "front",
                "Pareto front: error against size",
                "Mean squared error of each formula of the front by its number of nodes, with the others that it is compared to.",
                new Plot.Axis("nodes", true),
                new Plot.Axis("mean squared error", logarithmic),
                points,
                List.of());
    }

    private Plot residuals(String against, double[] xs) {
        double low = Arrays.stream(xs).min().orElse(0);
        double high = Arrays.stream(xs).max().orElse(1);
        return new Plot(
                number + "residuals-" + against.replace('_', '-'),
                "Residuals against " + against,
                "F1 as measured less as the formula has it, of each experiment.",
                new Plot.Axis(against, low > 0 && high / low > WIDE && !against.equals("prediction")),
                new Plot.Axis("measured less predicted", false),
                List.of(
                        new Plot.Points(
                                "training part", 0, points(formula.split().training(), xs)),
                        new Plot.Points(
                                "held-out part", 1, points(formula.split().heldOut(), xs))),
                List.of(new Plot.Curve("none", Plot.Curve.INK, true, new double[] {low, high}, new double[2])));
    }

    private List<Plot.Point> points(int[] rows, double[] xs) {
        return Arrays.stream(rows)
                .mapToObj(r -> new Plot.Point(xs[r], residuals[r], 0, note(r)))
                .toList();
    }

    private String note(int row) {
        StringBuilder note = new StringBuilder();
        for (int v = 0; v < formula.table().features().size(); v++) {
            note.append(v == 0 ? "" : ", ")
                    .append(formula.table().features().get(v))
                    .append(" = ")
                    .append(Markup.number(formula.table().columns()[v][row]));
        }
        return note.toString();
    }
}
