package org.mtlfarm.worker.queue;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.apache.kafka.clients.producer.Producer;

import org.mtlfarm.metrics.KafkaMeters;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.TopicReader;
import org.mtlfarm.schemas.TopicSetup;
import org.mtlfarm.schemas.Topics;

/**
 * A worker: takes runs from the queue in as many slots as it has, has them trained, publishes the results, and tells the
 * queue. A run is acknowledged only when what it came to is on its topic, so a crash may repeat a run and never loses one.
 */
public final class WorkerService {
    /** On a busy machine, with many others who join. */
    private static final Duration LEAST_BEFORE_FIRST = Duration.ofMinutes(1);

    /** How long the broker holds a worker's question after the plan, which hears of a change at once none the less. */
    private static final Duration PLAN_HOLD = Duration.ofSeconds(10);

    /** Between two questions whether the queue is done with. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private final KafkaSettings kafka;
    private final WorkerSettings settings;
    private final RunTraining training;
    private final WorkerListener listener;
    private final Clock clock;

    private final WorkerCounters counters = new WorkerCounters();
    private final WorkerStop stop = new WorkerStop(System::nanoTime);
    private final WantedRuns wanted = new WantedRuns();
    private final Idleness idleness = new Idleness(System::nanoTime);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile Optional<KafkaMeters> producers = Optional.empty();
    private volatile boolean working;

    public WorkerService(
            KafkaSettings kafka, WorkerSettings settings, RunTraining training, WorkerListener listener, Clock clock) {
        this.kafka = kafka;
        this.settings = settings;
        this.training = training;
        this.listener = listener;
        this.clock = clock;
    }

    /** Has this worker's meters tell of it; before {@link #run}. */
    public void tell(WorkerMeters meters) {
        meters.of(counters, settings.slots());
        producers = Optional.of(meters.producers());
    }

    /** Whether it takes runs: it is connected, and was not told to stop. */
    public boolean isWorking() {
        return working && !stop.requested();
    }

    /**
     * Works until it is stopped. May be called once.
     *
     * @throws org.mtlfarm.schemas.BrokerUnavailableException if no broker answers at the start
     * @throws EverythingRefusedException if it has ended for being idle, and has refused what is left on the queue
     * @throws RuntimeException if a slot cannot go on; the others have given back their runs by then
     */
    public void run() {
        try {
            TopicSetup.ensure(kafka, settings.group());
            Producer<String, byte[]> results = ResultTopics.open(kafka);
            Producer<String, byte[]> progress = ProgressTopic.open(kafka);
            producers.ifPresent(meters -> meters.add(results::metrics));
            KafkaSettings patient = kafka.with("fetch.max.wait.ms", Long.toString(PLAN_HOLD.toMillis()));
            try (TopicReader<Plan> plans = TopicReader.open(Topics.PLAN, Plan.class, patient)) {
                plans.readToEnd(this::learn);
                start("plan", () -> plans.follow(this::learn));
                work(
                        new ResultTopics(results, kafka.wire()),
                        new ProgressTopic(progress, kafka.wire(), settings.worker(), clock, System::nanoTime));
            } finally {
                idleness.end();
                progress.close(Duration.ofMillis(200));
                // Whoever waits for a record of its own has it by now, or has given it up.
                results.close(Duration.ZERO);
            }
        } finally {
            working = false;
            ended.countDown();
        }
        Throwable reason = failure.get();
        if (reason instanceof RuntimeException exception) {
            throw exception;
        }
        if (reason instanceof Error error) {
            throw error;
        }
    }

    /** Stops within the settings' drain. Returns at once; any thread may call it, any number of times. */
    public void stop() {
        stop(settings.drain());
    }

    /**
     * Takes no further run. What is in flight after the drain is cancelled and given back.
     *
     * @param drain shortens what an earlier call allowed, never prolongs it
     */
    public void stop(Duration drain) {
        stop.request(drain);
    }

    /** Waits for the end of {@link #run}; false if it did not come in time. */
    public boolean awaitEnd(Duration patience) throws InterruptedException {
        return ended.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    public WorkerCounters counters() {
        return counters;
    }

    private void learn(TopicReader.Message<Plan> plan) {
        if (plan.value() != null) {
            wanted.plan(plan.value());
        }
    }

    private void work(ResultTopics results, ProgressTopic progress) {
        List<Thread> threads = new ArrayList<>();
        Suspects suspects = new Suspects(settings.slots());
        for (int i = 1; i <= settings.slots(); i++) {
            WorkSlot slot = new WorkSlot(
                    i, kafka, settings, training, results, progress, listener, counters, stop, wanted, suspects,
                    idleness, clock);
            threads.add(start("slot-" + i, slot::work));
        }
        working = true;
        settings.idleExit().ifPresent(idle -> start("idle", () -> stopWhenIdle(idle)));
        threads.forEach(this::join);
    }

    /** While runs are left, in flight elsewhere perhaps and to come back, it takes longer than when the queue is done with. */
    private void stopWhenIdle(Duration idle) {
        try (QueueEnd queue = new QueueEnd(kafka, settings.group().groupId())) {
            Duration next = idle;
            while (idleness.await(next)) {
                boolean done = queue.isReached();
                Duration patience = done ? idle : patience(idle);
                Duration so = idleness.time();
                if (so.compareTo(patience) >= 0) {
                    endIdle(done, so);
                    return;
                }
                next = shorter(patience, so.plus(LOOK_AGAIN));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** To be given a place in the group and a first run takes a while; one that comes back, a lock's time at most. */
    private Duration patience(Duration idle) {
        Duration least = idleness.wasOfferedARun() ? settings.group().recordLock() : LEAST_BEFORE_FIRST;
        return idle.compareTo(least) > 0 ? idle : least;
    }

    private void endIdle(boolean done, Duration idle) {
        Optional<String> refused = done ? Optional.empty() : idleness.refused();
        refused.ifPresent(what -> failure.compareAndSet(
                null,
                new EverythingRefusedException(
                        "runs are left that this worker cannot train: in " + idle.toSeconds() + " s it has " + what)));
        if (refused.isEmpty()) {
            listener.endsIdle("no run for " + idle.toSeconds() + " s, "
                    + (done ? "and none is left on the queue" : "what may be left is with other workers"));
        }
        stop();
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** A part that cannot go on means that the process cannot: it stops as a whole, and run() says why. */
    private Thread start(String name, Runnable part) {
        Thread thread = new Thread(
                () -> {
                    try {
                        part.run();
                    } catch (Throwable e) {
                        failure.compareAndSet(null, e);
                        stop.request(Duration.ZERO);
                    }
                },
                name);
        thread.start();
        return thread;
    }

    /** An interrupt is a stop; the slots still end in their own way. */
    private void join(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
                stop.request(Duration.ZERO);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
