package org.mtlfarm.standalone.command;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.mtlfarm.regressor.expression.Notation;
import org.mtlfarm.regressor.rates.Rate;
import org.mtlfarm.regressor.reports.CrossValidation;
import org.mtlfarm.regressor.reports.Extrapolation;
import org.mtlfarm.regressor.reports.SettingResiduals;
import org.mtlfarm.regressor.reports.Stability;
import org.mtlfarm.regressor.search.FitResult;
import org.mtlfarm.regressor.selection.Uncertainty;
import org.mtlfarm.regressor.table.Split;
import org.mtlfarm.regressor.table.Table;

/** What {@code farm fit} tells of its result, as JSON and as text. */
final class FitReport {
    private static final int FOLDS = 10;
    /** Rows that are cross-validated; more take seconds and tell no more. */
    private static final int MOST_FOLDED = 20_000;

    private static final int WORST_SETTINGS = 5;
    /** Constants that move together this much are named in the text. */
    private static final double STRONG = 0.95;

    private final FitResult result;
    private final List<CrossValidation> crossValidations;
    private final Uncertainty uncertainty;
    private final List<Rate> rates;
    private final List<Extrapolation> extrapolations;
    private final SettingResiduals residuals;
    private final Stability stability;

    /**
     * Judges the result.
     *
     * @param stability null where no further splits were tried
     */
    FitReport(FitResult result, Table table, Split split, Stability stability) {
        this.result = result;
        this.stability = stability;
        Table training = table.rows(split.training());
        int stride = (training.rows() + MOST_FOLDED - 1) / MOST_FOLDED;
        Table folded = stride <= 1
                ? training
                : training.rows(IntStream.range(0, training.rows() / stride)
                        .map(r -> r * stride)
                        .toArray());
        this.crossValidations = result.front().stream()
                .map(law -> CrossValidation.of(law.expression(), folded, FOLDS, result.seed()))
                .toList();
        this.uncertainty = Uncertainty.of(result.best().expression(), training);
        this.rates = Rate.of(result.best().expression(), table);
        this.extrapolations = Extrapolation.of(result.best().expression(), table);
        this.residuals = SettingResiduals.of(result.best().expression(), table, WORST_SETTINGS);
    }

    ObjectNode json() {
        ObjectNode json = Output.object();
        ObjectNode best = json.putObject("best");
        put(best, result.best(), crossValidations.get(bestIndex()));
        ArrayNode constants = best.putArray("constants");
        for (int k = 0; k < uncertainty.standardErrors().length; k++) {
            ObjectNode constant = constants.addObject();
            constant.put("value", result.best().expression().constantAt(k));
            Output.number(constant, "standardError", uncertainty.standardErrors()[k]);
        }
        ArrayNode correlations = best.putArray("correlations");
        for (double[] row : uncertainty.correlations()) {
            ArrayNode cells = correlations.addArray();
            for (double cell : row) {
                if (Double.isFinite(cell)) {
                    cells.add(cell);
                } else {
                    cells.addNull();
                }
            }
        }
        ArrayNode orders = best.putArray("rates");
        for (Rate rate : rates) {
            ObjectNode order = orders.addObject();
            order.put("feature", rate.feature());
            order.put("order", rate.order());
            Output.number(order, "exponent", rate.exponent());
            order.put("check", rate.check().word());
            order.put("read", rate.read());
            Output.number(order, "limit", rate.limit());
            order.put("approach", rate.approach());
        }
        ArrayNode beyond = best.putArray("extrapolation");
        for (Extrapolation extrapolation : extrapolations) {
            ObjectNode one = beyond.addObject();
            one.put("feature", extrapolation.feature());
            Output.number(one, "above", extrapolation.above());
            one.put("rows", extrapolation.rows());
            Output.number(one, "rmseInside", extrapolation.inside());
            Output.number(one, "rmseOutside", extrapolation.outside());
            Output.number(one, "r2Outside", extrapolation.r2());
        }
        settings(best.putObject("residuals"));
        if (stability != null) {
            stability(json.putObject("stability"));
        }
        ArrayNode front = json.putArray("front");
        for (int i = 0; i < result.front().size(); i++) {
            put(front.addObject(), result.front().get(i), crossValidations.get(i));
        }
        json.put("rows", result.rows());
        json.put("seconds", result.seconds());
        json.put("evaluations", result.evaluations());
        json.put("nodeEvaluationsPerSecond", result.nodeEvaluationsPerSecond());
        json.put("seed", result.seed());
        json.put("stopped", result.stopped().name());
        return json;
    }

