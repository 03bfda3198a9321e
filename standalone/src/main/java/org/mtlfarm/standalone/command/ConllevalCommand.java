package org.mtlfarm.standalone.command;

import java.nio.file.Path;

import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import org.mtlfarm.worker.scoring.ConllEval;
import org.mtlfarm.worker.scoring.ConllScores;
import org.mtlfarm.worker.scoring.SpanCounts;

/** {@code farm conlleval FILE}. */
@Command(name = "conlleval", description = "Span scores of a tagged file; prints what the original script prints.")
final class ConllevalCommand implements Runnable {
    @Mixin
    private Output output;

    @Parameters(
            paramLabel = "FILE",
            description = "CoNLL columns, the last two the gold and the predicted tag; blank lines end sentences.")
    private Path file;

    @Override
    public void run() {
        ConllScores scores = ConllEval.ofFile(file);
        ObjectNode json = Output.object();
        json.put("tokens", scores.tokens());
        put(json, scores.overall());
        ObjectNode types = json.putObject("types");
        scores.types().forEach((type, counts) -> put(types.putObject(type), counts));
        output.print(json, scores.text());
    }

    private static void put(ObjectNode json, SpanCounts counts) {
        json.put("precision", counts.precision());
        json.put("recall", counts.recall());
        json.put("f1", counts.f1());
        json.put("gold", counts.gold());
        json.put("found", counts.found());
        json.put("correct", counts.correct());
    }
}
