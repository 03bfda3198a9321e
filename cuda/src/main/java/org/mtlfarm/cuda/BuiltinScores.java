package org.mtlfarm.cuda;

import java.util.Optional;

import org.mtlfarm.schemas.AmiNormalisation;
import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.LabelDraw;
import org.mtlfarm.schemas.Readout;
import org.mtlfarm.schemas.Scoring;
import org.mtlfarm.schemas.Sources;
import org.mtlfarm.schemas.Strategy;
import org.mtlfarm.schemas.TrainingSettings;
import org.mtlfarm.worker.network.Engine;
import org.mtlfarm.worker.training.CorpusLibrary;
import org.mtlfarm.worker.training.EncodedCorpus;
import org.mtlfarm.worker.training.RunSeeds;
import org.mtlfarm.worker.training.RunTrainer;
import org.mtlfarm.worker.training.TrainingListener;

/** Runs on the built-in corpus, and their F1. Safe for use by several threads. */
final class BuiltinScores {
    private final EncodedCorpus corpus;
    private final Experiment experiment;

    /** @param tiny a run of seconds on the emulation, instead of one of some thousand steps */
    BuiltinScores(boolean tiny) {
        AvroCodec.of(Experiment.class);
        corpus = new CorpusLibrary(Optional.empty(), Optional.empty(), warning -> {})
                .get(Sources.newBuilder()
                        .setCorpus(tiny ? "builtin:tokens=1500,seed=1" : "builtin")
                        .setVectors("builtin")
                        .build());
        experiment = Experiment.newBuilder()
                .setExperimentId("card check")
                .setCorpusHash(corpus.corpusHash())
                .setVectorsHash(corpus.vectorsHash())
                .setTasks(2)
                .setTokensReal(tiny ? 600 : 2000)
                .setTokensSynthetic(tiny ? 600 : 2000)
                .setAlpha(0.9)
                .setSharedLayers(2)
                .setTraining(TrainingSettings.newBuilder()
                        .setEpochs(tiny ? 6 : 30)
                        .setBatch(tiny ? 20 : 100)
                        .setHidden(tiny ? 8 : 100)
                        .setLearningRate(tiny ? 0.01 : 0.001)
                        .setStrategy(Strategy.ALTERNATING)
                        .setReadout(Readout.LAST)
                        .setLabels(LabelDraw.EACH)
                        .setScoring(Scoring.SENTENCES)
                        .setAmiNormalisation(AmiNormalisation.ARITHMETIC)
                        .build())
                .build();
    }

    /** F1 on the test part of the run of this seed. */
    double f1(Engine engine, int seed) {
        return new RunTrainer(engine, System::nanoTime)
                .train(experiment, RunSeeds.of(experiment, seed), corpus, TrainingListener.NONE, () -> false)
                .test()
                .overall()
                .f1();
    }
}
