package org.mtlfarm.worker.queue;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.DeadLetter;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.schemas.UnreadableMessageException;

/**
 * A place where one run at a time is trained: a member of the work group with a consumer of its own. The thread that calls
 * {@link #work} polls, renews and acknowledges; a second one trains.
 */
final class WorkSlot {
    private static final Logger LOG = LoggerFactory.getLogger(WorkSlot.class);

    /**
     * A poll that ends without a record and is followed by another may leave a fetch behind that takes a record unseen. So an
     * idle slot stays in one poll until there is work, and a stop wakes it.
     */
    private static final Duration IDLE_POLL = Duration.ofDays(1);

    /** For a cancelled training to notice, or a result to be confirmed, after a stop's drain is over. */
    private static final long GRACE_NANOS = Duration.ofSeconds(10).toNanos();

    private static final long LOOK_AGAIN_NANOS = Duration.ofSeconds(1).toNanos();

    private static final int LONGEST_REFUSAL_BACK_OFF = 40;
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

    private final KafkaSettings kafka;
    private final WorkerSettings settings;
    private final RunTraining training;
    private final ResultTopics topics;
    private final ProgressTopic progress;
    private final WorkerListener listener;
    private final WorkerCounters counters;
    private final WorkerStop stop;
    private final Clock clock;
    private final ExecutorService trainer;
    private final AvroCodec<Run> codec = AvroCodec.of(Run.class);

    private ShareConsumer<byte[], byte[]> consumer;
    private boolean idle;
    private int refusals;

