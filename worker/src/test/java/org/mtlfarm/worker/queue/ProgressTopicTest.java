package org.mtlfarm.worker.queue;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.Progress;
import org.mtlfarm.schemas.WireFormat;

import static org.assertj.core.api.Assertions.assertThat;

class ProgressTopicTest {
    private static final AvroCodec<Progress> CODEC = AvroCodec.of(Progress.class);

    private final MockProducer<String, byte[]> producer =
            new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
    private final Clock clock = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
    private long nanos;

    private final ProgressTopic topic =
            new ProgressTopic(producer, WireFormat.SINGLE_OBJECT, "worker", clock, () -> nanos);

    @Test
    void ofARunThatIsOverAtOnceNothingIsTold() {
        ProgressTopic.Messages messages = topic.of(SampleRun.first());
        nanos += ProgressTopic.NANOS_BEFORE_START - 1;
        messages.tellStart();
        step(messages, 1);
        messages.ended();

        assertThat(stepsTold()).isEmpty();
    }

    @Test
    void anyOtherRunIsToldWhenItStartsOnceASecondAndAtItsEnd() {
        ProgressTopic.Messages messages = topic.of(SampleRun.first());
        step(messages, 1);
        assertThat(messages.nanosUntilStart()).isEqualTo(ProgressTopic.NANOS_BEFORE_START);
        nanos += ProgressTopic.NANOS_BEFORE_START;
        messages.tellStart();
        assertThat(messages.nanosUntilStart()).isEqualTo(Long.MAX_VALUE);
        assertThat(stepsTold()).containsExactly(0L);

        messages.tellStart();
        nanos += 999_999_999;
        step(messages, 2);
        assertThat(stepsTold()).containsExactly(0L);
        nanos += 1;
        step(messages, 3);
        step(messages, 4);
        messages.ended();

        assertThat(stepsTold()).containsExactly(0L, 3L, 4L);
    }

    private static void step(ProgressTopic.Messages messages, long step) {
        messages.progressed(step, 10, 0, 3, 1.5, 100);
    }

    private List<Long> stepsTold() {
        return producer.history().stream()
                .map(record -> CODEC.decode(record.value()).getStep())
                .toList();
    }
}