    private void settings(ObjectNode json) {
        json.put("settings", residuals.settings());
        Output.number(json, "noiseVariance", residuals.noise());
        Output.number(json, "largestR2", residuals.ceiling());
        Output.number(json, "lackOfFitF", residuals.lackOfFit());
        Output.number(json, "lackOfFitP", residuals.p());
        ArrayNode worst = json.putArray("worst");
        for (SettingResiduals.Setting setting : residuals.worst()) {
            ObjectNode one = worst.addObject();
            ObjectNode at = one.putObject("at");
            for (int v = 0; v < setting.at().length; v++) {
                at.put(result.features().get(v), setting.at()[v]);
            }
            one.put("rows", setting.rows());
            Output.number(one, "mean", setting.mean());
            Output.number(one, "score", setting.score());
        }
    }

    private void stability(ObjectNode json) {
        json.put("splits", stability.found().size());
        json.put("same", stability.same());
        Output.number(json, "medianR2", stability.medianR2());
        Output.number(json, "leastR2", stability.leastR2());
        Output.number(json, "largestR2", stability.largestR2());
        Output.number(json, "disagreement", stability.disagreement());
        ArrayNode found = json.putArray("found");
        stability.found().forEach(law -> {
            ObjectNode one = found.addObject();
            one.put("expression", law.text());
            one.put("complexity", law.complexity());
            Output.number(one, "testR2", law.testR2());
        });
    }

    private void put(ObjectNode json, FitResult.Law law, CrossValidation crossValidation) {
        json.put("expression", law.text());
        json.put("latex", law.latex());
        for (Notation notation : List.of(Notation.SYMPY, Notation.PYTHON, Notation.JAVA)) {
            json.put(notation.name().toLowerCase(Locale.ROOT), notation.print(law.expression(), result.features()));
        }
        json.put("complexity", law.complexity());
        Output.number(json, "trainMse", law.trainMse());
        Output.number(json, "testMse", law.testMse());
        Output.number(json, "testR2", law.testR2());
        Output.number(json, "cvMse", crossValidation.mse());
        Output.number(json, "cvR2", crossValidation.r2());
        Output.number(json, "cvR2Deviation", crossValidation.r2Deviation());
    }

    private int bestIndex() {
        return result.front().indexOf(result.best());
    }

    String text() {
        StringBuilder text = new StringBuilder("nodes  train MSE    test MSE     test R2    CV R2  formula\n");
        for (int i = 0; i < result.front().size(); i++) {
            FitResult.Law law = result.front().get(i);
            line(
                    text,
                    "%s%4d  %-11.5g  %-11.5g  %7.4f  %7.4f  %s",
                    i == bestIndex() ? "*" : " ",
                    law.complexity(),
                    law.trainMse(),
                    law.testMse(),
                    law.testR2(),
                    crossValidations.get(i).r2(),
                    law.text());
        }
        line(text, "%n%s = %s", result.target(), result.best().text());
        constants(text);
        for (Rate rate : rates) {
            line(text, "%s", rate.sentence());
        }
        for (Extrapolation extrapolation : extrapolations) {
            line(
                    text,
                    "beyond %s = %.6g (%d rows, constants fitted without them): error %.4g, inside %.4g",
                    extrapolation.feature(),
                    extrapolation.above(),
                    extrapolation.rows(),
                    extrapolation.outside(),
                    extrapolation.inside());
        }
        residuals(text);
        if (stability != null) {
            stability(text);
        }
        line(
                text,
                "%n%d rows, %.1f s, %,d formulas judged, %.2f billion node evaluations a second, stopped by %s, seed %d",
                result.rows(),
                result.seconds(),
                result.evaluations(),
                result.nodeEvaluationsPerSecond() / 1e9,
                result.stopped().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                result.seed());
        return text.toString();
    }

    private void constants(StringBuilder text) {
        double[] errors = uncertainty.standardErrors();
        if (errors.length == 0) {
            return;
        }
        List<String> told = new ArrayList<>();
        for (int k = 0; k < errors.length; k++) {
            told.add(String.format(
                    Locale.ROOT,
                    Double.isFinite(errors[k]) ? "%.6g ± %.2g" : "%.6g (not fixed by the rows)",
                    result.best().expression().constantAt(k),
                    errors[k]));
        }
        line(text, "constants: %s", String.join("; ", told));
        for (int k = 0; k < errors.length; k++) {
            for (int l = 0; l < k; l++) {
                double correlation = uncertainty.correlations()[k][l];
                if (Math.abs(correlation) > STRONG) {
                    line(
                            text,
                            "constants %d and %d move together (correlation %.3f): the rows fix one given the other",
                            l + 1,
                            k + 1,
                            correlation);
                }
            }
        }
    }

