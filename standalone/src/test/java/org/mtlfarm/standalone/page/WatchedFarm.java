package org.mtlfarm.standalone.page;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import io.micrometer.core.instrument.composite.CompositeMeterRegistry;

import org.mtlfarm.aggregator.AggregatorService;
import org.mtlfarm.aggregator.AggregatorSettings;
import org.mtlfarm.http.HttpSettings;
import org.mtlfarm.metrics.FarmMetrics;
import org.mtlfarm.page.http.PageHttp;
import org.mtlfarm.producer.study.CorpusCatalogue;
import org.mtlfarm.producer.study.CorpusFacts;
import org.mtlfarm.producer.study.Planner;
import org.mtlfarm.producer.study.StudyPlan;
import org.mtlfarm.producer.study.StudyReader;
import org.mtlfarm.regressor.http.RegressorHttp;
import org.mtlfarm.regressor.search.FitSettings;
import org.mtlfarm.regressor.service.FormulaMeters;
import org.mtlfarm.regressor.service.RegressorService;
import org.mtlfarm.regressor.service.RegressorSettings;
import org.mtlfarm.schemas.AmiNormalisation;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Provenance;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.Sources;
import org.mtlfarm.schemas.SpanScores;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.standalone.run.FarmConnection;
import org.mtlfarm.worker.queue.ProgressListener;
import org.mtlfarm.worker.queue.RunTraining;
import org.mtlfarm.worker.queue.WorkerListener;
import org.mtlfarm.worker.queue.WorkerService;
import org.mtlfarm.worker.queue.WorkerSettings;

/**
 * All services on one broker and the page, with a training that ends as many runs as it is allowed and comes to scores that
 * follow a law with noise. Of T = 4, n = 4000, alpha = 0.6 the second run fails.
 */
final class WatchedFarm implements AutoCloseable {
    static final int EXPERIMENTS = 52;
    static final int RUNS = EXPERIMENTS * 3;
    private static final int EPOCHS = 12;

    private static final StudyPlan STUDY = plan("""
            study: relatedness
            runs: 3
            maxAttempts: 1
            grid: {tasks: [1, 2, 4, 8], tokens: [500, 1000, 2000, 4000], alpha: [0.6, 0.8, 0.9, 0.99]}
            formulas: [f1 ~ tokens, f1 ~ ami where tasks > 1, f1 ~ tasks, "f1 ~ tokens, ami, tasks"]
            """);

    private final KafkaSettings kafka;
    private final AggregatorService aggregator;
    private final RegressorService regressor;
    private final CompletableFuture<Void> fitting;
    private final PageHttp page;
    private final RegressorHttp http;
    private final WorkerService worker;
    private final CompletableFuture<Void> working;
    private final Semaphore allowed = new Semaphore(0);
    private final AtomicInteger released = new AtomicInteger();
    private final AtomicInteger begun = new AtomicInteger();

    WatchedFarm(KafkaSettings kafka, Path state) {
        this.kafka = kafka;
        HttpSettings settings = HttpSettings.local();
        this.page = PageHttp.of(settings);
        this.http = RegressorHttp.start(settings, FarmMetrics.of("test", "0"), page.served());
        http.serve(kafka);
        page.serve(kafka, WorkGroup.WORKERS);
        this.aggregator = AggregatorService.start(AggregatorSettings.of(kafka, state));
        FitSettings little = FitSettings.defaults().withEffort(3_000_000).withThreads(1);
        this.regressor = new RegressorService(
                kafka,
                new RegressorSettings(little, little, Duration.ofMillis(300), Duration.ofSeconds(2)),
                new FormulaMeters(new CompositeMeterRegistry()));
        this.fitting = CompletableFuture.runAsync(regressor::run, task -> new Thread(task).start());
        this.worker =
                new WorkerService(kafka, WorkerSettings.of(4), new Lawful(), WorkerListener.NONE, Clock.systemUTC());
        this.working = CompletableFuture.runAsync(worker::run, task -> new Thread(task).start());
    }

    String url() {
        return http.url() + "/";
    }

    String pageUrl() {
        return http.pageUrl();
    }

    int port() {
        return Integer.parseInt(http.url().substring(http.url().lastIndexOf(':') + 1));
    }

    void submit() {
        try (FarmConnection farm = FarmConnection.open(kafka, WorkGroup.WORKERS, Clock.systemUTC())) {
            farm.submitter().submit(STUDY);
        }
    }

