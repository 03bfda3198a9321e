package org.mtlfarm.benchmarks.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.mtlfarm.dl4j.Dl4jEngine;
import org.mtlfarm.schemas.Readout;
import org.mtlfarm.schemas.Strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class ScoreComparisonTest {
    private static final String SCORES = """
            peer,tasks,seed,f1_test,f1_dev,steps,train_seconds
            dl4j,2,0,0.1,0.2,1200,60.0
            dl4j,2,1,0.3,0.2,1200,60.0
            dl4j,4,0,0.9,0.2,2400,60.0
            pytorch,2,0,0.2,0.2,1200,60.0
            pytorch,2,1,0.6,0.2,1200,60.0
            """;

    @Test
    void samplesAreTakenOfTheTestScoresOfOneNumberOfTasks(@TempDir Path folder) throws IOException {
        ScoreComparison comparison = new ScoreComparison(null, Files.writeString(folder.resolve("scores.csv"), SCORES));
        ScoreComparison.Sample dl4j = comparison.samples(2).get("dl4j");
        assertThat(dl4j.count()).isEqualTo(2);
        assertThat(dl4j.mean()).isCloseTo(0.2, within(1e-12));
        assertThat(dl4j.deviation()).isCloseTo(Math.sqrt(0.02), within(1e-12));
        assertThat(comparison.samples(2)).containsOnlyKeys("dl4j", "pytorch");
    }

    @Test
    void standardErrorsAreThoseOfADifferenceOfMeans() {
        ScoreComparison.Sample some = ScoreComparison.Sample.of(List.of(0.1, 0.3));
        ScoreComparison.Sample others = ScoreComparison.Sample.of(List.of(0.2, 0.6));
        // Variances 0.02 and 0.08, each over 2.
        assertThat(some.standardErrorsFrom(others)).isCloseTo(-0.2 / Math.sqrt(0.05), within(1e-12));
    }

    @Test
    void aRunThatTheFileHasIsNotDoneAgain(@TempDir Path folder) throws IOException {
        Path scores = Files.writeString(folder.resolve("scores.csv"), SCORES);
        Setting setting = new Setting(2, 2000, 0.9, 2, 30, 100, 100, Strategy.ALTERNATING, Readout.LAST);
        new ScoreComparison(null, scores).run(new Dl4jEngine(), setting, 1);
        assertThat(Files.readString(scores)).isEqualTo(SCORES);
    }
}
