package org.mtlfarm.worker.network;

import java.util.Random;

import org.junit.jupiter.api.Test;

import org.mtlfarm.schemas.Readout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class InitialisationTest {
    private static final NetworkShape SHAPE = new NetworkShape(60, 100, 2, 3, 5, Readout.LAST);
    private static final ParameterLayout LAYOUT = ParameterLayout.of(SHAPE);

    private final float[] parameters = Initialisation.parameters(SHAPE, new Random(11));

    @Test
    void weightsFillTheirIntervalAndNothingBeyond() {
        assertUniform("lstm.forward.W", 1 / Math.sqrt(100));
        assertUniform("lstm.backward.RW", 1 / Math.sqrt(100));
        assertUniform("shared0.W", 1 / Math.sqrt(200));
        assertUniform("shared1.W", 1 / Math.sqrt(256));
        assertUniform("shared1.b", 1 / Math.sqrt(256));
        assertUniform("task2.dense0.W", 1 / Math.sqrt(128));
        assertUniform("task2.output.W", 1 / Math.sqrt(64));
    }

    @Test
    void anLstmBiasIsASumOfTwoUniforms() {
        double bound = 1 / Math.sqrt(100);
        Moments moments = moments("lstm.backward.b");
        assertThat(moments.largest).isBetween(1.5 * bound, 2 * bound);
        assertThat(moments.deviation).isCloseTo(bound * Math.sqrt(2.0 / 3), within(0.08 * bound));
    }

    @Test
    void theForgetGateGetsNothingExtra() {
        ParameterLayout.Block block = LAYOUT.block("lstm.forward.b");
        double sum = 0;
        for (int unit = 0; unit < 100; unit++) {
            sum += parameters[block.offset() + 100 + unit];
        }
        assertThat(sum / 100).isCloseTo(0, within(0.03));
    }

    private void assertUniform(String block, double bound) {
        Moments moments = moments(block);
        assertThat(moments.largest).as(block).isBetween(0.97 * bound, bound);
        assertThat(moments.mean).as(block).isCloseTo(0, within(0.1 * bound));
        assertThat(moments.deviation).as(block).isCloseTo(bound / Math.sqrt(3), within(0.06 * bound));
    }

    private record Moments(double mean, double deviation, double largest) {}

    private Moments moments(String name) {
        ParameterLayout.Block block = LAYOUT.block(name);
        double sum = 0;
        double squares = 0;
        double largest = 0;
        for (int i = block.offset(); i < block.offset() + block.size(); i++) {
            sum += parameters[i];
            squares += parameters[i] * parameters[i];
            largest = Math.max(largest, Math.abs(parameters[i]));
        }
        double mean = sum / block.size();
        return new Moments(mean, Math.sqrt(squares / block.size() - mean * mean), largest);
    }
}
