package org.mtlfarm.worker.queue;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
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
import java.util.concurrent.atomic.AtomicReference;
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
import org.mtlfarm.schemas.Try;
import org.mtlfarm.schemas.UnreadableMessageException;
import org.mtlfarm.schemas.registry.RegistryUnavailableException;

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

    /** How long the broker holds a fetch that finds nothing. A stop waits for the answer. */
    private static final int KAFKAS_WAIT_MILLIS = 500;

    private static final int LONGEST_WAIT_MILLIS = 2000;

    /** For a cancelled training to notice, or a result to be confirmed, after a stop's drain is over. */
    private static final long GRACE_NANOS = Duration.ofSeconds(10).toNanos();

    private static final long LOOK_AGAIN_NANOS = Duration.ofSeconds(1).toNanos();

    private static final int LONGEST_REFUSAL_BACK_OFF = 40;
    private static final int LONGEST_PUT_BACK_DOUBLINGS = 4;
    private static final int LONGEST_HISTORY = 100;
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

    /** Why a training is to end before its time. */
    private enum Halt {
        LOCK_LOST,
        WORKER_STOPS,
        DEADLINE_PASSED,
        NOT_WANTED
    }

    private final int number;
    private final KafkaSettings kafka;
    private final WorkerSettings settings;
    private final RunTraining training;
    private final ResultTopics topics;
    private final ProgressTopic progress;
    private final WorkerListener listener;
    private final WorkerCounters counters;
    private final WorkerStop stop;
    private final WantedRuns wanted;
    private final Suspects suspects;
    private final Idleness idleness;
    private final Clock clock;
    private final AvroCodec<Run> codec;

    private ExecutorService trainer;
    private ShareConsumer<byte[], byte[]> consumer;
    private boolean idle;
    private long lastPollNanos;
    private long lastPollButOneNanos;
    private int refusals;
    /** Why the run in hand is for another worker; null if it is not. */
    private String refusal;
    /** Deliveries of the suspect that this slot has put back since others were in training; 0 if it has not. */
    private int putBack;
    /** One after the other. */
    private int putBacks;

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
            WantedRuns wanted,
            Suspects suspects,
            Idleness idleness,
            Clock clock) {
        this.number = number;
        this.kafka = kafka;
        this.codec = kafka.wire().codec(Topics.RUNS, Run.class);
        this.settings = settings;
        this.training = training;
        this.topics = topics;
        this.progress = progress;
        this.listener = listener;
        this.counters = counters;
        this.stop = stop;
        this.wanted = wanted;
        this.suspects = suspects;
        this.idleness = idleness;
        this.clock = clock;
        this.trainer = newTrainer();
        stop.onRequest(this::wake);
        wanted.onChange(this::look);
        suspects.onLeave(this::look);
    }

    private ExecutorService newTrainer() {
        return Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "train-" + number);
            // One that ignores its cancellation must not keep the process.
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Takes and does runs until the worker is stopped. */
    void work() {
        join();
        try {
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

    private void join() {
        ShareConsumer<byte[], byte[]> joining = new KafkaShareConsumer<>(consumerProperties());
        joining.subscribe(List.of(Topics.RUNS.topicName()));
        lastPollNanos = System.nanoTime();
        lastPollButOneNanos = lastPollNanos;
        synchronized (this) {
            consumer = joining;
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
                "1",
                // Idle slots ask again and again; all of a worker's together no more than some hundred times a second.
                "fetch.max.wait.ms",
                Integer.toString(Math.min(LONGEST_WAIT_MILLIS, Math.max(KAFKAS_WAIT_MILLIS, 10 * settings.slots())))));
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
        // Nothing that this poll returns was asked for before the last but one: see IDLE_POLL.
        long fetchedSinceNanos = lastPollButOneNanos;
        lastPollButOneNanos = lastPollNanos;
        lastPollNanos = System.nanoTime();
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
                lease = new RunLease(consumer, record, counters, System::nanoTime, fetchedSinceNanos);
            } else {
                counters.unexpected.increment();
                consumer.acknowledge(record, AcknowledgeType.RELEASE);
            }
        }
        if (lease != null) {
            counters.busy.incrementAndGet();
            if (lease.deliveries() > 1) {
                counters.redelivered.increment();
            }
            idleness.slotTakesARun();
            try {
                handle(lease);
            } finally {
                counters.busy.decrementAndGet();
                if (refusal == null) {
                    idleness.slotIsFree();
                } else {
                    idleness.slotHasRefused(refusal);
                }
            }
            if (refusal != null) {
                refusal = null;
                keepAway();
            }
            if (putBack > 0) {
                awaitRoom(putBack);
                putBack = 0;
                putBacks++;
            } else {
                putBacks = 0;
            }
            if (lease.isDoubtful() && !stop.requested()) {
                consumer.close(CLOSE_PATIENCE);
                join();
            }
        }
    }

    private void handle(RunLease lease) {
        Run run;
        try {
            run = codec.decode(lease.record().value());
            check(run);
        } catch (UnreadableMessageException | IllegalArgumentException e) {
            if (mayBeNewer(lease, e)) {
                giveBackUnread(lease, e.getMessage());
                return;
            }
            counters.unreadable.increment();
            LOG.error("skipped {}, which stays there: {}", lease, e.getMessage());
            lease.reject();
            return;
        } catch (RegistryUnavailableException e) {
            LOG.warn("gave back {}, which nobody can read now: {}", lease, e.getMessage());
            counters.givenBack.increment();
            lease.release();
            refusal = e.getMessage();
            return;
        }
        // It may have been fetched long ago: see IDLE_POLL.
        if (!lease.isFresh() && !lease.renew()) {
            return;
        }
        if (!wanted.contains(run)) {
            cancel(lease, run);
            return;
        }
        if (wanted.isPaused(run)) {
            // The plan is the truth: whoever resumes the study, or the reconciler, puts it on the queue again.
            counters.putAside.increment();
            accept(lease);
            return;
        }
        int deliveries = deliveries(lease, run);
        if (deliveries >= deliveryLimit()) {
            // The broker would drop the record without a word after this one.
            failTry(
                    lease,
                    endedItsWorkers(run),
                    "its worker ended or lost the lock " + (deliveries - 1) + " times",
                    Duration.ZERO);
        } else if (!Suspects.isOne(deliveries)) {
            listener.started(run);
            train(lease, run);
        } else if (suspects.enter(deliveries)) {
            try {
                listener.started(run);
                train(lease, run);
            } finally {
                suspects.leave(deliveries);
            }
        } else {
            putBack(lease, run, deliveries);
        }
    }

    /** Whether a worker of a newer version, beside which this one runs while a farm is upgraded, may be able to train it. */
    private static boolean mayBeNewer(RunLease lease, RuntimeException why) {
        if (!(why instanceof UnreadableMessageException unreadable) || !unreadable.isOfUnknownSchema()) {
            return false;
        }
        byte[] key = lease.record().key();
        try {
            return key != null && RunKey.parse(new String(key, StandardCharsets.UTF_8)) != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** As {@link #giveBack} does, to the byte. */
    private void giveBackUnread(RunLease lease, String reason) {
        if (refusals == 0) {
            LOG.warn("gave back {}, which another version has written: {}", lease, reason);
        }
        counters.givenBack.increment();
        if (lease.deliveries() >= deliveryLimit() - 1
                && confirmed(lease, List.of(topics.enqueueAgain(lease.record())))) {
            accept(lease);
        } else {
            lease.release();
        }
        refusal = reason;
    }

    private int deliveryLimit() {
        return settings.group().deliveryLimit();
    }

    /** How often the run was handed out, this time included, in this try; of what went before, what makes it a suspect. */
    private static int deliveries(RunLease lease, Run run) {
        return run.getEarlierDeliveries() + lease.deliveries();
    }

    /** Its next try begins as a suspect's, so far as the limit leaves it a delivery to train in. */
    private Run endedItsWorkers(Run run) {
        return Run.newBuilder(run)
                .setEarlierDeliveries(Math.max(0, Math.min(Suspects.DELIVERIES - 1, deliveryLimit() - 2)))
                .build();
    }

    /**
     * A suspect that cannot train here now. It must not wait in this process: what the one in training does to that would be held
     * against it, too. A release would count as a delivery; the copy counts those in which the run was in training.
     */
    private void putBack(RunLease lease, Run run, int deliveries) {
        counters.givenBack.increment();
        Run copy = Run.newBuilder(run)
                .setEarlierDeliveries(deliveries - 1)
                .setEnqueuedAt(clock.instant())
                .build();
        if (confirmed(lease, List.of(topics.enqueue(copy)))) {
            accept(lease);
            putBack = deliveries;
        } else {
            lease.release();
        }
    }

    /**
     * Keeps from the queue, which may have nothing but suspects, until one of so many deliveries may train, but not for long; longer
     * every time: each copy is a record more between the oldest run in training and those that may be handed out.
     */
    private void awaitRoom(int deliveries) {
        int factor = 1 << Math.min(putBacks, LONGEST_PUT_BACK_DOUBLINGS);
        pause(
                () -> stop.requested() || suspects.hasRoom(deliveries),
                settings.group().recordLock().multipliedBy(factor).toNanos());
    }

    /** Bytes that are a run may still make no sense. */
    private static void check(Run run) {
        RunKey key = RunKey.of(run);
        if (run.getRuns() <= key.runIndex()) {
            throw new IllegalArgumentException(
                    "runIndex must be below runs, was " + key.runIndex() + " of " + run.getRuns());
        }
        if (run.getEarlierDeliveries() < 0) {
            throw new IllegalArgumentException(
                    "earlierDeliveries must not be negative, was " + run.getEarlierDeliveries());
        }
    }

    private void train(RunLease lease, Run run) {
        AtomicReference<Halt> halt = new AtomicReference<>();
        ProgressTopic.Messages messages = progress.of(run);
        CompletableFuture<RunResult> result = CompletableFuture.supplyAsync(
                () -> training.train(run, told(run, messages), () -> halt.get() != null), trainer);
        result.whenComplete((done, failed) -> look());
        boolean ended = awaitTraining(lease, run, result, halt, messages);
        messages.ended();
        if (!ended) {
            LOG.warn("run {} ignores that it was cancelled", RunKey.of(run));
            counters.abandoned.increment();
            trainer.shutdown();
            trainer = newTrainer();
            halted(lease, run, halt.get());
            return;
        }
        try {
            RunResult done = result.join();
            finish(lease, run, done);
        } catch (CompletionException e) {
            if (halt.get() != null) {
                halted(lease, run, halt.get());
            } else {
                notTrained(lease, run, e.getCause());
            }
        }
    }

    private void halted(RunLease lease, Run run, Halt why) {
        switch (why) {
            case LOCK_LOST, WORKER_STOPS -> stopped(lease, run);
            case DEADLINE_PASSED ->
                failTry(
                        lease,
                        innocent(run),
                        "its deadline of " + run.getDeadlineSeconds() + " s passed",
                        backOff(run));
            case NOT_WANTED -> cancel(lease, run);
        }
    }

    private ProgressListener told(Run run, ProgressTopic.Messages messages) {
        return (step, steps, epoch, epochs, loss, stepsPerSecond) -> {
            messages.progressed(step, steps, epoch, epochs, loss, stepsPerSecond);
            listener.progressed(run, step, steps, loss, stepsPerSecond);
        };
    }

    /** Renews meanwhile, and says when the training is to end before its time; false if that is ignored. */
    private boolean awaitTraining(
            RunLease lease,
            Run run,
            Future<RunResult> result,
            AtomicReference<Halt> halt,
            ProgressTopic.Messages messages) {
        long started = System.nanoTime();
        long haltedAt = 0;
        while (!result.isDone()) {
            keep(lease);
            messages.tellStart();
            long deadlineLeft = deadlineNanos(run) - (System.nanoTime() - started);
            if (halt.get() == null) {
                halt.set(reason(lease, run, deadlineLeft));
                haltedAt = System.nanoTime();
            }
            boolean halted = halt.get() != null;
            long graceLeft = GRACE_NANOS - (System.nanoTime() - haltedAt);
            if (halted && graceLeft <= 0) {
                return false;
            }
            int stops = stop.requests();
            long left =
                    Math.min(halted ? graceLeft : Math.min(deadlineLeft, stop.nanosLeft()), messages.nanosUntilStart());
            pause(
                    () -> result.isDone() || stop.requests() != stops || halt.get() == null && !wanted.contains(run),
                    Math.min(untilRenewal(lease), left));
        }
        return true;
    }

    /** Why the training is to end now; null: it may go on. */
    private Halt reason(RunLease lease, Run run, long deadlineLeft) {
        if (!lease.held()) {
            return Halt.LOCK_LOST;
        }
        if (!wanted.contains(run)) {
            return Halt.NOT_WANTED;
        }
        if (stop.nanosLeft() <= 0) {
            return Halt.WORKER_STOPS;
        }
        return deadlineLeft <= 0 ? Halt.DEADLINE_PASSED : null;
    }

    private static long deadlineNanos(Run run) {
        return run.getDeadlineSeconds() <= 0
                ? Long.MAX_VALUE
                : Duration.ofSeconds(run.getDeadlineSeconds()).toNanos();
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
            failTry(lease, innocent(run), oneLine(reason.toString()), backOff(run));
        }
    }

    private Duration backOff(Run run) {
        return settings.retryBackOff().multipliedBy(1L << Math.min(run.getAttempt(), 10));
    }

    /** Another worker may do it: it goes back at once. */
    private void refuse(RunLease lease, Run run, String reason) {
        counters.refused.increment();
        if (refusals == 0) {
            LOG.warn("refused run {}: {}", RunKey.of(run), reason);
        }
        giveBack(lease, run, reason);
        refusal = reason;
    }

    /** From the queue, after a refusal, for longer every time. */
    private void keepAway() {
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
        if (!lease.held()) {
            // Whoever has it now makes the next try.
            stopped(lease, run);
        } else if (confirmed(lease, List.of(topics.enqueue(afterTry(run, reason))))) {
            counters.retried.increment();
            listener.givenBack(run, reason);
            accept(lease);
        } else {
            stopped(lease, run);
        }
    }

    private void fail(RunLease lease, Run run, String reason) {
        DeadLetter deadLetter = DeadLetter.newBuilder()
                .setRun(afterTry(run, reason))
                .setReason(reason)
                .setWorker(settings.worker())
                .setAt(clock.instant())
                .build();
        LOG.warn("run {} has failed for good after {} tries: {}", RunKey.of(run), run.getAttempt() + 1, reason);
        RunResult result = untrained(run, Outcome.FAILED, reason);
        publishAndAccept(lease, run, result, List.of(topics.publish(result), topics.publish(deadLetter)));
    }

    /** No study wants it any more. */
    private void cancel(RunLease lease, Run run) {
        RunResult result = untrained(run, Outcome.CANCELLED, "no study wants it any more");
        publishAndAccept(lease, run, result, List.of(topics.publish(result)));
    }

    private RunResult untrained(Run run, Outcome outcome, String reason) {
        return RunResult.newBuilder()
                .setExperiment(run.getExperiment())
                .setRunIndex(run.getRunIndex())
                .setRuns(run.getRuns())
                .setStudy(run.getStudy())
                .setOutcome(outcome)
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
    }

    private void publishAndAccept(RunLease lease, Run run, RunResult result, List<Future<RecordMetadata>> sent) {
        if (!confirmed(lease, sent)) {
            stopped(lease, run);
            return;
        }
        switch (result.getOutcome()) {
            case TRAINED -> counters.trained.increment();
            case DIVERGED -> counters.diverged.increment();
            case CANCELLED -> counters.cancelled.increment();
            default -> {
                counters.failed.increment();
                counters.deadLetters.increment();
            }
        }
        listener.finished(run, result);
        training.settled(run);
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
                && deliveries(lease, run) >= deliveryLimit() - 1
                && confirmed(lease, List.of(topics.enqueue(again(run))))) {
            accept(lease);
        } else {
            lease.release();
        }
    }

    private Run again(Run run) {
        return Run.newBuilder(innocent(run)).setEnqueuedAt(clock.instant()).build();
    }

    /** The run as one that nobody suspects of ending its workers. */
    private static Run innocent(Run run) {
        return Run.newBuilder(run).setEarlierDeliveries(0).build();
    }

    /** The run with one more try made, and why that came to nothing. */
    private Run afterTry(Run run, String reason) {
        List<Try> history = new ArrayList<>(run.getHistory());
        history.add(Try.newBuilder()
                .setReason(reason)
                .setWorker(settings.worker())
                .setAt(clock.instant())
                .build());
        return Run.newBuilder(run)
                .setAttempt(run.getAttempt() + 1)
                .setHistory(history.subList(Math.max(0, history.size() - LONGEST_HISTORY), history.size()))
                .setEnqueuedAt(clock.instant())
                .build();
    }

    private static String oneLine(String text) {
        return text == null ? "no reason given" : text.lines().findFirst().orElse("no reason given");
    }
}
