package org.mtlfarm.standalone.stream;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;

import org.mtlfarm.aggregator.AggregatorMeters;
import org.mtlfarm.aggregator.AggregatorService;
import org.mtlfarm.aggregator.AggregatorSettings;
import org.mtlfarm.producer.study.CorpusCatalogue;
import org.mtlfarm.producer.study.CorpusFacts;
import org.mtlfarm.producer.study.Planner;
import org.mtlfarm.producer.study.StudyPlan;
import org.mtlfarm.producer.study.StudyReader;
import org.mtlfarm.regressor.search.FitSettings;
import org.mtlfarm.regressor.service.FormulaMeters;
import org.mtlfarm.regressor.service.RegressorService;
import org.mtlfarm.regressor.service.RegressorSettings;
import org.mtlfarm.schemas.AmiNormalisation;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Provenance;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.Sources;
import org.mtlfarm.schemas.SpanScores;
import org.mtlfarm.schemas.TopicReader;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.standalone.run.FarmConnection;
import org.mtlfarm.worker.queue.ProgressListener;
import org.mtlfarm.worker.queue.RunTraining;
import org.mtlfarm.worker.queue.WorkerListener;
import org.mtlfarm.worker.queue.WorkerMeters;
import org.mtlfarm.worker.queue.WorkerService;
import org.mtlfarm.worker.queue.WorkerSettings;

import static org.assertj.core.api.Assertions.assertThat;

/** All services on one broker, with a training that takes no time: twelve experiments of one run, one formula. */
public final class SmallFarm {
    public static final int RUNS = 12;

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final StudyPlan STUDY =
            Planner.plan(StudyReader.parse("""
                    study: small
                    runs: 1
                    grid: {tasks: [2], tokens: [100, 200, 300, 400, 500, 600, 700, 800, 900, 1000, 1100, 1200], alpha: [0.9]}
                    formulas: [f1 ~ tokens]
                    """, "small.yaml", Path.of("/")), new CorpusCatalogue() {
                @Override
                public CorpusFacts describe(Sources sources) {
                    return new CorpusFacts("c", "v", 10_000, List.of("O"), new long[] {10_000}, 50, List.of());
                }

                @Override
                public double alphaForAmi(Sources sources, double ami, AmiNormalisation normalisation) {
                    throw new IllegalStateException("this study names alphas");
                }
            });

    private SmallFarm() {}

    public static void submit(KafkaSettings kafka) {
        try (FarmConnection farm = FarmConnection.open(kafka, WorkGroup.WORKERS, Clock.systemUTC())) {
            farm.submitter().submit(STUDY);
        }
    }

    /** Lets a worker finish that many runs. */
    static void train(KafkaSettings kafka, int runs) throws Exception {
        train(kafka, runs, new CompositeMeterRegistry());
    }

    /** The same, told to a registry. */
    public static void train(KafkaSettings kafka, int runs, MeterRegistry registry) throws Exception {
        AtomicInteger finished = new AtomicInteger();
        CompletableFuture<WorkerService> worker = new CompletableFuture<>();
        WorkerListener listener = new WorkerListener() {
            @Override
            public void finished(Run run, RunResult result) {
                if (finished.incrementAndGet() == runs) {
                    worker.join().stop();
                }
            }
        };
        WorkerMeters meters = new WorkerMeters(registry, listener, Clock.systemUTC());
        worker.complete(new WorkerService(kafka, WorkerSettings.of(1), new Instantly(), meters, Clock.systemUTC()));
        worker.join().tell(meters);
        CompletableFuture<Void> end = inThread(worker.join()::run);
        end.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        assertThat(finished.get()).isGreaterThanOrEqualTo(runs);
    }

    /** Lets an aggregator and a regressor do their work; the study's last formula. */
    static Formula averageAndFit(KafkaSettings kafka, Path state) throws Exception {
        return averageAndFit(kafka, state, new CompositeMeterRegistry());
    }

    /** The same, told to a registry. */
    public static Formula averageAndFit(KafkaSettings kafka, Path state, MeterRegistry registry) throws Exception {
        FitSettings little = FitSettings.defaults().withEffort(1_000_000).withThreads(1);
        try (AggregatorService aggregator = AggregatorService.start(AggregatorSettings.of(kafka, state));
                RegressorService regressor = new RegressorService(
                        kafka,
                        new RegressorSettings(little, little, Duration.ZERO, Duration.ZERO),
                        new FormulaMeters(registry));
                TopicReader<Formula> formulas = TopicReader.open(Topics.FORMULAS, Formula.class, kafka)) {
            aggregator.awaitRunning(PATIENCE);
            AggregatorMeters.bind(aggregator, registry);
            CompletableFuture<Void> fitting = inThread(regressor::run);
            long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
            while (System.nanoTime() - deadlineNanos < 0) {
                assertThat(fitting).isNotCompleted();
                for (TopicReader.Message<Formula> message : formulas.next(Duration.ofSeconds(1))) {
                    if (message.value().getSettled() && message.value().getRows() == RUNS) {
                        assertThat(aggregator.recordsSetAside()).isZero();
                        return message.value();
                    }
                }
            }
        }
        throw new AssertionError("no settled formula within " + PATIENCE.toSeconds() + " s");
    }

    private static CompletableFuture<Void> inThread(Runnable work) {
        return CompletableFuture.runAsync(work, task -> new Thread(task).start());
    }

    /** Every F1 follows from the number of tokens. */
    private record Instantly() implements RunTraining {
        @Override
        public RunResult train(Run run, ProgressListener progress, BooleanSupplier cancelled) {
            progress.progressed(1, 2, 0, 1, 0.5, 1000);
            double f1 = Math.sqrt(run.getExperiment().getTokensReal()) / 50;
            return RunResult.newBuilder()
                    .setExperiment(run.getExperiment())
                    .setRunIndex(run.getRunIndex())
                    .setRuns(run.getRuns())
                    .setStudy(run.getStudy())
                    .setOutcome(Outcome.TRAINED)
                    .setTest(new SpanScores(f1, f1, f1, 10L, 10L, 5L))
                    .setDev(new SpanScores(f1, f1, f1, 10L, 10L, 5L))
                    .setAmi(List.of(1.0, 0.5))
                    .setAlpha(List.of(1.0, 0.9))
                    .setSteps(2)
                    .setTrainSeconds(0)
                    .setScoreSeconds(0)
                    .setFinalLoss(0.5)
                    .setWorker("")
                    .setProvenance(provenance(run))
                    .setFinishedAt(Instant.EPOCH)
                    .build();
        }

        @Override
        public Provenance provenance(Run run) {
            return new Provenance(
                    run.getSeed(), "scripted", "1", "1", "c", "v", "builtin", "builtin", "17", "Linux", "x86");
        }
    }
}
