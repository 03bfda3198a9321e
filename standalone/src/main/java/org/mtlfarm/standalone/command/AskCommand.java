package org.mtlfarm.standalone.command;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import org.mtlfarm.regressor.prediction.Demand;
import org.mtlfarm.regressor.prediction.FactorSpace;
import org.mtlfarm.regressor.prediction.Forecast;
import org.mtlfarm.regressor.prediction.FormulaForecast;
import org.mtlfarm.regressor.prediction.FormulaQuestion;
import org.mtlfarm.regressor.prediction.Interval;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.AverageColumn;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.FormulaSpecification;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.standalone.report.StudyReport;

/** {@code farm ask}. */
@Command(
        name = "ask",
        description = {
            "Ask a study's formula: what F1 some tokens, tasks and relatedness give, and what it takes to gain more.",
            "Answers come with intervals, and only where the study has data: elsewhere --extrapolate must be said."
        })
final class AskCommand implements Runnable {
    @Mixin
    private Output output;

    @Mixin
    private StudySource source;

    @Option(names = "--tokens", paramLabel = "N", description = "Training tokens of the real task.")
    private Double tokens;

    @Option(
            names = "--tokens-synthetic",
            paramLabel = "N",
            description = "Training tokens of each other task (default as many as --tokens).")
    private Double tokensSynthetic;

    @Option(names = "--tasks", paramLabel = "T", description = "Tasks, the real one included: three more make 4.")
    private Double tasks;

    @Option(names = "--ami", paramLabel = "A", description = "How related the other tasks are; 1 where --tasks is 1.")
    private Double ami;

    @Option(
            names = "--alpha",
            paramLabel = "A",
            description = "The other tasks' probability of keeping the real label, for a formula that has it.")
    private Double alpha;

    @Option(names = "--shared-layers", paramLabel = "N", description = "For a formula that has it.")
    private Double sharedLayers;

    @Option(
            names = "--formula",
            paramLabel = "SPEC",
            description =
                    "Which formula, as the study's file has it (default of those whose factors are all given the one with most).")
    private String specification;

    @Option(names = "--more", paramLabel = "F1", description = "Ask also what it takes to gain so much, such as 0.05.")
    private Double more;

    @Option(
            names = "--level",
            defaultValue = "0.95",
            paramLabel = "SHARE",
            description = "How sure the intervals are to be (default ${DEFAULT-VALUE}).")
    private double level;

    @Option(names = "--extrapolate", description = "Answer also where the study has no data, and say so.")
    private boolean extrapolate;

    @Override
    public void run() {
        source.check();
        check();
        StudyReport report = source.read();
        Map<AverageColumn, Double> given = given();
        Formula formula = chosen(report.formulas(), given);
        FormulaSpecification chosen = FormulaSpecification.parse(formula.getSpecification());
        given.keySet().retainAll(FormulaQuestion.allowed(chosen));
        FormulaQuestion question = new FormulaQuestion(formula, given);
        List<Average> rows = report.averages().stream()
                .filter(average -> formula.getExperiments()
                        .contains(average.getExperiment().getExperimentId()))
                .toList();
        FactorSpace data = FactorSpace.of(rows);
        List<String> outside = question.outside(data);
        if (!outside.isEmpty() && !extrapolate) {
            throw new InvalidInputException("the study has no data there: " + told(outside, question, data)
                    + ". --extrapolate answers all the same, at your own risk");
        }
        Forecast forecast = FormulaForecast.of(formula, rows)
                .orElseThrow(() -> new InvalidInputException("expected averages behind the formula "
                        + formula.getSpecification() + ", found " + rows.size()));
        Answer answer = new Answer(formula, question, data, outside, forecast);
        output.print(answer.json(), answer.text());
    }

    private void check() {
        if (!(level > 0 && level < 1)) {
            throw new InvalidInputException("--level: expected a share between 0 and 1, found " + level);
        }
        if (more != null && !(more > 0 && more < 1)) {
            throw new InvalidInputException("--more: expected F1 between 0 and 1, such as 0.05, found " + more);
        }
        atLeast("--tokens", tokens, 1);
        atLeast("--tokens-synthetic", tokensSynthetic, 1);
        atLeast("--tasks", tasks, 1);
        if (ami != null && !(ami <= 1)) {
            throw new InvalidInputException("--ami: expected at most 1, found " + ami);
        }
    }

    private static void atLeast(String option, Double value, double least) {
        if (value != null && !(value >= least && value < Double.POSITIVE_INFINITY)) {
            throw new InvalidInputException(option + ": expected a number of at least 1, found " + value);
        }
    }

