package org.mtlfarm.producer.farm;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BrokersClockTest {
    private static final Instant STAMP = Instant.parse("2026-01-02T03:04:05.678Z");

    private final AtomicLong nanos = new AtomicLong(-77);
    private final BrokersClock clock = new BrokersClock(nanos::get);

    @Test
    void beforeAnyStampItIs1970() {
        assertThat(clock.instant()).isEqualTo(Instant.EPOCH);
    }

    @Test
    void timeGoesOnFromTheLatestStamp() {
        clock.read(STAMP.toEpochMilli());
        nanos.addAndGet(Duration.ofSeconds(90).toNanos());

        assertThat(clock.instant()).isEqualTo(STAMP.plusSeconds(90));
    }

    @Test
    void aRecordReadLateDoesNotSetItBack() {
        clock.read(STAMP.toEpochMilli());
        nanos.addAndGet(Duration.ofSeconds(90).toNanos());
        clock.read(STAMP.plusSeconds(10).toEpochMilli());
        assertThat(clock.instant()).isEqualTo(STAMP.plusSeconds(90));

        clock.read(STAMP.plusSeconds(100).toEpochMilli());
        assertThat(clock.instant()).isEqualTo(STAMP.plusSeconds(100));
    }
}
