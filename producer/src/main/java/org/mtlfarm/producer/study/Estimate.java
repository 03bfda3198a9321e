package org.mtlfarm.producer.study;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

import org.apache.avro.specific.SpecificRecord;

import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.Provenance;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.Slot;
import org.mtlfarm.schemas.SpanScores;

/**
 * What a study will cost.
 *
 * @param steps Adam steps of all runs
 * @param estimatedSeconds wall time of training on the slots given, at least that of the longest run
 * @param bytes of the records that stay on disk: plan, queue, results, and every version of the averages twice (topic and
 *     changelog, before compaction); without Kafka's indexes, progress and formulas
 */
public record Estimate(int experiments, int runs, long steps, double estimatedSeconds, long bytes) {
    /** A record alone in its batch: 61 bytes of batch header and about 11 of record header. */
    private static final int RECORD_OVERHEAD = 72;

    private static final Instant SOMETIME = Instant.ofEpochMilli(1_700_000_000_000L);

    /**
     * @param slots runs trained at a time
     */
    public static Estimate of(StudyPlan plan, StepTime stepTime, int slots) {
        if (slots < 1) {
            throw new IllegalArgumentException("slots must be at least 1, was " + slots);
        }
        int runs = plan.study().runs();
        long steps = 0;
        double seconds = 0;
        double longest = 0;
        for (Experiment experiment : plan.experiments()) {
            long runSteps = RunSteps.of(experiment);
            double runSeconds = runSteps * stepTime.seconds(experiment, plan.facts());
            steps += runs * runSteps;
            seconds += runs * runSeconds;
            longest = Math.max(longest, runSeconds);
        }
        return new Estimate(
                plan.experiments().size(), plan.runs(), steps, Math.max(longest, seconds / slots), bytes(plan));
    }

    private static long bytes(StudyPlan study) {
        AvroCodec<Plan> plans = AvroCodec.of(Plan.class);
        AvroCodec<Run> queue = AvroCodec.of(Run.class);
        AvroCodec<RunResult> results = AvroCodec.of(RunResult.class);
        AvroCodec<Average> averages = AvroCodec.of(Average.class);
        long bytes = 0;
        for (Plan plan : study.plans(SOMETIME)) {
            int id = plan.getExperiment().getExperimentId().length();
            List<Run> runs = StudyPlan.runs(plan, SOMETIME);
            long run = size(queue, runs.get(0), id + 2) + size(results, likelyResult(runs.get(0)), id + 2);
            long average = size(averages, likelyAverage(plan), id);
            bytes += size(plans, plan, plan.getStudy().length() + 1 + id) + plan.getRuns() * (run + 2 * average);
        }
        return bytes;
    }

    private static <T extends SpecificRecord> long size(AvroCodec<T> codec, T message, int keyBytes) {
        return RECORD_OVERHEAD + keyBytes + codec.encode(message).length;
    }

    private static RunResult likelyResult(Run run) {
        Experiment experiment = run.getExperiment();
        SpanScores scores = new SpanScores(0.5, 0.5, 0.5, 1000L, 1000L, 500L);
        String text = "x".repeat(24);
        return RunResult.newBuilder()
                .setExperiment(experiment)
                .setRunIndex(run.getRunIndex())
                .setStudy(run.getStudy())
                .setOutcome(Outcome.TRAINED)
                .setTest(scores)
                .setDev(scores)
                .setAmi(Collections.nCopies(experiment.getTasks(), 1.0))
                .setAlpha(Collections.nCopies(experiment.getTasks(), 1.0))
                .setSteps(RunSteps.of(experiment))
                .setTrainSeconds(1)
                .setScoreSeconds(1)
                .setFinalLoss(1)
                .setEpochLosses(Collections.nCopies(experiment.getTraining().getEpochs(), 1.0))
                .setWorker(text)
                .setProvenance(Provenance.newBuilder()
                        .setSeed(run.getSeed())
                        .setEngine("fused")
                        .setEngineVersion(text)
                        .setFarmVersion(text)
                        .setCorpusHash(experiment.getCorpusHash())
                        .setVectorsHash(experiment.getVectorsHash())
                        .setCorpus(run.getSources().getCorpus())
                        .setVectors(run.getSources().getVectors())
                        .setJavaRuntime(text)
                        .setOperatingSystem(text)
                        .setProcessor(text)
                        .build())
                .setFinishedAt(SOMETIME)
                .build();
    }

    private static Average likelyAverage(Plan plan) {
        return Average.newBuilder()
                .setExperiment(plan.getExperiment())
                .setRuns(plan.getRuns())
                .setRunsDone(plan.getRuns())
                .setComplete(true)
                .setF1Mean(0.5)
                .setF1Std(0.1)
                .setF1Min(0.4)
                .setF1Max(0.6)
                .setF1DevMean(0.5)
                .setAmiMean(0.5)
                .setSlots(IntStream.range(0, plan.getRuns())
                        .mapToObj(index -> new Slot(index, Outcome.TRAINED, 0.5, 0.5, 0.5, 0.5, 0.5))
                        .toList())
                .setUpdatedAt(SOMETIME)
                .build();
    }
}