    private Map<AverageColumn, Double> given() {
        Map<AverageColumn, Double> given = new EnumMap<>(AverageColumn.class);
        Optional.ofNullable(tokens).ifPresent(value -> {
            given.put(AverageColumn.TOKENS, value);
            given.put(AverageColumn.TOKENS_SYNTHETIC, value);
        });
        Optional.ofNullable(tokensSynthetic).ifPresent(value -> given.put(AverageColumn.TOKENS_SYNTHETIC, value));
        Optional.ofNullable(tasks).ifPresent(value -> given.put(AverageColumn.TASKS, value));
        Optional.ofNullable(ami).ifPresent(value -> given.put(AverageColumn.AMI, value));
        Optional.ofNullable(alpha).ifPresent(value -> given.put(AverageColumn.ALPHA, value));
        Optional.ofNullable(sharedLayers).ifPresent(value -> given.put(AverageColumn.SHARED_LAYERS, value));
        if (tasks != null && tasks == 1) {
            // One task has no other: the averages carry 1 for both.
            given.put(AverageColumn.AMI, 1.0);
            given.put(AverageColumn.ALPHA, 1.0);
        }
        if (given.isEmpty()) {
            throw new InvalidInputException("expected factors, such as --tokens 2000 --tasks 4 --ami 0.6, found none");
        }
        return given;
    }

    private Formula chosen(List<Formula> formulas, Map<AverageColumn, Double> given) {
        if (specification != null) {
            String wanted = FormulaSpecification.parse(specification).toString();
            return formulas.stream()
                    .filter(formula -> formula.getSpecification().equals(wanted))
                    .findFirst()
                    .orElseThrow(() -> new InvalidInputException(
                            "--formula: expected one of " + names(formulas) + ", found " + wanted));
        }
        return formulas.stream()
                .filter(formula -> {
                    FormulaSpecification of = FormulaSpecification.parse(formula.getSpecification());
                    return of.target() == AverageColumn.F1
                            && given.keySet().containsAll(of.features())
                            && of.conditions().stream()
                                    .allMatch(condition -> !given.containsKey(condition.column())
                                            || condition.holds(given.get(condition.column())));
                })
                .max(Comparator.comparingInt(formula -> formula.getFeatures().size()))
                .orElseThrow(() -> new InvalidInputException("expected the factors of one of the study's formulas ("
                        + names(formulas) + "), found " + FormulaQuestion.names(given.keySet())));
    }

    private static String names(List<Formula> formulas) {
        return formulas.isEmpty()
                ? "none at all"
                : String.join(
                        "; ", formulas.stream().map(Formula::getSpecification).toList());
    }

    private static String told(List<String> outside, FormulaQuestion question, FactorSpace data) {
        List<String> parts = new ArrayList<>();
        for (String what : outside) {
            Optional<AverageColumn> column = AverageColumn.named(what);
            parts.add(
                    column.isPresent()
                            ? what + " " + number(question.given().get(column.get())) + " is not within "
                                    + range(data.range(column.get()).orElseThrow())
                            : what.equals(FormulaQuestion.COMBINATION)
                                    ? "each factor is within its range, but no experiments lie around this combination"
                                    : "the formula is for " + what);
        }
        return String.join("; ", parts);
    }

    private static String range(Interval range) {
        return number(range.lower()) + " to " + number(range.upper());
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e9
                ? String.format(Locale.ROOT, "%.0f", value)
                // No zero has a sign.
                : String.format(Locale.ROOT, "%.3f", Math.rint(value * 1000) / 1000 + 0.0);
    }

    /** What is answered. */
    private final class Answer {
        private final Formula formula;
        private final FormulaQuestion question;
        private final FactorSpace data;
        private final List<String> outside;
        private final Forecast forecast;
        private final double[] at;
        private final double value;
        private final Interval law;
        private final Interval average;
        private final Map<AverageColumn, Demand> demands = new EnumMap<>(AverageColumn.class);

        Answer(Formula formula, FormulaQuestion question, FactorSpace data, List<String> outside, Forecast forecast) {
            this.formula = formula;
            this.question = question;
            this.data = data;
            this.outside = outside;
            this.forecast = forecast;
            this.at = question.at();
            this.value = question.value();
            this.law = forecast.ofLaw(level, at).within(0, 1);
            this.average = forecast.ofAverage(level, at).within(0, 1);
            if (more != null) {
                List<AverageColumn> features = question.specification().features();
                for (int f = 0; f < features.size(); f++) {
                    AverageColumn factor = features.get(f);
                    double most = data.range(factor).orElseThrow().upper();
                    boolean whole = factor != AverageColumn.AMI && factor != AverageColumn.ALPHA;
                    demandedAt(factor, features)
                            .ifPresent(others -> demands.put(
                                    factor,
                                    Demand.of(
                                            forecast, more, at, others, features.indexOf(factor), most, whole, level)));
                }
            }
        }

