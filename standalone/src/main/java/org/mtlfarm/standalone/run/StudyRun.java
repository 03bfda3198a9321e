package org.mtlfarm.standalone.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import org.mtlfarm.aggregator.AggregatorMeters;
import org.mtlfarm.aggregator.AggregatorService;
import org.mtlfarm.aggregator.AggregatorSettings;
import org.mtlfarm.aggregator.http.AggregatorHttp;
import org.mtlfarm.http.HttpSettings;
import org.mtlfarm.metrics.FarmMetrics;
import org.mtlfarm.page.http.PageHttp;
import org.mtlfarm.producer.farm.FarmMeters;
import org.mtlfarm.producer.farm.FarmState;
import org.mtlfarm.producer.farm.FarmStatus;
import org.mtlfarm.producer.farm.Submission;
import org.mtlfarm.producer.study.StudyPlan;
import org.mtlfarm.regressor.service.FormulaFit;
import org.mtlfarm.regressor.service.FormulaMeters;
import org.mtlfarm.regressor.service.RegressorService;
import org.mtlfarm.regressor.service.RegressorSettings;
import org.mtlfarm.regressor.table.Table;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.FormulaSpecification;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.SamplingState;
import org.mtlfarm.schemas.Samplings;
import org.mtlfarm.schemas.TopicReader;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.standalone.broker.BrokerSettings;
import org.mtlfarm.standalone.broker.EmbeddedBroker;
import org.mtlfarm.standalone.findings.Sampled;
import org.mtlfarm.standalone.report.StudyReport;
import org.mtlfarm.worker.queue.RunTraining;
import org.mtlfarm.worker.queue.WorkerListener;
import org.mtlfarm.worker.queue.WorkerMeters;
import org.mtlfarm.worker.queue.WorkerService;
import org.mtlfarm.worker.queue.WorkerSettings;

/**
 * The whole farm in this process: broker, producer, worker, aggregator, regressor, on one folder, until a study is done.
 * Started again on the same folder, it goes on where it was.
 */
public final class StudyRun {
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** The aggregator may have to find a transaction that Kafka has left open, and take in all results anew. */
    private static final Duration SETTLING = Duration.ofMinutes(5);

    private final StudyPlan plan;
    private final Path out;
    private final int slots;
    private final RunTraining training;
    private final ProgressDisplay display;
    private final Clock clock;
    private final FarmMetrics metrics = FarmMetrics.of("run", FarmVersion.current());
    private final FarmMeters farmMeters = new FarmMeters(metrics.registry());
    private boolean retryFailed;
    private final CountDownLatch stop = new CountDownLatch(1);

    /**
     * @param out folder for Kafka's data, the averages' state and the report
     * @param slots runs trained at a time
     */
    public StudyRun(StudyPlan plan, Path out, int slots, RunTraining training, ProgressDisplay display, Clock clock) {
        this.plan = plan;
        this.out = out;
        this.slots = slots;
        this.training = training;
        this.display = display;
        this.clock = clock;
    }

    /** Lets {@link #run}, before it is called, begin by enqueuing again what failed before. */
    public void retryFailed() {
        retryFailed = true;
    }

    /** Asks {@link #run} to end early; any thread. */
    public void stop() {
        stop.countDown();
    }