    WorkSlot(
            int number,
            KafkaSettings kafka,
            WorkerSettings settings,
            RunTraining training,
            ResultTopics topics,
            ProgressTopic progress,
            WorkerListener listener,
            WorkerCounters counters,
            WorkerStop stop,
            Clock clock) {
        this.kafka = kafka;
        this.settings = settings;
        this.training = training;
        this.topics = topics;
        this.progress = progress;
        this.listener = listener;
        this.counters = counters;
        this.stop = stop;
        this.clock = clock;
        this.trainer = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "train-" + number);
            // One that ignores its cancellation must not keep the process.
            thread.setDaemon(true);
            return thread;
        });
        stop.onRequest(this::wake);
    }

    /** Takes and does runs until the worker is stopped. */
    void work() {
        consumer = new KafkaShareConsumer<>(consumerProperties());
        try {
            consumer.subscribe(List.of(Topics.RUNS.topicName()));
            while (beginPoll()) {
                take();
            }
        } catch (WakeupException e) {
            // Only a stop wakes, and only an idle slot; a record that came at the same moment goes back below.
            if (!stop.requested()) {
                throw e;
            }
        } finally {
            trainer.shutdown();
            // Gives back whatever is still held, and leaves the group.
            consumer.close(CLOSE_PATIENCE);
        }
    }

    private Properties consumerProperties() {
        String bytes = "org.apache.kafka.common.serialization.ByteArrayDeserializer";
        return kafka.properties(Map.of(
                "group.id",
                settings.group().groupId(),
                // Decoding is done here: a deserialiser that throws would release the record for ever.
                "key.deserializer",
                bytes,
                "value.deserializer",
                bytes,
                "share.acknowledgement.mode",
                "explicit",
                "share.acquire.mode",
                "record_limit",
                "max.poll.records",
                "1"));
    }

    private synchronized boolean beginPoll() {
        idle = !stop.requested();
        return idle;
    }

    private synchronized void endPoll() {
        idle = false;
    }

    /** Called by whoever stops the worker, on its thread. */
    private void wake() {
        synchronized (this) {
            if (idle) {
                consumer.wakeup();
            }
        }
        look();
    }

    /** Has {@link #pause} look at what it waits for. */
    private synchronized void look() {
        notifyAll();
    }

    /** Until the condition holds or the time is over. */
    private synchronized void pause(BooleanSupplier condition, long nanos) {
        long start = System.nanoTime();
        try {
            for (long left = nanos; left > 0 && !condition.getAsBoolean(); left = nanos - (System.nanoTime() - start)) {
                wait(left / 1_000_000 + 1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("a slot's thread was interrupted; stop() is the way to end it", e);
        }
    }

    private void take() {
        ConsumerRecords<byte[], byte[]> records;
        try {
            records = consumer.poll(IDLE_POLL);
        } catch (RetriableException e) {
            LOG.warn("cannot take a run now: {}", e.getMessage());
            records = ConsumerRecords.empty();
        } finally {
            endPoll();
        }
        RunLease lease = null;
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (lease == null) {
                lease = new RunLease(consumer, record, counters, System::nanoTime);
            } else {
                counters.unexpected.increment();
                consumer.acknowledge(record, AcknowledgeType.RELEASE);
            }
        }
        if (lease != null) {
            counters.busy.incrementAndGet();
            try {
                handle(lease);
            } finally {
                counters.busy.decrementAndGet();
            }
        }
    }

    private void handle(RunLease lease) {
        Run run;
        try {
            run = codec.decode(lease.record().value());
        } catch (UnreadableMessageException e) {
            counters.unreadable.increment();
            LOG.error("skipped {}, which stays there: {}", lease, e.getMessage());
            lease.reject();
            return;
        }
        // It may have been fetched long ago: see IDLE_POLL.
        if (!lease.renew()) {
            return;
        }
        if (lease.deliveries() >= settings.group().deliveryLimit()) {
            // The broker would drop the record without a word after this one.
            failTry(
                    lease,
                    run,
                    "its worker ended or lost the lock " + (lease.deliveries() - 1) + " times",
                    Duration.ZERO);
            return;
        }
        listener.started(run);
        train(lease, run);
    }

    private void train(RunLease lease, Run run) {
        AtomicBoolean cancelled = new AtomicBoolean();
        ProgressTopic.Messages messages = progress.of(run);
        CompletableFuture<RunResult> result =
                CompletableFuture.supplyAsync(() -> training.train(run, told(run, messages), cancelled::get), trainer);
        result.whenComplete((done, failed) -> look());
        boolean ended = awaitTraining(lease, result, cancelled);
        messages.ended();
        if (!ended) {
            LOG.warn("run {} ignores that it was cancelled", RunKey.of(run));
            stopped(lease, run);
            return;
        }
        try {
            RunResult done = result.join();
            finish(lease, run, done);
        } catch (CompletionException e) {
            if (cancelled.get()) {
                stopped(lease, run);
            } else {
                notTrained(lease, run, e.getCause());
            }
        }
    }

    private ProgressListener told(Run run, ProgressTopic.Messages messages) {
        return (step, steps, epoch, epochs, loss, stepsPerSecond) -> {
            messages.progressed(step, steps, epoch, epochs, loss, stepsPerSecond);
            listener.progressed(run, step, steps, loss, stepsPerSecond);
        };
    }

    /** Renews meanwhile, and cancels when the lock is lost or the worker's drain is over; false if that is ignored. */
    private boolean awaitTraining(RunLease lease, Future<RunResult> result, AtomicBoolean cancelled) {
        while (!result.isDone()) {
            keep(lease);
            if (!lease.held() || stop.nanosLeft() <= 0) {
                cancelled.set(true);
            }
            if (stop.nanosLeft() < -GRACE_NANOS) {
                return false;
            }
            pause(
                    () -> result.isDone() || (stop.nanosLeft() <= 0 && !cancelled.get()),
                    Math.min(untilRenewal(lease), cancelled.get() ? GRACE_NANOS : stop.nanosLeft()));
        }
        return true;
    }

    private void keep(RunLease lease) {
        if (lease.held() && lease.nanosUntilRenewal() <= 0 && lease.renew()) {
            counters.renewals.increment();
        }
    }

    private static long untilRenewal(RunLease lease) {
        return lease.held() ? Math.max(lease.nanosUntilRenewal(), 0) : Long.MAX_VALUE;
    }

    private void finish(RunLease lease, Run run, RunResult trained) {
        refusals = 0;
        RunResult result = RunResult.newBuilder(trained)
                .setAttempt(run.getAttempt() + 1)
                .setWorker(settings.worker())
                .setFinishedAt(clock.instant())
                .build();
        if (!RunKey.of(result).equals(RunKey.of(run))) {
            throw new IllegalStateException(
                    "asked to train run " + RunKey.of(run) + ", the training answered with " + RunKey.of(result));
        }
        publishAndAccept(lease, run, result, List.of(topics.publish(result)));
    }

    private void notTrained(RunLease lease, Run run, Throwable reason) {
        if (reason instanceof RefusedHereException) {
            refuse(lease, run, oneLine(reason.getMessage()));
        } else if (reason instanceof InvalidInputException) {
            fail(lease, run, oneLine(reason.getMessage()));
        } else {
            LOG.warn("try {} of run {} failed", run.getAttempt() + 1, RunKey.of(run), reason);
            Duration backOff = settings.retryBackOff().multipliedBy(1L << Math.min(run.getAttempt(), 10));
            failTry(lease, run, oneLine(reason.toString()), backOff);
        }
    }

    /** Another worker may do it: it goes back at once, and this slot keeps away from the queue for longer every time. */
    private void refuse(RunLease lease, Run run, String reason) {
        counters.refused.increment();
        if (refusals == 0) {
            LOG.warn("refused run {}: {}", RunKey.of(run), reason);
        }
        giveBack(lease, run, reason);
        int factor = Math.min(1 << Math.min(refusals, 16), LONGEST_REFUSAL_BACK_OFF);
        refusals++;
        pause(stop::requested, settings.refusalBackOff().multipliedBy(factor).toNanos());
    }

    /** A try was made in vain. The next one waits, in this slot, so that a run that fails fast does not use them up at once. */
    private void failTry(RunLease lease, Run run, String reason, Duration backOff) {
        int tries = run.getAttempt() + 1;
        if (tries >= run.getMaxAttempts()) {
            fail(lease, run, reason);
            return;
        }
        long start = System.nanoTime();
        for (long left = backOff.toNanos();
                left > 0 && !stop.requested();
                left = backOff.toNanos() - (System.nanoTime() - start)) {
            keep(lease);
            pause(stop::requested, Math.min(left, untilRenewal(lease)));
        }
        if (confirmed(lease, List.of(topics.enqueue(again(run, tries))))) {
            counters.retried.increment();
            listener.givenBack(run, reason);
            accept(lease);
        } else {
            stopped(lease, run);
        }
    }

    private void fail(RunLease lease, Run run, String reason) {
        RunResult result = RunResult.newBuilder()
                .setExperiment(run.getExperiment())
                .setRunIndex(run.getRunIndex())
                .setRuns(run.getRuns())
                .setStudy(run.getStudy())
                .setOutcome(Outcome.FAILED)
                .setReason(reason)
                .setAttempt(run.getAttempt() + 1)
                .setSteps(0)
                .setTrainSeconds(0)
                .setScoreSeconds(0)
                .setFinalLoss(0)
                .setWorker(settings.worker())
                .setProvenance(training.provenance(run))
                .setFinishedAt(clock.instant())
                .build();
        DeadLetter deadLetter = DeadLetter.newBuilder()
                .setRun(again(run, run.getAttempt() + 1))
                .setReason(reason)
                .setWorker(settings.worker())
                .setAt(clock.instant())
                .build();
        LOG.warn("run {} has failed for good after {} tries: {}", RunKey.of(run), run.getAttempt() + 1, reason);
        publishAndAccept(lease, run, result, List.of(topics.publish(result), topics.publish(deadLetter)));
    }

    private void publishAndAccept(RunLease lease, Run run, RunResult result, List<Future<RecordMetadata>> sent) {
        if (!confirmed(lease, sent)) {
            stopped(lease, run);
            return;
        }
        switch (result.getOutcome()) {
            case TRAINED -> counters.trained.increment();
            case DIVERGED -> counters.diverged.increment();
            default -> counters.failed.increment();
        }
        listener.finished(run, result);
        accept(lease);
    }

    /** Waits for the records to be on their topics, for as long as it takes; false if the worker stops before that. */
    private boolean confirmed(RunLease lease, List<Future<RecordMetadata>> sent) {
        for (Future<RecordMetadata> record : sent) {
            boolean there = false;
            while (!there) {
                try {
                    long patience = Math.min(untilRenewal(lease), LOOK_AGAIN_NANOS);
                    record.get(Math.max(patience, 1), TimeUnit.NANOSECONDS);
                    there = true;
                } catch (TimeoutException e) {
                    keep(lease);
                    if (stop.nanosLeft() < -GRACE_NANOS) {
                        return false;
                    }
                } catch (ExecutionException e) {
                    throw new IllegalStateException(
                            "Kafka does not take what became of a run: "
                                    + e.getCause().getMessage(),
                            e.getCause());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("a slot's thread was interrupted; stop() is the way to end it", e);
                }
            }
        }
        return true;
    }

    private void accept(RunLease lease) {
        if (!lease.accept()) {
            counters.unconfirmed.increment();
        }
    }

    private void stopped(RunLease lease, Run run) {
        counters.givenBack.increment();
        giveBack(lease, run, lease.held() ? "the worker stops" : "the lock was lost");
    }

    /** No try was made in vain. A release too many would have the broker drop the record, so near that a copy replaces it. */
    private void giveBack(RunLease lease, Run run, String reason) {
        listener.givenBack(run, reason);
        if (lease.held()
                && lease.deliveries() >= settings.group().deliveryLimit() - 1
                && confirmed(lease, List.of(topics.enqueue(again(run, run.getAttempt()))))) {
            accept(lease);
        } else {
            lease.release();
        }
    }

    private Run again(Run run, int tries) {
        return Run.newBuilder(run)
                .setAttempt(tries)
                .setEnqueuedAt(clock.instant())
                .build();
    }

    private static String oneLine(String text) {
        return text == null ? "no reason given" : text.lines().findFirst().orElse("no reason given");
    }
}
