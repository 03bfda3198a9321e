package org.mtlfarm.worker.queue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class WorkerStopTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 10);
    private final WorkerStop stop = new WorkerStop(nanos::get);

    @Test
    void runsMayGoOnForEverBeforeAStop() {
        assertThat(stop.requested()).isFalse();
        assertThat(stop.nanosLeft()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void theDrainIsLeftAndThenOverEvenWhereTheClockWrapsRound() {
        stop.request(Duration.ofNanos(100));
        assertThat(stop.nanosLeft()).isEqualTo(100);

        nanos.addAndGet(130);

        assertThat(stop.requested()).isTrue();
        assertThat(stop.nanosLeft()).isEqualTo(-30);
    }

    @Test
    void aSecondStopShortensTheDrainAndNeverProlongsIt() {
        stop.request(Duration.ofSeconds(100));
        stop.request(Duration.ofSeconds(5));
        stop.request(Duration.ofSeconds(50));

        assertThat(stop.nanosLeft()).isEqualTo(Duration.ofSeconds(5).toNanos());
    }

    @Test
    void everyStopWakesWhoeverWaits() {
        AtomicInteger woken = new AtomicInteger();
        stop.onRequest(woken::incrementAndGet);

        stop.request(Duration.ZERO);
        stop.request(Duration.ZERO);

        assertThat(woken).hasValue(2);
    }
}
