package org.mtlfarm.schemas;

import java.time.Instant;
import java.util.Arrays;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class AvroCodecTest {
    private static final Progress PROGRESS = Progress.newBuilder()
            .setExperimentId("ab12")
            .setRunIndex(3)
            .setStudy("quick")
            .setWorker("host-1")
            .setStep(100)
            .setSteps(600)
            .setEpoch(5)
            .setEpochs(30)
            .setLoss(0.25)
            .setStepsPerSecond(40)
            .setAt(Instant.ofEpochMilli(1_700_000_000_123L))
            .build();

    private final AvroCodec<Progress> codec = AvroCodec.of(Progress.class);

    @Test
    void aMessageComesBackAsItWas() {
        assertThat(codec.decode(codec.encode(PROGRESS))).isEqualTo(PROGRESS);
    }

    @Test
    void bytesThatAreNoMessageAreRefusedWithOneReason() {
        byte[] truncated = Arrays.copyOf(codec.encode(PROGRESS), 14);
        for (byte[] bytes : new byte[][] {null, {}, {1, 2, 3}, truncated}) {
            assertThatThrownBy(() -> codec.decode(bytes))
                    .isInstanceOf(UnreadableMessageException.class)
                    .hasMessageContaining("expected a Progress");
        }
    }
}
