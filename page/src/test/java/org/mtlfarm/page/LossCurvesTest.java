package org.mtlfarm.page;

import java.time.Instant;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.Progress;
import org.mtlfarm.schemas.RunKey;

import static org.assertj.core.api.Assertions.assertThat;

class LossCurvesTest {
    private static final RunKey KEY = new RunKey("e", 0);

    private final LossCurves curves = new LossCurves();

    @BeforeAll
    static void trustMessages() {
        AvroCodec.trustMessages();
    }

    private void progress(int epoch, double loss) {
        curves.take(Progress.newBuilder()
                .setExperimentId("e")
                .setRunIndex(0)
                .setStudy("s")
                .setWorker("w")
                .setStep(10L * epoch)
                .setSteps(10_000)
                .setEpoch(epoch)
                .setEpochs(1_000)
                .setLoss(loss)
                .setStepsPerSecond(1)
                .setAt(Instant.EPOCH)
                .build());
    }

    @Test
    void anEpochIsAPointAndALongRunsPointsAreThinnedEvenly() {
        for (int epoch = 0; epoch <= 1_000; epoch++) {
            progress(epoch, 1.0 / (epoch + 1));
            progress(epoch, 99);
        }
        LossCurves.Curve curve = curves.of(KEY).orElseThrow();
        assertThat(curve.length()).isBetween(LossCurves.MOST_POINTS / 2, LossCurves.MOST_POINTS);
        long stride = curve.step(2) - curve.step(1);
        for (int i = 1; i < curve.length(); i++) {
            assertThat(curve.step(i) - curve.step(i - 1)).isEqualTo(stride);
            assertThat(curve.loss(i)).isEqualTo(1.0 / (curve.step(i) / 10 + 1));
        }
    }

    @Test
    void anotherTryBeginsAnother() {
        progress(1, 3);
        progress(2, 2);
        progress(0, 0);
        progress(1, 5);
        assertThat(curves.of(KEY).orElseThrow()).hasToString("[5.0]");
    }

    @Test
    void whatIsNotInFlightIsForgotten() {
        progress(1, 3);
        curves.keep(key -> false);
        assertThat(curves.of(KEY)).isEmpty();
    }
}
