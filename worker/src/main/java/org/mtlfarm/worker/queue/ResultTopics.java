package org.mtlfarm.worker.queue;

import java.nio.charset.StandardCharsets;
import java.util.Properties;
import java.util.concurrent.Future;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.DeadLetter;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.schemas.WireFormat;

/**
 * Where a worker writes what must not be lost. A record is on its topic when its future says so and not before. Safe for
 * use by several threads.
 */
final class ResultTopics {
    private final Producer<String, byte[]> producer;
    private final AvroCodec<RunResult> results;
    private final AvroCodec<Run> runs;
    private final AvroCodec<DeadLetter> deadLetters;

    /** The producer stays the caller's. */
    ResultTopics(Producer<String, byte[]> producer, WireFormat wire) {
        this.producer = producer;
        this.results = wire.codec(Topics.RESULTS, RunResult.class);
        this.runs = wire.codec(Topics.RUNS, Run.class);
        this.deadLetters = wire.codec(Topics.DEAD_LETTERS, DeadLetter.class);
    }

    /** A producer that keeps trying for as long as its process lives: the work behind a record may be hours. */
    static Producer<String, byte[]> open(KafkaSettings kafka) {
        Properties properties = kafka.producer();
        properties.put("delivery.timeout.ms", Integer.toString(Integer.MAX_VALUE));
        properties.put("linger.ms", "0");
        // A topic unused for 5 minutes is forgotten by default, and the next send then blocks while no broker is there.
        properties.put("metadata.max.idle.ms", Long.toString(365L * 24 * 3600 * 1000));
        Producer<String, byte[]> producer = new KafkaProducer<>(properties);
        for (Topics topic : new Topics[] {Topics.RESULTS, Topics.RUNS, Topics.DEAD_LETTERS}) {
            producer.partitionsFor(topic.topicName());
        }
        return producer;
    }

    Future<RecordMetadata> publish(RunResult result) {
        return send(Topics.RESULTS, RunKey.of(result), results.encode(result));
    }

    Future<RecordMetadata> enqueue(Run run) {
        return send(Topics.RUNS, RunKey.of(run), runs.encode(run));
    }

    /** A copy of a record that was on the queue. */
    Future<RecordMetadata> enqueueAgain(ConsumerRecord<byte[], byte[]> queued) {
        return producer.send(new ProducerRecord<>(
                Topics.RUNS.topicName(), new String(queued.key(), StandardCharsets.UTF_8), queued.value()));
    }

    Future<RecordMetadata> publish(DeadLetter deadLetter) {
        return send(Topics.DEAD_LETTERS, RunKey.of(deadLetter.getRun()), deadLetters.encode(deadLetter));
    }

    private Future<RecordMetadata> send(Topics topic, RunKey key, byte[] value) {
        return producer.send(new ProducerRecord<>(topic.topicName(), key.toString(), value));
    }
}
