package org.mtlfarm.standalone.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.mtlfarm.regressor.table.CsvTable;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.SamplingState;
import org.mtlfarm.standalone.findings.Sampled;

/** The table {@code sampling.csv} of an adaptive study: a row an experiment of its grid, whether it was run or spared. */
final class SamplingCsv {
    private static final String HEADER =
            "experiment,tasks,tokens,tokens_synthetic,alpha,shared_layers,runs,steps,state,round,doubt,precision";

    private SamplingCsv() {}

    static String text(List<Sampled> sampling) {
        StringBuilder text = new StringBuilder(HEADER).append('\n');
        for (Sampled one : sampling) {
            text.append(String.join(
                            ",",
                            one.experiment(),
                            Integer.toString(one.tasks()),
                            Integer.toString(one.tokens()),
                            Integer.toString(one.tokensSynthetic()),
                            Double.toString(one.alpha()),
                            Integer.toString(one.sharedLayers()),
                            Integer.toString(one.runs()),
                            Long.toString(one.steps()),
                            one.state().name().toLowerCase(Locale.ROOT),
                            Integer.toString(one.round()),
                            Double.toString(one.doubt()),
                            Double.toString(one.precision())))
                    .append('\n');
        }
        return text.toString();
    }

    static List<Sampled> read(Path file) {
        CsvTable csv = CsvTable.read(file);
        List<Sampled> sampling = new ArrayList<>();
        if (csv.rows() == 0) {
            return sampling;
        }
        String[] experiments = csv.text("experiment");
        String[] states = csv.text("state");
        String[] doubts = csv.text("doubt");
        for (int r = 0; r < experiments.length; r++) {
            try {
                sampling.add(new Sampled(
                        experiments[r],
                        (int) csv.numbers("tasks")[r],
                        (int) csv.numbers("tokens")[r],
                        (int) csv.numbers("tokens_synthetic")[r],
                        csv.numbers("alpha")[r],
                        (int) csv.numbers("shared_layers")[r],
                        (int) csv.numbers("runs")[r],
                        (long) csv.numbers("steps")[r],
                        SamplingState.valueOf(states[r].toUpperCase(Locale.ROOT)),
                        (int) csv.numbers("round")[r],
                        Double.parseDouble(doubts[r]),
                        csv.numbers("precision")[r]));
            } catch (IllegalArgumentException e) {
                throw new InvalidInputException(
                        file + ": row " + (r + 1)
                                + ": expected a state (held, asked, spared) and a number of doubt, found " + states[r]
                                + " and " + doubts[r],
                        e);
            }
        }
        return sampling;
    }
}