    /**
     * Runs the study to its end.
     *
     * @return what it came to; empty if it was stopped before
     */
    public Optional<StudyReport> run() {
        createFolder();
        // Closed in reverse: what feeds on another is closed before it.
        Deque<AutoCloseable> open = new ArrayDeque<>();
        try {
            EmbeddedBroker broker = opened(open, EmbeddedBroker.start(BrokerSettings.in(out.resolve("kafka"))));
            KafkaSettings kafka = KafkaSettings.of(broker.bootstrapServers());
            FarmConnection farm = opened(open, FarmConnection.open(kafka, WorkGroup.WORKERS, clock));
            Submission submission = farm.submitter().submit(plan);
            if (farm.reconciler().resume(plan.study().name()).experiments() > 0) {
                display.note(plan.study().name() + " was paused and goes on");
            }
            if (retryFailed) {
                farm.reconciler().retry(Optional.of(plan.study().name()));
            }
            farm.reconciler().reconcile(Optional.of(plan.study().name()));
            tell(submission);
            HttpSettings local = HttpSettings.local();
            PageHttp view = opened(open, PageHttp.of(local));
            Optional<AggregatorHttp> page = page(local, view);
            page.ifPresent(server -> opened(open, server));
            AggregatorSettings.Builder settings = AggregatorSettings.builder(kafka, out.resolve("state"));
            page.ifPresent(server -> settings.address(server.address()));
            AggregatorService aggregator = opened(open, AggregatorService.start(settings.build()));
            AggregatorMeters.bind(aggregator, metrics.registry());
            metrics.watchRoom(out);
            page.ifPresent(server -> show(server, view, aggregator, kafka));
            awaitRunning(aggregator);
            RegressorService regressor = opened(
                    open,
                    new RegressorService(
                            kafka,
                            RegressorSettings.defaults().withThreads(slots),
                            new FormulaMeters(metrics.registry())));
            CompletableFuture<Void> fitting = inThread("regressor", regressor::run);
            train(farm, kafka, aggregator, sampling(open, kafka));
            if (stopped()) {
                return Optional.empty();
            }
            Set<String> asked = asked(kafka);
            Map<String, Average> averages = settledAverages(kafka, aggregator, asked);
            Optional<List<Formula>> formulas =
                    settledFormulas(kafka, ofGrids(averages).values(), fitting);
            return formulas.map(settled -> report(kafka, asked, averages, settled));
        } finally {
            close(open);
            metrics.close();
        }
    }

    /** The study as it goes on, for a browser; a study needs none. */
    private Optional<AggregatorHttp> page(HttpSettings local, PageHttp view) {
        try {
            return Optional.of(AggregatorHttp.start(local, Optional.empty(), metrics, view.served()));
        } catch (RuntimeException e) {
            display.note("No live page: " + e.getMessage());
            return Optional.empty();
        }
    }

    private void show(AggregatorHttp page, PageHttp view, AggregatorService aggregator, KafkaSettings kafka) {
        try {
            page.serve(aggregator.queries(), kafka);
            view.serve(kafka, WorkGroup.WORKERS);
            display.note("Live page: " + page.pageUrl());
        } catch (RuntimeException e) {
            display.note("No live page: " + e.getMessage());
        }
    }

