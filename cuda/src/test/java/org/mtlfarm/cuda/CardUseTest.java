package org.mtlfarm.cuda;

import org.junit.jupiter.api.Test;

import org.mtlfarm.schemas.Readout;
import org.mtlfarm.worker.network.CardUse;
import org.mtlfarm.worker.network.Model;
import org.mtlfarm.worker.network.NetworkShape;

import static org.assertj.core.api.Assertions.assertThat;

/** What an engine tells meters of its card, on the emulation. */
class CardUseTest {
    private static final NetworkShape SHAPE = new NetworkShape(4, 5, 1, 2, 3, Readout.LAST);
    private static final int BATCH = 4;

    @Test
    void stepsLaunchesModelsAndMemoryAreToldWhileModelsComeAndGo() {
        try (CudaEngine engine = Emulation.engine()) {
            Lesson lesson = new Lesson(SHAPE, BATCH, 3);
            long free;
            try (Model model = lesson.open(engine)) {
                for (int step = 0; step < 12; step++) {
                    int[] windows = lesson.windows(BATCH);
                    model.jointStep(windows, lesson.labels(windows));
                }
                model.predict(0, lesson.windows(BATCH), BATCH, new int[BATCH]);
                CardUse use = engine.use();
                assertThat(use.card()).isEqualTo(engine.device().facts().name());
                assertThat(use.models()).isOne();
                assertThat(use.steps()).as("predictions are no steps").isEqualTo(12);
                assertThat(use.launches()).isEqualTo(12);
                assertThat(use.utilization()).isGreaterThan(0).isLessThanOrEqualTo(1);
                assertThat(use.memoryUsedBytes()).isPositive().isLessThan(use.memoryTotalBytes());
                free = use.memoryTotalBytes() - use.memoryUsedBytes();
            }
            CardUse after = engine.use();
            assertThat(after.models()).isZero();
            assertThat(after.steps()).as("of a gang that is no more").isEqualTo(12);
            assertThat(after.memoryTotalBytes() - after.memoryUsedBytes()).isGreaterThan(free);
            assertThat(engine.use().utilization()).as("with nothing to do").isZero();
        }
    }
}