    private void residuals(StringBuilder text) {
        if (!Double.isNaN(residuals.ceiling())) {
            line(
                    text,
                    "%d settings; rows of one setting differ by a variance of %.4g, so no formula in these features"
                            + " passes R2 %.4f here",
                    residuals.settings(),
                    residuals.noise(),
                    residuals.ceiling());
        }
        if (!Double.isNaN(residuals.p())) {
            line(
                    text,
                    "lack of fit: F = %.3g, p = %.2g%s",
                    residuals.lackOfFit(),
                    residuals.p(),
                    residuals.p() < 0.01 ? "; the formula leaves something out" : "");
        }
        String worst = residuals.worst().stream()
                .filter(setting -> Math.abs(setting.score()) > 3)
                .map(setting ->
                        String.format(Locale.ROOT, "%s: %+.4g (%d rows)", at(setting), setting.mean(), setting.rows()))
                .collect(Collectors.joining("; "));
        if (!worst.isEmpty()) {
            line(text, "furthest off: %s", worst);
        }
    }

    private String at(SettingResiduals.Setting setting) {
        List<String> parts = new ArrayList<>();
        for (int v = 0; v < setting.at().length; v++) {
            parts.add(String.format(Locale.ROOT, "%s %.6g", result.features().get(v), setting.at()[v]));
        }
        return String.join(", ", parts);
    }

    private void stability(StringBuilder text) {
        line(
                text,
                "%d further splits: the same structure in %d; held-out R2 %.4f in the median, %.4f to %.4f; the formulas"
                        + " differ by %.2g of the target's standard deviation",
                stability.found().size(),
                stability.same(),
                stability.medianR2(),
                stability.leastR2(),
                stability.largestR2(),
                stability.disagreement());
        stability
                .found()
                .forEach(law -> line(text, "  %.4f  %d nodes  %s", law.testR2(), law.complexity(), law.text()));
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    /** A function of the features in Python, over numbers or NumPy arrays. */
    String python() {
        String names = names(Notation.PYTHON, "");
        return "\"\"\"%s, found by MTL Farm: held-out R2 %.4f, seed %d.\"\"\"%n%nimport numpy as np%n%n%ndef formula(%s):%n    return %s%n"
                .formatted(
                        result.target(),
                        result.best().testR2(),
                        result.seed(),
                        names,
                        Notation.PYTHON.print(result.best().expression(), result.features()));
    }

    /** A class with that function in Java. */
    String java() {
        return """
                /** %s, found by MTL Farm: held-out R2 %.4f, seed %d. */
                public final class Formula {
                    private Formula() {}

                    public static double value(%s) {
                        return %s;
                    }
                }
                """.formatted(
                        result.target(),
                        result.best().testR2(),
                        result.seed(),
                        names(Notation.JAVA, "double "),
                        Notation.JAVA.print(result.best().expression(), result.features()));
    }

    private String names(Notation notation, String before) {
        return result.features().stream()
                .map(feature -> before + notation.identifier(feature))
                .collect(Collectors.joining(", "));
    }

    /** Rows as CSV: features, target, prediction, and the ends of its interval where these are given. */
    static String predictions(FitResult result, Table table, double[] predicted, double[][] ends) {
        List<String> header = new ArrayList<>(table.features());
        header.addAll(List.of(table.target(), "predicted"));
        if (ends != null) {
            header.addAll(List.of("lower", "upper"));
        }
        StringBuilder text =
                new StringBuilder(header.stream().map(FitReport::quoted).collect(Collectors.joining(","))).append('\n');
        for (int r = 0; r < table.rows(); r++) {
            int row = r;
            String features = Arrays.stream(table.columns())
                    .map(column -> Double.toString(column[row]))
                    .collect(Collectors.joining(","));
            text.append(features)
                    .append(',')
                    .append(table.values()[r])
                    .append(',')
                    .append(predicted[r]);
            if (ends != null) {
                text.append(',').append(ends[0][r]).append(',').append(ends[1][r]);
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static String quoted(String name) {
        return name.matches(".*[\",;\\s].*") ? "\"" + name.replace("\"", "\"\"") + "\"" : name;
    }
}
