package org.mtlfarm.standalone.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import org.mtlfarm.regressor.evaluation.Blocks;
import org.mtlfarm.regressor.evaluation.Evaluator;
import org.mtlfarm.regressor.expression.Expression;
import org.mtlfarm.regressor.expression.ExpressionParser;
import org.mtlfarm.regressor.expression.Notation;
import org.mtlfarm.regressor.expression.Operator;
import org.mtlfarm.regressor.reports.Bootstrap;
import org.mtlfarm.regressor.reports.Extrapolation;
import org.mtlfarm.regressor.reports.Stability;
import org.mtlfarm.regressor.search.Constraint;
import org.mtlfarm.regressor.search.FitProgress;
import org.mtlfarm.regressor.search.FitResult;
import org.mtlfarm.regressor.search.FitSettings;
import org.mtlfarm.regressor.search.Nesting;
import org.mtlfarm.regressor.search.Preset;
import org.mtlfarm.regressor.search.SearchState;
import org.mtlfarm.regressor.search.SymbolicRegression;
import org.mtlfarm.regressor.table.CsvTable;
import org.mtlfarm.regressor.table.Split;
import org.mtlfarm.regressor.table.Table;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.standalone.report.FitPlots;
import org.mtlfarm.standalone.run.ProgressDisplay;

/** {@code farm fit FILE.csv}. */
@Command(name = "fit", description = "Find a formula in any table, by symbolic regression.")
final class FitCommand implements Runnable {
    private static final int RESAMPLES = 500;