    /** Lets so many more runs be trained. */
    void allow(int runs) {
        released.addAndGet(runs);
        allowed.release(runs);
    }

    static StudyPlan plan(String text) {
        return Planner.plan(StudyReader.parse(text, "watched.yaml", Path.of("/")), new CorpusCatalogue() {
            @Override
            public CorpusFacts describe(Sources sources) {
                return new CorpusFacts("c", "v", 10_000_000, List.of("O"), new long[] {10_000_000}, 50, List.of());
            }

            @Override
            public double alphaForAmi(Sources sources, double ami, AmiNormalisation normalisation) {
                throw new IllegalStateException("this study names alphas");
            }
        });
    }

    @Override
    public void close() {
        allow(10_000);
        worker.stop(Duration.ZERO);
        working.join();
        regressor.close();
        fitting.join();
        aggregator.close();
        page.close();
        http.close();
    }

    /** F1 = 0.011 sqrt(n (1 + 0.4 AMI log T)), with noise of 0.01 that the seed decides. */
    private final class Lawful implements RunTraining {
        @Override
        public RunResult train(Run run, ProgressListener progress, BooleanSupplier cancelled) {
            Experiment experiment = run.getExperiment();
            Random random = new Random(run.getSeed());
            long steps = 10L * EPOCHS;
            int number = begun.incrementAndGet();
            progress.progressed(0, steps, 0, EPOCHS, 0, 0);
            List<Double> losses = new ArrayList<>();
            for (int epoch = 1; epoch <= EPOCHS; epoch++) {
                // Slow enough for each epoch to be told of, while it may not end anyway.
                rest(number <= released.get() ? 20 : 1_050, cancelled);
                losses.add(1.6 * Math.exp(-0.25 * epoch) + 0.15 + 0.03 * random.nextDouble());
                progress.progressed(10L * epoch, steps, epoch, EPOCHS, losses.get(epoch - 1), 150);
            }
            while (!allowed.tryAcquire()) {
                progress.progressed(steps, steps, EPOCHS, EPOCHS, losses.get(EPOCHS - 1), 150);
                rest(20, cancelled);
            }
            if (experiment.getTasks() == 4
                    && experiment.getTokensReal() == 4000
                    && experiment.getAlpha() == 0.6
                    && run.getRunIndex() == 1) {
                throw new InvalidInputException("the corpus has 203,621 tokens and this run needs more");
            }
            double ami =
                    experiment.getTasks() == 1 ? 1 : Math.pow(experiment.getAlpha(), 5) + 0.01 * random.nextGaussian();
            double gain = experiment.getTasks() == 1 ? 0 : 0.4 * ami * Math.log(experiment.getTasks());
            double f1 = 0.011 * Math.sqrt(experiment.getTokensReal() * (1 + gain)) + 0.01 * random.nextGaussian();
            List<Double> amis = new ArrayList<>(List.of(1.0));
            List<Double> alphas = new ArrayList<>(List.of(1.0));
            for (int task = 1; task < experiment.getTasks(); task++) {
                amis.add(ami);
                alphas.add(experiment.getAlpha());
            }
            return RunResult.newBuilder()
                    .setExperiment(experiment)
                    .setRunIndex(run.getRunIndex())
                    .setRuns(run.getRuns())
                    .setStudy(run.getStudy())
                    .setOutcome(Outcome.TRAINED)
                    .setTest(new SpanScores(f1, f1, f1, 10L, 10L, 5L))
                    .setDev(new SpanScores(f1, f1, f1, 10L, 10L, 5L))
                    .setAmi(amis)
                    .setAlpha(alphas)
                    .setSteps(steps)
                    .setTrainSeconds(0.3)
                    .setScoreSeconds(0)
                    .setFinalLoss(losses.get(EPOCHS - 1))
                    .setEpochLosses(losses)
                    .setWorker("")
                    .setProvenance(provenance(run))
                    .setFinishedAt(Instant.EPOCH)
                    .build();
        }

        /** As a step of training takes its time. */
        private static void rest(long millis, BooleanSupplier cancelled) {
            LockSupport.parkNanos(millis * 1_000_000);
            if (cancelled.getAsBoolean()) {
                throw new CancellationException();
            }
        }

        @Override
        public Provenance provenance(Run run) {
            return new Provenance(
                    run.getSeed(), "scripted", "1", "1", "c", "v", "builtin", "builtin", "17", "Linux", "x86");
        }
    }
}
