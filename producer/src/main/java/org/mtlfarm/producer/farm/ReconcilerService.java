package org.mtlfarm.producer.farm;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Supplier;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.mtlfarm.schemas.BrokerUnavailableException;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.schemas.registry.RegistryUnavailableException;

/**
 * Reconciles once a period for as long as it runs. Of several on one farm, the one that holds the plan's partition in their
 * consumer group does; when it is gone, another takes over within the group's session timeout. {@link #run} works on the
 * calling thread; {@link #close} may come from any thread.
 */
public final class ReconcilerService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReconcilerService.class);

    private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();

    /** A scrape every few seconds shall find something new; a look costs what has happened since the last. */
    private static final long LOOK_AT_FARM_NANOS = Duration.ofSeconds(5).toNanos();

    private final Consumer<String, byte[]> turn;
    private final Supplier<Reconciler> reconciler;
    private final long periodNanos;
    private final FarmMeters meters;
    private final Supplier<FarmState> view;
    private final InstantSource now;
    private volatile boolean closed;

    private ReconcilerService(
            Consumer<String, byte[]> turn,
            Supplier<Reconciler> reconciler,
            Duration period,
            FarmMeters meters,
            Supplier<FarmState> view,
            InstantSource now) {
        this.turn = turn;
        this.reconciler = reconciler;
        this.periodNanos = period.isZero() ? Long.MAX_VALUE : period.toNanos();
        this.meters = meters;
        this.view = view;
        this.now = now;
    }

    /**
     * Ready to run. The topics must exist.
     *
     * @param groupId of the consumer group in which services take turns
     * @param reconciler used by the thread that runs alone
     * @param period between two times; zero: never, it only looks
     * @param meters told of every look, every few seconds, whether it is this one's turn or not
     * @param view what it looks at, of the reconciler
     * @param now of that view
     */
    public static ReconcilerService of(
            KafkaSettings kafka,
            String groupId,
            Supplier<Reconciler> reconciler,
            Duration period,
            FarmMeters meters,
            Supplier<FarmState> view,
            InstantSource now) {
        Properties properties = kafka.consumer();
        properties.putAll(Map.of("group.id", groupId, "session.timeout.ms", "10000", "heartbeat.interval.ms", "3000"));
        return new ReconcilerService(new KafkaConsumer<>(properties), reconciler, period, meters, view, now);
    }

    /** Works until closed. A broker that is away is waited for. */
    public void run() {
        try {
            turn.subscribe(List.of(Topics.PLAN.topicName()));
            long start = System.nanoTime();
            Optional<Long> last = Optional.empty();
            long lastLook = start - LOOK_AT_FARM_NANOS;
            while (!closed) {
                // Nothing is read: to be given the partition is all that this consumer is for.
                turn.pause(turn.assignment());
                long left = turn.assignment().isEmpty() ? LOOK_NANOS : nanosLeft(last);
                turn.poll(Duration.ofNanos(Math.max(0, Math.min(left, LOOK_NANOS))));
                turn.pause(turn.assignment());
                if (!turn.assignment().isEmpty() && nanosLeft(last) <= 0) {
                    last = Optional.of(System.nanoTime());
                    attempt(this::reconcile);
                }
                if (System.nanoTime() - lastLook >= LOOK_AT_FARM_NANOS) {
                    lastLook = System.nanoTime();
                    attempt(this::look);
                }
            }
        } catch (WakeupException e) {
            if (!closed) {
                throw e;
            }
        } finally {
            turn.close();
        }
    }

    private long nanosLeft(Optional<Long> last) {
        if (periodNanos == Long.MAX_VALUE) {
            return periodNanos;
        }
        return last.map(then -> periodNanos - (System.nanoTime() - then)).orElse(0L);
    }

    private void reconcile() {
        Reconciler.Reconciliation done = reconciler.get().reconcile(Optional.empty());
        meters.reconciled(done);
        if (done.enqueued() + done.givenUp() > 0) {
            LOG.warn("reconciled: {} runs enqueued, {} given up", done.enqueued(), done.givenUp());
        }
    }

    private void look() {
        meters.take(view.get(), now.instant());
    }

    private void attempt(Runnable work) {
        try {
            work.run();
        } catch (BrokerUnavailableException | RegistryUnavailableException | KafkaException e) {
            meters.failed();
            LOG.warn("cannot look after the farm now: {}", e.getMessage());
        }
    }

    /** Ends {@link #run} soon; does not wait for it. */
    @Override
    public void close() {
        closed = true;
        turn.wakeup();
    }
}
