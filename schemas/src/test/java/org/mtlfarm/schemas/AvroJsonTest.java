package org.mtlfarm.schemas;

import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AvroJsonTest {
    @Test
    void whatCannotBeMeasuredIsWrittenAndReadAsNoNumber() {
        RunResult result = mixed();

        assertThat(AvroJson.result(AvroJson.line(result), "here")).isEqualTo(result);
        assertThat(AvroCodec.of(RunResult.class)
                        .decode(AvroCodec.of(RunResult.class).encode(result)))
                .isEqualTo(result);
    }

    @Test
    void aLineOfAnotherVersionIsReadWithDefaultsForWhatItLacksAndWithoutWhatNobodyKnows() {
        RunResult result = RunResult.newBuilder(mixed())
                .setExperiment(OtherTasks.with(mixed().getExperiment(), List.of()))
                .setTest(new SpanScores(0.1, 0.2, 0.3, 4L, 5L, 6L))
                .build();
        String line = AvroJson.line(result);
        String older = line.replace(",\"others\":[]", "").replace("\"reason\":\"\",", "");
        String newer = line.replace("\"steps\":1", "\"mood\":{\"string\":\"good\"},\"steps\":1");

        assertThat(older).hasSizeLessThan(line.length() - 20);
        assertThat(newer).hasSizeGreaterThan(line.length());
        assertThat(AvroJson.result(older, "here")).isEqualTo(result);
        assertThat(AvroJson.result(newer, "here")).isEqualTo(result);
    }

    private static RunResult mixed() {
        AvroCodec.trustMessages();
        return RunResult.newBuilder()
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
    }
}
