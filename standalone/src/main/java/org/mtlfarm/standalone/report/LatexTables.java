package org.mtlfarm.standalone.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.ExpressionParser;
import org.mtlfarm.regressor.expression.Notation;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.Candidate;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.standalone.findings.Comparison;
import org.mtlfarm.standalone.findings.Effect;
import org.mtlfarm.standalone.findings.FormulaTable;
import org.mtlfarm.standalone.findings.OneMoreTask;
import org.mtlfarm.standalone.findings.Sentences;
import org.mtlfarm.standalone.findings.Trend;

/**
 * The report's tables for LaTeX: each file is a {@code tabular} to {@code \\input}, with the packages {@code booktabs}, {@code
 * longtable}, {@code amsmath} and {@code graphicx}.
 */
final class LatexTables {
    private static final Map<String, String> SIGNS =
            Map.of("tasks", "T", "tokens", "n", "ami", "\\mathrm{AMI}", "tokens_synthetic", "n_{\\mathrm{syn}}");

    private static final Pattern ORDER = Pattern.compile("O\\((.*)\\)(, .*)?");

    private LatexTables() {}

    /** Each file's name and text; {@code all.tex} is a document that shows them. */
    static Map<String, String> of(StudyReport report, StudyFindings findings) {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("trends.tex", trends(findings));
        if (!findings.comparisons().isEmpty()) {
            files.put("gains.tex", gains(findings.comparisons()));
        }
        for (int i = 0; i < findings.formulas().size(); i++) {
            files.put("formula-" + (i + 1) + ".tex", entries(findings.formulas().get(i)));
            files.put("front-" + (i + 1) + ".tex", front(findings.formulas().get(i)));
        }
        files.put("averages.tex", averages(report.averages()));
        if (!report.controls().isEmpty()) {
            files.put("controls.tex", averages(report.controls()));
        }
        String shown = files.keySet().stream()
                .map(name -> "\\section*{\\texttt{" + escape(name) + "}}\n{\\small\\input{" + name + "}}\n")
                .collect(Collectors.joining());
        files.put(
                "all.tex",
                "% Shows every table: pdflatex all.tex\n\\documentclass{article}\n\\usepackage[utf8]{inputenc}\n\\usepackage[T1]{fontenc}\n\\usepackage{booktabs,longtable,amsmath,amssymb,graphicx}\n\\usepackage[landscape,margin=1cm]{geometry}\n\\setlength{\\parindent}{0pt}\n\\begin{document}\n"
                        + shown + "\\end{document}\n");
        return files;
    }

    private static String trends(StudyFindings findings) {
        List<List<String>> rows = new ArrayList<>();
        for (Trend trend : findings.trends()) {
            rows.add(List.of(
                    escape(trend.what()),
                    trend.effect() == null ? "--" : effect(trend.effect()),
                    "" + trend.pairs().size(),
                    "" + trend.count(Effect.Sign.RISES),
                    "" + trend.count(Effect.Sign.FALLS)));
        }
        for (OneMoreTask added : findings.oneMoreTask()) {
            rows.add(List.of(
                    escape("one more task, " + Sentences.kind(added)),
                    effect(added.effect()),
                    "" + added.pairs().size(),
                    "" + added.count(Effect.Sign.RISES),
                    "" + added.count(Effect.Sign.FALLS)));
        }
        return tabular(
                "p{9cm}lrrr", List.of("F1 with", "change, least to most", "settings", "up", "down"), rows, false);
    }

