package org.mtlfarm.schemas;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class AveragesCsvTest {
    private static final String HEADER = "experiment,tasks,tokens,tokens_synthetic,ami,alpha,shared_layers,strategy,"
            + "readout,runs,f1_mean,f1_std,f1_min,f1_max,f1_dev_mean,diverged,complete,epochs,ami_least,ami_most,tokens_total";

    @TempDir
    private Path directory;

    @Test
    void theTableHasTheColumnsThatItsReadersRelyOn() throws IOException {
        StringWriter out = new StringWriter();
        AveragesCsv.write(List.of(average("ab12", 2, 1000, 0.9)), out);
        assertThat(out)
                .hasToString(
                        HEADER
                                + "\nab12,2,1000,2000,0.55,0.9,2,ALTERNATING,LAST,3,0.30000000000000004,0.1,0.2,0.4,0.25,1,false,30,0.55,0.55,3000\n");
    }

    @Test
    void aNumberReadBackIsTheSameToTheLastBit() {
        Average average = Average.newBuilder(average("ab12", 2, 1000, 0.9))
                .setF1Mean(Math.nextDown(0.1))
                .setF1Std(Double.MIN_NORMAL)
                .build();
        List<String> fields = Arrays.asList(AveragesCsv.row(average).split(","));
        List<String> names = Arrays.asList(AveragesCsv.header().split(","));
        assertThat(Double.parseDouble(fields.get(names.indexOf("f1_mean")))).isEqualTo(average.getF1Mean());
        assertThat(Double.parseDouble(fields.get(names.indexOf("f1_std")))).isEqualTo(average.getF1Std());
    }

    @Test
    void rowsAreSortedByTheirSettingsWhateverOrderTheyCameIn() {
        List<Average> shuffled = List.of(
                average("d", 10, 500, 0.2),
                average("c", 2, 1000, 0.9),
                average("b", 2, 1000, 0.6),
                average("z", 2, 500, 0.9),
                average("a", 2, 500, 0.9));
        assertThat(AveragesCsv.sorted(shuffled))
                .extracting(average -> average.getExperiment().getExperimentId())
                .containsExactly("a", "z", "b", "c", "d");
    }

    @Test
    void aFileIsReplacedAsAWholeAndLeavesNothingBeside() throws IOException {
        Path file = directory.resolve("averages.csv");
        AveragesCsv.write(List.of(average("a", 2, 500, 0.9), average("b", 4, 500, 0.9)), file);
        AveragesCsv.write(List.of(average("c", 2, 500, 0.9)), file);
        assertThat(Files.readAllLines(file)).hasSize(2).first().isEqualTo(HEADER);
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void aFileThatCannotBeWrittenIsNamed() {
        Path file = directory.resolve("absent").resolve("averages.csv");
        assertThatThrownBy(() -> AveragesCsv.write(List.of(), file))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("cannot write " + file);
    }

    private static Average average(String experimentId, int tasks, int tokens, double alpha) {
        return Average.newBuilder()
                .setExperiment(Experiment.newBuilder()
                        .setExperimentId(experimentId)
                        .setCorpusHash("c0")
                        .setVectorsHash("f0")
                        .setTasks(tasks)
                        .setTokensReal(tokens)
                        .setTokensSynthetic(2 * tokens)
                        .setAlpha(alpha)
                        .setSharedLayers(2)
                        .setTraining(TrainingSettings.newBuilder()
                                .setEpochs(30)
                                .setHidden(100)
                                .build())
                        .build())
                .setRuns(5)
                .setRunsDone(3)
                .setDiverged(1)
                .setComplete(false)
                .setF1Mean(0.1 + 0.2)
                .setF1Std(0.1)
                .setF1Min(0.2)
                .setF1Max(0.4)
                .setF1DevMean(0.25)
                .setAmiMean(0.55)
                .setUpdatedAt(Instant.EPOCH)
                .build();
    }
}
