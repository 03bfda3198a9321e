package org.mtlfarm.worker.queue;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import org.mtlfarm.schemas.InvalidInputException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class WorkerSettingsTest {
    @Test
    void aWorkerIsNamedByHostAndProcessAndGivesBackItsRunsWhenStopped() {
        WorkerSettings settings = WorkerSettings.of(2);

        assertThat(settings.worker()).endsWith("-" + ProcessHandle.current().pid());
        assertThat(settings.drain()).isZero();
        assertThat(settings.slots()).isEqualTo(2);
    }

    @Test
    void slotsBeyondWhatAGroupTakesAreRefused() {
        assertThatThrownBy(() -> WorkerSettings.of(0))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("slots must be in [1, 1000], found 0");
        assertThatThrownBy(() -> WorkerSettings.of(1001)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void aNegativeTimeIsRefused() {
        assertThatThrownBy(() -> WorkerSettings.of(1).withDrain(Duration.ofSeconds(-1)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("must not be negative");
    }
}
