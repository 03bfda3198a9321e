package org.mtlfarm.standalone.faults;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Provenance;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.SpanScores;
import org.mtlfarm.worker.queue.ProgressListener;
import org.mtlfarm.worker.queue.RunTraining;

/**
 * A training that takes a tenth of a second to a second in batches of a millisecond, and whose scores follow from the run's
 * seed alone, so that two results of one run must be equal to the last bit. Some runs never end, some end their process.
 *
 * @param endless keys of runs that go on until they are cancelled
 * @param crashing keys of runs that take their process with them
 */
record ScriptedTraining(Set<String> endless, Set<String> crashing) implements RunTraining {
    private static final int CRASHED = 134;

    @Override
    public RunResult train(Run run, ProgressListener progress, BooleanSupplier cancelled) {
        String key = RunKey.of(run).toString();
        if (crashing.contains(key)) {
            Runtime.getRuntime().halt(CRASHED);
        }
        long batches = 100 + (run.getSeed() >>> 54);
        for (long batch = 0; batch < batches || endless.contains(key); batch++) {
            if (cancelled.getAsBoolean()) {
                throw new CancellationException("cancelled at batch " + batch);
            }
            LockSupport.parkNanos(1_000_000);
            progress.progressed(batch, batches, 0, 1, 0.5, 1000);
        }
        return result(run, batches, (run.getSeed() >>> 20 & 0xFFFFFF) / (double) (1 << 24), provenance(run));
    }

    /** What a run has come to that made so many batches. */
    static RunResult result(Run run, long batches, double f1, Provenance provenance) {
        List<Double> ami = new ArrayList<>(List.of(1.0));
        for (int task = 1; task < run.getExperiment().getTasks(); task++) {
            ami.add(run.getExperiment().getAlpha() * run.getExperiment().getAlpha());
        }
        return RunResult.newBuilder()
                .setExperiment(run.getExperiment())
                .setRunIndex(run.getRunIndex())
                .setRuns(run.getRuns())
                .setStudy(run.getStudy())
                .setOutcome(Outcome.TRAINED)
                .setTest(new SpanScores(f1, f1, f1, 10L, 10L, 5L))
                .setDev(new SpanScores(f1, f1, f1, 10L, 10L, 5L))
                .setAmi(ami)
                .setSteps(batches)
                .setTrainSeconds(0)
                .setScoreSeconds(0)
                .setFinalLoss(0.5)
                .setWorker("")
                .setProvenance(provenance)
                .setFinishedAt(Instant.EPOCH)
                .build();
    }

    @Override
    public Provenance provenance(Run run) {
        return new Provenance(
                run.getSeed(), "scripted", "1", "1", "c", "v", "builtin", "builtin", "17", "Linux", "x86");
    }
}
