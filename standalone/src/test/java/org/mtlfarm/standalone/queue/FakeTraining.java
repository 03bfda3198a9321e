package org.mtlfarm.standalone.queue;

import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;

import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Provenance;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.worker.queue.ProgressListener;
import org.mtlfarm.worker.queue.RunTraining;

/** Trains nothing, remembers every try, and may be told to do something meanwhile. */
final class FakeTraining implements RunTraining {
    /** What happens during a try. */
    interface Body {
        void train(Run run, BooleanSupplier cancelled) throws Exception;
    }

    final Queue<RunKey> tries = new ConcurrentLinkedQueue<>();
    private final Body body;

    FakeTraining() {
        this((run, cancelled) -> {});
    }

    FakeTraining(Body body) {
        this.body = body;
    }

    long tries(Run run) {
        return tries.stream().filter(RunKey.of(run)::equals).count();
    }

    @Override
    public RunResult train(Run run, ProgressListener progress, BooleanSupplier cancelled) {
        tries.add(RunKey.of(run));
        progress.progressed(1, 2, 0, 3, 1.5, 100);
        try {
            body.train(run, cancelled);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return RunResult.newBuilder()
                .setExperiment(run.getExperiment())
                .setRunIndex(run.getRunIndex())
                .setStudy(run.getStudy())
                .setOutcome(Outcome.TRAINED)
                .setSteps(2)
                .setTrainSeconds(0)
                .setScoreSeconds(0)
                .setFinalLoss(1.5)
                .setWorker("")
                .setProvenance(provenance(run))
                .setFinishedAt(Instant.EPOCH)
                .build();
    }

    @Override
    public Provenance provenance(Run run) {
        return Provenance.newBuilder()
                .setSeed(run.getSeed())
                .setEngine("fake")
                .setEngineVersion("")
                .setFarmVersion("")
                .setCorpusHash(run.getExperiment().getCorpusHash())
                .setVectorsHash(run.getExperiment().getVectorsHash())
                .setCorpus(run.getSources().getCorpus())
                .setVectors(run.getSources().getVectors())
                .setJavaRuntime("")
                .setOperatingSystem("")
                .setProcessor("")
                .build();
    }
}
