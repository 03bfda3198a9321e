package org.mtlfarm.worker.training;

import java.util.Optional;

/** Where one run's training is kept, so that another process can go on with it. Used by the thread that trains. */
public interface Checkpoint {
    /** Keeps nothing. */
    Checkpoint NONE = new Checkpoint() {
        @Override
        public Optional<TrainingState> load() {
            return Optional.empty();
        }

        @Override
        public boolean isDue() {
            return false;
        }

        @Override
        public boolean keepsStopped() {
            return false;
        }

        @Override
        public void save(TrainingState state) {
            // Nobody will ask for it.
        }
    };

    /** What was saved last, if that can be gone on with here. */
    Optional<TrainingState> load();

    /** Whether it is time to save again. Asked after every step. */
    boolean isDue();

    /** Whether a training that is cancelled is worth saving. */
    boolean keepsStopped();

    /** Replaces what was saved before, or leaves it as it was; never throws for a disk's sake. */
    void save(TrainingState state);
}
