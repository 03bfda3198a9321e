package org.mtlfarm.worker.queue;

import java.time.Instant;

import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.Sources;
import org.mtlfarm.worker.training.Experiments;

/** A run as it comes from the queue, for tests that do not care which. */
final class SampleRun {
    static {
        AvroCodec.trustMessages();
    }

    private SampleRun() {}

    static Run first() {
        return Run.newBuilder()
                .setExperiment(Experiments.of(2, 1000, settings -> {}))
                .setRunIndex(0)
                .setSeed(1)
                .setStudy("test")
                .setSources(Sources.newBuilder()
                        .setCorpus("builtin")
                        .setVectors("builtin")
                        .build())
                .setMaxAttempts(3)
                .setEnqueuedAt(Instant.EPOCH)
                .build();
    }
}
