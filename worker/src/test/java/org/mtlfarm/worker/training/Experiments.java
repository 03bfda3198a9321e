package org.mtlfarm.worker.training;

import java.util.function.Consumer;

import org.mtlfarm.schemas.AmiNormalisation;
import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.LabelDraw;
import org.mtlfarm.schemas.Readout;
import org.mtlfarm.schemas.Scoring;
import org.mtlfarm.schemas.Strategy;
import org.mtlfarm.schemas.TrainingSettings;

/** Small experiments for tests. */
public final class Experiments {
    static {
        // Avro builds and copies messages only after it was told to trust them, which the codec does.
        AvroCodec.of(Experiment.class);
    }

    private Experiments() {}

    /** T tasks of n tokens, alpha 0.8, batch 10, 3 epochs, changed as told. */
    public static Experiment of(int tasks, int tokens, Consumer<TrainingSettings.Builder> change) {
        return unbalanced(tasks, tokens, tokens, change);
    }

    static Experiment unbalanced(int tasks, int real, int synthetic, Consumer<TrainingSettings.Builder> change) {
        TrainingSettings.Builder settings = TrainingSettings.newBuilder()
                .setEpochs(3)
                .setBatch(10)
                .setHidden(3)
                .setStrategy(Strategy.ALTERNATING)
                .setReadout(Readout.LAST)
                .setLabels(LabelDraw.EACH)
                .setScoring(Scoring.SENTENCES)
                .setAmiNormalisation(AmiNormalisation.ARITHMETIC);
        change.accept(settings);
        return Experiment.newBuilder()
                .setExperimentId("e1")
                .setCorpusHash("c")
                .setVectorsHash("v")
                .setTasks(tasks)
                .setTokensReal(real)
                .setTokensSynthetic(synthetic)
                .setAlpha(tasks == 1 ? 1 : 0.8)
                .setSharedLayers(3)
                .setTraining(settings.build())
                .build();
    }
}