    @Mixin
    private Output output;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "A CSV file with a header line.")
    private Path file;

    @Option(names = "--target", required = true, paramLabel = "COLUMN", description = "What is to be explained.")
    private String target;

    @Option(
            names = "--features",
            split = ",",
            required = true,
            paramLabel = "COLUMN",
            description = "What may explain it, separated by commas.")
    private List<String> features;

    @Option(
            names = "--weights",
            paramLabel = "COLUMN",
            description =
                    "How much each row counts: a column, or an expression over columns such as 1/(f1_std^2+0.0001).")
    private String weights;

    @Option(
            names = "--group",
            paramLabel = "COLUMN",
            description = "Rows of equal value stay on the same side of the held-out split; several columns, separated"
                    + " by commas, keep each combination together.")
    private String group;

    @Option(
            names = "--seed",
            defaultValue = "1",
            paramLabel = "SEED",
            description = "Decides the split and the search (default ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--time-limit",
            defaultValue = "15s",
            converter = Durations.class,
            paramLabel = "DURATION",
            description = "How long to search at most (default ${DEFAULT-VALUE}).")
    private Duration timeLimit;

    @Option(names = "--max-complexity", paramLabel = "NODES", description = "Nodes of a formula at most (default 20).")
    private Integer maxComplexity;

    @Option(
            names = "--operators",
            split = ",",
            paramLabel = "NAME",
            description = "Operators that formulas may use, separated by commas (default all).")
    private List<String> operators;

    @Option(
            names = "--forbid-nesting",
            split = ",",
            paramLabel = "OUTER(INNER)",
            description = "No INNER operator anywhere inside an OUTER one, as in sin(exp); separated by commas.")
    private List<String> forbidden = List.of();

    @Option(
            names = "--increasing",
            split = ",",
            paramLabel = "COLUMN",
            description = "The formula never falls in this feature within the data's box; separated by commas.")
    private List<String> increasing = List.of();

    @Option(
            names = "--decreasing",
            split = ",",
            paramLabel = "COLUMN",
            description = "The formula never rises in this feature within the data's box; separated by commas.")
    private List<String> decreasing = List.of();

    @Option(
            names = "--range",
            paramLabel = "LOW..HIGH",
            description = "The formula stays within this range in the data's box: 0..1, or 0.. for no upper end.")
    private String range;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads that search; the formula does not depend on it (default the processors here).")
    private Integer threads;

    @Option(names = "--guess", paramLabel = "EXPR", description = "A formula to start from; may be repeated.")
    private List<String> guesses = List.of();

    @Option(names = "--preset", paramLabel = "NAME", description = "gplearn: search as that program does.")
    private String preset;

    @Option(
            names = "--state",
            paramLabel = "FILE",
            description =
                    "Goes on from the search that this file holds, if it is there, and leaves the new state in it;"
                            + " the rows may have changed.")
    private Path state;

    @Option(
            names = "--extrapolate",
            paramLabel = "COLUMN",
            description = "Holds out the rows with the largest values of this feature instead of a random tenth.")
    private String extrapolate;

    @Option(
            names = "--stability",
            defaultValue = "0",
            paramLabel = "SPLITS",
            description = "Searches again on so many other splits, and tells how far the formulas agree"
                    + " (default ${DEFAULT-VALUE}).")
    private int splits;

    @Option(
            names = "--intervals",
            paramLabel = "LEVEL",
            description = "Bootstrap intervals that hold this share of new rows, such as 0.95; in predictions.csv of"
                    + " --out, and their coverage of the held-out rows.")
    private Double intervals;

    @Option(
            names = "--notation",
            split = ",",
            paramLabel = "NAME",
            description = "Prints the formula in these as well: latex, sympy, python, java; separated by commas.")
    private List<String> notations = List.of();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Writes fit.json, predictions.csv, formula.tex, formula.py, Formula.java and plots there.")
    private Path out;

    @Override
    public void run() {
        CsvTable csv = CsvTable.read(file);
        Table table = csv.select(target, features, weights, group);
        FitSettings settings = settings();
        List<Notation> wanted = notations.stream().map(FitCommand::notation).toList();
        Split split = split(table);
        Consumer<FitProgress> progress = progress();
        FitResult result = SymbolicRegression.fit(table, settings, split, progress);
        if (state != null) {
            result.state().write(state);
        }
        Stability stability = splits > 0
                ? Stability.of(result.best().expression(), table, settings.withStart(null), splits, progress)
                : null;
        FitReport report = new FitReport(result, table, split, stability);
        ObjectNode json = report.json();
        StringBuilder text = new StringBuilder(report.text());
        double[][] ends = intervals == null ? null : intervals(result, table, split, json, text);
        for (Notation notation : wanted) {
            text.append('\n')
                    .append(notation.name().toLowerCase(Locale.ROOT))
                    .append(": ")
                    .append(notation.print(result.best().expression(), result.features()))
                    .append('\n');
        }
        if (out != null) {
            write(report, result, table, split, ends, json);
        }
        output.print(json, text.toString());
    }

    private FitSettings settings() {
        FitSettings settings = FitSettings.defaults()
                .withSeed(seed)
                .withThreads(
                        threads == null ? Runtime.getRuntime().availableProcessors() : positive("--threads", threads))
                .withTimeLimit(timeLimit(timeLimit))
                .withForbidden(forbidden.stream().map(Nesting::parse).toList())
                .withConstraints(constraints());
        if (preset != null) {
            settings = settings.withPreset(preset(preset));
        }
        if (maxComplexity != null) {
            settings = settings.withMaxComplexity(complexity(maxComplexity));
        }
        if (operators != null) {
            settings = settings.withOperators(Operator.list(String.join(",", operators)));
        }
        for (String guess : guesses) {
            settings = settings.withGuess(guess(guess, settings));
        }
        if (splits < 0) {
            throw new InvalidInputException("--stability: expected at least 0, found " + splits);
        }
        if (intervals != null && !(intervals > 0 && intervals < 1)) {
            throw new InvalidInputException("--intervals: expected a share between 0 and 1, found " + intervals);
        }
        return state != null && Files.exists(state) ? settings.withStart(SearchState.read(state)) : settings;
    }

    private Expression guess(String text, FitSettings settings) {
        Expression guess = ExpressionParser.parse(text, features);
        if (guess.complexity() > settings.maxComplexity()) {
            throw new InvalidInputException("--guess: expected at most " + settings.maxComplexity()
                    + " nodes (--max-complexity), found " + guess.complexity() + " in \"" + text + "\"");
        }
        return guess;
    }

    private List<Constraint> constraints() {
        List<Constraint> constraints = new ArrayList<>();
        increasing.forEach(name -> constraints.add(Constraint.increasing(feature("--increasing", name))));
        decreasing.forEach(name -> constraints.add(Constraint.decreasing(feature("--decreasing", name))));
        if (range != null) {
            constraints.add(range(range));
        }
        return constraints;
    }

    private static Constraint range(String text) {
        String[] ends = text.split("\\.\\.", -1);
        try {
            if (ends.length == 2 && !(ends[0].isBlank() && ends[1].isBlank())) {
                double low = ends[0].isBlank() ? Double.NEGATIVE_INFINITY : Double.parseDouble(ends[0].strip());
                double high = ends[1].isBlank() ? Double.POSITIVE_INFINITY : Double.parseDouble(ends[1].strip());
                if (low <= high) {
                    return Constraint.between(low, high);
                }
            }
        } catch (NumberFormatException e) {
            throw new InvalidInputException("--range: expected LOW..HIGH such as 0..1, found '" + text + "'", e);
        }
        throw new InvalidInputException("--range: expected LOW..HIGH such as 0..1, found '" + text + "'");
    }

    private int feature(String option, String name) {
        int index = features.indexOf(name);
        if (index < 0) {
            throw new InvalidInputException(option + ": expected one of the features " + String.join(", ", features)
                    + ", found '" + name + "'");
        }
        return index;
    }

    private Split split(Table table) {
        if (extrapolate == null) {
            return Split.of(table, seed);
        }
        Split split = Extrapolation.largestHeldOut(table, feature("--extrapolate", extrapolate));
        if (split == null) {
            throw new InvalidInputException("--extrapolate: expected a feature with large values to hold out, found too"
                    + " many rows that share the largest of \"" + extrapolate + "\"");
        }
        return split;
    }

    private Consumer<FitProgress> progress() {
        ProgressDisplay display = ProgressDisplay.on(spec.commandLine().getErr());
        Clock clock = Clock.systemUTC();
        return progress -> display.show(
                String.format(
                        Locale.ROOT,
                        "%3.0f %%, %,d formulas judged, best training MSE %.4g: %s",
                        100 * progress.share(),
                        progress.evaluations(),
                        progress.bestTrainMse(),
                        progress.best()),
                clock.instant());
    }

    /** Interval ends of every row; what share of the held-out rows they hold is told. */
    private double[][] intervals(FitResult result, Table table, Split split, ObjectNode json, StringBuilder text) {
        Bootstrap bootstrap =
                new Bootstrap(result.best().expression(), table.rows(split.training()), RESAMPLES, result.seed());
        double[][] ends = bootstrap.intervals(table, intervals);
        long held = Arrays.stream(split.heldOut())
                .filter(r -> table.values()[r] >= ends[0][r] && table.values()[r] <= ends[1][r])
                .count();
        double coverage = (double) held / split.heldOut().length;
        double width = 0;
        for (int r = 0; r < table.rows(); r++) {
            width += (ends[1][r] - ends[0][r]) / table.rows();
        }
        ObjectNode told = json.putObject("intervals");
        told.put("level", intervals);
        told.put("resamples", bootstrap.resamples());
        Output.number(told, "heldOutCoverage", coverage);
        Output.number(told, "meanWidth", width);
        text.append(String.format(
                Locale.ROOT,
                "intervals for %s of new rows (%d resamples): %.4g wide in the mean, %.3g of the held-out rows inside%n",
                intervals,
                bootstrap.resamples(),
                width,
                coverage));
        return ends;
    }

    private void write(FitReport report, FitResult result, Table table, Split split, double[][] ends, ObjectNode json) {
        double[] predicted = new Evaluator(new Blocks(table.columns(), table.values(), null))
                .values(result.best().expression());
        try {
            Files.createDirectories(out.resolve("plots"));
            Files.writeString(out.resolve("fit.json"), json.toPrettyString() + "\n");
            Files.writeString(out.resolve("predictions.csv"), FitReport.predictions(result, table, predicted, ends));
            Files.writeString(out.resolve("formula.tex"), result.best().latex() + "\n");
            Files.writeString(out.resolve("formula.py"), report.python());
            Files.writeString(out.resolve("Formula.java"), report.java());
            for (Map.Entry<String, String> plot :
                    FitPlots.files(result, table, split).entrySet()) {
                Files.writeString(out.resolve("plots").resolve(plot.getKey()), plot.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write into " + out + ": " + e.getMessage(), e);
        }
    }

    private static Duration timeLimit(Duration value) {
        if (value.isZero()) {
            throw new InvalidInputException("--time-limit: expected more than 0, found 0");
        }
        return value;
    }

    private static int complexity(int value) {
        if (value < 1 || value > FitSettings.LARGEST_COMPLEXITY) {
            throw new InvalidInputException(
                    "--max-complexity: expected 1 to " + FitSettings.LARGEST_COMPLEXITY + ", found " + value);
        }
        return value;
    }

    private static int positive(String option, int value) {
        if (value < 1) {
            throw new InvalidInputException(option + ": expected at least 1, found " + value);
        }
        return value;
    }

    private static Notation notation(String name) {
        return Arrays.stream(Notation.values())
                .filter(notation -> notation.name().equalsIgnoreCase(name.strip()))
                .findFirst()
                .orElseThrow(() -> new InvalidInputException(
                        "--notation: expected latex, sympy, python or java, found '" + name + "'"));
    }

    private static Preset preset(String name) {
        return Arrays.stream(Preset.values())
                .filter(preset -> preset.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new InvalidInputException("--preset: expected gplearn, found '" + name + "'"));
    }
}
