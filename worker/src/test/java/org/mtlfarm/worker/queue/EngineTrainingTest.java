package org.mtlfarm.worker.queue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.OtherTask;
import org.mtlfarm.schemas.OtherTasks;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.Sources;
import org.mtlfarm.worker.training.CorpusLibrary;
import org.mtlfarm.worker.training.EncodedCorpus;
import org.mtlfarm.worker.training.Experiments;
import org.mtlfarm.worker.training.RecordingEngine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EngineTrainingTest {
    private static final Instant NOW = Instant.ofEpochMilli(1_700_000_000_123L);
    private static final Sources BUILTIN = Sources.newBuilder()
            .setCorpus("builtin:tokens=400,dev=100,test=100,seed=2")
            .setVectors("builtin")
            .build();

    private static final ProgressListener SILENT = (step, steps, epoch, epochs, loss, stepsPerSecond) -> {};

    private final List<String> warnings = new ArrayList<>();
    private final CorpusLibrary library = new CorpusLibrary(Optional.empty(), Optional.empty(), warnings::add);
    private final RecordingEngine engine = new RecordingEngine(step -> 1.0 / step);
    private final EngineTraining training = training(library);

    @Test
    void aTrainedRunCarriesItsScoresAndWhatSomebodyNeedsToRepeatIt() {
        Run run = run(Experiments.of(2, 100, settings -> {}), BUILTIN);
        RunResult result = training.train(run, SILENT, () -> false);
        assertThat(result.getOutcome()).isEqualTo(Outcome.TRAINED);
        assertThat(result.getReason()).isEmpty();
        assertThat(result.getExperiment()).isEqualTo(run.getExperiment());
        assertThat(result.getRunIndex()).isEqualTo(3);
        assertThat(result.getAttempt()).isEqualTo(2);
        assertThat(result.getSteps()).isEqualTo(60);
        assertThat(result.getTest().getGold()).isPositive();
        assertThat(result.getDev().getGold()).isPositive();
        assertThat(result.getAmi()).hasSize(2).startsWith(1.0);
        assertThat(result.getAlpha()).containsExactly(1.0, 0.8);
        assertThat(result.getEpochLosses()).hasSize(3).endsWith(result.getFinalLoss());
        assertThat(result.getWorker()).isEqualTo("host-1");
        assertThat(result.getFinishedAt()).isEqualTo(NOW);
        assertThat(result.getProvenance().getSeed()).isEqualTo(17);
        assertThat(result.getProvenance().getEngine()).isEqualTo("recording");
        assertThat(result.getProvenance().getCorpus()).isEqualTo(BUILTIN.getCorpus());
        assertThat(result.getProvenance().getCorpusHash()).hasSize(64);
        assertThat(result.getProvenance().getJavaRuntime()).contains(System.getProperty("java.runtime.version"));
        AvroCodec<RunResult> codec = AvroCodec.of(RunResult.class);
        assertThat(codec.decode(codec.encode(result))).isEqualTo(result);
    }

    @Test
    void aDivergedRunIsAResultWithScores() {
        EngineTraining diverging = training(library, new RecordingEngine(step -> Double.NaN));
        RunResult result = diverging.train(run(Experiments.of(1, 100, settings -> {}), BUILTIN), SILENT, () -> false);
        assertThat(result.getOutcome()).isEqualTo(Outcome.DIVERGED);
        assertThat(result.getReason()).isEqualTo("loss NaN at step 1 of 30");
        assertThat(result.getTest().getF1()).isZero();
    }

    @Test
    void aCorpusOtherThanTheRunWasPlannedForIsRefused() {
        EngineTraining elsewhere =
                training(new CorpusLibrary(Optional.of("builtin:tokens=500"), Optional.empty(), warnings::add));
        Run run = run(Experiments.of(1, 100, settings -> {}), BUILTIN);
        assertThatThrownBy(() -> elsewhere.train(run, SILENT, () -> false))
                .isInstanceOf(RefusedHereException.class)
                .hasMessageStartingWith("the corpus at hand")
                .hasMessageContaining("expected content");
        assertThat(engine.steps).isEmpty();
    }

    @Test
    void vectorsOtherThanTheRunWasPlannedForAreRefused() {
        Run planned = run(Experiments.of(1, 100, settings -> {}), BUILTIN);
        Run run = Run.newBuilder(planned)
                .setExperiment(Experiment.newBuilder(planned.getExperiment())
                        .setVectorsHash("0".repeat(64))
                        .build())
                .build();
        assertThatThrownBy(() -> training.train(run, SILENT, () -> false))
                .isInstanceOf(RefusedHereException.class)
                .hasMessageStartingWith("the vectors at hand, builtin,");
    }

    @Test
    void labelsBesideTheRealOnesThatAreNotThoseOfTheRunAreRefused(@TempDir Path folder) throws IOException {
        Path text = Files.writeString(folder.resolve("pos.txt"), "the DT\nof IN\n".repeat(60));
        String labels = "file=" + text;
        String hash = library.labels(BUILTIN, labels).hash();
        Experiment alone = run(Experiments.of(1, 100, settings -> settings.setEpochs(1)), BUILTIN)
                .getExperiment();

        RunResult result = training.train(beside(alone, labels, hash), SILENT, () -> false);
        assertThat(result.getAmi()).containsExactly(1.0, Double.NaN);
        assertThat(result.getSteps()).isEqualTo(10 + 5);

        assertThatThrownBy(() -> training.train(beside(alone, labels, "0".repeat(64)), SILENT, () -> false))
                .isInstanceOf(RefusedHereException.class)
                .hasMessageStartingWith("the labels at hand of a task beside the real one, " + labels);
        String absent = "file=" + folder.resolve("absent.txt");
        assertThatThrownBy(() -> training.train(beside(alone, absent, hash), SILENT, () -> false))
                .isInstanceOf(RefusedHereException.class)
                .hasMessageContaining("absent.txt");
    }

    private Run beside(Experiment alone, String labels, String hash) {
        Run run = run(alone, BUILTIN);
        return Run.newBuilder(run)
                .setExperiment(OtherTasks.with(run.getExperiment(), List.of(new OtherTask(null, 50, labels, hash))))
                .build();
    }

    @Test
    void aRunThatNoWorkerCanTrainIsWrongInputInOneLine() {
        Run run = run(Experiments.of(9, 100, settings -> {}), BUILTIN);
        assertThatThrownBy(() -> training.train(run, SILENT, () -> false))
                .isInstanceOf(InvalidInputException.class)
                .message()
                .contains("T x n = 9 x 100 = 900 > 4")
                .doesNotContain("\n");
    }

    @Test
    void aCancelledRunHasNoResult() {
        Run run = run(Experiments.of(1, 100, settings -> {}), BUILTIN);
        assertThatThrownBy(() -> training.train(run, SILENT, () -> true)).isInstanceOf(CancellationException.class);
    }

    @Test
    void aCorpusIsLoadedOnce() {
        assertThat(library.get(BUILTIN))
                .isSameAs(library.get(Sources.newBuilder(BUILTIN).build()));
    }

    @Test
    void vectorsThatHardlyCoverTheCorpusAreWarnedOf(@TempDir Path folder) throws IOException {
        Path vectors = Files.writeString(folder.resolve("few.txt"), "of 1 2\nsomething 3 4\n");
        Sources sources =
                Sources.newBuilder(BUILTIN).setVectors(vectors.toString()).build();
        EncodedCorpus corpus = library.get(sources);
        library.get(sources);
        assertThat(corpus.vectors().dimension()).isEqualTo(2);
        assertThat(warnings).hasSize(1).isEqualTo(corpus.warnings());
        assertThat(warnings.get(0)).startsWith(BUILTIN.getCorpus()).contains("of the corpus's words");
    }

    @Test
    void aCorpusThatIsNotThereIsRefusedEachTimeItIsAskedFor(@TempDir Path folder) {
        Sources missing = Sources.newBuilder(BUILTIN)
                .setCorpus(folder.resolve("nothing").toString())
                .build();
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> library.get(missing))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("nothing: expected a folder with a corpus");
        }
        Run run = run(Experiments.of(1, 100, settings -> {}), BUILTIN, missing);
        assertThatThrownBy(() -> training.train(run, SILENT, () -> false))
                .isInstanceOf(RefusedHereException.class)
                .hasMessageContaining("expected a folder with a corpus");
    }

    private EngineTraining training(CorpusLibrary files) {
        return training(files, engine);
    }

    private static EngineTraining training(CorpusLibrary files, RecordingEngine engine) {
        return EngineTraining.of(engine, files, "host-1", "0.1.0", Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private Run run(Experiment experiment, Sources planned) {
        return run(experiment, planned, planned);
    }

    private Run run(Experiment experiment, Sources planned, Sources given) {
        EncodedCorpus corpus = library.get(planned);
        return Run.newBuilder()
                .setExperiment(Experiment.newBuilder(experiment)
                        .setCorpusHash(corpus.corpusHash())
                        .setVectorsHash(corpus.vectorsHash())
                        .build())
                .setRunIndex(3)
                .setSeed(17)
                .setStudy("test")
                .setSources(given)
                .setAttempt(1)
                .setEnqueuedAt(NOW)
                .build();
    }
}
