package org.mtlfarm.page;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

import org.mtlfarm.schemas.Progress;
import org.mtlfarm.schemas.RunKey;

/**
 * The loss of each run in flight over its steps, an epoch a point; of a long run every second, fourth ... epoch, so that none
 * takes more than {@link #MOST_POINTS}. Used by one thread.
 */
final class LossCurves {
    static final int MOST_POINTS = 48;

    /** Steps made and loss then, as long as {@code length}. */
    static final class Curve {
        private final long[] steps = new long[MOST_POINTS];
        private final double[] losses = new double[MOST_POINTS];
        private int length;
        /** Epochs between two points. */
        private int stride = 1;

        private int lastEpoch;

        int length() {
            return length;
        }

        long step(int point) {
            return steps[point];
        }

        double loss(int point) {
            return losses[point];
        }

        private void take(Progress progress) {
            boolean anew = length > 0 && progress.getStep() < steps[length - 1];
            if (anew) {
                length = 0;
                stride = 1;
                lastEpoch = 0;
            }
            int epoch = progress.getEpoch();
            if (epoch < lastEpoch + stride || !Double.isFinite(progress.getLoss())) {
                return;
            }
            if (length == MOST_POINTS) {
                stride *= 2;
                length = MOST_POINTS / 2;
                for (int i = 0; i < length; i++) {
                    steps[i] = steps[2 * i + 1];
                    losses[i] = losses[2 * i + 1];
                }
                if (epoch < lastEpoch + stride) {
                    return;
                }
            }
            steps[length] = progress.getStep();
            losses[length++] = progress.getLoss();
            lastEpoch = epoch;
        }

        @Override
        public String toString() {
            return Arrays.toString(Arrays.copyOf(losses, length));
        }
    }

    private final Map<RunKey, Curve> curves = new HashMap<>();

    void take(Progress progress) {
        curves.computeIfAbsent(RunKey.of(progress), key -> new Curve()).take(progress);
    }

    Optional<Curve> of(RunKey key) {
        return Optional.ofNullable(curves.get(key));
    }

    /** Forgets the runs that are not in flight any more. */
    void keep(Predicate<RunKey> inFlight) {
        curves.keySet().removeIf(inFlight.negate());
    }
}
