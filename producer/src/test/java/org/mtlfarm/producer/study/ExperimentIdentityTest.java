package org.mtlfarm.producer.study;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import org.mtlfarm.schemas.AmiNormalisation;
import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.LabelDraw;
import org.mtlfarm.schemas.OtherTask;
import org.mtlfarm.schemas.OtherTasks;
import org.mtlfarm.schemas.Readout;
import org.mtlfarm.schemas.Scoring;
import org.mtlfarm.schemas.Strategy;
import org.mtlfarm.schemas.TrainingSettings;

import static org.assertj.core.api.Assertions.assertThat;

class ExperimentIdentityTest {
    static {
        AvroCodec.trustMessages();
    }

    /** The example of studies/README.md. */
    static final String TEXT = """
            corpusHash=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
            vectorsHash=60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752
            tasks=2
            tokensReal=1000
            tokensSynthetic=1000
            alpha=0.9
            sharedLayers=2
            epochs=30
            batch=100
            hidden=100
            learningRate=0.001
            strategy=ALTERNATING
            readout=LAST
            labels=EACH
            scoring=SENTENCES
            amiNormalisation=ARITHMETIC
            """;

    private static final TrainingSettings TRAINING =
            TrainingSettings.newBuilder().setEpochs(30).setHidden(100).build();
    private static final Experiment EXPERIMENT = Experiment.newBuilder()
            .setExperimentId("")
            .setCorpusHash(FixedCorpus.CORPUS_HASH)
            .setVectorsHash(FixedCorpus.VECTORS_HASH)
            .setTasks(2)
            .setTokensReal(1000)
            .setTokensSynthetic(1000)
            .setAlpha(0.9)
            .setSharedLayers(2)
            .setTraining(TRAINING)
            .build();

    @Test
    void theCanonicalTextIsTheOneThatIsDocumented() {
        assertThat(ExperimentIdentity.canonicalText(EXPERIMENT)).isEqualTo(TEXT);
    }

    @Test
    void theIdIsTheBeginningOfTheTextsSha256() {
        // Computed with sha256sum over the text above.
        assertThat(ExperimentIdentity.identified(EXPERIMENT).getExperimentId())
                .isEqualTo("aa61c9b3e413ea3cb078df7e3919ff8a");
    }

    @Test
    void everySettingThatChangesTheScoreChangesTheId() {
        List<Experiment> others = new ArrayList<>(List.of(
                EXPERIMENT,
                Experiment.newBuilder(EXPERIMENT).setCorpusHash("other").build(),
                Experiment.newBuilder(EXPERIMENT).setVectorsHash("other").build(),
                Experiment.newBuilder(EXPERIMENT).setTasks(3).build(),
                Experiment.newBuilder(EXPERIMENT).setTokensReal(2000).build(),
                Experiment.newBuilder(EXPERIMENT).setTokensSynthetic(2000).build(),
                Experiment.newBuilder(EXPERIMENT).setAlpha(Math.nextUp(0.9)).build(),
                Experiment.newBuilder(EXPERIMENT).setSharedLayers(1).build(),
                listing(OtherTasks.drawn(0.9, 1000)),
                listing(OtherTasks.drawn(0.9, 1100)),
                listing(OtherTasks.drawn(0.8, 1000)),
                listing(new OtherTask(null, 1000, "column=4", "a1")),
                listing(new OtherTask(null, 1000, "column=4", "b2"))));
        List.of(
                        TrainingSettings.newBuilder(TRAINING).setEpochs(31).build(),
                        TrainingSettings.newBuilder(TRAINING).setBatch(50).build(),
                        TrainingSettings.newBuilder(TRAINING).setHidden(101).build(),
                        TrainingSettings.newBuilder(TRAINING)
                                .setLearningRate(0.002)
                                .build(),
                        TrainingSettings.newBuilder(TRAINING)
                                .setStrategy(Strategy.JOINT)
                                .build(),
                        TrainingSettings.newBuilder(TRAINING)
                                .setReadout(Readout.CENTER)
                                .build(),
                        TrainingSettings.newBuilder(TRAINING)
                                .setLabels(LabelDraw.ONCE)
                                .build(),
                        TrainingSettings.newBuilder(TRAINING)
                                .setScoring(Scoring.RELEASED)
                                .build(),
                        TrainingSettings.newBuilder(TRAINING)
                                .setAmiNormalisation(AmiNormalisation.MAX)
                                .build())
                .forEach(training -> others.add(
                        Experiment.newBuilder(EXPERIMENT).setTraining(training).build()));

        assertThat(others.stream().map(ExperimentIdentity::id))
                .doesNotHaveDuplicates()
                .hasSize(22);
    }

    @Test
    void whereRealLabelsWereFoundIsNoPartOfTheId() {
        assertThat(ExperimentIdentity.id(listing(new OtherTask(null, 1000, "column=4", "a1"))))
                .isEqualTo(ExperimentIdentity.id(listing(new OtherTask(null, 1000, "column=5", "a1"))));
    }

    @Test
    void everyFieldOfAnExperimentAndItsTrainingIsInTheText() {
        long fields = Experiment.getClassSchema().getFields().size()
                - 2 // the id itself, and training as a whole
                + TrainingSettings.getClassSchema().getFields().size();

        assertThat(ExperimentIdentity.canonicalText(listing(OtherTasks.drawn(0.9, 1000)))
                        .lines())
                .hasSize((int) fields);
    }

    private static Experiment listing(OtherTask task) {
        return Experiment.newBuilder(EXPERIMENT).setOthers(List.of(task)).build();
    }
}
