package org.mtlfarm.standalone.command;

import java.nio.file.Path;
import java.util.Locale;

import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import org.mtlfarm.regressor.selection.Evaluate;
import org.mtlfarm.regressor.selection.Score;
import org.mtlfarm.regressor.table.CsvTable;

/** {@code farm evaluate 'EXPR' FILE.csv}. */
@Command(name = "evaluate", description = "Judge a formula that one already has, on the split that fit makes.")
final class EvaluateCommand implements Runnable {
    @Mixin
    private Output output;

    @Parameters(index = "0", paramLabel = "EXPR", description = "The formula, over columns of the file.")
    private String expression;

    @Parameters(index = "1", paramLabel = "FILE", description = "A CSV file with a header line.")
    private Path file;

    @Option(names = "--target", required = true, paramLabel = "COLUMN", description = "What it explains.")
    private String target;

    @Option(
            names = "--group",
            paramLabel = "COLUMN",
            description = "Rows of equal value stay on the same side of the held-out split.")
    private String group;

    @Option(
            names = "--seed",
            defaultValue = "1",
            paramLabel = "SEED",
            description = "Decides the split (default ${DEFAULT-VALUE}).")
    private long seed;

    @Override
    public void run() {
        Evaluate judged = Evaluate.formula(expression, CsvTable.read(file), target, group, seed);
        ObjectNode json = Output.object();
        put(json, judged.heldOut());
        json.put("complexity", judged.complexity());
        put(json.putObject("all"), judged.all());
        output.print(
                json,
                String.format(
                        Locale.ROOT,
                        "          rows   MSE          MAE          R2%nheld out  %-5d  %-11.5g  %-11.5g  %.4f%nall       %-5d  %-11.5g  %-11.5g  %.4f%ncomplexity %d%n",
                        judged.heldOut().rows(),
                        judged.heldOut().mse(),
                        judged.heldOut().mae(),
                        judged.heldOut().r2(),
                        judged.all().rows(),
                        judged.all().mse(),
                        judged.all().mae(),
                        judged.all().r2(),
                        judged.complexity()));
    }

    private static void put(ObjectNode json, Score score) {
        Output.number(json, "mse", score.mse());
        Output.number(json, "mae", score.mae());
        Output.number(json, "r2", score.r2());
        json.put("rows", score.rows());
    }
}
