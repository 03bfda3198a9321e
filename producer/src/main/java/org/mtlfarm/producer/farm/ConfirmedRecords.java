package org.mtlfarm.producer.farm;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;

import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.BrokerUnavailableException;
import org.mtlfarm.schemas.DeadLetter;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.schemas.WireFormat;

/** Plan, run, result and dead-letter records on their way to the broker; {@link #await()} returns when it has them all. */
final class ConfirmedRecords {
    private final Producer<String, byte[]> producer;
    private final AvroCodec<Plan> plans;
    private final AvroCodec<Run> runs;
    private final AvroCodec<RunResult> results;
    private final AvroCodec<DeadLetter> deadLetters;
    private final List<Future<RecordMetadata>> sent = new ArrayList<>();

    ConfirmedRecords(Producer<String, byte[]> producer, WireFormat wire) {
        this.producer = producer;
        this.plans = wire.codec(Topics.PLAN, Plan.class);
        this.runs = wire.codec(Topics.RUNS, Run.class);
        this.results = wire.codec(Topics.RESULTS, RunResult.class);
        this.deadLetters = wire.codec(Topics.DEAD_LETTERS, DeadLetter.class);
    }

    Future<RecordMetadata> send(Plan plan) {
        return send(Topics.PLAN, PlanKey.of(plan).toString(), plans.encode(plan));
    }

    void send(Run run) {
        send(Topics.RUNS, RunKey.of(run).toString(), runs.encode(run));
    }

    void send(RunResult result) {
        send(Topics.RESULTS, RunKey.of(result).toString(), results.encode(result));
    }

    void send(DeadLetter letter) {
        send(Topics.DEAD_LETTERS, RunKey.of(letter.getRun()).toString(), deadLetters.encode(letter));
    }

    /** Waits until the broker has confirmed every record sent; throws {@link BrokerUnavailableException} if it has not. */
    void await() {
        try {
            producer.flush();
            for (Future<RecordMetadata> record : sent) {
                record.get();
            }
            sent.clear();
        } catch (ExecutionException e) {
            throw unconfirmed(e.getCause());
        } catch (KafkaException e) {
            throw unconfirmed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokerUnavailableException("interrupted before the broker had confirmed all records", e);
        }
    }

    private Future<RecordMetadata> send(Topics topic, String key, byte[] value) {
        try {
            Future<RecordMetadata> record = producer.send(new ProducerRecord<>(topic.topicName(), key, value));
            sent.add(record);
            return record;
        } catch (KafkaException e) {
            throw unconfirmed(e);
        }
    }

    private static BrokerUnavailableException unconfirmed(Throwable cause) {
        return new BrokerUnavailableException(
                "the broker has not confirmed all records (submitting again completes them): " + cause.getMessage(),
                cause);
    }
}
