package org.mtlfarm.standalone.command;

import java.util.Locale;

import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import org.mtlfarm.schemas.AmiNormalisation;
import org.mtlfarm.worker.corpus.Corpus;
import org.mtlfarm.worker.corpus.EncodedText;
import org.mtlfarm.worker.simulator.AmiCurve;

/** {@code farm calibrate}. */
@Command(name = "calibrate", description = "The alpha that gives an AMI on a corpus, in the limit of many tokens.")
final class CalibrateCommand implements Runnable {
    @Mixin
    private Output output;

    @Option(
            names = "--corpus",
            defaultValue = "builtin",
            paramLabel = "CORPUS",
            description = "builtin, a folder, or train=F,dev=F,test=F (default ${DEFAULT-VALUE}).")
    private String corpusName;

    @Mixin
    private CorpusColumns columns;

    @Option(names = "--ami", required = true, paramLabel = "AMI", description = "The relatedness wanted, in [0, 1].")
    private double ami;

    @Option(
            names = "--ami-normalisation",
            defaultValue = "ARITHMETIC",
            paramLabel = "MEAN",
            description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}).")
    private AmiNormalisation normalisation;

    @Override
    public void run() {
        Corpus corpus = CorpusOptions.library(output).corpus(columns.of(corpusName));
        int[] labels = EncodedText.labelsOf(corpus.train(), corpus.labels());
        double alpha =
                AmiCurve.of(labels, corpus.labels().size(), normalisation).alphaOf(ami);
        ObjectNode json = Output.object();
        json.put("ami", ami);
        json.put("alpha", alpha);
        json.put("corpus", corpus.name());
        output.print(json, String.format(Locale.ROOT, "alpha %.6f gives AMI %s on %s", alpha, ami, corpus.name()));
    }
}