    private static String gains(List<Comparison> comparisons) {
        List<List<String>> rows = new ArrayList<>();
        comparisons.stream()
                .collect(Collectors.groupingBy(
                        comparison -> comparison.multitask().getExperiment().getAlpha(),
                        TreeMap::new,
                        Collectors.toList()))
                .forEach((alpha, of) -> {
                    List<String> row = new ArrayList<>(List.of(
                            "" + alpha,
                            number(of.stream()
                                    .mapToDouble(one -> one.multitask().getAmiMean())
                                    .average()
                                    .orElse(Double.NaN)),
                            "" + of.size()));
                    for (ComparisonPlots.Beside beside : ComparisonPlots.Beside.values()) {
                        boolean itself = beside == ComparisonPlots.Beside.CHANCE
                                && of.stream().allMatch(Comparison::isChance);
                        row.add(
                                itself
                                        ? "--"
                                        : Sentences.meanGain(of, beside::of)
                                                .map(LatexTables::effect)
                                                .orElse("--"));
                    }
                    rows.add(row);
                });
        return tabular(
                "rrrllll",
                List.of(
                        "$\\alpha$",
                        "AMI",
                        "experiments",
                        "over $T=1$",
                        "same steps",
                        "over chance tasks",
                        "over $T=1$ on $Tn$"),
                rows,
                false);
    }

    private static String entries(FormulaTable formula) {
        List<String> features = formula.specification().featureNames();
        List<String> heads = new ArrayList<>(List.of("from", "nodes", "held-out MSE", "held-out $R^2$"));
        features.forEach(feature -> heads.add("in $" + sign(feature) + "$"));
        heads.add("formula");
        List<List<String>> rows = new ArrayList<>();
        for (FormulaTable.Entry entry : formula.entries()) {
            List<String> row = new ArrayList<>(List.of(
                    escape(entry.origin().words()),
                    "" + entry.expression().complexity(),
                    error(entry.heldOut().mse()),
                    number(entry.heldOut().r2())));
            features.forEach(feature -> row.add(order(Sentences.order(entry.rate(feature)), features)));
            row.add(math(entry.expression(), features));
            rows.add(row);
        }
        return "% " + formula.specification() + "\n"
                + noWiderThanTheLine(tabular("lrrr" + "l".repeat(features.size()) + "l", heads, rows, false));
    }

    private static String front(FormulaTable formula) {
        List<List<String>> rows = new ArrayList<>();
        for (Candidate candidate : formula.formula().getFront()) {
            rows.add(List.of(
                    "" + candidate.getComplexity(),
                    error(candidate.getTrainMse()),
                    error(candidate.getTestMse()),
                    number(candidate.getTestR2()),
                    math(
                            ExpressionParser.parse(
                                    candidate.getExpression(),
                                    formula.specification().featureNames()),
                            formula.specification().featureNames())));
        }
        return "% " + formula.specification() + "\n"
                + noWiderThanTheLine(tabular(
                        "rrrrl",
                        List.of("nodes", "training MSE", "held-out MSE", "held-out $R^2$", "formula"),
                        rows,
                        false));
    }

    /** A table whose last column may be long, as gplearn's formulas are, made smaller where there is no room for it. */
    private static String noWiderThanTheLine(String table) {
        return "\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%\n"
                + table.stripTrailing()
                + "}\n";
    }

    /** {@code O(n^2*log(n))} as a formula; what is words stays so. */
    private static String order(String order, List<String> features) {
        Matcher ordered = ORDER.matcher(order);
        if (!ordered.matches()) {
            return escape(order);
        }
        String grows = math(ExpressionParser.parse(ordered.group(1), features), features);
        return "$O(" + grows.substring(1, grows.length() - 1) + ")$"
                + (ordered.group(2) == null ? "" : escape(ordered.group(2)));
    }