        /** Where a factor grows: a single task has no relatedness of its own, and further ones have that which was said. */
        private Optional<double[]> demandedAt(AverageColumn factor, List<AverageColumn> features) {
            double[] others = at.clone();
            if (tasks == null || tasks > 1 || factor == AverageColumn.TOKENS) {
                return Optional.of(others);
            }
            boolean known = factor == AverageColumn.TASKS
                    && (ami != null || !features.contains(AverageColumn.AMI))
                    && (alpha != null || !features.contains(AverageColumn.ALPHA));
            if (known && features.contains(AverageColumn.AMI)) {
                others[features.indexOf(AverageColumn.AMI)] = ami;
            }
            if (known && features.contains(AverageColumn.ALPHA)) {
                others[features.indexOf(AverageColumn.ALPHA)] = alpha;
            }
            return known ? Optional.of(others) : Optional.empty();
        }

        ObjectNode json() {
            ObjectNode json = Output.object();
            json.put("formula", formula.getSpecification());
            json.put("expression", formula.getBest().getExpression());
            Output.number(json, "f1", value);
            json.put("level", level);
            Output.number(json, "lower", average.lower());
            Output.number(json, "upper", average.upper());
            Output.number(json, "lawLower", law.lower());
            Output.number(json, "lawUpper", law.upper());
            ObjectNode factors = json.putObject("factors");
            question.given().forEach((column, number) -> {
                ObjectNode factor = factors.putObject(column.columnName()).put("given", number);
                data.range(column)
                        .ifPresent(range -> factor.put("least", range.lower()).put("greatest", range.upper()));
            });
            json.put("rows", data.rows());
            json.put("extrapolated", !outside.isEmpty());
            outside.forEach(json.putArray("outsideOf")::add);
            if (more != null) {
                ObjectNode wanted = json.putObject("more").put("f1", more);
                demands.forEach((factor, demand) -> {
                    ObjectNode one = wanted.putObject(factor.columnName());
                    Output.number(one, "needed", demand.needed());
                    Output.number(one, "lower", demand.interval().lower());
                    Output.number(one, "upper", demand.interval().upper());
                    one.put("reaching", demand.reaching());
                    one.put("within", !Double.isNaN(demand.needed()));
                });
            }
            return json;
        }

        String text() {
            StringBuilder text = new StringBuilder();
            if (!outside.isEmpty()) {
                text.append("EXTRAPOLATED: ")
                        .append(told(outside, question, data))
                        .append(".\n");
            }
            text.append(String.format(
                    Locale.ROOT,
                    "F1 %.3f; the mean of a new experiment's runs within %.3f to %.3f (%s %%), the law itself within %.3f to %.3f%n",
                    value,
                    average.lower(),
                    average.upper(),
                    number(100 * level),
                    law.lower(),
                    law.upper()));
            demands.forEach((factor, demand) -> text.append(demanded(factor, demand)));
            if (more != null
                    && !demands.containsKey(AverageColumn.TASKS)
                    && question.specification().features().contains(AverageColumn.TASKS)) {
                text.append(String.format(
                        Locale.ROOT, "%+.3f by tasks alone: say how related they are, with --ami%n", more));
            }
            text.append(String.format(
                    Locale.ROOT,
                    "%nby %s:%n    f1 = %s%nfitted to %d experiments, held-out R2 %s, with ",
                    formula.getSpecification(),
                    formula.getBest().getExpression(),
                    data.rows(),
                    Double.isFinite(formula.getBest().getTestR2())
                            ? String.format(
                                    Locale.ROOT, "%.3f", formula.getBest().getTestR2())
                            : "unknown"));
            List<String> ranges = question.specification().features().stream()
                    .map(factor ->
                            factor.columnName() + " " + range(data.range(factor).orElseThrow()))
                    .toList();
            return text.append(String.join(", ", ranges)).append('\n').toString();
        }

        private String demanded(AverageColumn factor, Demand demand) {
            double now = question.given().get(factor);
            double most = data.range(factor).orElseThrow().upper();
            String rise = String.format(Locale.ROOT, "%+.3f by %s alone: ", more, factor.columnName());
            if (now > most) {
                return rise + "cannot be told beyond the data, which end at " + number(most) + "\n";
            }
            if (Double.isNaN(demand.needed())) {
                return rise
                        + String.format(
                                Locale.ROOT,
                                "not within the range, which ends at %s (of the laws that the data leave possible %.0f %% get there)%n",
                                number(most),
                                100 * demand.reaching());
            }
            String interval = Double.isNaN(demand.interval().lower())
                    ? "no interval, as "
                    : number(demand.interval().lower()) + " to "
                            + number(demand.interval().upper()) + "; ";
            return rise
                    + String.format(
                            Locale.ROOT,
                            "%s, that is %s more (%s%.0f %% of the laws that the data leave possible get there within the range)%n",
                            number(demand.needed()),
                            number(demand.needed() - now),
                            interval,
                            100 * demand.reaching());
        }
    }
}
