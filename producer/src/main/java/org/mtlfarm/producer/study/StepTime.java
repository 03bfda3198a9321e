package org.mtlfarm.producer.study;

import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.Readout;
import org.mtlfarm.schemas.Strategy;
import org.mtlfarm.schemas.TrainingSettings;

/** How long one Adam step takes on one core. */
@FunctionalInterface
public interface StepTime {
    double seconds(Experiment experiment, CorpusFacts facts);

    /**
     * What the fused engine was measured to reach, its work outside matrix products included: 39 to 50 GFLOP/s at hidden 300 on
     * one core of an AMD EPYC with AVX2 (benchmarks/README.md).
     */
    double FUSED_FLOPS_PER_SECOND = 45e9;

    /** The time of the floating-point work that a step needs, at a rate. */
    static StepTime atRate(double flopsPerSecond) {
        if (!(flopsPerSecond > 0)) {
            throw new IllegalArgumentException("flopsPerSecond must be above 0, was " + flopsPerSecond);
        }
        return (experiment, facts) -> flops(experiment, facts) / flopsPerSecond;
    }

    /** The fused engine on one core. */
    static StepTime fused() {
        return atRate(FUSED_FLOPS_PER_SECOND);
    }

    /**
     * Floating-point operations that a step needs (FACTS of the method: where the needless work is). The two directions of
     * the BiLSTM read 7 + 1 words of a window with {@code LAST} and 4 + 4 with {@code CENTER}, with one recurrent product
     * fewer than words; of 700 words a batch about 420 are distinct and projected once. A product costs itself again for
     * each gradient: one for the frozen vectors' projection, two for everything else.
     */
    static double flops(Experiment experiment, CorpusFacts facts) {
        TrainingSettings training = experiment.getTraining();
        double batch = training.getBatch();
        double hidden = training.getHidden();
        double gates = 4 * hidden;
        boolean last = training.getReadout() == Readout.LAST;
        double projectedWords = (last ? 7 + 1 : 4 + 4) * 0.6 * batch;
        double recurrentProducts = (last ? 6 : 3 + 3) * batch;
        double projection = 2 * projectedWords * facts.wordDimension() * gates;
        double recurrence = 2 * recurrentProducts * hidden * gates;
        int heads = training.getStrategy() == Strategy.JOINT ? experiment.getTasks() : 1;
        double dense = 0;
        double width = 2 * hidden;
        double[] widths = {256, 128, 64};
        if (experiment.getSharedLayers() == 0) {
            widths = new double[] {128};
        }
        for (int layer = 0; layer <= widths.length; layer++) {
            double outputs =
                    layer < widths.length ? widths[layer] : facts.labels().size();
            boolean shared = layer < experiment.getSharedLayers();
            dense += 2 * batch * width * outputs * (shared ? 1 : heads);
            width = outputs;
        }
        return 2 * projection + 3 * (recurrence + dense);
    }
}
