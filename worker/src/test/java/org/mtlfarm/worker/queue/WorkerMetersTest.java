package org.mtlfarm.worker.queue;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import org.mtlfarm.schemas.Run;
import org.mtlfarm.worker.network.CardEngine;
import org.mtlfarm.worker.network.CardUse;
import org.mtlfarm.worker.network.Model;
import org.mtlfarm.worker.network.NetworkShape;

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

    @Test
    void aCardIsToldOfAndAskedOnceForAllOfAScrape() {
        FixedCard card = new FixedCard();
        meters.of(card);

        assertThat(gauge("farm.gpu.utilization.ratio")).isEqualTo(0.75);
        assertThat(gauge("farm.gpu.memory.used.bytes")).isEqualTo(60e9);
        assertThat(gauge("farm.gpu.memory.total.bytes")).isEqualTo(80e9);
        assertThat(gauge("farm.gpu.models")).isEqualTo(128);
        assertThat(count("farm.gpu.steps") / count("farm.gpu.launches")).isEqualTo(96);
        assertThat(registry.get("farm.gpu.models").gauge().getId().getTag("gpu"))
                .isEqualTo("3");
        assertThat(card.questions).isEqualTo(1);
    }

    private double gauge(String name) {
        return registry.get(name).gauge().value();
    }

    private static final class FixedCard implements CardEngine {
        private int questions;

        @Override
        public CardUse use() {
            questions++;
            return new CardUse("3", 0.75, 60_000_000_000L, 80_000_000_000L, 128, 10, 960);
        }

        @Override
        public String name() {
            return "of this test";
        }

        @Override
        public String version() {
            return "1";
        }

        @Override
        public Model open(NetworkShape shape, int batch, double learningRate, float[] vectors, float[] parameters) {
            throw new IllegalStateException("nothing is trained here");
        }
    }

    private double count(String name) {
        return registry.get(name).functionCounter().count();
    }
}