    private void createFolder() {
        try {
            Files.createDirectories(out);
        } catch (FileAlreadyExistsException e) {
            throw new UncheckedIOException("cannot create the folder " + out + ": a file has that name", e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create the folder " + out + ": " + e.getMessage(), e);
        }
    }

    private void tell(Submission submission) {
        int runs = plan.runs();
        String done = submission.alreadyDone() == 0 ? "" : ", " + submission.alreadyDone() + " of them done before";
        display.note(plan.study().name() + ": " + (plan.study().sampling().isPresent() ? "at most " : "")
                + plan.experiments().size() + " experiments, " + runs + " runs" + done + ", " + slots + " at a time");
        if (submission.retired() > 0) {
            display.note(submission.retired() + " experiments that the study no longer has are taken off the plan");
        }
        if (submission.failed() > 0) {
            display.note(submission.failed() + " runs failed before and are "
                    + (retryFailed ? "tried again" : "not tried again: the same command with --retry-failed does"));
        }
    }

    /** What asks for the experiments of an adaptive study; never done where all are wanted from the start. */
    private CompletableFuture<Void> sampling(Deque<AutoCloseable> open, KafkaSettings kafka) {
        if (plan.study().sampling().isEmpty()) {
            return new CompletableFuture<>();
        }
        AdaptiveSampler sampler = opened(
                open,
                new AdaptiveSampler(
                        kafka,
                        WorkGroup.WORKERS,
                        RegressorSettings.defaults().withThreads(slots).whileRunning(),
                        clock));
        return inThread("sampler", sampler::run);
    }

    /** Trains until every run has an outcome and no more is asked for, or somebody asks to stop. */
    private void train(
            FarmConnection farm, KafkaSettings kafka, AggregatorService aggregator, CompletableFuture<Void> sampling) {
        FarmStatus status = status(farm);
        if (status.isFinished()) {
            return;
        }
        long reconciledNanos = System.nanoTime();
        WorkerMeters meters = new WorkerMeters(metrics.registry(), WorkerListener.NONE, clock);
        WorkerService worker = new WorkerService(kafka, WorkerSettings.of(slots), training, meters, clock);
        worker.tell(meters);
        metrics.readyWhen(worker::isWorking);
        CompletableFuture<Void> working = inThread("worker", worker::run);
        ProgressLine line = new ProgressLine(status, clock.instant());
        try {
            while (!status.isFinished() && !stopped()) {
                display.show(line.of(status, clock.instant()), clock.instant());
                mustGoOn(working, "the worker ended before its work was done");
                mustGoOn(sampling, "nobody asks for the study's next experiments any more");
                mustGoOn(aggregator.ended(), "the aggregator ended before the study was done");
                stop.await(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                if (System.nanoTime() - reconciledNanos
                        >= WorkGroup.WORKERS.recordLock().toNanos()) {
                    farm.reconciler().reconcile(Optional.of(plan.study().name()));
                    reconciledNanos = System.nanoTime();
                }
                status = status(farm);
            }
            display.end(line.of(status, clock.instant()));
            if (status.spared() > 0) {
                display.note(status.planned() + " of " + plan.experiments().size() + " experiments were enough, "
                        + status.runsSpared() + " runs were spared");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stop();
        } finally {
            worker.stop(Duration.ZERO);
            awaitEnd(working);
        }
    }

    /** As long as the aggregator may take to find a transaction that Kafka has left open, or until somebody asks to stop. */
    private void awaitRunning(AggregatorService aggregator) {
        long deadline = System.nanoTime() + SETTLING.toNanos();
        try {
            while (!aggregator.isRunning() && !stop.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                mustGoOn(aggregator.ended(), "the aggregator ended before it took in results");
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException(
                            "the aggregator has not begun to take in results within " + SETTLING.toSeconds() + " s");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stop();
        }
    }

    /** Throws why a service has ended, if it has. */
    private static void mustGoOn(CompletableFuture<Void> service, String otherwise) {
        if (!service.isDone()) {
            return;
        }
        try {
            service.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException reason ? reason : e;
        }
        throw new IllegalStateException(otherwise);
    }

    private static CompletableFuture<Void> inThread(String name, Runnable work) {
        return CompletableFuture.runAsync(work, task -> new Thread(task, name).start());
    }

    private static void awaitEnd(CompletableFuture<Void> service) {
        try {
            service.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException | CancellationException e) {
            throw new IllegalStateException("a service did not stop within " + PATIENCE.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private FarmStatus status(FarmConnection farm) {
        FarmState state = farm.view().refresh();
        farmMeters.take(state, clock.instant());
        return FarmStatus.of(state, Optional.of(plan.study().name()), clock.instant());
    }

    private boolean stopped() {
        return stop.getCount() == 0;
    }

    /** The averages of some experiments, when the aggregator has taken in every result. */
    private Map<String, Average> settledAverages(
            KafkaSettings kafka, AggregatorService aggregator, Set<String> experiments) {
        Map<String, Long> scored = results(kafka, experiments).values().stream()
                .filter(StudyTopics::counts)
                .collect(Collectors.groupingBy(
                        result -> result.getExperiment().getExperimentId(), Collectors.counting()));
        Map<String, Average> averages = new TreeMap<>();
        long deadline = System.nanoTime() + SETTLING.toNanos();
        try (TopicReader<Average> reader = TopicReader.open(Topics.AVERAGES, Average.class, kafka)) {
            Consumer<TopicReader.Message<Average>> take = message -> {
                if (message.value() != null) {
                    averages.put(message.key(), message.value());
                }
            };
            reader.readToEnd(take);
            while (!scored.entrySet().stream()
                    .allMatch(runs -> averages.containsKey(runs.getKey())
                            && averages.get(runs.getKey()).getRunsDone() >= runs.getValue())) {
                mustGoOn(aggregator.ended(), "the aggregator ended before it had averaged every result");
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException(
                            "the aggregator has not averaged every result within " + SETTLING.toSeconds() + " s");
                }
                reader.next(LOOK).forEach(take);
            }
        }
        averages.keySet().retainAll(experiments);
        averages.replaceAll(
                (id, average) -> FormulaFit.asPlanned(average, plan.study().runs()));
        return averages;
    }

    /** The study's experiments; of an adaptive one those that it asked for: the folder may hold what another study made of the rest. */
    private Set<String> asked(KafkaSettings kafka) {
        Set<String> asked =
                plan.experiments().stream().map(Experiment::getExperimentId).collect(Collectors.toSet());
        StudyTopics.plans(kafka, plan.study().name()).stream()
                .filter(planned -> planned.getSampling() != null && !Samplings.is(planned, SamplingState.ASKED))
                .forEach(planned -> asked.remove(planned.getExperiment().getExperimentId()));
        return asked;
    }

    private Map<RunKey, RunResult> results(KafkaSettings kafka, Set<String> experiments) {
        return StudyTopics.results(kafka, experiments, plan.study().runs());
    }

    /** The last formula of each line of the study that has rows enough; empty if somebody asked to stop meanwhile. */
    private Optional<List<Formula>> settledFormulas(
            KafkaSettings kafka, Collection<Average> averages, CompletableFuture<Void> fitting) {
        List<String> wanted = plan.study().formulas().stream()
                .filter(line -> FormulaFit.rows(line, averages).size() >= Table.FEWEST_ROWS)
                .map(FormulaSpecification::toString)
                .distinct()
                .toList();
        Map<String, Formula> settled = new HashMap<>();
        try (TopicReader<Formula> reader = TopicReader.open(Topics.FORMULAS, Formula.class, kafka)) {
            Consumer<TopicReader.Message<Formula>> take = message -> {
                Formula formula = message.value();
                if (formula != null
                        && formula.getStudy().equals(plan.study().name())
                        && formula.getSettled()
                        && FormulaFit.isCurrent(formula, averages)) {
                    settled.put(formula.getSpecification(), formula);
                }
            };
            reader.readToEnd(take);
            while (!settled.keySet().containsAll(wanted) && !stopped()) {
                display.show(
                        "Fitting formulas on " + averages.size() + " experiments: " + settled.size() + " of "
                                + wanted.size() + " done",
                        clock.instant());
                if (fitting.isDone()) {
                    awaitEnd(fitting);
                    throw new IllegalStateException("the regressor ended before its work was done");
                }
                reader.next(LOOK).forEach(take);
            }
        }
        if (stopped()) {
            return Optional.empty();
        }
        display.end("Fitted " + wanted.size() + " formulas on " + averages.size() + " experiments");
        return Optional.of(wanted.stream().map(settled::get).toList());
    }

    /** The averages of the study's grids, to which formulas are fitted; the others are controls. */
    private Map<String, Average> ofGrids(Map<String, Average> averages) {
        Map<String, Average> ofGrids = new TreeMap<>(averages);
        ofGrids.keySet().removeAll(plan.controls());
        return ofGrids;
    }

    private StudyReport report(
            KafkaSettings kafka, Set<String> asked, Map<String, Average> averages, List<Formula> formulas) {
        Map<String, Average> controls = new TreeMap<>(averages);
        controls.keySet().retainAll(plan.controls());
        return new StudyReport(
                plan.study().name(),
                plan.sources(),
                List.copyOf(ofGrids(averages).values()),
                List.copyOf(controls.values()),
                formulas,
                List.copyOf(results(kafka, asked).values()),
                plan.study().formulaTexts(),
                Sampled.of(StudyTopics.plans(kafka, plan.study().name())),
                clock.instant());
    }

    private static <T extends AutoCloseable> T opened(Deque<AutoCloseable> open, T service) {
        open.push(service);
        return service;
    }

    private static void close(Deque<AutoCloseable> open) {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                // The next ones must be closed too; what failed here has nothing left to lose.
                org.slf4j.LoggerFactory.getLogger(StudyRun.class).warn("closing failed: {}", e.toString());
            }
        }
    }
}
