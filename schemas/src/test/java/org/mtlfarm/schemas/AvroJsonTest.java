package org.mtlfarm.schemas;

import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AvroJsonTest {
    @Test
    void whatCannotBeMeasuredIsWrittenAndReadAsNoNumber() {
        AvroCodec.trustMessages();
        RunResult result = RunResult.newBuilder()
                .setExperiment(OtherTasks.with(
                        Experiment.newBuilder()
                                .setExperimentId("e1")
                                .setCorpusHash("c")
                                .setVectorsHash("v")
                                .setTasks(1)
                                .setTokensReal(500)
                                .setTokensSynthetic(500)
                                .setAlpha(1)
                                .setSharedLayers(2)
                                .setTraining(TrainingSettings.newBuilder()
                                        .setEpochs(30)
                                        .setHidden(100)
                                        .build())
                                .build(),
                        List.of(OtherTasks.drawn(0.9, 300), new OtherTask(null, 200, "file=f", "h"))))
                .setRunIndex(0)
                .setStudy("mixed")
                .setOutcome(Outcome.TRAINED)
                .setAmi(List.of(1.0, 0.5, Double.NaN))
                .setAlpha(List.of(1.0, 0.9, Double.NaN))
                .setSteps(1)
                .setTrainSeconds(1)
                .setScoreSeconds(1)
                .setFinalLoss(1)
                .setWorker("w")
                .setProvenance(Provenance.newBuilder()
                        .setSeed(1)
                        .setEngine("fused")
                        .setEngineVersion("")
                        .setFarmVersion("")
                        .setCorpusHash("c")
                        .setVectorsHash("v")
                        .setCorpus("builtin")
                        .setVectors("builtin")
                        .setJavaRuntime("")
                        .setOperatingSystem("")
                        .setProcessor("")
                        .build())
                .setFinishedAt(Instant.EPOCH)
                .build();

        assertThat(AvroJson.result(AvroJson.line(result), "here")).isEqualTo(result);
        assertThat(AvroCodec.of(RunResult.class)
                        .decode(AvroCodec.of(RunResult.class).encode(result)))
                .isEqualTo(result);
    }
}
