package org.mtlfarm.worker.queue;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import org.mtlfarm.schemas.Run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class WorkerMetersTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final WorkerMeters meters =
            new WorkerMeters(registry, WorkerListener.NONE, Clock.fixed(Instant.ofEpochSecond(1_000), ZoneOffset.UTC));

    @Test
    void stepsAreCountedAsTheyAreMadeAndNotOnlyAtTheEnd() {
        Run run = SampleRun.first();
        meters.started(run);
        meters.progressed(run, 50, 1000, 1, 100);
        meters.progressed(run, 80, 1000, 1, 60);

        assertThat(count("farm.worker.training.steps")).isEqualTo(80);
        assertThat(count("farm.worker.training.tokens"))
                .isEqualTo(80 * run.getExperiment().getTraining().getBatch());
        assertThat(count("farm.worker.training.seconds")).isCloseTo(1.0, within(1e-12));
    }

    @Test
    void stepsMadeElsewhereBeforeACheckpointAreNotCountedAgain() {
        Run run = SampleRun.first();
        meters.started(run);
        meters.progressed(run, 730, 1000, 1, 100);
        meters.progressed(run, 780, 1000, 1, 100);

        assertThat(count("farm.worker.training.steps")).isEqualTo(100);
    }

    @Test
    void aTryAfterOneThatWasGivenBackBeginsAtItsOwnSteps() {
        Run run = SampleRun.first();
        meters.started(run);
        meters.progressed(run, 50, 1000, 1, 100);
        meters.givenBack(run, "the worker stops");
        meters.progressed(run, 60, 1000, 1, 100);
        meters.started(run);
        meters.progressed(run, 50, 1000, 1, 100);

        assertThat(count("farm.worker.training.steps")).isEqualTo(100);
    }

    private double count(String name) {
        return registry.get(name).functionCounter().count();
    }
}
