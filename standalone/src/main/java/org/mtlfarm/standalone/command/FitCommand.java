package org.mtlfarm.standalone.command;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import org.mtlfarm.regressor.expression.ExpressionParser;
import org.mtlfarm.regressor.expression.Operator;
import org.mtlfarm.regressor.search.FitResult;
import org.mtlfarm.regressor.search.FitSettings;
import org.mtlfarm.regressor.search.Preset;
import org.mtlfarm.regressor.search.SymbolicRegression;
import org.mtlfarm.regressor.table.CsvTable;
import org.mtlfarm.regressor.table.Table;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.standalone.run.ProgressDisplay;

/** {@code farm fit FILE.csv}. */
@Command(name = "fit", description = "Find a formula in any table, by symbolic regression.")
final class FitCommand implements Runnable {
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
            description = "How much each row counts, for example 1/variance.")
    private String weights;

    @Option(
            names = "--group",
            paramLabel = "COLUMN",
            description = "Rows of equal value stay on the same side of the held-out split.")
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
            names = "--threads",
            paramLabel = "N",
            description = "Threads that search; the formula does not depend on it (default the processors here).")
    private Integer threads;

    @Option(names = "--guess", paramLabel = "EXPR", description = "A formula to start from; may be repeated.")
    private List<String> guesses = List.of();

    @Option(names = "--preset", paramLabel = "NAME", description = "gplearn: search as that program does.")
    private String preset;

    @Override
    public void run() {
        Table table = CsvTable.read(file).select(target, features, weights, group);
        ProgressDisplay display = ProgressDisplay.on(spec.commandLine().getErr());
        Clock clock = Clock.systemUTC();
        FitResult result = SymbolicRegression.fit(
                table,
                settings(),
                progress -> display.show(
                        String.format(
                                Locale.ROOT,
                                "%3.0f %%, %,d formulas judged, best training MSE %.4g: %s",
                                100 * progress.share(),
                                progress.evaluations(),
                                progress.bestTrainMse(),
                                progress.best()),
                        clock.instant()));
        output.print(json(result), text(result));
    }

    private FitSettings settings() {
        FitSettings settings = FitSettings.defaults()
                .withSeed(seed)
                .withThreads(
                        threads == null ? Runtime.getRuntime().availableProcessors() : positive("--threads", threads))
                .withTimeLimit(timeLimit);
        if (preset != null) {
            settings = settings.withPreset(preset(preset));
        }
        if (maxComplexity != null) {
            settings = settings.withMaxComplexity(positive("--max-complexity", maxComplexity));
        }
        if (operators != null) {
            settings = settings.withOperators(operators(operators));
        }
        for (String guess : guesses) {
            settings = settings.withGuess(ExpressionParser.parse(guess, features));
        }
        return settings;
    }

    private static int positive(String option, int value) {
        if (value < 1) {
            throw new InvalidInputException(option + ": expected at least 1, found " + value);
        }
        return value;
    }

    private static Preset preset(String name) {
        return Arrays.stream(Preset.values())
                .filter(preset -> preset.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new InvalidInputException("--preset: expected gplearn, found '" + name + "'"));
    }

    private static Set<Operator> operators(List<String> names) {
        Set<Operator> chosen = EnumSet.noneOf(Operator.class);
        for (String name : names) {
            chosen.add(Operator.named(name.strip())
                    .or(() -> Arrays.stream(Operator.values())
                            .filter(operator -> operator.name().equalsIgnoreCase(name.strip()))
                            .findFirst())
                    .orElseThrow(() -> new InvalidInputException("--operators: expected names among "
                            + Arrays.stream(Operator.values())
                                    .map(Operator::symbol)
                                    .collect(Collectors.joining(" "))
                            + ", found '" + name + "'")));
        }
        return chosen;
    }

    private static ObjectNode json(FitResult result) {
        ObjectNode json = Output.object();
        put(json.putObject("best"), result.best());
        ArrayNode front = json.putArray("front");
        result.front().forEach(law -> put(front.addObject(), law));
        json.put("rows", result.rows());
        json.put("seconds", result.seconds());
        json.put("evaluations", result.evaluations());
        json.put("nodeEvaluationsPerSecond", result.nodeEvaluationsPerSecond());
        json.put("seed", result.seed());
        json.put("stopped", result.stopped().name());
        return json;
    }

    private static void put(ObjectNode json, FitResult.Law law) {
        json.put("expression", law.text());
        json.put("latex", law.latex());
        json.put("complexity", law.complexity());
        Output.number(json, "trainMse", law.trainMse());
        Output.number(json, "testMse", law.testMse());
        Output.number(json, "testR2", law.testR2());
    }

    private String text(FitResult result) {
        StringBuilder text = new StringBuilder("nodes  train MSE    test MSE     test R2  formula\n");
        for (FitResult.Law law : result.front()) {
            text.append(String.format(
                    Locale.ROOT,
                    "%s%4d  %-11.5g  %-11.5g  %7.4f  %s%n",
                    law.text().equals(result.best().text()) ? "*" : " ",
                    law.complexity(),
                    law.trainMse(),
                    law.testMse(),
                    law.testR2(),
                    law.text()));
        }
        text.append(String.format(
                Locale.ROOT,
                "%n%s = %s%n%d rows, %.1f s, %,d formulas judged, %.2f billion node evaluations a second, stopped by %s, seed %d%n",
                target,
                result.best().text(),
                result.rows(),
                result.seconds(),
                result.evaluations(),
                result.nodeEvaluationsPerSecond() / 1e9,
                result.stopped().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                result.seed()));
        return text.toString();
    }
}
