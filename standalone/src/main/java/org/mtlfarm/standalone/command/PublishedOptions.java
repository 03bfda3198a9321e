package org.mtlfarm.standalone.command;

import java.nio.file.Path;
import java.util.Collections;

import picocli.CommandLine.Option;

import org.mtlfarm.producer.study.ExperimentIdentity;
import org.mtlfarm.schemas.AmiNormalisation;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.OtherTasks;
import org.mtlfarm.schemas.Sources;
import org.mtlfarm.schemas.TrainingSettings;
import org.mtlfarm.standalone.run.LibraryCatalogue;
import org.mtlfarm.standalone.run.ProgressDisplay;
import org.mtlfarm.worker.training.CorpusLibrary;
import org.mtlfarm.worker.training.EncodedCorpus;

/** Which row of a published table is trained, and with what it does not say. */
final class PublishedOptions {
    /** What a row's relatedness is taken by. */
    enum Match {
        ALPHA,
        AMI
    }

    @Option(
            names = "--published",
            required = true,
            paramLabel = "FILE",
            description =
                    "A table in CSV with columns n_tasks, n_tokens_per_task, alpha, mutual_info and fscore, as the paper's,"
                            + " or an averages.csv.")
    private Path file;

    @Option(
            names = "--row",
            required = true,
            paramLabel = "N",
            description = "The row, from 1, the header not counted.")
    private int row;

    @Option(
            names = "--match",
            defaultValue = "ALPHA",
            paramLabel = "WHAT",
            description =
                    "${COMPLETION-CANDIDATES}: draw labels with the row's alpha, or with the alpha that gives its AMI on"
                            + " the corpus at hand (default ${DEFAULT-VALUE}).")
    private Match match;

    @Option(
            names = "--runs",
            defaultValue = "5",
            paramLabel = "N",
            description = "Runs, of which the mean is compared (default ${DEFAULT-VALUE}, as published).")
    private int runs;

    @Option(
            names = "--epochs",
            defaultValue = "100",
            paramLabel = "E",
            description = "Passes over each task's tokens (default ${DEFAULT-VALUE}, as published).")
    private int epochs;

    @Option(
            names = "--hidden",
            defaultValue = "300",
            paramLabel = "H",
            description = "LSTM units a direction (default ${DEFAULT-VALUE}, as published).")
    private int hidden;

    @Option(
            names = "--shared-layers",
            defaultValue = "2",
            paramLabel = "L",
            description = "Dense layers shared by all tasks, 0 to 3; the published tables do not say (default"
                    + " ${DEFAULT-VALUE}).")
    private int sharedLayers;

    @Option(
            names = "--workers",
            defaultValue = Slots.AUTO,
            converter = Slots.Converter.class,
            paramLabel = "N",
            description =
                    "Runs trained at a time (default ${DEFAULT-VALUE}: as many as the engine thinks best, on processors one a core).")
    private Slots workers;

    PublishedRetraining train(CorpusLibrary library, Sources sources, Engines.Opened opened, ProgressDisplay display) {
        check("--runs", runs, 1, 1000);
        check("--epochs", epochs, 1, 100_000);
        check("--hidden", hidden, 1, 4096);
        check("--shared-layers", sharedLayers, 0, 3);
        int parallel = workers.of(opened);
        check("--workers", parallel, 1, 1000);
        PublishedRow published = PublishedRow.of(file, row);
        EncodedCorpus corpus = library.get(sources);
        double alpha = published.alpha();
        if (match == Match.AMI && published.tasks() > 1) {
            if (Double.isNaN(published.ami())) {
                throw new InvalidInputException("--match AMI: expected a table with AMIs, found none in " + file);
            }
            alpha = new LibraryCatalogue(library).alphaForAmi(sources, published.ami(), AmiNormalisation.ARITHMETIC);
        }
        Experiment alone = Experiment.newBuilder()
                .setExperimentId("")
                .setCorpusHash(corpus.corpusHash())
                .setVectorsHash(corpus.vectorsHash())
                .setTasks(1)
                .setTokensReal(published.tokens())
                .setTokensSynthetic(published.tokens())
                .setAlpha(1)
                .setSharedLayers(sharedLayers)
                .setTraining(TrainingSettings.newBuilder()
                        .setEpochs(epochs)
                        .setHidden(hidden)
                        .build())
                .build();
        Experiment experiment = ExperimentIdentity.identified(OtherTasks.with(
                alone,
                Collections.nCopies(published.tasks() - 1, OtherTasks.drawn(alpha, published.tokensSynthetic()))));
        return PublishedRetraining.train(
                published, experiment, sources, corpus, opened.engine(), runs, parallel, display);
    }

    private static void check(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new InvalidInputException(option + ": expected " + least + " to " + most + ", found " + value);
        }
    }
}
