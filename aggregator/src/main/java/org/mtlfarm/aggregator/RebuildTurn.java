package org.mtlfarm.aggregator;

import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.function.BooleanSupplier;

import org.apache.kafka.clients.consumer.KafkaConsumer;

import org.mtlfarm.schemas.Topics;

/**
 * The right to rebuild, which one aggregator of an application has at a time: a consumer group gives it with the one partition of the
 * plan, and to another when its holder is gone.
 */
final class RebuildTurn implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaConsumer<String, byte[]> turn;

    private RebuildTurn(KafkaConsumer<String, byte[]> turn) {
        this.turn = turn;
    }

    /**
     * Waits for it. The plan's topic must exist.
     *
     * @throws AggregatorFailedException if it is not given in that time, or this one is closed meanwhile
     */
    static RebuildTurn await(AggregatorSettings settings, Duration atMost, BooleanSupplier closed) {
        Properties properties = settings.kafka().consumer();
        properties.put("group.id", settings.applicationId() + "-rebuild-turn");
        properties.put(
                "session.timeout.ms", Long.toString(settings.sessionTimeout().toMillis()));
        properties.put(
                "heartbeat.interval.ms", Long.toString(settings.sessionTimeout().toMillis() / 3));
        // It does not poll while it rebuilds.
        properties.put("max.poll.interval.ms", Long.toString(atMost.toMillis()));
        RebuildTurn waiting = new RebuildTurn(new KafkaConsumer<>(properties));
        try {
            waiting.await(atMost, closed);
            return waiting;
        } catch (RuntimeException e) {
            waiting.close();
            throw e;
        }
    }

    private void await(Duration atMost, BooleanSupplier closed) {
        long begin = System.nanoTime();
        turn.subscribe(List.of(Topics.PLAN.topicName()));
        while (turn.assignment().isEmpty()) {
            if (System.nanoTime() - begin > atMost.toNanos()) {
                throw new AggregatorFailedException("every average must be rebuilt from the results, and another"
                        + " aggregator has not ended doing so within " + atMost.toSeconds() + " s");
            }
            if (closed.getAsBoolean()) {
                throw new AggregatorFailedException("closed before another aggregator had rebuilt every average");
            }
            // Nothing is read: to be given the partition is all that this consumer is for.
            turn.poll(POLL);
            turn.pause(turn.assignment());
        }
    }

    @Override
    public void close() {
        turn.close();
    }
}
