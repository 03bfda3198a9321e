package org.mtlfarm.benchmarks.peer;

import org.mtlfarm.schemas.AmiNormalisation;
import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.LabelDraw;
import org.mtlfarm.schemas.Readout;
import org.mtlfarm.schemas.Scoring;
import org.mtlfarm.schemas.Strategy;
import org.mtlfarm.schemas.TrainingSettings;
import org.mtlfarm.worker.training.EncodedCorpus;

/** What is trained in a comparison. */
record Setting(
        int tasks,
        int tokens,
        double alpha,
        int sharedLayers,
        int epochs,
        int batch,
        int hidden,
        Strategy strategy,
        Readout readout) {
    static {
        // Avro builds messages only after it was told to trust them, which the codec does.
        AvroCodec.of(Experiment.class);
    }

    Experiment experiment(EncodedCorpus corpus) {
        return Experiment.newBuilder()
                .setExperimentId("peer")
                .setCorpusHash(corpus.corpusHash())
                .setVectorsHash(corpus.vectorsHash())
                .setTasks(tasks)
                .setTokensReal(tokens)
                .setTokensSynthetic(tokens)
                .setAlpha(tasks == 1 ? 1 : alpha)
                .setSharedLayers(sharedLayers)
                .setTraining(TrainingSettings.newBuilder()
                        .setEpochs(epochs)
                        .setBatch(batch)
                        .setHidden(hidden)
                        .setStrategy(strategy)
                        .setReadout(readout)
                        .setLabels(LabelDraw.EACH)
                        .setScoring(Scoring.SENTENCES)
                        .setAmiNormalisation(AmiNormalisation.ARITHMETIC)
                        .build())
                .build();
    }
}