    private static String averages(List<Average> averages) {
        List<List<String>> rows = new ArrayList<>();
        for (Average average : averages) {
            Experiment experiment = average.getExperiment();
            rows.add(List.of(
                    "\\texttt{"
                            + escape(experiment
                                    .getExperimentId()
                                    .substring(
                                            0,
                                            Math.min(
                                                    8,
                                                    experiment.getExperimentId().length())))
                            + "}",
                    "" + experiment.getTasks(),
                    "" + experiment.getTokensReal(),
                    "" + experiment.getTokensSynthetic(),
                    "" + experiment.getAlpha(),
                    number(average.getAmiMean()),
                    "" + experiment.getSharedLayers(),
                    "" + experiment.getTraining().getEpochs(),
                    "" + average.getRunsDone(),
                    number(average.getF1Mean()),
                    number(average.getF1Std())));
        }
        return tabular(
                "lrrrrrrrrrr",
                List.of(
                        "experiment",
                        "$T$",
                        "$n$",
                        "$n_{\\mathrm{syn}}$",
                        "$\\alpha$",
                        "AMI",
                        "shared",
                        "epochs",
                        "runs",
                        "F1",
                        "std"),
                rows,
                true);
    }

    private static String tabular(String columns, List<String> heads, List<List<String>> rows, boolean overPages) {
        String environment = overPages ? "longtable" : "tabular";
        StringBuilder text = new StringBuilder("\\begin{" + environment + "}{" + columns + "}\n\\toprule\n");
        text.append(String.join(" & ", heads)).append(" \\\\\n\\midrule\n").append(overPages ? "\\endhead\n" : "");
        rows.forEach(row -> text.append(String.join(" & ", row)).append(" \\\\\n"));
        return text.append("\\bottomrule\n\\end{" + environment + "}\n").toString();
    }

    private static String math(Expression expression, List<String> features) {
        return "$"
                + Notation.LATEX.print(
                        shown(expression),
                        features.stream()
                                .map(LatexTables::sign)
                                .map(LatexTables::plain)
                                .toList())
                + "$";
    }

    /** Constants with four digits: the exact ones are in {@code formulas.json}. */
    private static Expression shown(Expression expression) {
        double[] constants = expression.constants();
        for (int i = 0; i < constants.length; i++) {
            constants[i] = Double.parseDouble(String.format(Locale.ROOT, "%.3e", constants[i]));
        }
        return expression.withConstants(constants);
    }

    private static String sign(String feature) {
        return SIGNS.getOrDefault(feature, "\\mathrm{" + escape(feature) + "}");
    }

    /** As the notation takes names, which it sets itself. */
    private static String plain(String sign) {
        return sign.replace("\\mathrm{AMI}", "AMI")
                .replace("n_{\\mathrm{syn}}", "n_syn")
                .replaceAll("\\\\mathrm\\{(.*)\\}", "$1")
                .replace("\\_", "_");
    }

    private static String effect(Effect effect) {
        return "$"
                + Sentences.effect(effect)
                        .replace('−', '-')
                        .replace(" (", "$ ($")
                        .replace(" to ", "$ to $")
                        .replace(")", "$)");
    }

    private static String number(double value) {
        return Double.isFinite(value)
                ? "$" + String.format(Locale.ROOT, "%.3f", Math.rint(value * 1000) / 1000 + 0.0) + "$"
                : "--";
    }

    private static String error(double value) {
        return Double.isFinite(value)
                ? "$"
                        + String.format(Locale.ROOT, "%.3g", value)
                                .replaceFirst("e([-+])0?(\\d+)", " \\\\cdot 10^{$1$2}")
                                .replace("^{+", "^{")
                        + "$"
                : "--";
    }

    /** Text of people, with nothing that LaTeX takes for its own. */
    static String escape(String text) {
        StringBuilder escaped = new StringBuilder();
        for (char c : text.toCharArray()) {
            switch (c) {
                case '\\' -> escaped.append("\\textbackslash{}");
                case '~' -> escaped.append("\\textasciitilde{}");
                case '^' -> escaped.append("\\textasciicircum{}");
                case '&', '%', '$', '#', '_', '{', '}' -> escaped.append('\\').append(c);
                case '<' -> escaped.append("\\textless{}");
                case '>' -> escaped.append("\\textgreater{}");
                default -> escaped.append(c);
            }
        }
        return escaped.toString();
    }
}
